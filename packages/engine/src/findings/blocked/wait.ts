import { attempt } from '../../base/errors.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import {
  channelWaits,
  semaphoreOf,
  type ChannelWays,
  type ConditionLists,
  type Semaphores,
} from '../../runtime/wait-queues.ts';
import { classOf, isWaiting, outsideKind } from './reasons.ts';

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

/** How a goroutine waits, as far as it is known. There can be a million of them: what takes room is read when it is asked for. */
export interface Wait {
  /** Address of its runtime.g. */
  readonly g: number;
  readonly id: number;
  /** When it began, on the runtime's clock, in nanoseconds; 0 where that is not recorded. */
  readonly since: number;
  /** The runtime's word for it. */
  readonly reason: string;
  /** Names of the calls of its stack, innermost first: the same list for the same stack. */
  readonly functions: readonly string[];
  readonly kind:
    'object' | 'select' | 'nil channel' | 'no cases' | 'sleep' | 'network' | 'system call' | 'runtime' | 'unknown';
  /** One, or the cases of a select. Cases with a nil channel are in no queue and not among them. */
  readonly targets: readonly WaitTarget[];
  /** Why it is not known what it waits on; undefined if it is. */
  readonly problem: string | undefined;
}

/** What is known of all goroutines and needed for each. */
export interface WaitSources {
  readonly runtime: GoRuntime;
  /** Reads them at the first asking. */
  readonly semaphores: () => Semaphores;
  readonly ways: ChannelWays;
  readonly uses: SemaphoreUses;
  readonly conditions: ConditionLists;
}

type Found = Pick<Wait, 'kind'> & Partial<Pick<Wait, 'targets' | 'problem'>>;

/** How a goroutine waits: undefined for one that runs, or could. */
export function readWait(sources: WaitSources, goroutine: Goroutine, functions: readonly string[]): Wait | undefined {
  const found = findWait(sources, goroutine, functions);
  if (found === undefined) return undefined;
  const { address: g, id, waitSince, waitReason: reason } = goroutine;
  const { kind, targets = NOTHING, problem } = found;
  return { g, id, since: Math.max(0, waitSince), reason, functions, kind, targets, problem };
}

const NOTHING: readonly WaitTarget[] = [];

function findWait(sources: WaitSources, goroutine: Goroutine, functions: readonly string[]): Found | undefined {
  if (!isWaiting(goroutine)) return undefined;
  const outside = outsideKind(goroutine);
  if (outside !== undefined) return { kind: outside };
  const kind = classOf(goroutine.waitReason);
  switch (kind) {
    case 'nil channel':
    case 'no cases':
    case 'unknown':
      return { kind };
    case 'send':
    case 'receive':
      return onChannels(sources, goroutine, kind);
    case 'select':
      return onChannels(sources, goroutine, undefined);
    case 'condition':
      return onCondition(sources, goroutine);
    case 'semaphore':
      return onSemaphore(sources, goroutine, functions);
    default:
      return { kind: 'runtime' };
  }
}

/** `only` is undefined for a select. */
function onChannels({ runtime, ways }: WaitSources, goroutine: Goroutine, only: 'send' | 'receive' | undefined): Found {
  const targets = channelWaits(runtime, goroutine.address, only, ways).map(({ channel, way }): WaitTarget => {
    return { kind: 'channel', address: channel, way };
  });
  const kind = only === undefined ? 'select' : 'object';
  if (targets.length > 0) return { kind, targets };
  return { kind, problem: 'its record in the queue of the channel cannot be read' };
}

/** When a sleep ends, on the runtime's clock, in nanoseconds: the runtime.timer of it, or since Go 1.23 the time itself. */
export function wakeTime({ program, layout }: GoRuntime, g: number): number | undefined {
  const { memory } = program;
  return attempt(() => {
    const sleepWhen = layout.find('g', 'sleepWhen');
    const at =
      sleepWhen === undefined ? memory.u64(g + layout.get('g', 'timer')) + layout.get('timer', 'when') : g + sleepWhen;
    const when = memory.u64(at);
    return when === 0 || !Number.isSafeInteger(when) ? undefined : when;
  });
}

