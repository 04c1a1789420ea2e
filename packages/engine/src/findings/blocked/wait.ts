import { attempt } from '../../base/errors.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { G_LEAKED, G_SYSCALL, G_WAITING } from '../../runtime/status.ts';
import { polledDescriptor, type PolledDescriptor } from '../../runtime/poll-descriptors.ts';
import { channelWaits, type ChannelWays, notifyListOf, type Semaphores } from '../../runtime/wait-queues.ts';

/** What a goroutine can wait on that is in memory. */
export type ObjectKind = 'channel' | 'mutex' | 'rwmutex' | 'waitgroup' | 'cond' | 'once' | 'semaphore';

/** What it wants of the object. */
export type Way = 'send' | 'receive' | 'lock' | 'read lock' | 'wait';

/** An object that a goroutine waits on. */
export interface WaitTarget {
  readonly kind: ObjectKind;
  /** Of the channel, or of the struct of package sync; of the word itself for other semaphores. */
  readonly address: number;
  readonly way: Way;
}

/** How a goroutine waits, as far as it is known. */
export interface Wait {
  readonly goroutine: Goroutine;
  readonly kind:
    'object' | 'select' | 'nil channel' | 'no cases' | 'sleep' | 'network' | 'system call' | 'runtime' | 'unknown';
  /** One, or the cases of a select. Cases with a nil channel are in no queue and not among them. */
  readonly targets: readonly WaitTarget[];
  /** When a sleep ends, on the runtime's clock, in nanoseconds. */
  readonly until: number | undefined;
  readonly descriptor: PolledDescriptor | undefined;
  /** Why it is not known what it waits on; undefined if it is. */
  readonly problem: string | undefined;
}

/** How a goroutine waits: undefined for one that runs, or could. `functions` are the names of the calls of its stack, innermost first. */
export function readWait(
  runtime: GoRuntime,
  goroutine: Goroutine,
  semaphores: () => Semaphores,
  functions: () => readonly string[],
  ways: ChannelWays,
): Wait | undefined {
  const none = { goroutine, targets: [], until: undefined, descriptor: undefined, problem: undefined };
  if (goroutine.status === G_SYSCALL) return { ...none, kind: 'system call' };
  if (goroutine.status !== G_WAITING && goroutine.status !== G_LEAKED) return undefined;
  // Bubbles of testing/synctest have reasons of their own, which tell the same.
  const reason = goroutine.waitReason.replace(/ \((durable|synctest)\)$/, '');
  if (reason === 'chan receive (nil chan)' || reason === 'chan send (nil chan)')
    return { ...none, kind: 'nil channel' };
  if (reason === 'select (no cases)') return { ...none, kind: 'no cases' };
  if (reason === 'chan receive' || reason === 'chan send' || reason === 'select')
    return onChannels(runtime, goroutine, reason === 'select', ways);
  if (reason === 'sleep') return { ...none, kind: 'sleep', until: wakeTime(runtime, goroutine) };
  if (reason === 'IO wait') return { ...none, kind: 'network', descriptor: polledDescriptor(runtime, goroutine) };
  if (reason === 'sync.Cond.Wait') return onCondition(runtime, goroutine);
  if (reason === 'semacquire' || reason.startsWith('sync.'))
    return onSemaphore(runtime, goroutine, semaphores(), functions());
  return { ...none, kind: reason === '' ? 'unknown' : 'runtime' };
}

function onChannels(runtime: GoRuntime, goroutine: Goroutine, isSelect: boolean, ways: ChannelWays): Wait {
  const targets = channelWaits(runtime, goroutine, ways).map(({ channel, way }): WaitTarget => {
    return { kind: 'channel', address: channel, way };
  });
  return {
    goroutine,
    kind: isSelect ? 'select' : 'object',
    targets,
    until: undefined,
    descriptor: undefined,
    problem: targets.length > 0 ? undefined : 'its record in the queue of the channel cannot be read',
  };
}

/** The runtime.timer of a sleep, or since Go 1.23 the time itself. */
function wakeTime({ program, layout }: GoRuntime, { address }: Goroutine): number | undefined {
  const { memory } = program;
  return attempt(() => {
    const sleepWhen = layout.find('g', 'sleepWhen');
    const at =
      sleepWhen === undefined
        ? memory.u64(address + layout.get('g', 'timer')) + layout.get('timer', 'when')
        : address + sleepWhen;
    const when = memory.u64(at);
    return when === 0 || !Number.isSafeInteger(when) ? undefined : when;
  });
}

