import { readU64 } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine } from './goroutine.ts';
import { symbolsAreCheap } from './roots.ts';

/** Roots of runtime.semtable (runtime/sema.go semTabSize). */
const SEMAPHORE_ROOTS = 251;
/** More sudogs than any queue or tree has: a bound against garbage. */
const MOST_WAITERS = 10_000_000;
/** Cases of one select (cmd/compile allows 65,536). */
const MOST_CASES = 65_536;
/** Bytes of a parked stack in which the callers of gopark have what they wait on. */
const NEAR_THE_TOP = 1024;

/** A goroutine in a queue: it waits on the word, list or channel at `address`. */
export interface QueuedGoroutine {
  /** Address of its runtime.g. */
  readonly g: number;
  readonly sudog: number;
  readonly address: number;
}

/** A case of a select, or the one channel that a goroutine waits on. */
export interface ChannelWait {
  readonly channel: number;
  readonly sudog: number;
  readonly way: 'send' | 'receive';
}

/** Who sleeps on which semaphore: the runtime's own queues, so a proven fact. */
export interface Semaphores {
  /** The semaphore's word by the address of the goroutine's g. */
  readonly byGoroutine: ReadonlyMap<number, number>;
  /** Addresses of the records in the queues. */
  readonly sudogs: readonly number[];
  /** Why some of them may be missing; undefined if none are. */
  readonly problem: string | undefined;
}

/** Addresses of the sudogs of the goroutine at an address (g.waiting, linked by waitlink), in the order of the runtime. */
export function sudogsOf({ program, layout }: GoRuntime, g: number): number[] {
  const { memory } = program;
  const sudogs: number[] = [];
  // Mostly there is one, for which nothing has to be remembered.
  let seen: Set<number> | undefined;
  attempt(() => {
    const [ofG, link] = [layout.get('sudog', 'g'), layout.get('sudog', 'waitlink')];
    let at = memory.u64(g + layout.get('g', 'waiting'));
    while (at !== 0 && seen?.has(at) !== true && sudogs.length < MOST_CASES) {
      // What is linked is believed as long as it belongs to the goroutine.
      if (memory.u64(at + ofG) !== g) return;
      sudogs.push(at);
      const next = memory.u64(at + link);
      if (next !== 0) seen = (seen ?? new Set<number>()).add(at);
      at = next;
    }
  });
  return sudogs;
}

/** Which way the sudogs in the queues of channels go, by channel: read once, since thousands may wait on the same. */
export type ChannelWays = Map<number, ReadonlyMap<number, 'send' | 'receive'>>;

function waysOf(runtime: GoRuntime, channel: number, known: ChannelWays): ReadonlyMap<number, 'send' | 'receive'> {
  let ways = known.get(channel);
  if (ways === undefined) {
    const found = new Map<number, 'send' | 'receive'>();
    for (const way of ['send', 'receive'] as const)
      for (const { sudog } of channelQueue(runtime, channel, way)) found.set(sudog, way);
    ways = found;
    known.set(channel, ways);
  }
  return ways;
}

/** Places in a queue that are looked at before all of it is noted. */
const SHORT_QUEUE = 8;

function wayOf(runtime: GoRuntime, channel: number, sudog: number, known: ChannelWays): ChannelWait['way'] | undefined {
  const ways = known.get(channel);
  if (ways !== undefined) return ways.get(sudog);
  for (const way of ['receive', 'send'] as const) {
    // The channel of a timer or of a context has mostly one who waits.
    const first = attempt(() => runtime.program.memory.u64(queueAt(runtime, channel, way)));
    if (first === sudog) return way;
    if (first === 0) continue;
    if (channelQueue(runtime, channel, way, SHORT_QUEUE).some((each) => each.sudog === sudog)) return way;
  }
  return waysOf(runtime, channel, known).get(sudog);
}

/** Where the queue of a channel begins. */
function queueAt({ layout }: GoRuntime, channel: number, way: 'send' | 'receive'): number {
  return channel + layout.get('hchan', way === 'send' ? 'sendq' : 'recvq');
}

/**
 * The channels that the goroutine at an address waits on, several for a select, of which the channels' own queues tell the way. `only`
 * is the way of one that waits on a single channel.
 */
