import { attempt } from '../../base/errors.ts';
import { escapeRegex } from '../../base/text.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { pendingTimers } from '../../runtime/timers.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { WaitGraph } from './graph.ts';
import { INNER } from './object-names.ts';
import type { WaitedObject } from './objects.ts';
import { WaysTo } from './leading-to.ts';
import { nameOf } from './names.ts';
import { statementFrom } from './source-statements.ts';
import type { Standing } from './standings.ts';
import type { Surroundings } from './surroundings.ts';
import type { Wait, WaitTarget, Way } from './wait.ts';

/** Goroutines of the same stack, or a timer, that could wake one that waits, and what shows it. */
export interface Waker {
  /** Addresses of their g's; none for a timer. */
  readonly goroutines: readonly number[];
  /** Proven: a deferred call or a timer will do it. Likely: the source does it further on. Possible: a variable leads to the object. */
  readonly certainty: 'proven' | 'likely' | 'possible';
  readonly reason: string;
  /** The call of a goroutine that shows it. */
  readonly call: Call | undefined;
  /** When the timer is due, on the runtime's clock, in nanoseconds. */
  readonly when: number | undefined;
}

/** Stacks looked at, and goroutines of each. */
const MOST_STACKS = 50;
const MOST_OF_A_STACK = 2;
/** Frames of a stack that are looked at. */
const MOST_FRAMES = 16;

const ORDER = { proven: 0, likely: 1, possible: 2 } as const;

/** What ends a wait: the deferred functions that do it, and how the source writes it for an object by the name N. */
interface Deed {
  readonly deferred: RegExp;
  readonly verb: string;
  readonly source: (name: string) => RegExp;
}

function deedFor(kind: WaitedObject['kind'], way: Way): Deed | undefined {
  if (kind === 'waitgroup')
    return {
      deferred: /^sync\.\(\*WaitGroup\)\.Done$/,
      verb: 'Done',
      source: (name) => new RegExp(`${name}\\.(?:Done\\(\\)|Add\\(-)`),
    };
  if (kind === 'cond')
    return {
      deferred: /^sync\.\(\*Cond\)\.(?:Signal|Broadcast)$/,
      verb: 'Signal',
      source: (name) => new RegExp(`${name}\\.(?:Signal|Broadcast)\\(\\)`),
    };
  if (kind !== 'channel') return undefined;
  if (way === 'send')
    return {
      deferred: /(?!)/,
      verb: 'receive',
      source: (name) => new RegExp(`(?:(?<![\\w)\\]]\\s*)<-\\s*|range\\s+)${name}(?![\\w.([])`),
    };
  return {
    deferred: /^runtime\.closechan$/,
    verb: 'close',
    source: (name) => new RegExp(`(?:close\\(\\s*${name}\\s*\\)|(?:^|[^\\w.)\\]])${name}\\s*<-)`),
  };
}

/** True for what others than an owner can end a wait for. */
export function hasWakers({ kind, way }: WaitTarget): boolean {
  return deedFor(kind, way) !== undefined;
}

/**
 * Who could end a wait, as far as stacks and timers show it: goroutines from whose variables what it waits on is reached, and that
 * something can wake. The surest come first. Nobody is named for locks, which have owners.
 */
export function wakersOf(graph: WaitGraph, wait: Wait): Waker[] {
  const { objects } = graph.reach;
  const wanted = wait.targets.flatMap(({ kind, address, way }) => {
    const [object, deed] = [graph.object(kind, address), deedFor(kind, way)];
    return object === undefined || deed === undefined ? [] : [{ object, deed, way }];
  });
  if (objects === undefined || wanted.length === 0) return [];
  const { runtime } = graph.surroundings;
  const ways = new WaysTo(
    runtime,
    objects,
    wanted.map(({ object }) => object.address),
  );
  const able = [...graph.waits, ...graph.rest].filter(({ g }) => g !== wait.g && !graph.reach.stuck.has(g));
  const leading = ways.goroutines(graph.stackWords, able);
  const found = wanted.flatMap(({ object, deed, way }, i) => {
    const rivals = new Set(object.waiters.filter((each) => each.way === way).map((each) => each.wait.g));
    const groups = byStack((leading[i] ?? []).filter(({ g }) => !rivals.has(g)));
    const wakers = groups.map((alike) => wakerAmong(graph.surroundings, alike, object, deed));
    const byTimers = timersFor(graph, object, (address) => ways.distance(address, i) !== undefined);
    return [...byTimers, ...wakers.filter((waker) => waker !== undefined)];
  });
  return together(found).sort((a, b) => ORDER[a.certainty] - ORDER[b.certainty]);
}

