import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import type { RecordedFault } from './fault-register.ts';

/** Saved registers from which a parked stack goes on (runtime.gobuf). Zero means not saved. */
export interface SavedContext {
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  readonly lr: number;
}

/** What is known of the registers there. */
export function savedRegisters(arch: Arch, { pc, sp, fp, lr }: SavedContext): RegisterSet {
  const registers = new RegisterSet();
  registers.set(arch.pc, BigInt(pc));
  registers.set(arch.sp, BigInt(sp));
  if (fp !== 0) registers.set(arch.fp, BigInt(fp));
  if (arch.lr !== undefined && lr !== 0) registers.set(arch.lr, BigInt(lr));
  return registers;
}

/** One of the stacks that a thread runs on. Bounds are addresses, half-open; zero when not known. */
export interface StackBounds {
  readonly low: number;
  readonly high: number;
}

/** A stack of Go's, and where it was left. */
export interface GoStack extends StackBounds {
  readonly sched: SavedContext;
  /** The newest fault that became a panic or fatal error; undefined if there was none. */
  readonly fault: RecordedFault | undefined;
  /** Where the vector registers of a preempted goroutine are kept; 0 if nowhere, or in the frame (before Go 1.26). */
  readonly preemptedVectors?: number;
}

/** The stacks of the thread (or the one of a parked goroutine) that is unwound. */
export interface ThreadStacks {
  readonly goroutine: GoStack | undefined;
  /** The thread's own, with where it was left: below a callback from C, that is the frame of cgocallback. */
  readonly system: GoStack | undefined;
  readonly signal: StackBounds | undefined;
  /** Where a goroutine entered a system call or C code (g.syscallpc, g.syscallsp), if it is in one. */
  readonly syscall: SavedContext | undefined;
}

export function within(stack: StackBounds | undefined, address: number): boolean {
  return stack !== undefined && address >= stack.low && address < stack.high;
}
