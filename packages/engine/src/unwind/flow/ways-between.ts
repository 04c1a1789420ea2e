import { RSP, type Instruction } from '../../arch/amd64/instruction.ts';
import { reversePostorder, type FlowGraph } from './flow-graph.ts';

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

/**
 * The instructions that execution may come to from the one at `at` (included) before a loop around it begins its next round.
 * Empty where `at` is no instruction that is known.
 */
export function instructionsAhead(graph: FlowGraph, at: number): readonly Instruction[] {
  const start = graph.blockAt.get(at);
  if (start === undefined) return [];
  const order = new Map(reversePostorder(graph.blocks).map((index, position) => [index, position]));
  const reached = new Set([start]);
  for (const from of reached)
    for (const to of graph.blocks[from]?.successors ?? [])
      if ((order.get(to) ?? 0) > (order.get(from) ?? 0)) reached.add(to);
  return [...reached].flatMap((index) =>
    (graph.blocks[index]?.instructions ?? []).filter((each) => index !== start || each.at >= at),
  );
}

/** Offsets of the arithmetic ahead of the instruction at `at`, as `instructionsAhead` has it. */
export function arithmeticAhead(graph: FlowGraph, at: number): readonly number[] {
  return instructionsAhead(graph, at).flatMap((each) => (isArithmetic(each) ? [each.at] : []));
}

/** True for an instruction that makes a new value, and does not only move one or an address of the code or frame. */
function isArithmetic({
  operation,
  writes,
  writesVector,
  flow,
  push,
  source,
  memory,
  size,
  sourceSize,
}: Instruction): boolean {
  if (flow !== 'next' || push !== 0 || operation === 'nop' || (writes & ~(1 << RSP)) + writesVector === 0) return false;
  if (operation === 'lea') return memory?.base !== RSP && memory?.ripRelative !== true;
  if (operation === 'move') return source?.kind === 'register' && sourceSize < size;
  return true;
}
