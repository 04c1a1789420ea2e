import { edgesOf, type Chains, type Edge } from './edges.ts';
import type { Wait } from './wait.ts';

/** Goroutines that wait for each other's locks. */
export interface Cycle {
  readonly edges: readonly Edge[];
  /** Others that wait for one of them, directly or not. */
  readonly behind: readonly Wait[];
}

/** Longest chain of goroutines followed. */
const MOST_STEPS = 1000;

/** Finds cycles of goroutines that wait for each other's locks, each once, and who waits behind them. */
export function findCycles(chains: Chains): Cycle[] {
  const cycles: Edge[][] = [];
  const done = new Set<Wait>();
  for (const object of chains.objects) {
    if (object.kind === 'waitgroup') continue;
    // Thousands may wait for a lock: the way goes on, or ends, at those who have it.
    if (!chains.owners(object).some(({ goroutine }) => chains.waitAt(goroutine.address) !== undefined)) continue;
    for (const { wait } of object.waiters) follow(chains, wait, [], done, cycles);
  }
  if (cycles.length === 0) return [];
  const behind = waitsBehind(chains, cycles);
  return cycles.map((edges, i) => ({ edges, behind: behind.get(i) ?? [] }));
}

function follow(chains: Chains, wait: Wait, path: readonly Edge[], done: Set<Wait>, cycles: Edge[][]): void {
  const start = path.findIndex(({ from }) => from === wait);
  if (start >= 0) {
    cycles.push(path.slice(start));
    return;
  }
  if (done.has(wait) || path.length > MOST_STEPS) return;
  for (const edge of edgesOf(chains, wait)) {
    const next = chains.waitAt(edge.to.address);
    if (next !== undefined) follow(chains, next, [...path, edge], done, cycles);
  }
  done.add(wait);
}

/** By number of a cycle, the waits whose chains end in it. */
function waitsBehind(chains: Chains, cycles: readonly (readonly Edge[])[]): Map<number, Wait[]> {
  /** Where the chain of a wait ends: the number of a cycle, or -1. */
  const ends = new Map<Wait, number>();
  const members = new Set<Wait>();
  for (const [i, edges] of cycles.entries()) {
    for (const { from } of edges) {
      ends.set(from, i);
      members.add(from);
    }
  }
  const found = new Map<number, Wait[]>();
  for (const wait of chains.waits) {
    const way: Wait[] = [];
    let at: Wait | undefined = wait;
    for (; at !== undefined && !ends.has(at) && way.length < MOST_STEPS; at = nextOf(chains, at)) {
      way.push(at);
      ends.set(at, -1);
    }
    const end = (at && ends.get(at)) ?? -1;
    for (const each of way) ends.set(each, end);
    if (end < 0 || members.has(wait)) continue;
    const same = found.get(end);
    if (same === undefined) found.set(end, [wait]);
    else same.push(wait);
  }
  return found;
}

function nextOf(chains: Chains, wait: Wait): Wait | undefined {
  const edge = edgesOf(chains, wait)[0];
  return edge && chains.waitAt(edge.to.address);
}
