import type { Cycle } from '../findings/blocked/cycles.ts';
import type { WaitGraph } from '../findings/blocked/graph.ts';
import type { Wait } from '../findings/blocked/wait.ts';
import type { CycleResult, DeadlocksResult, StuckResult, WaitGroupResult, WaitsResult } from './results-waits.ts';
import type { Session } from './session.ts';
import { stepResult, waiterResult, waitGraphOf, waitObjects, waitText } from './waits.ts';

/** Groups described, and waiters of each. */
export const MOST_GROUPS = 50;
const MOST_WAITERS = 10;
/** Cycles and groups of stuck goroutines described. */
const MOST_FOUND = 100;

interface Gathered {
  readonly waits: Wait[];
  longest: number;
}

/** What waits have in common: the thing, or how and where they wait. Each is the same object for all who have it in common. */
function commonOf(graph: WaitGraph, wait: Wait): readonly [object, string] {
  const [target] = wait.targets;
  const object = target && wait.kind === 'object' ? graph.object(target.kind, target.address) : undefined;
  if (object !== undefined && target !== undefined) return [object, target.way];
  return [wait.functions, wait.reason];
}

/** Puts waits together; the one that waited longest since comes first. */
export function gather(graph: WaitGraph, waits: Iterable<Wait>): Gathered[] {
  const groups = new Map<object, Map<string, Gathered>>();
  for (const wait of waits) {
    const [common, how] = commonOf(graph, wait);
    let alike = groups.get(common);
    if (alike === undefined) groups.set(common, (alike = new Map<string, Gathered>()));
    const since = wait.since > 0 ? wait.since : Number.POSITIVE_INFINITY;
    const group = alike.get(how);
    if (group === undefined) alike.set(how, { waits: [wait], longest: since });
    else {
      group.waits.push(wait);
      group.longest = Math.min(group.longest, since);
    }
  }
  return [...groups.values()]
    .flatMap((alike) => [...alike.values()])
    .sort((a, b) => compare(a.longest, b.longest) || b.waits.length - a.waits.length || firstId(a) - firstId(b));
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function firstId({ waits }: Gathered): number {
  return waits[0]?.id ?? 0;
}

/** The longest waits come first. */
function waitersOf(session: Session, waits: readonly Wait[]): ReturnType<typeof waiterResult>[] {
  const graph = waitGraphOf(session);
  return waits.slice(0, MOST_WAITERS).map((wait) => waiterResult(session, graph.goroutineOf(wait)));
}

export function groupResult(session: Session, { waits }: Gathered): WaitGroupResult {
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

/** What goroutines wait for, together by the thing that they wait on, the longest waits first. */
export function waitsResult(session: Session, limit: number): WaitsResult {
  const graph = waitGraphOf(session);
  const groups = gather(graph, graph.waits);
  const shown = groups.slice(0, limit).map((group) => groupResult(session, group));
  return {
    groups: shown,
    groupCount: groups.length,
    total: graph.waits.length,
    truncated: shown.length < groups.length,
    diagnostics: graph.diagnostics,
  };
}

export function cycleResult(session: Session, { edges, behind }: Cycle): CycleResult {
  return {
    steps: edges.map((edge) => stepResult(session, edge)),
    certainty: edges.every(({ certainty }) => certainty === 'proven') ? 'proven' : 'likely',
    behind: waitersOf(session, behind),
    behindCount: behind.length,
  };
}

/** Why nothing can wake a goroutine. */
export function evidenceOf(wait: Wait, referrers: readonly Wait[]): string {
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
  const told = new Set(graph.cycles.flatMap(({ edges, behind }) => [...edges.map(({ from }) => from), ...behind]));
  const waits = graph.waits.filter((wait) => graph.reach.stuck.has(wait.g) && !told.has(wait));
  const referrers = graph.referrers(waits.slice(0, MOST_REFERRING));
  const groups = gather(graph, waits);
  const stuck = groups.slice(0, MOST_FOUND).map((group): StuckResult => {
    const first = group.waits[0] as Wait;
    const others = (referrers.get(first.g) ?? []).filter((other) => !group.waits.includes(other));
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

/** Cycles of locks, and goroutines that nothing can wake. */
export function deadlocksResult(session: Session): DeadlocksResult {
  const graph = waitGraphOf(session);
  const { cycles } = graph;
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
}
