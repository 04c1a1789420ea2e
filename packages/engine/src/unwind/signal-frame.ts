import type { Arch } from '../arch/arch.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';

/** The ucontext of a signal frame, by the stack pointer at the entry of the function that returns from the handler. */
export function ucontextAt(arch: Arch, sp: number): number {
  // arm64: the 128 bytes of siginfo_t come first.
  return arch.name === 'arm64' ? sp + 128 : sp;
}

/**
 * True if a ucontext with a code address lies at a signal frame. Behind sigtramp it must be one, even if the function
 * that returns from it is in a C library that is not at hand.
 */
export function looksInterrupted(program: Program, sp: number): boolean {
  const { memory, target } = program;
  const { arch } = target;
  const { offset, order } = arch.ucontext;
  const at = ucontextAt(arch, sp) + offset + order.indexOf(arch.pc) * 8;
  const pc = attempt(() => memory.u64(at));
  return pc !== undefined && pc !== 0 && (program.findFunc(pc) !== undefined || target.isCode(pc));
}

/** The kernel returns from a handler through this function; its first byte is the return address, so never pc-1. */
export function isSignalReturn(name: string): boolean {
  return name === 'runtime.sigreturn' || name === 'runtime.sigreturn__sigaction';
}

export function isSigtramp(name: string): boolean {
  return name === 'runtime.sigtramp' || name === 'runtime.cgoSigtramp' || name === 'runtime.sigtrampgo';
}
