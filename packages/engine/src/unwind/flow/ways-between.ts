import type { FlowGraph } from './flow-graph.ts';

/** Which instructions follow which, and precede which, by their offsets. */
interface Neighbours {
  readonly next: ReadonlyMap<number, readonly number[]>;
  readonly previous: ReadonlyMap<number, readonly number[]>;
}

const KNOWN = new WeakMap<FlowGraph, Neighbours>();

function neighboursOf(graph: FlowGraph): Neighbours {
  let known = KNOWN.get(graph);
  if (known !== undefined) return known;
  const next = new Map<number, number[]>();
  const previous = new Map<number, number[]>();
  const join = (from: number, to: number): void => {
    next.set(from, [...(next.get(from) ?? []), to]);
    previous.set(to, [...(previous.get(to) ?? []), from]);
  };
  for (const { instructions, successors } of graph.blocks) {
    instructions.forEach(({ at }, i) => {
      const following = instructions[i + 1];
      if (following !== undefined) join(at, following.at);
      else for (const to of successors) join(at, graph.blocks[to]?.instructions[0]?.at ?? at);
    });
  }
  known = { next, previous };
  KNOWN.set(graph, known);
  return known;
}

/**
 * Offsets of the instructions that execution may have passed on its way from the one at `since` (included) to the one at `at`
 * (excluded, unless it is passed on the way as well), without coming by `since` again: what may have been done since then.
 * Undefined where `since` or `at` is no instruction that is known.
 */
export function offsetsBetween(graph: FlowGraph, since: number, at: number): readonly number[] | undefined {
  if (!graph.blockAt.has(since) || !graph.blockAt.has(at)) return undefined;
  const { next, previous } = neighboursOf(graph);
  const reached = new Set([since]);
  if (since === at) return [];
  for (const from of reached) for (const to of next.get(from) ?? []) reached.add(to);
  const leading = new Set(previous.get(at) ?? []);
  for (const to of leading) if (to !== since) for (const from of previous.get(to) ?? []) leading.add(from);
  return [...leading].filter((offset) => reached.has(offset));
}
