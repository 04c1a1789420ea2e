import { attempt } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import type { Program } from '../program/program.ts';
import type { Frame } from './frame.ts';

/** A deferred call that the compiler keeps in the frame of its function (an open-coded one). */
export interface OpenDefer {
  /** Address of the function value. */
  readonly closure: number;
  /** Place among the `defer` statements of the function, from 0 on. */
  readonly number: number;
  /** Address of the first argument, the receiver of a method; undefined if it has none, and since Go 1.17, where none has. */
  readonly firstArgument: number | undefined;
}

/** A byte holds which of the calls are pending, so there are eight at most. */
const MOST_CALLS = 8;
/** More arguments than a call has: a bound against garbage. */
const MOST_ARGUMENTS = 1000;

/**
 * The open-coded deferred calls of a frame that are pending, the next to run first. The function's FUNCDATA_OpenCodedDeferInfo
 * says where in the frame the byte with a bit for each and the function values are
 * (cmd/compile/internal/ssagen emitOpenDeferInfo).
 */
export function openDefers(program: Program, frame: Frame): OpenDefer[] {
  const { found, cfa } = frame;
  if (found === undefined || cfa === undefined) return [];
  const { func, pclntab } = found;
  return (
    attempt(() => {
      const info = pclntab.funcData(func, pclntab.numbers.openDefer);
      if (info === undefined) return [];
      const { arch } = program.target;
      // The frame's variables end below the saved frame pointer, which is below the return address.
      const top = cfa - arch.returnAddressSize - 8;
      const { bits, slots } = readInfo(program.memory, info, program.minor);
      const pending = program.memory.u8(top - bits);
      const calls: OpenDefer[] = [];
      for (let number = MOST_CALLS - 1; number >= 0; number--) {
        const slot = slots(number);
        if ((pending & (1 << number)) === 0 || slot === undefined) continue;
        const firstArgument = slot.argument === undefined ? undefined : top - slot.argument;
        calls.push({ closure: program.memory.u64(top - slot.closure), number, firstArgument });
      }
      return calls;
    }) ?? []
  );
}

/** Offsets below the top of the frame's variables: of the byte with the bits, and of what each call has there. */
interface OpenDeferInfo {
  readonly bits: number;
  readonly slots: (number: number) => Slot | undefined;
}

interface Slot {
  /** Of the function value. */
  readonly closure: number;
  /** Of the first argument. */
  readonly argument: number | undefined;
}

function readInfo(memory: Memory, address: number, minor: number): OpenDeferInfo {
  const next = varints(memory, address);
  // Go 1.22: the byte, and where the slots begin, one behind the other.
  if (minor >= 22) {
    const [bits, first] = [next(), next()];
    return { bits, slots: (number) => ({ closure: first - number * 8, argument: undefined }) };
  }
  // Before Go 1.18 the calls had arguments: their largest size comes first, and they follow each function value.
  if (minor < 18) next();
  const bits = next();
  const count = Math.min(next(), MOST_CALLS);
  const slots = Array.from({ length: count }, () => readSlot(next, minor));
  // The last `defer` statement comes first, as it runs first.
  return { bits, slots: (number) => slots[count - 1 - number] };
}

function readSlot(next: () => number, minor: number): Slot {
  if (minor >= 18) return { closure: next(), argument: undefined };
  next();
  const closure = next();
  const count = Math.min(next(), MOST_ARGUMENTS);
  let argument: number | undefined;
  for (let k = 0; k < count; k++) {
    const [from, , to] = [next(), next(), next()];
    if (to === 0) argument = from;
  }
  return { closure, argument };
}

/** Unsigned numbers of seven bits a byte, the low ones first. */
function varints(memory: Memory, start: number): () => number {
  let at = start;
  return () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = memory.u8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 || scale > 2 ** 35) return value;
    }
  };
}
