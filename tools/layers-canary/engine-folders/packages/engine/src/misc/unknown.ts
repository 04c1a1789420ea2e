import { known } from '../base/known.ts';

export const unknown: number = known;
