import type { Arch } from '../arch/arch.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';

/** A signal as the kernel put it on the stack for its handler. */
export interface DeliveredSignal {
  readonly signo: number;
  readonly code: number;
  /** si_addr, meaningful for faults. */
  readonly address: number;
  /** Where execution was interrupted. */
  readonly pc: number;
}

/** amd64: siginfo_t follows the ucontext (16 + 24 + 256 + 8 bytes) in the kernel's rt_sigframe. */
const SIGINFO_AFTER_UCONTEXT = 304;

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

/** The signal of which the handler's frame has this ucontext, and siginfo_t behind it; amd64 only. */
export function readSignal({ memory, target }: Program, ucontext: number, pc: number): DeliveredSignal | undefined {
  if (target.arch.name !== 'amd64') return undefined;
  const info = ucontext + SIGINFO_AFTER_UCONTEXT;
  return attempt(() => ({
    signo: memory.u32(info),
    code: memory.u32(info + 8) | 0,
    address: memory.u64(info + 16),
    pc,
  }));
}

/** The kernel returns from a handler through this function; its first byte is the return address, so never pc-1. */
export function isSignalReturn(name: string): boolean {
  return name === 'runtime.sigreturn' || name === 'runtime.sigreturn__sigaction';
}

export function isSigtramp(name: string): boolean {
  return name === 'runtime.sigtramp' || name === 'runtime.cgoSigtramp' || name === 'runtime.sigtrampgo';
}