export function channelWaits(
  runtime: GoRuntime,
  g: number,
  only: ChannelWait['way'] | undefined,
  known: ChannelWays,
): ChannelWait[] {
  const { memory } = runtime.program;
  const channelAt = runtime.layout.get('sudog', 'c');
  const waits: ChannelWait[] = [];
  for (const sudog of sudogsOf(runtime, g)) {
    const channel = attempt(() => memory.u64(sudog + channelAt)) ?? 0;
    if (channel === 0) continue;
    const way = only ?? wayOf(runtime, channel, sudog, known);
    if (way !== undefined) waits.push({ channel, sudog, way });
  }
  return waits;
}

/** Who waits on a channel, in order; what cannot be read ends the queue. */
export function channelQueue(
  runtime: GoRuntime,
  channel: number,
  way: 'send' | 'receive',
  most: number = MOST_WAITERS,
): QueuedGoroutine[] {
  const { program, layout } = runtime;
  return chain(program.memory, queueAt(runtime, channel, way), layout, channel, most);
}

/** Who waits on the runtime.notifyList at `list`, in order. */
export function notifyQueue({ program, layout }: GoRuntime, list: number): QueuedGoroutine[] {
  return chain(program.memory, list + layout.get('notifyList', 'head'), layout, list, MOST_WAITERS);
}

function chain(
  memory: GoRuntime['program']['memory'],
  headAt: number,
  layout: GoRuntime['layout'],
  address: number,
  most: number,
): QueuedGoroutine[] {
  const found: QueuedGoroutine[] = [];
  const seen = new Set<number>();
  attempt(() => {
    const [ofG, next] = [layout.get('sudog', 'g'), layout.get('sudog', 'next')];
    for (let sudog = memory.u64(headAt); sudog !== 0 && !seen.has(sudog); sudog = memory.u64(sudog + next)) {
      if (seen.size >= most) return;
      seen.add(sudog);
      found.push({ g: memory.u64(sudog + ofG), sudog, address });
    }
  });
  return found;
}

/**
 * All that sleep on semaphores, from the trees of runtime.semtable: each node is a sudog, its prev and next the children,
 * elem the semaphore's word, and waitlink leads to others that wait on the same word (runtime/sema.go).
 */
export function readSemaphores(runtime: GoRuntime): Semaphores {
  const { program, layout } = runtime;
  const byGoroutine = new Map<number, number>();
  const sudogs: number[] = [];
  const table = symbolsAreCheap(program) ? program.symbol('runtime.semtable') : undefined;
  if (table === undefined)
    return { byGoroutine, sudogs, problem: 'the table of semaphores (runtime.semtable) was not found' };
  // Each root is padded to a cache line.
  const stride = program.target.arch.name === 'arm64' ? 128 : 64;
  let problem: string | undefined;
  for (let i = 0; i < SEMAPHORE_ROOTS; i++) {
    const root = attempt(() => program.memory.u64(table + i * stride + layout.get('semaRoot', 'treap')));
    if (root === undefined) problem = 'a part of the table of semaphores is not in the core';
    for (const node of treapNodes(runtime, root ?? 0)) {
      for (const { g, sudog, address } of waitersAt(runtime, node)) {
        byGoroutine.set(g, address);
        sudogs.push(sudog);
      }
    }
  }
  return { byGoroutine, sudogs, problem };
}

function* treapNodes({ program, layout }: GoRuntime, root: number): Generator<number> {
  const seen = new Set<number>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const current = node;
    if (node === 0 || seen.has(node) || seen.size >= MOST_WAITERS) continue;
    seen.add(node);
    yield node;
    for (const child of ['prev', 'next'])
      open.push(attempt(() => program.memory.u64(current + layout.get('sudog', child))) ?? 0);
  }
}

function* waitersAt({ program, layout }: GoRuntime, node: number): Generator<QueuedGoroutine> {
  const { memory } = program;
  const seen = new Set<number>();
  const word = (at: number): number => attempt(() => memory.u64(at)) ?? 0;
  const [elem, link, ofG] = [layout.get('sudog', 'elem'), layout.get('sudog', 'waitlink'), layout.get('sudog', 'g')];
  const address = word(node + elem);
  for (let sudog = node; sudog !== 0 && !seen.has(sudog) && seen.size < MOST_WAITERS; sudog = word(sudog + link)) {
    seen.add(sudog);
    const g = word(sudog + ofG);
    if (g !== 0 && address !== 0) yield { g, sudog, address };
  }
}

