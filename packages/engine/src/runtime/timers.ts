import { attempt } from '../base/errors.ts';
import { processors } from './clock.ts';
import type { GoRuntime } from './go-runtime.ts';

/** The timers of one of the runtime's processors that have yet to fire. */
export interface TimerHeap {
  /** Address of the runtime.p. */
  readonly processor: number;
  /** Address of the array of its timers; 0 for none. */
  readonly array: number;
  /** Addresses of the runtime.timer's that are not stopped. */
  readonly timers: readonly number[];
}

/** More timers than are believed. */
const MOST_TIMERS = 1 << 27;
/** Before Go 1.23: timer.status of timers that were stopped and will be taken off the heap. */
const STOPPED: ReadonlySet<number> = new Set([3, 5]);
/** Since then: the bit of timer.state for the same. */
const ZOMBIE = 4;

/** The timers of all processors. Throws `fault` where one is not in the core. */
export function* timerHeaps(runtime: GoRuntime): Generator<TimerHeap> {
  const { program, layout } = runtime;
  const { memory } = program;
  // Go 1.23 put a lock before the slice, and the time beside each timer.
  const [sliceAt, step] = layout.find('timer', 'status') === undefined ? [8, 16] : [0, 8];
  for (const processor of processors(runtime)) {
    const slice = processor + layout.get('p', 'timers') + sliceAt;
    const array = memory.u64(slice);
    const length = memory.u64(slice + 8);
    const timers: number[] = [];
    for (let i = 0; i < length && length <= MOST_TIMERS; i++) {
      const timer = memory.u64(array + i * step);
      if (timer !== 0 && !isStopped(runtime, timer)) timers.push(timer);
    }
    yield { processor, array, timers };
  }
}

/** A stopped timer stays among the others for a while: it will not run. */
function isStopped({ program, layout }: GoRuntime, timer: number): boolean {
  const statusAt = layout.find('timer', 'status');
  if (statusAt !== undefined) return STOPPED.has(program.memory.u32(timer + statusAt));
  return (program.memory.u8(timer + layout.get('timer', 'state')) & ZOMBIE) !== 0;
}

/** A timer that has yet to fire. Times on the runtime's clock, in nanoseconds. */
export interface PendingTimer {
  readonly when: number;
  readonly period: number;
  /** What it was given as a pointer: the channel that it sends to, or the function value that time.AfterFunc will call. */
  readonly argument: number;
}

/** The timers that have yet to fire. Those that cannot be read are left out. */
export function pendingTimers(runtime: GoRuntime): PendingTimer[] {
  const { program, layout } = runtime;
  const { memory } = program;
  const found: PendingTimer[] = [];
  const word = (timer: number, field: string): number => memory.u64(timer + layout.get('timer', field));
  attempt(() => {
    for (const { timers } of timerHeaps(runtime)) {
      for (const timer of timers) {
        const pending = attempt(() => ({
          when: word(timer, 'when'),
          period: word(timer, 'period'),
          // An interface: the second word points to what is in it.
          argument: memory.u64(timer + layout.get('timer', 'arg') + 8),
        }));
        if (pending !== undefined && pending.argument !== 0) found.push(pending);
      }
    }
  });
  return found;
}
