import type { Cycle } from '../findings/blocked/cycles.ts';
import type { Wait } from '../findings/blocked/wait.ts';
import { oldestWaits } from './goroutine-groups.ts';
import type { GoroutineGroup } from './results.ts';
import type { HealthResult } from './results-health.ts';
import type { WaitsDetail, WaitSummaryResult } from './results-waits.ts';
import type { Session } from './session.ts';
import { cycleResult, deadlocksResult, gather, groupResult, waitsResult } from './wait-results.ts';
import { waiterResult, waitGraphOf } from './waits.ts';

/** Cycles, locks and groups told of in a summary. */
const MOST_CYCLES = 3;
const MOST_LOCKS = 3;
const MOST_STUCK = 5;
/** Groups of waits told of in the long forms. */
const MOST_GROUPS = 200;
/** A report does not search more memory than this for what goroutines wait on, in bytes. */
const MOST_MEMORY = 1 << 28;
/** How goroutines wait that wait for locks, in the words of all releases. */
const LOCKS = /^(?:sync\.(?:RW)?Mutex\.|semacquire)/;

interface Told {
  readonly groups: readonly GoroutineGroup[];
  readonly input: HealthResult;
  /** True where the death itself is that nobody could go on. */
  readonly isDeadlock: boolean;
}

/** Who waits for whom, for a report; undefined where that tells nothing. What takes long is done only where the death asks for it. */
export function waitSummary(session: Session, { groups, input, isDeadlock }: Told): WaitSummaryResult | undefined {
  const longest = oldestWaits(session).map((goroutine) => waiterResult(session, goroutine));
  const search = isDeadlock && mayBeSearched(input);
  const mayBlock = isDeadlock || groups.some(({ status, system }) => !system && LOCKS.test(status));
  const graph = mayBlock ? waitGraphOf(session) : undefined;
  const cycles = graph?.cycles ?? [];
  const told = new Set<Wait>(cycles.flatMap(membersOf));
  const contended =
    graph === undefined ? [] : gather(graph, graph.semaphoreWaits).filter(({ waits }) => isContended(waits, told));
  const stuck = search ? deadlocksResult(session).stuck : undefined;
  const summary: WaitSummaryResult = {
    cycles: cycles.slice(0, MOST_CYCLES).map((cycle) => cycleResult(session, cycle)),
    cycleCount: cycles.length,
    contended: [...contended]
      .sort((a, b) => b.waits.length - a.waits.length)
      .slice(0, MOST_LOCKS)
      .map((group) => groupResult(session, group)),
    stuck: stuck?.slice(0, MOST_STUCK),
    stuckCount: (stuck ?? []).reduce((sum, { count }) => sum + count, 0),
    longest,
  };
  const { stuckCount } = summary;
  return cycles.length + contended.length + stuckCount + longest.length === 0 ? undefined : summary;
}

function membersOf({ edges, behind }: Cycle): Wait[] {
  return [...edges.map(({ from }) => from), ...behind];
}

/** Several that wait for the same lock, in no cycle. */
function isContended(waits: readonly Wait[], told: ReadonlySet<Wait>): boolean {
  const kind = waits[0]?.targets[0]?.kind;
  const isLock = kind === 'mutex' || kind === 'rwmutex' || kind === 'once';
  return isLock && waits.length > 1 && !waits.some((wait) => told.has(wait));
}

function mayBeSearched({ memory }: HealthResult): boolean {
  return memory.inCore <= MOST_MEMORY;
}

/** All waits, for the long forms of a report; undefined where nobody of the program waits. */
export function waitsDetail(session: Session, input: HealthResult | undefined): WaitsDetail | undefined {
  const graph = waitGraphOf(session);
  if (graph.waits.length === 0) return undefined;
  const waiting = waitsResult(session, MOST_GROUPS);
  const problem = 'there is too much memory to search in a report: deadlocks does it';
  const deadlocks =
    input !== undefined && mayBeSearched(input)
      ? deadlocksResult(session)
      : {
          cycles: graph.cycles.slice(0, MOST_CYCLES).map((cycle) => cycleResult(session, cycle)),
          stuck: [],
          examined: graph.waits.length,
          searched: 0,
          problem,
          truncated: graph.cycles.length > MOST_CYCLES,
          diagnostics: [],
        };
  return { waiting, deadlocks };
}
