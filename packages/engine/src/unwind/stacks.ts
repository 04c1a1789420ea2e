/** Saved registers from which a parked stack goes on (runtime.gobuf). Zero means not saved. */
export interface SavedContext {
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  readonly lr: number;
}

/** One of the stacks that a thread runs on. Bounds are addresses, half-open; zero when not known. */
export interface StackBounds {
  readonly low: number;
  readonly high: number;
}

/** A stack of Go's, and where it was left. */
export interface GoStack extends StackBounds {
  readonly sched: SavedContext;
  /** Where the newest fault was that became a panic or fatal error (g.sigpc); undefined if there was none. */
  readonly faultPc: number | undefined;
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