/** Goroutines of which no more is known than that a variable leads there are told of together. */
function together(wakers: readonly Waker[]): Waker[] {
  const byReason = new Map<string, Waker>();
  for (const [i, waker] of wakers.entries()) {
    const key = waker.certainty === 'possible' && waker.call !== undefined ? waker.reason : `#${i}`;
    const same = byReason.get(key);
    const goroutines = [...(same?.goroutines ?? []), ...waker.goroutines];
    byReason.set(key, same === undefined ? waker : { ...same, goroutines, call: undefined });
  }
  return [...byReason.values()];
}

/** The timer of a channel, and calls of timers that lead to the object: a context ends when its deadline has passed. */
function timersFor(graph: WaitGraph, { state }: WaitedObject, leads: (address: number) => boolean): Waker[] {
  const { runtime } = graph.surroundings;
  const none = { goroutines: [], call: undefined } as const;
  const own = state?.kind === 'channel' && state.timer?.running === true ? state.timer : undefined;
  const found: Waker[] = own ? [{ ...none, certainty: 'proven', reason: 'its timer sends', when: own.when }] : [];
  for (const { when, argument } of pendingTimers(runtime)) {
    const code = leads(argument) ? attempt(() => runtime.program.memory.u64(argument)) : undefined;
    const func = code === undefined ? undefined : runtime.program.findFunc(code)?.func;
    if (func?.entry !== code || func === undefined) continue;
    const { name } = func;
    const isDeadline = /^context\.WithDeadline(Cause)?\.func\d+$/.test(name);
    const reason = isDeadline ? 'the deadline of its context passes' : `a timer calls ${name}, which has a way to it`;
    found.push({ ...none, certainty: isDeadline ? 'proven' : 'possible', reason, when });
  }
  return found;
}

/** Goroutines of the same stack together, as many of them as are looked at. */
function byStack(goroutines: readonly Standing[]): Standing[][] {
  const groups = new Map<readonly string[], Standing[]>();
  for (const goroutine of goroutines) {
    const alike = groups.get(goroutine.functions);
    if (alike === undefined) groups.set(goroutine.functions, [goroutine]);
    else alike.push(goroutine);
  }
  return [...groups.values()].slice(0, MOST_STACKS);
}

/** Goroutines of one stack: what holds for the first of them that has a variable is told of all. */
function wakerAmong(
  surroundings: Surroundings,
  alike: readonly Standing[],
  object: WaitedObject,
  deed: Deed,
): Waker | undefined {
  const { runtime } = surroundings;
  for (const { g } of alike.slice(0, MOST_OF_A_STACK)) {
    const shown = shownBy(surroundings, runtime.readGoroutine(g), object, deed);
    if (shown !== undefined) return { goroutines: alike.map((each) => each.g), when: undefined, ...shown };
  }
  return undefined;
}

type Shown = Omit<Waker, 'goroutines' | 'when'>;

function shownBy(
  surroundings: Surroundings,
  goroutine: Goroutine,
  { kind, address }: WaitedObject,
  deed: Deed,
): Shown | undefined {
  let best: Shown | undefined;
  for (const call of surroundings.stack(goroutine).first(MOST_FRAMES)) {
    if (INNER.test(call.name)) continue;
    const deferred = byDefer(surroundings, goroutine, call, address, deed);
    if (deferred !== undefined) return deferred;
    if (best?.certainty === 'likely') continue;
    const name = nameOf(surroundings.context, surroundings.variables(call), kind, address);
    if (name === undefined) continue;
    const line = lineAhead(surroundings, call, name, deed);
    if (line !== undefined)
      best = { certainty: 'likely', reason: `${call.name} goes on to line ${line.number}: ${line.text}`, call };
    else best ??= { certainty: 'possible', reason: `a variable leads to it (${name})`, call };
  }
  return best;
}

function byDefer(
  surroundings: Surroundings,
  goroutine: Goroutine,
  call: Call,
  address: number,
  { deferred, verb }: Deed,
): Shown | undefined {
  for (const { name, receivers } of surroundings.deferred(goroutine, call))
    if (deferred.test(name) && receivers.includes(address))
      return { certainty: 'proven', reason: `${call.name} has yet to run its deferred ${verb} of it`, call };
  return undefined;
}

/** A statement that ends the wait, on a line to which the call goes on: behind the one where it is, or in a loop around it. */
function lineAhead(
  surroundings: Surroundings,
  call: Call,
  name: string,
  deed: Deed,
): { readonly number: number; readonly text: string } | undefined {
  const source = surroundings.functionSource(call);
  // What the source calls a variable of a package has no package there, and a pointer is selected through without a star.
  const path = call.name.slice(0, call.name.indexOf('.', call.name.lastIndexOf('/') + 1) + 1);
  const short = name.startsWith(path) ? name.slice(path.length) : name;
  const pattern = deed.source(`(?<![\\w.])${escapeRegex(short)}`);
  return source && statementFrom(source, call.line, pattern);
}
