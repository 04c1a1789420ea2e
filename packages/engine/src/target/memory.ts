export type { Memory } from '../bytes/memory.ts';
