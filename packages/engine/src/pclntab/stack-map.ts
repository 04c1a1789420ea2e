import type { GoFunc, Pclntab } from './pclntab.ts';

/** PCDATA and FUNCDATA numbers that are the same in all versions (internal/abi/symtab.go). */
const PCDATA_STACK_MAP_INDEX = 1;
const FUNCDATA_ARGS_POINTER_MAPS = 0;
const FUNCDATA_LOCALS_POINTER_MAPS = 1;
/** Bits of the map of one function that are believed: of a frame of a gigabyte. */
const MOST_BITS = 1 << 27;

/** Which words of a function's frame are pointers that are still used: bits by number, from the lowest address on. */
export interface StackMap {
  readonly bits: number;
  isLive(bit: number): boolean;
}

/** Maps of a function at a pc; undefined where it has none. */
export interface StackMaps {
  /** The arguments on the stack, from the first on. */
  readonly args: StackMap | undefined;
  /** The variables of the frame: the last bit is the word below its top. */
  readonly locals: StackMap | undefined;
}

/**
 * What the garbage collector would take for pointers in the frame of a function that has called at `pc`, the address of the call
 * itself, or is about to begin (runtime/stkframe.go getStackMap). Undefined where the function table does not tell.
 */
export function stackMapsAt(pclntab: Pclntab, func: GoFunc, pc: number): StackMaps | undefined {
  const number = pc === func.entry ? 0 : pclntab.pcData(func, PCDATA_STACK_MAP_INDEX, pc);
  const args = readMap(pclntab, func, FUNCDATA_ARGS_POINTER_MAPS, number);
  const locals = readMap(pclntab, func, FUNCDATA_LOCALS_POINTER_MAPS, number);
  return args === 'unknown' || locals === 'unknown' ? undefined : { args, locals };
}

/** runtime.stackmap is {n, nbit int32} and n bitmaps of whole bytes. */
function readMap(pclntab: Pclntab, func: GoFunc, kind: number, number: number): StackMap | undefined | 'unknown' {
  const address = pclntab.funcData(func, kind);
  if (address === undefined) return undefined;
  const { memory } = pclntab;
  const count = memory.u32(address);
  const bits = memory.u32(address + 4);
  // Assembly has one map for all of its code, and no table that says so.
  const index = number < 0 && count === 1 ? 0 : number;
  if (bits > MOST_BITS || ((index < 0 || index >= count) && bits > 0)) return 'unknown';
  const size = Math.ceil(bits / 8);
  const bytes = memory.read(address + 8 + index * size, size);
  return { bits, isLive: (bit) => (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) !== 0 };
}
