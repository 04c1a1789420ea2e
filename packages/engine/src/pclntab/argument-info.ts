import type { Memory } from '../bytes/memory.ts';
import type { GoFunc, Pclntab } from './pclntab.ts';

/**
 * One element of what the compiler wrote down about a function's arguments for tracebacks, in the order in which they
 * are printed (cmd/compile/internal/ssagen writes it, runtime/traceback.go printArgs reads it).
 */
export type ArgumentPart =
  | {
      readonly kind: 'word';
      /** Bytes from the frame's argument pointer; register arguments have their spill slots there. */
      readonly offset: number;
      /** Bytes, 1 to 8. */
      readonly size: number;
      /** False where the spill slot may not have been written at that pc: the runtime puts a `?` behind such a value. */
      readonly live: boolean;
    }
  /** `{` and `}` around the parts of a struct, array, string, slice or interface. */
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  /** `...`: there are more than ten words, or they are nested more than five deep. */
  | { readonly kind: 'more' }
  /** `_`: the offset does not fit into a byte. */
  | { readonly kind: 'too-far' };

/** The codes of the table, the same from Go 1.17 on; smaller numbers are offsets, each followed by a size. */
const END = 0xff;
const OPEN = 0xfe;
const CLOSE = 0xfd;
const MORE = 0xfc;
const TOO_FAR = 0xfb;

/** Ten words, each with up to five nested groups that open, close and are left out, and the end: the compiler's own bound. */
const LONGEST = (5 * 3 + 2) * 10 + 1;

/** What is needed of a function table. */
type ArgumentTable = Pick<Pclntab, 'funcData' | 'pcData' | 'numbers'>;

/**
 * The arguments of `func` as FUNCDATA_ArgInfo tells them (Go 1.17+), and which of them are live at `pc` by
 * FUNCDATA_ArgLiveInfo (Go 1.18+; before, all count as live). Give the pc of the call for frames that called on.
 * Undefined where the function has no such table: assembly, and all code before Go 1.17. Throws `fault` when it cannot be read.
 */
export function readArgumentInfo(
  memory: Memory,
  table: ArgumentTable,
  func: GoFunc,
  pc: number,
): readonly ArgumentPart[] | undefined {
  const info = table.funcData(func, table.numbers.argInfo);
  if (info === undefined) return undefined;
  const bytes = memory.readSome(info, LONGEST);
  const liveness = readLiveness(memory, table, func, pc);
  const parts: ArgumentPart[] = [];
  let slot = 0;
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i] ?? END;
    if (code === END) break;
    if (code === OPEN) parts.push({ kind: 'open' });
    else if (code === CLOSE) parts.push({ kind: 'close' });
    else if (code === MORE) parts.push({ kind: 'more' });
    else if (code === TOO_FAR) parts.push({ kind: 'too-far' });
    else {
      parts.push({ kind: 'word', offset: code, size: bytes[++i] ?? 8, live: liveness.isLive(code, slot) });
      // Only the spill slots of registers are counted.
      if (code >= liveness.firstSpill) slot++;
    }
  }
  return parts;
}

interface Liveness {
  /** Words with a smaller offset came on the stack, and are always there. */
  readonly firstSpill: number;
  isLive(offset: number, slot: number): boolean;
}

/** The table begins with the first offset that needs an answer; bitmaps follow, and PCDATA tells which of them holds at pc. */
function readLiveness(memory: Memory, table: ArgumentTable, func: GoFunc, pc: number): Liveness {
  const info = table.funcData(func, table.numbers.argLiveInfo);
  if (info === undefined) return { firstSpill: 0xff, isLive: () => true };
  const firstSpill = memory.u8(info);
  const bitmap = table.pcData(func, table.numbers.argLiveIndex, pc);
  return {
    firstSpill,
    isLive(offset, slot) {
      if (bitmap <= 0 || offset < firstSpill) return true;
      return (memory.u8(info + bitmap + (slot >> 3)) & (1 << (slot & 7))) !== 0;
    },
  };
}
