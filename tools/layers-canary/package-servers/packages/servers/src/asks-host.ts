import { dial } from '../../node/src/dial.ts';

export const answer: number = dial;
