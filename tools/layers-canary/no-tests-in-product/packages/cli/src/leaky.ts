import { helper } from './testing/helper.ts';

export const answer: number = helper;
