import type { WaitArrow, WaitDrawing, WaitNode } from './wait-graph.ts';

/** Where a node is drawn: columns from the left, rows from the top. */
export interface PlacedNode {
  readonly node: WaitNode;
  readonly column: number;
  readonly row: number;
}

/** An arrow; `isBack` leads to a column before its own. */
export interface PlacedArrow {
  readonly arrow: WaitArrow;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly isBack: boolean;
}

export interface WaitLayout {
  readonly nodes: readonly PlacedNode[];
  readonly arrows: readonly PlacedArrow[];
  readonly columns: number;
  readonly rows: number;
}

/** Puts who waits to the left of what it waits on, and that to the left of who holds it; what is connected in rows of its own. */
export function waitLayout({ nodes, arrows }: WaitDrawing): WaitLayout {
  const outgoing = grouped(arrows);
  const back = backArrows(nodes, outgoing);
  const columns = columnsOf(nodes, outgoing, back);
  const placed = new Map<string, PlacedNode>();
  let rows = 0;
  for (const part of partsOf(nodes, arrows)) {
    const used = new Map<number, number>();
    let height = 0;
    for (const node of part) {
      const column = columns.get(node.id) ?? 0;
      const row = used.get(column) ?? 0;
      used.set(column, row + 1);
      height = Math.max(height, row + 1);
      placed.set(node.id, { node, column, row: rows + row });
    }
    rows += height;
  }
  const drawn = arrows.flatMap((arrow) => {
    const [from, to] = [placed.get(arrow.from), placed.get(arrow.to)];
    return from === undefined || to === undefined ? [] : [{ arrow, from, to, isBack: to.column <= from.column }];
  });
  return { nodes: [...placed.values()], arrows: drawn, columns: Math.max(0, ...columns.values()) + 1, rows };
}

function grouped(arrows: readonly WaitArrow[]): Map<string, WaitArrow[]> {
  const groups = new Map<string, WaitArrow[]>();
  for (const arrow of arrows) {
    const same = groups.get(arrow.from);
    if (same === undefined) groups.set(arrow.from, [arrow]);
    else same.push(arrow);
  }
  return groups;
}

/** The arrows that close cycles, found by going along all of them, deep first. */
function backArrows(nodes: readonly WaitNode[], outgoing: ReadonlyMap<string, readonly WaitArrow[]>): Set<WaitArrow> {
  const back = new Set<WaitArrow>();
  const state = new Map<string, 'open' | 'done'>();
  for (const { id } of nodes) {
    const stack = [{ id, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.next === 0 && state.get(top.id) !== undefined) {
        stack.pop();
        continue;
      }
      state.set(top.id, 'open');
      const arrow = outgoing.get(top.id)?.[top.next++];
      if (arrow === undefined) {
        state.set(top.id, 'done');
        stack.pop();
      } else if (state.get(arrow.to) === 'open') back.add(arrow);
      else if (state.get(arrow.to) === undefined) stack.push({ id: arrow.to, next: 0 });
    }
  }
  return back;
}

/** Of each node, the length of the longest way to it that closes no cycle. */
function columnsOf(
  nodes: readonly WaitNode[],
  outgoing: ReadonlyMap<string, readonly WaitArrow[]>,
  back: ReadonlySet<WaitArrow>,
): Map<string, number> {
  const columns = new Map(nodes.map(({ id }) => [id, 0]));
  // Each round moves what must be further right by at least a column; there are no more of these than nodes.
  for (let round = 0, moved = true; moved && round < nodes.length; round++) {
    moved = false;
    for (const { id } of nodes) {
      for (const arrow of outgoing.get(id) ?? []) {
        const least = (columns.get(id) ?? 0) + 1;
        if (back.has(arrow) || (columns.get(arrow.to) ?? 0) >= least) continue;
        columns.set(arrow.to, least);
        moved = true;
      }
    }
  }
  return columns;
}

/** The nodes in parts that no arrow connects; those with cycles first. */
function partsOf(nodes: readonly WaitNode[], arrows: readonly WaitArrow[]): WaitNode[][] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of arrows) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const parts: WaitNode[][] = [];
  for (const { id } of nodes) {
    const part: WaitNode[] = [];
    const open = [id];
    for (let at = open.shift(); at !== undefined; at = open.shift()) {
      const node = byId.get(at);
      if (node === undefined || seen.has(at)) continue;
      seen.add(at);
      part.push(node);
      open.push(...(neighbours.get(at) ?? []));
    }
    if (part.length > 0) parts.push(part);
  }
  const stuck = (part: readonly WaitNode[]): number => part.filter(({ isStuck }) => isStuck).length;
  return parts.sort((a, b) => stuck(b) - stuck(a));
}
