import { high } from '../target/high.ts';

export const low: number = high + 1;
