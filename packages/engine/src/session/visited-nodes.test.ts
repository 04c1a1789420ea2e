import { describe, expect, it } from 'vitest';
import { VisitedNodes } from './visited-nodes.ts';

describe('nodes of visited goroutines', () => {
  it('are found again in the order of the first visit, and walked to out of it', () => {
    const visited = new VisitedNodes();
    let walks = 0;
    const nodeOf = (address: number): number | undefined =>
      visited.nodeOf(address, () => {
        walks++;
        return address % 7 === 0 ? undefined : address * 2;
      });
    const all = Array.from({ length: 5000 }, (_, i) => 100 + i);
    const expected = all.map((address) => (address % 7 === 0 ? undefined : address * 2));
    expect(all.map(nodeOf)).toEqual(expected);
    expect(walks).toBe(5000);
    expect(all.map(nodeOf)).toEqual(expected);
    expect(walks).toBe(5000);
    // Out of order, and not met before.
    expect([300, 200, 9000].map(nodeOf)).toEqual([600, 400, 18_000]);
    expect(walks).toBe(5003);
    expect(all.map(nodeOf)).toEqual(expected);
    expect(walks).toBe(5003);
    // A visit that is left in the middle.
    expect(all.slice(0, 10).map(nodeOf)).toEqual(expected.slice(0, 10));
    expect(all.map(nodeOf)).toEqual(expected);
    expect(walks).toBe(5003);
  });
});
