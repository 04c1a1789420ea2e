import type { SavedContext, StackBounds } from '../unwind/stacks.ts';

/** One goroutine, decoded from its runtime.g. Addresses are in memory; times in nanoseconds of the runtime's clock. */
export interface Goroutine {
  readonly id: number;
  readonly address: number;
  /** Status number without the scan bit; see status.ts. */
  readonly status: number;
  readonly scanning: boolean;
  /** Why it waits, '' when it does not. */
  readonly waitReason: string;
  /** When the collector first saw it waiting; 0 when no collection has. */
  readonly waitSince: number;
  /** What stands in brackets in the runtime's traceback: status or wait reason, and marks; no duration. */
  readonly statusText: string;
  readonly stack: StackBounds;
  readonly sched: SavedContext;
  readonly syscall: SavedContext;
  /** Address of the thread's runtime.m, 0 if it is on none. */
  readonly m: number;
  /** Linux id of its thread, if it is on one. */
  readonly tid: number | undefined;
  readonly lockedToThread: boolean;
  /** Address of the runtime.m that it is locked to; 0 if to none. */
  readonly lockedM: number;
  /** Return address of the `go` statement. */
  readonly goPc: number;
  readonly startPc: number;
  /** Goroutine that created it (Go 1.21+), 0 if not known. */
  readonly parentId: number;
  /** Address of the newest runtime._panic and _defer, 0 for none. */
  readonly panic: number;
  readonly deferred: number;
  /** Address of the slice of the goroutines that it descends from, 0 if they are not recorded. */
  readonly ancestors: number;
  /** Address of the pprof labels, 0 for none. */
  readonly labels: number;
  /** Signal that became a panic or a fatal error here (sticky until recovered), 0 for none. */
  readonly signal: number;
  readonly signalCode: number;
  readonly signalAddress: number;
  readonly signalPc: number;
  /** Where its vector registers are kept while it is preempted; 0 if nowhere, or in the frame (before Go 1.26). */
  readonly preemptedVectors: number;
}

/** One of the runtime's threads (runtime.m). */
export interface RuntimeThread {
  readonly address: number;
  readonly id: number;
  /** Linux thread id; 0 before the thread has started. */
  readonly tid: number;
  readonly g0: number;
  readonly gsignal: number;
  readonly curg: number;
  readonly caughtSignalG: number;
  /** 1 and up while it dies by a panic or fatal error. */
  readonly dying: number;
  /** 0 none, 1 user (`fatal`), 2 runtime (`throw`); before Go 1.19 1 = throwing, -1 = deadlock. */
  readonly throwing: number;
  readonly inCgo: boolean;
}
