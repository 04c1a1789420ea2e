import { RSP, type Instruction } from '../../arch/amd64/instruction.ts';
import { reversePostorder, type FlowGraph } from './flow-graph.ts';

/**
 * Offsets of the instructions that execution may have passed on its way from the one at `since` (included) to the one at `at`
 * (excluded, unless it is passed on the way as well), without coming by `since` again: what may have been done since then.
 * Undefined where `since` or `at` is no instruction that is known.
 */
export function offsetsBetween(graph: FlowGraph, since: number, at: number): readonly number[] | undefined {
  const { blocks, predecessors, blockAt } = graph;
  const [first, last] = [blockAt[since] ?? -1, blockAt[at] ?? -1];
  if (first < 0 || last < 0) return undefined;
  if (since === at) return [];
  // Blocks that execution came to at their start behind `since`, and those that it left at their end for `at`.
  const reached = new Set(blocks[first]?.successors);
  for (const from of reached) for (const to of blocks[from]?.successors ?? []) reached.add(to);
  const isStraight = first === last && since < at;
  const left = new Set(isStraight ? [] : predecessors[last]);
  for (const to of left) if (to !== first) for (const from of predecessors[to] ?? []) left.add(from);
  return [...new Set([...left, last])].flatMap((index) => {
    const start = reached.has(index) ? 0 : index === first ? since : Infinity;
    return (blocks[index]?.instructions ?? []).flatMap((each) => {
      const leads = left.has(index) && (index !== first || each.at >= since);
      const isBefore = index === last && each.at < at && !(isStraight && each.at < since);
      return (leads || isBefore) && each.at >= start ? [each.at] : [];
    });
  });
}

/**
 * Offsets of the calls of which one was the last before execution came to the instruction at `at`; `isPassed` tells of those that do
 * not count. The call of the function itself is none. Undefined where `at` is no instruction that is known.
 */
export function callsBefore(
  graph: FlowGraph,
  at: number,
  isPassed: (call: Instruction) => boolean,
): readonly number[] | undefined {
  const { blocks, predecessors, blockAt } = graph;
  const start = blockAt[at] ?? -1;
  if (start < 0) return undefined;
  const lastIn = (index: number, end: number): Instruction | undefined =>
    blocks[index]?.instructions.findLast(
      (each) => each.at < end && (each.flow === 'call' || each.flow === 'indirect-call') && !isPassed(each),
    );
  const own = lastIn(start, at);
  if (own !== undefined) return [own.at];
  const found: number[] = [];
  const passed = new Set(predecessors[start]);
  for (const index of passed) {
    const call = lastIn(index, Number.POSITIVE_INFINITY);
    if (call !== undefined) found.push(call.at);
    else for (const from of predecessors[index] ?? []) passed.add(from);
  }
  return found;
}

/**
 * The instructions that execution may come to from the one at `at` (included) before a loop around it begins its next round.
 * Empty where `at` is no instruction that is known.
 */
export function instructionsAhead(graph: FlowGraph, at: number): readonly Instruction[] {
  const start = graph.blockAt[at] ?? -1;
  if (start < 0) return [];
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
