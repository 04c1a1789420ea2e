import { rowFor } from '../base/go-version.ts';

/** Flags of a function (internal/abi/symtab.go FuncFlag); Go 1.15 and 1.16 have none. */
export const FLAG_TOPFRAME = 1;
export const FLAG_SPWRITE = 2;
export const FLAG_ASM = 4;

/** FUNCDATA and PCDATA numbers and the funcID of wrappers, by first Go minor (cmd/internal/objabi, internal/abi). */
const ROWS = [
  { from: 15, wrapper: 22, inlTree: 4, openDefer: 5, argInfo: -1, argLiveInfo: -1, argLiveIndex: -1, wrapInfo: -1 },
  { from: 16, wrapper: 22, inlTree: 3, openDefer: 4, argInfo: -1, argLiveInfo: -1, argLiveIndex: -1, wrapInfo: -1 },
  { from: 17, wrapper: 22, inlTree: 3, openDefer: 4, argInfo: 5, argLiveInfo: -1, argLiveIndex: -1, wrapInfo: -1 },
  { from: 18, wrapper: 21, inlTree: 3, openDefer: 4, argInfo: 5, argLiveInfo: 6, argLiveIndex: 3, wrapInfo: 7 },
  { from: 22, wrapper: 22, inlTree: 3, openDefer: 4, argInfo: 5, argLiveInfo: 6, argLiveIndex: 3, wrapInfo: 7 },
  { from: 25, wrapper: 23, inlTree: 3, openDefer: 4, argInfo: 5, argLiveInfo: 6, argLiveIndex: 3, wrapInfo: 7 },
] as const;

/** Version-dependent numbers used with function records; -1 where the version has no such table. */
export interface FuncNumbers {
  readonly wrapper: number;
  readonly inlTree: number;
  readonly openDefer: number;
  readonly argInfo: number;
  readonly argLiveInfo: number;
  readonly argLiveIndex: number;
  /** FUNCDATA_WrapInfo: the function that a wrapper calls. */
  readonly wrapInfo: number;
}

/** PCDATA index of the inlining tree, the same in all versions. */
export const PCDATA_INL_TREE_INDEX = 2;

export function funcNumbers(minor: number): FuncNumbers {
  return rowFor(ROWS, minor);
}
