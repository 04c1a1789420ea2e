import { describe, expect, it } from 'vitest';
import type { WaitArrow, WaitDrawing } from './wait-graph.ts';
import { waitLayout } from './wait-layout.ts';

/** A drawing from arrows as `a>b`. */
function drawing(...arrows: readonly string[]): WaitDrawing {
  const pairs = arrows.map((text): WaitArrow => {
    const [from = '', to = ''] = text.split('>');
    return { from, to, kind: 'waits', isCycle: false };
  });
  const ids = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
  const nodes = ids.map((id) => ({ id, kind: 'goroutine', title: id, detail: '', isStuck: id === 'z' }) as const);
  return { nodes, arrows: pairs, leftOut: 0 };
}

function places(...arrows: readonly string[]): Record<string, string> {
  const { nodes } = waitLayout(drawing(...arrows));
  return Object.fromEntries(nodes.map(({ node, column, row }) => [node.id, `${column},${row}`]));
}

describe('the layout of waits', () => {
  it('has who waits left of what it waits on, and that left of who holds it', () => {
    expect(places('a>m', 'b>m', 'm>c')).toEqual({ a: '0,0', m: '1,0', b: '0,1', c: '2,0' });
  });

  it('puts what is reached over two ways behind the longer one', () => {
    expect(places('a>m', 'm>b', 'b>n', 'a>n')['n']).toBe('3,0');
  });

  it('leads a cycle back once', () => {
    const { arrows, columns } = waitLayout(drawing('a>m', 'm>b', 'b>n', 'n>a'));
    expect(columns).toBe(4);
    expect(arrows.filter(({ isBack }) => isBack).map(({ from, to }) => from.node.id + to.node.id)).toEqual(['na']);
  });

  it('keeps apart what no arrow connects, with those that cannot go on first', () => {
    expect(places('a>m', 'b>m', 'z>n')).toEqual({ z: '0,0', n: '1,0', a: '0,1', m: '1,1', b: '0,2' });
  });

  it('ends for arrows to nowhere, to itself, and for none', () => {
    expect(waitLayout({ ...drawing('a>b'), arrows: [] }).rows).toBe(2);
    expect(waitLayout(drawing('a>a')).arrows.map(({ isBack }) => isBack)).toEqual([true]);
    expect(waitLayout({ nodes: [], arrows: drawing('a>b').arrows, leftOut: 0 })).toEqual({
      nodes: [],
      arrows: [],
      columns: 1,
      rows: 0,
    });
  });
});
