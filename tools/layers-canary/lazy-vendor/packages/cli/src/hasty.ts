import { heavy } from './vendor/heavy.ts';

export const answer: number = heavy;
