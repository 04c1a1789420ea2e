import type { Edge } from '../../findings/blocked/edges.ts';
import type { WaitGraph } from '../../findings/blocked/graph.ts';
import type { Wait } from '../../findings/blocked/wait.ts';
import { hasWakers, wakersOf, type Waker } from '../../findings/blocked/wakers.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { callLocation } from '../calls.ts';
import { listingOf } from '../goroutine-listing.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { WakerResult, WhyResult } from '../results-waits.ts';
import type { Session } from '../session.ts';
import { sourceAround } from '../source-lines.ts';
import { dueText, stepResult, waiterResult, waitGraphOf, waitObjects, waitText } from '../waits.ts';
import { evidenceOf, MOST_REFERRING } from '../wait-results.ts';

/** Steps of a chain from goroutine to goroutine. */
const MOST_STEPS = 50;
/** Lines of source around the one where a goroutine waits. */
const CONTEXT_LINES = 2;
/** Wakers told of, and goroutines named of each. */
const MOST_WAKERS = 10;
const MOST_NAMED = 10;

/** The chain of goroutines from one on, up to one that waits for nobody or has been met: then `closedAt` is where the cycle begins. */
interface Chain {
  readonly edges: readonly Edge[];
  readonly closedAt: number | undefined;
}

function chainFrom(graph: WaitGraph, wait: Wait): Chain {
  const edges: Edge[] = [];
  for (let at: Wait | undefined = wait; at !== undefined && edges.length < MOST_STEPS;) {
    const edge: Edge | undefined = graph.edges(at)[0];
    if (edge === undefined) break;
    edges.push(edge);
    const closedAt = edges.findIndex(({ from }) => from.g === edge.to.address);
    if (closedAt >= 0) return { edges, closedAt };
    at = graph.waitAt(edge.to.address);
  }
  return { edges, closedAt: undefined };
}

/** How a chain ends that comes back to one of its goroutines: the first may be in the cycle, or wait behind it. */
function cycleEnding(edges: readonly Edge[], closedAt: number): string {
  const ids = edges.slice(closedAt).map(({ from }) => from.id);
  const [first] = ids;
  if (closedAt === 0)
    return ids.length === 1
      ? 'It waits for itself: it cannot go on.'
      : 'They wait for each other: none of them can go on.';
  if (ids.length === 1)
    return `Goroutine ${first} waits for itself, so that neither it nor who waits for it can go on.`;
  return `Goroutines ${ids.join(', ')} wait for each other: neither they nor who waits behind them can go on.`;
}

function endingOf(session: Session, graph: WaitGraph, wait: Wait, wakers: readonly WakerResult[]): string {
  const { edges, closedAt } = chainFrom(graph, wait);
  if (closedAt !== undefined) return cycleEnding(edges, closedAt);
  const last = edges.at(-1)?.to;
  const end = last === undefined ? wait : graph.waitAt(last.address);
  if (last !== undefined && end === undefined) return `Goroutine ${last.id} is ${last.statusText}: it can go on.`;
  if (end === undefined) return 'It can go on.';
  if (graph.isStuck(end)) {
    const all = graph.waits.filter((each) => graph.isStuck(each));
    const referrers = graph.referrers(all.slice(0, MOST_REFERRING)).get(end.g) ?? [];
    return `Nothing can wake ${last === undefined ? 'it' : `goroutine ${last.id}`}: ${evidenceOf(end, referrers)}.`;
  }
  if (last !== undefined) return `Goroutine ${last.id} waits in turn: ${waitText(session, end)}.`;
  return openEnding(graph, wait, wakers);
}

