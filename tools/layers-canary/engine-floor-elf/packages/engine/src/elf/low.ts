import { high } from '../session/high.ts';

export const low: number = high + 1;
