import { inner } from '../../engine/src/base/inner.ts';

export const answer: number = inner;
