import type { High } from '../dwarf/high.ts';

export type Low = High;
