import type { RegisterSet } from '../arch/registers.ts';
import type { FoundFunc } from '../program/program.ts';

/** Which stack of a thread a frame lies on. */
export type StackKind = 'goroutine' | 'system' | 'signal' | 'native';

/** How a frame's caller was found: for diagnosis. */
export type UnwindMethod = 'pclntab' | 'cfi' | 'frame-pointer' | 'signal-context' | 'stack-switch' | 'none';

/** One physical frame: a function activation, which may show several inlined calls. */
export interface Frame {
  /** Where execution is, or will return to. */
  readonly pc: number;
  /** The address to look names, lines and variables up at: `pc` itself, or one less behind a call. */
  readonly lookupPc: number;
  readonly sp: number;
  /** Canonical frame address: the caller's stack pointer; undefined when not known. */
  readonly cfa: number | undefined;
  /** What is known of the registers in this frame. */
  readonly registers: RegisterSet;
  readonly found: FoundFunc | undefined;
  readonly stack: StackKind;
  /** True if the frame was interrupted here (fault, signal, preemption), not left by a call. */
  readonly interrupted: boolean;
  /** True for the kernel's frame between a signal handler and what it interrupted. */
  readonly trampoline: boolean;
  /** Why registers that are not set are not known, where that is not because calls do not save them. */
  readonly unset?: string;
}

/** Why a stack ends where it ends. `complete` is the normal end: the first function of the stack. */
export interface StackEnd {
  readonly complete: boolean;
  readonly reason: string;
}