/** sync.Cond is {noCopy; L Locker; notify notifyList; checker}. */
const COND_NOTIFY = 16;

function onCondition({ runtime, conditions }: WaitSources, goroutine: Goroutine): Found {
  const list = conditions.listOf(runtime, goroutine);
  if (list === undefined) return { kind: 'object', problem: 'the list of the condition was not found' };
  return { kind: 'object', targets: [{ kind: 'cond', address: list - COND_NOTIFY, way: 'wait' }] };
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

/** What the semaphores of a stack's calls belong to, and the targets that were met. */
interface SemaphoreUse {
  readonly kind: ObjectKind;
  readonly way: Way;
  readonly addressOf: (word: number) => number;
  /** By the semaphore's word: thousands may wait on the same. */
  readonly targets: Map<number, readonly WaitTarget[]>;
}

/** By the calls of a stack: the same list for the same stack. */
export type SemaphoreUses = Map<readonly string[], SemaphoreUse>;

/** What a goroutine in a semaphore's queue waits on. */
function onSemaphore(sources: WaitSources, goroutine: Goroutine, functions: readonly string[]): Found {
  const { byGoroutine, problem } = sources.semaphores();
  const queued = byGoroutine.get(goroutine.address);
  const word = queued ?? (problem === undefined ? undefined : semaphoreOf(sources.runtime, goroutine));
  if (word === undefined) return { kind: 'object', problem: problem ?? 'it is in no queue of the semaphores' };
  const use = semaphoreUse(sources, functions);
  let targets = use.targets.get(word);
  if (targets === undefined) {
    targets = [{ kind: use.kind, address: use.addressOf(word), way: use.way }];
    use.targets.set(word, targets);
  }
  return { kind: 'object', targets };
}

function semaphoreUse({ runtime, uses }: WaitSources, functions: readonly string[]): SemaphoreUse {
  let use = uses.get(functions);
  if (use === undefined) {
    use = { ...findUse(runtime, functions), targets: new Map() };
    uses.set(functions, use);
  }
  return use;
}

function findUse(runtime: GoRuntime, functions: readonly string[]): Omit<SemaphoreUse, 'targets'> {
  const inLock = functions.some((name) => /^(internal\/)?sync\.\(\*Mutex\)\.lockSlow$/.test(name));
  for (const { method, kind, way, offset } of SEMAPHORE_OWNERS) {
    if (!functions.slice(0, DEEPEST_METHOD).some((name) => method.test(name))) continue;
    if (kind === 'waitgroup') return { kind, way, addressOf: (word) => waitGroupAt(runtime, word) };
    if (kind === 'once') return { kind, way, addressOf: onceAt };
    // The writers of an RWMutex queue up at the Mutex that it begins with.
    const inner = kind === 'rwmutex' && inLock ? 4 : offset;
    return { kind, way, addressOf: (word) => word - (inner ?? 0) };
  }
  return { kind: 'semaphore', way: 'wait', addressOf: (word) => word };
}

/** Calls between gopark and the method of package sync, inlined ones too, and a Once's function around a lock. */
const DEEPEST_METHOD = 12;

/** sync.Once is {done, m Mutex}; Go 1.24 and later put a noCopy of no size first, and done has always had four bytes. */
function onceAt(word: number): number {
  return word - 8;
}

/**
 * sync.WaitGroup by its semaphore: {state uint64, sema uint32} since Go 1.18; before, three words of which the aligned pair is the
 * state and the other one the semaphore.
 */
function waitGroupAt({ program }: GoRuntime, word: number): number {
  if (program.minor >= 18 || word % 8 === 0) return word - 8;
  return word;
}
