import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';

/** Longer than any message. */
const LONGEST = 1 << 16;
/** The frame of throw is small: a bound against damage, in bytes. */
const LARGEST_FRAME = 4096;

/** The closures in which the runtime prints the message of throw and fatal; they hold the string. */
const CLOSURE = /(?:throw|fatal)\.func\d+$/;

/**
 * The string that throw or fatal was called with, from the frame of the function that called fatalthrow. Until Go 1.16 it is an
 * argument on the stack; since then the frame has the closure that prints it: {code, data, length}. Undefined if neither is found.
 */
export function thrownText(program: Program, at: { readonly pc: number; readonly sp: number }): Uint8Array | undefined {
  const { memory, minor } = program;
  const found = attempt(() => program.findFunc(at.pc));
  if (found === undefined) return undefined;
  const delta = attempt(() => found.pclntab.spDelta(found.func, at.pc)) ?? -1;
  if (delta < 0 || delta > LARGEST_FRAME) return undefined;
  if (minor <= 16) return textAt(program, at.sp + delta + program.target.arch.returnAddressSize);
  for (let offset = 0; offset < delta; offset += 8) {
    const slot = at.sp + offset;
    const code = attempt(() => memory.u64(slot));
    const closure = code === undefined ? undefined : attempt(() => program.findFunc(code));
    if (closure?.func.entry !== code || !CLOSURE.test(closure?.func.name ?? '')) continue;
    const text = textAt(program, slot + 8);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The bytes of the string whose header is at `address`. */
function textAt({ memory }: Program, address: number): Uint8Array | undefined {
  return attempt(() => {
    const length = memory.u64(address + 8);
    return length > LONGEST ? undefined : memory.read(memory.u64(address), length);
  });
}
