import type { Edge, WaitGraph } from '../../findings/blocked/graph.ts';
import type { Wait } from '../../findings/blocked/wait.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { listingOf } from '../goroutine-listing.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { CycleResult, DeadlocksResult, StuckResult, WaitGroupResult, WaitsResult } from '../results-waits.ts';
import type { Session } from '../session.ts';
import { stepResult, waiterResult, waitGraphOf, waitObjects, waitText } from '../waits.ts';

/** Groups described, and waiters of each. */
const MOST_GROUPS = 50;
const MOST_WAITERS = 10;
/** Cycles and groups of stuck goroutines described. */
const MOST_FOUND = 100;
/** Steps of a chain from goroutine to goroutine. */
export const MOST_STEPS = 50;

/** What waits have in common: the thing, or how and where they wait. */
function groupKeyOf(session: Session, wait: Wait): string {
  const [target] = wait.targets;
  if (wait.kind === 'object' && target !== undefined) return `${target.kind} ${target.address} ${target.way}`;
  const { key } = listingOf(session).stackOf(wait.goroutine);
  return `${wait.kind} ${wait.goroutine.waitReason} ${key}`;
}

interface Gathered {
  readonly waits: Wait[];
  longest: number;
}

/** Puts waits together; the one that waited longest since comes first. */
function gather(session: Session, waits: Iterable<Wait>): Gathered[] {
  const groups = new Map<string, Gathered>();
  for (const wait of waits) {
    const key = groupKeyOf(session, wait);
    const group = groups.get(key);
    const since = wait.goroutine.waitSince > 0 ? wait.goroutine.waitSince : Number.POSITIVE_INFINITY;
    if (group === undefined) groups.set(key, { waits: [wait], longest: since });
    else {
      group.waits.push(wait);
      group.longest = Math.min(group.longest, since);
    }
  }
  return [...groups.values()].sort(
    (a, b) => compare(a.longest, b.longest) || b.waits.length - a.waits.length || firstId(a) - firstId(b),
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function firstId({ waits }: Gathered): number {
  return waits[0]?.goroutine.id ?? 0;
}

/** The longest waits come first. */
function waitersOf(session: Session, waits: readonly Wait[]): ReturnType<typeof waiterResult>[] {
  return waits.slice(0, MOST_WAITERS).map(({ goroutine }) => waiterResult(session, goroutine));
}

function groupResult(session: Session, { waits }: Gathered): WaitGroupResult {
  const first = waits[0] as Wait;
  const waiters = waitersOf(session, waits);
  const times = waiters.map(({ waitedAtLeast }) => waitedAtLeast ?? 0);
  const longest = Math.max(...times);
  return {
    waitsFor: waitText(session, first),
    objects: waitObjects(session, first),
    count: waits.length,
    waiters,
    longest: longest === 0 ? undefined : longest,
  };
}

export const waitingOperation: Operation<WaitsResult> = defineOperation({
  name: 'waiting',
  aliases: ['waits'],
  group: 'goroutines',
  summary: 'Show what blocked goroutines wait for, and who has it',
  details: `waiting               goroutines that wait, together by the thing that they wait on, the longest waits first
waiting -limit 500    more groups

Channels, locks, wait groups and conditions are named by an expression where a variable of a waiting goroutine or a package
variable leads to them, or as the line calls them that waits. Descriptors are told with the addresses of both ends, sleeps with the time
that is left, system calls by their names. Who waits on what is read from the runtime's own queues. Who has a lock is not recorded by Go: it is
told where a stack shows it, and how sure that is.`,
  parameters: [{ name: 'limit', kind: 'number', summary: `how many groups at most (${MOST_GROUPS})` }],
  run(session, parameters) {
    const graph = waitGraphOf(session);
    const limit = typeof parameters['limit'] === 'number' ? Math.max(0, parameters['limit']) : MOST_GROUPS;
    const groups = gather(session, graph.waits);
    const shown = groups.slice(0, limit).map((group) => groupResult(session, group));
    return {
      groups: shown,
      groupCount: groups.length,
      total: graph.waits.length,
      truncated: shown.length < groups.length,
      diagnostics: graph.diagnostics,
    };
  },
});

/** Goroutines that wait, through others, for one of a cycle. */
function behind(graph: WaitGraph, cycle: readonly Edge[]): Goroutine[] {
  const members = new Set(cycle.map(({ from }) => from.address));
  const found: Goroutine[] = [];
  for (const wait of graph.waits) {
    if (members.has(wait.goroutine.address)) continue;
    let at: Wait | undefined = wait;
    for (let steps = 0; at !== undefined && steps < MOST_STEPS; steps++) {
      const next: Goroutine | undefined = graph.edges(at)[0]?.to;
      if (next !== undefined && members.has(next.address)) {
        found.push(wait.goroutine);
        break;
      }
      at = next && graph.byGoroutine.get(next.address);
    }
  }
  return found;
}

function cycleResult(session: Session, cycle: readonly Edge[]): CycleResult {
  const steps = cycle.map((edge) => stepResult(session, edge));
  return {
    steps,
    certainty: cycle.every(({ certainty }) => certainty === 'proven') ? 'proven' : 'likely',
    behind: behind(waitGraphOf(session), cycle)
      .slice(0, MOST_WAITERS)
      .map((goroutine) => waiterResult(session, goroutine)),
  };
}

/** Why nothing can wake a goroutine. */
export function evidenceOf(wait: Wait, referrers: readonly Goroutine[]): string {
  if (wait.kind === 'nil channel' || wait.kind === 'no cases') return 'this never ends, whatever others do';
  const what = wait.targets.length > 1 ? 'any of them' : 'it';
  const base = `no package variable, timer or goroutine that can go on leads to ${what}`;
  if (referrers.length === 0) return base;
  const names = referrers.slice(0, MOST_WAITERS).map(({ id }) => String(id));
  const are = referrers.length === 1 ? 'goroutine' : 'goroutines';
  const [refer, those] = referrers.length === 1 ? ['refers', 'that one'] : ['refer', 'those'];
  return `${base}; ${are} ${names.join(', ')} ${refer} to ${what} too, but nothing can wake ${those} either`;
}

function stuckResults(session: Session, graph: WaitGraph): { stuck: StuckResult[]; count: number } {
  const told = new Set(
    graph
      .cycles()
      .flatMap((cycle) => [...cycle.map(({ from }) => from), ...behind(graph, cycle)].map((g) => g.address)),
  );
  const waits = graph.waits.filter(
    ({ goroutine }) => graph.reach.stuck.has(goroutine.address) && !told.has(goroutine.address),
  );
  const referrers = graph.referrers(waits.slice(0, MOST_REFERRING));
  const groups = gather(session, waits);
  const stuck = groups.slice(0, MOST_FOUND).map((group): StuckResult => {
    const first = group.waits[0] as Wait;
    const others = (referrers.get(first.goroutine.address) ?? []).filter(
      ({ address }) => !group.waits.some(({ goroutine }) => goroutine.address === address),
    );
    const { waitsFor, objects, count, waiters } = groupResult(session, group);
    return {
      waitsFor,
      objects,
      count,
      waiters,
      referrers: others.map(({ id }) => id),
      evidence: evidenceOf(first, others),
    };
  });
  return { stuck, count: groups.length };
}

/** Goroutines whose stacks are searched for what they refer to. */
export const MOST_REFERRING = 2000;

export const deadlocksOperation: Operation<DeadlocksResult> = defineOperation({
  name: 'deadlocks',
  aliases: [],
  group: 'goroutines',
  summary: 'Find goroutines that wait for each other, and those that nothing can wake',
  details: `Two kinds are looked for:

cycles    goroutines each of which waits for a lock that the next one has. Who has a lock is told by stacks (see waiting).
leaks     goroutines that wait on something that nothing else can reach: no package variable, no goroutine that can go on, no
          timer. The whole memory is searched, and every word that could be an address counts, so that what is told is so.

A program can be stuck in other ways as well; what is not certain enough is not told.`,
  parameters: [],
  run(session) {
    const graph = waitGraphOf(session);
    const cycles = graph.cycles();
    const { searched, problem } = graph.reach;
    const { stuck, count } = stuckResults(session, graph);
    return {
      cycles: cycles.slice(0, MOST_FOUND).map((cycle) => cycleResult(session, cycle)),
      stuck,
      examined: graph.waits.length,
      searched,
      problem,
      truncated: cycles.length > MOST_FOUND || count > stuck.length,
      diagnostics: graph.diagnostics,
    };
  },
});