/**
 * The word of the semaphore that a goroutine sleeps on, without the table: its sudog is what the goroutine waits on since Go 1.26, and
 * before, it is where its stack has it for the time when it wakes. Undefined if there is none, or more than one could be it.
 */
export function semaphoreOf(runtime: GoRuntime, goroutine: Goroutine): number | undefined {
  const linked = sudogsOf(runtime, goroutine.address);
  return semaphoreIn(runtime, goroutine, linked.length > 0 ? linked : wordsNearTop(runtime, goroutine));
}

function semaphoreIn(
  { program: { memory }, layout }: GoRuntime,
  goroutine: Goroutine,
  sudogs: readonly number[],
): number | undefined {
  const found = new Set<number>();
  for (const sudog of sudogs) {
    const word = attempt(() => {
      // What was given back has no element, and what is in the queue of a channel has that.
      if (memory.u64(sudog + layout.get('sudog', 'g')) !== goroutine.address) return 0;
      return memory.u64(sudog + layout.get('sudog', 'c')) === 0 ? memory.u64(sudog + layout.get('sudog', 'elem')) : 0;
    });
    if (word !== undefined && word !== 0 && word % 4 === 0 && memory.has(word)) found.add(word);
  }
  const [only, another] = found;
  return another === undefined ? only : undefined;
}

/** The addresses in a parked stack next to its top: what the functions around gopark work on is among them. */
export function wordsNearTop({ program }: GoRuntime, { sched, stack }: Goroutine): number[] {
  const words: number[] = [];
  // What is damaged may be so large a number that nothing can be added to it.
  const size = Math.max(0, Math.min(stack.high - sched.sp, NEAR_THE_TOP));
  const bytes = program.memory.readSome(sched.sp, size);
  for (let offset = 0; offset + 8 <= bytes.length; offset += 8) {
    const word = readU64(bytes, offset);
    // Neither small numbers nor what lies in the upper half is an address; what is waited on is on no stack.
    const isOnStack = word >= stack.low && word < stack.high;
    if (word > 4096 && word < 2 ** 47 && word % 8 === 0 && !isOnStack) words.push(word);
  }
  return words;
}

/** The lists of conditions that goroutines wait on: one that was found is known of all who are on it. */
export class ConditionLists {
  private readonly known = new Map<number, number>();

  /**
   * The sync.Cond's list that a goroutine is on. The runtime keeps no way from the goroutine to the list before Go 1.26, so each word
   * near the top of its stack is tried: the list that has the goroutine in its queue is the one.
   */
  listOf(runtime: GoRuntime, goroutine: Goroutine): number | undefined {
    const known = this.known.get(goroutine.address);
    if (known !== undefined) return known;
    const elem = runtime.layout.get('sudog', 'elem');
    const linked = sudogsOf(runtime, goroutine.address).map(
      (sudog) => attempt(() => runtime.program.memory.u64(sudog + elem)) ?? 0,
    );
    const words = [...linked, ...new Set(wordsNearTop(runtime, goroutine))];
    return words.find((word) => quickly(runtime, word) && this.holds(runtime, word, goroutine.address));
  }

  /** Whether a goroutine is on what would be a list there. */
  private holds(runtime: GoRuntime, list: number, g: number): boolean {
    const queue = notifyQueue(runtime, list);
    // The list's lock is on the stack as well, and would pass for a list of one: its tail does not.
    const tail = attempt(() => runtime.program.memory.u64(list + runtime.layout.get('notifyList', 'tail')));
    if (queue.at(-1)?.sudog !== tail || !queue.some((each) => each.g === g)) return false;
    for (const each of queue) this.known.set(each.g, list);
    return true;
  }
}

/** False for what is surely no list: most words are not, and walking is dear. */
function quickly({ program, layout }: GoRuntime, list: number): boolean {
  const head = attempt(() => program.memory.u64(list + layout.get('notifyList', 'head'))) ?? 0;
  return head !== 0 && program.memory.has(head);
}