/** sync.Cond is {noCopy; L Locker; notify notifyList; checker}. */
const COND_NOTIFY = 16;

function onCondition(runtime: GoRuntime, goroutine: Goroutine): Wait {
  const list = notifyListOf(runtime, goroutine);
  const base = { goroutine, kind: 'object', until: undefined, descriptor: undefined } as const;
  if (list === undefined) return { ...base, targets: [], problem: 'the list of the condition was not found' };
  return { ...base, targets: [{ kind: 'cond', address: list - COND_NOTIFY, way: 'wait' }], problem: undefined };
}

/** Which struct a semaphore belongs to, by the method that sleeps on it; offset of the semaphore in it, in bytes. */
interface SemaphoreOwner {
  readonly method: RegExp;
  readonly kind: ObjectKind;
  readonly way: Way;
  /** Undefined where it depends on the release. */
  readonly offset?: number;
}

/** The outermost method of package sync on the stack decides: a Once locks a Mutex, an RWMutex as well. */
const SEMAPHORE_OWNERS: readonly SemaphoreOwner[] = [
  { method: /^sync\.\(\*Once\)\.doSlow$/, kind: 'once', way: 'wait' },
  { method: /^sync\.\(\*WaitGroup\)\.Wait$/, kind: 'waitgroup', way: 'wait' },
  { method: /^sync\.\(\*RWMutex\)\.RLock$/, kind: 'rwmutex', way: 'read lock', offset: 12 },
  { method: /^sync\.\(\*RWMutex\)\.Lock$/, kind: 'rwmutex', way: 'lock', offset: 8 },
  { method: /^(internal\/)?sync\.\(\*Mutex\)\.(Lock|lockSlow)$/, kind: 'mutex', way: 'lock', offset: 4 },
];

/** What a goroutine in a semaphore's queue waits on. */
function onSemaphore(
  runtime: GoRuntime,
  goroutine: Goroutine,
  semaphores: Semaphores,
  functions: readonly string[],
): Wait {
  const base = { goroutine, kind: 'object', until: undefined, descriptor: undefined } as const;
  const queued = semaphores.byGoroutine.get(goroutine.address);
  if (queued === undefined)
    return { ...base, targets: [], problem: semaphores.problem ?? 'it is in no queue of the semaphores' };
  return { ...base, targets: [semaphoreTarget(runtime, queued.address, functions)], problem: undefined };
}

function semaphoreTarget(runtime: GoRuntime, word: number, functions: readonly string[]): WaitTarget {
  const inLock = functions.some((name) => /^(internal\/)?sync\.\(\*Mutex\)\.lockSlow$/.test(name));
  for (const { method, kind, way, offset } of SEMAPHORE_OWNERS) {
    if (!functions.slice(0, DEEPEST_METHOD).some((name) => method.test(name))) continue;
    if (kind === 'waitgroup') return { kind, address: waitGroupAt(runtime, word), way };
    if (kind === 'once') return onceTarget(word);
    // The writers of an RWMutex queue up at the Mutex that it begins with.
    const inner = kind === 'rwmutex' && inLock ? 4 : offset;
    return { kind, address: word - (inner ?? 0), way };
  }
  return { kind: 'semaphore', address: word, way: 'wait' };
}

/** Calls between gopark and the method of package sync, inlined ones too, and a Once's function around a lock. */
const DEEPEST_METHOD = 12;

/** sync.Once is {done, m Mutex}; Go 1.24 and later put a noCopy of no size first, and done has always had four bytes. */
function onceTarget(word: number): WaitTarget {
  return { kind: 'once', address: word - 8, way: 'wait' };
}

/**
 * sync.WaitGroup by its semaphore: {state uint64, sema uint32} since Go 1.18; before, three words of which the aligned pair is the
 * state and the other one the semaphore.
 */
function waitGroupAt({ program }: GoRuntime, word: number): number {
  if (program.minor >= 18 || word % 8 === 0) return word - 8;
  return word;
}