/** What is to be said where neither an owner is known nor nobody is left. */
function openEnding(graph: WaitGraph, wait: Wait, wakers: readonly WakerResult[]): string {
  if (wait.problem !== undefined) return 'What could wake it is not known.';
  if (wait.kind === 'sleep') return 'The time will wake it.';
  if (wait.kind === 'network') return 'What comes over the network, or a deadline, will wake it.';
  if (wait.kind === 'system call') return 'It goes on when the kernel or the C code is done.';
  if (wait.kind !== 'object' && wait.kind !== 'select') return 'The runtime will wake it.';
  const { problem } = graph.reach;
  if (problem !== undefined) return `Whether anything can wake it is not known: ${problem}.`;
  const [target] = wait.targets;
  if (target?.way === 'lock' || target?.way === 'read lock' || target?.kind === 'once')
    return 'No stack shows who has it.';
  if (wakers.some(({ certainty, count }) => certainty === 'proven' && count === 0)) return 'Time will wake it.';
  if (wakers.some(({ certainty }) => certainty !== 'possible')) return 'It goes on when they come to that.';
  if (wakers.length > 0) return 'Whether they will is not known.';
  return 'What it waits on can be reached from elsewhere, so it may be woken; no stack shows by whom.';
}

/** Who could wake a goroutine that waits on channels and the like. Nobody, if nothing can. */
function wakersFor(session: Session, graph: WaitGraph, wait: Wait | undefined): WakerResult[] {
  // Locks have owners: who could wake it would be found by a search of all memory, for nothing.
  if (wait === undefined || !wait.targets.some(hasWakers) || graph.isStuck(wait)) return [];
  return wakersOf(graph, wait)
    .slice(0, MOST_WAKERS)
    .map((waker) => wakerResult(session, waker));
}

function wakerResult(session: Session, { goroutines, certainty, reason, call, when }: Waker): WakerResult {
  const due = when === undefined ? undefined : dueText(session, when);
  const ids = goroutines.map((g) => session.runtime.readGoroutine(g).id).sort((a, b) => a - b);
  return {
    goroutines: ids.slice(0, MOST_NAMED),
    count: goroutines.length,
    certainty,
    reason: due === undefined ? reason : `${reason}, ${due}`,
    frame: call?.index,
    location: callLocation(call),
  };
}

export const whyOperation: Operation<WhyResult> = defineOperation({
  name: 'why',
  aliases: [],
  group: 'goroutines',
  summary: 'Tell why a goroutine waits: for what, who has it, what could wake it',
  details: `why        the selected goroutine
why 12     goroutine 12: what it waits for, who has that, whom that one waits for in turn, and how it ends

Who could wake it from a channel, a wait group or a condition is told by stacks and timers: proven, if a deferred call or a timer will
do it; likely, if the source does it further on; possible, if a variable leads there.`,
  parameters: [{ name: 'id', kind: 'number', positional: true, completes: 'goroutine', summary: 'goroutine number' }],
  run(session, parameters) {
    const { id } = parameters;
    const goroutine = typeof id === 'number' ? session.goroutine(id) : session.requireGoroutine();
    const graph = waitGraphOf(session);
    const wait = graph.waitAt(goroutine.address);
    const waiter = waiterResult(session, goroutine);
    const { location } = waiter;
    const wakers = wakersFor(session, graph, wait);
    return {
      goroutine: waiter,
      waitsFor: wait && waitText(session, wait),
      objects: wait === undefined ? [] : waitObjects(session, wait),
      chain: wait === undefined ? [] : chainFrom(graph, wait).edges.map((edge) => stepResult(session, edge)),
      wakers,
      ending: wait === undefined ? notWaiting(session, goroutine) : endingOf(session, graph, wait, wakers),
      source: location && sourceAround(session.sources, location.file, location.line, CONTEXT_LINES),
      diagnostics: graph.diagnostics,
    };
  },
});

function notWaiting(session: Session, goroutine: Goroutine): string {
  if (listingOf(session).isCrashed(goroutine)) return 'It waits for nothing: the program died in it.';
  return listingOf(session).isSystem(goroutine)
    ? 'It is a goroutine of the runtime, which wakes it when there is work.'
    : `It waits for nothing: it is ${goroutine.statusText}.`;
}
