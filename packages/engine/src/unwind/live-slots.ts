import { stackMapsAt, type StackMap } from '../pclntab/stack-map.ts';
import type { Program } from '../program/program.ts';

/** Size of arguments that the function table does not know. */
const UNKNOWN_SIZE = 0x8000_0000;
/** What the runtime keeps for the caller between a frame's variables and the return address: the frame pointer. */
const FRAME_POINTER = 8;

/**
 * Which words of a frame are pointers that are still used, by the maps of the compiler: addresses, or offsets if `sp`, the stack pointer
 * of the frame, and `callerSp`, that of its caller, are such. `lookup` lies in the call that the frame made. Undefined where the
 * function table does not tell: any word may be one then.
 */
export function liveSlots(program: Program, lookup: number, sp: number, callerSp: number): number[] | undefined {
  const { arch } = program.target;
  const found = program.findFunc(lookup);
  if (found === undefined) return undefined;
  const maps = stackMapsAt(found.pclntab, found.func, lookup);
  if (maps === undefined) return undefined;
  const top = callerSp - arch.returnAddressSize;
  const localsTop = top > sp ? top - FRAME_POINTER : top;
  const { locals, args } = maps;
  if (locals === undefined && localsTop > sp) return undefined;
  if (args === undefined && found.func.args === UNKNOWN_SIZE) return undefined;
  if (args === undefined && found.func.args > 0 && found.pclntab.isAssembly(found.func)) return undefined;
  const inLocals = locals === undefined ? [] : liveIn(locals, localsTop - locals.bits * 8);
  return args === undefined ? inLocals : [...inLocals, ...liveIn(args, callerSp + arch.argumentOffset)];
}

function liveIn(map: StackMap, start: number): number[] {
  const words: number[] = [];
  for (let bit = 0; bit < map.bits; bit++) if (map.isLive(bit)) words.push(start + bit * 8);
  return words;
}
