import type { Memory } from '../bytes/memory.ts';
import type { PclnHeader } from './header.ts';

/** Longest chain of inlined calls believed. */
export const DEEPEST_INLINING = 1000;

/** A node of a function's inlining tree: a call that was inlined. */
export interface InlineNode {
  /** Offset in the name table. */
  readonly name: number;
  /** Line of the `func` keyword, 0 if not known. */
  readonly startLine: number;
  readonly funcId: number;
  /** Offset in the function's code of the place that called. */
  readonly parentPc: number;
}

/** Node number `index` of the inlining tree at address `tree`. */
export function inlineNode(
  { header, memory }: { readonly header: PclnHeader; readonly memory: Memory },
  tree: number,
  index: number,
): InlineNode {
  // Go 1.20 made nodes 16 bytes: {funcID u8, _, nameOff i32, parentPc i32, startLine i32}; before, 20 bytes with parent, file, line.
  const isShort = header.format === 'go1.20';
  const node = tree + index * (isShort ? 16 : 20);
  return {
    name: memory.u32(node + (isShort ? 4 : 12)),
    startLine: isShort ? memory.u32(node + 12) : 0,
    funcId: memory.u8(node + (isShort ? 0 : 2)),
    parentPc: memory.u32(node + (isShort ? 8 : 16)),
  };
}
