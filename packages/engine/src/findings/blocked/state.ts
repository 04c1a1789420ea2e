import { attempt } from '../../base/errors.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import { channelQueue, notifyQueue } from '../../runtime/wait-queues.ts';
import type { ObjectKind } from './wait.ts';

/** The timer behind a channel of package time (Go 1.23+). Times in nanoseconds on the runtime's clock. */
export interface TimerState {
  readonly when: number;
  readonly period: number;
  /** False once it was stopped, or has fired for the last time. */
  readonly running: boolean;
}

/** What an object's own words say. */
export type ObjectState =
  | {
      readonly kind: 'channel';
      readonly length: number;
      readonly capacity: number;
      readonly closed: boolean;
      /** Address of the item type's descriptor. */
      readonly elemType: number;
      /** g's in the queues, in order. */
      readonly receivers: readonly number[];
      readonly senders: readonly number[];
      readonly timer: TimerState | undefined;
    }
  | { readonly kind: 'mutex' | 'once'; readonly locked: boolean; readonly starving: boolean; readonly waiters: number }
  | {
      readonly kind: 'rwmutex';
      /** A writer has it. */
      readonly locked: boolean;
      /** A writer waits for readers, or has it: new readers wait. */
      readonly writerPending: boolean;
      /** Readers that have it. */
      readonly readers: number;
    }
  | { readonly kind: 'waitgroup'; readonly counter: number; readonly waiters: number }
  | {
      readonly kind: 'cond';
      readonly waiters: readonly number[];
      /** Address of the lock L; 0 for nil. */
      readonly locker: number;
    }
  | { readonly kind: 'semaphore'; readonly value: number };

const LOCKED = 1;
const STARVING = 4;
/** sync/rwmutex.go rwmutexMaxReaders: taken off the count while a writer waits. */
const MOST_READERS = 1 << 30;

/** Reads an object's state; undefined where its memory is not in the core or cannot be such an object. */
export function readState(runtime: GoRuntime, kind: ObjectKind, address: number): ObjectState | undefined {
  return attempt(() => {
    switch (kind) {
      case 'channel':
        return channelState(runtime, address);
      case 'mutex':
        return { kind, ...mutexState(runtime, address) };
      case 'once':
        return { kind, ...mutexState(runtime, address + 4) };
      case 'rwmutex':
        return rwMutexState(runtime, address);
      case 'waitgroup':
        return waitGroupState(runtime, address);
      case 'cond':
        return condState(runtime, address);
      case 'semaphore':
        return { kind, value: runtime.program.memory.u32(address) };
    }
  });
}

function channelState(runtime: GoRuntime, address: number): ObjectState {
  const { program, layout } = runtime;
  const word = (field: string): number => program.memory.u64(address + layout.get('hchan', field));
  const timerAt = layout.find('hchan', 'timer');
  const timer = timerAt === undefined ? 0 : program.memory.u64(address + timerAt);
  return {
    kind: 'channel',
    // A timer's channel has room for one, which nobody is to know (runtime/chan.go chanlen).
    length: timer === 0 ? word('qcount') : 0,
    capacity: timer === 0 ? word('dataqsiz') : 0,
    closed: program.memory.u32(address + layout.get('hchan', 'closed')) !== 0,
    elemType: word('elemtype'),
    receivers: channelQueue(runtime, address, 'receive').map(({ g }) => g),
    senders: channelQueue(runtime, address, 'send').map(({ g }) => g),
    timer: timer === 0 ? undefined : attempt(() => timerState(runtime, timer)),
  };
}

/** Bits of timer.state (runtime/time.go): in a heap; a zombie is there still, but stopped. */
const TIMER_HEAPED = 1;
const TIMER_ZOMBIE = 4;

function timerState({ program, layout }: GoRuntime, timer: number): TimerState {
  const { memory } = program;
  const when = memory.u64(timer + layout.get('timer', 'when'));
  const state = memory.u8(timer + layout.get('timer', 'state'));
  return {
    when,
    period: memory.u64(timer + layout.get('timer', 'period')),
    running: when !== 0 && (state & TIMER_ZOMBIE) === 0 && (state & TIMER_HEAPED) !== 0,
  };
}

function mutexState(
  { program }: GoRuntime,
  address: number,
): { readonly locked: boolean; readonly starving: boolean; readonly waiters: number } {
  const state = program.memory.u32(address);
  return { locked: (state & LOCKED) !== 0, starving: (state & STARVING) !== 0, waiters: state >>> 3 };
}

/** {w Mutex; writerSem, readerSem uint32; readerCount, readerWait int32} in all releases. */
function rwMutexState(runtime: GoRuntime, address: number): ObjectState {
  const { memory } = runtime.program;
  const count = memory.u32(address + 16) | 0;
  const wait = memory.u32(address + 20) | 0;
  const writerPending = count < 0;
  // While a writer waits, readerWait counts the readers that it waits for; those that came later wait themselves.
  return {
    kind: 'rwmutex',
    locked: writerPending && wait === 0,
    writerPending,
    readers: writerPending ? wait : Math.min(count, MOST_READERS),
  };
}

function waitGroupState({ program }: GoRuntime, address: number): ObjectState {
  // Before Go 1.18 the state is the pair of words that is aligned; the counter is its upper half.
  const at = program.minor >= 18 || address % 8 === 0 ? address : address + 4;
  const { memory } = program;
  return { kind: 'waitgroup', counter: memory.u32(at + 4) | 0, waiters: memory.u32(at) & 0x7fff_ffff };
}

function condState(runtime: GoRuntime, address: number): ObjectState {
  const { memory } = runtime.program;
  // L is an interface: its second word points to the lock.
  const locker = memory.u64(address) === 0 ? 0 : memory.u64(address + 8);
  return { kind: 'cond', waiters: notifyQueue(runtime, address + 16).map(({ g }) => g), locker };
}
