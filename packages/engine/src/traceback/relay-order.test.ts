import { expect, it } from 'vitest';
import { byCounts } from './relay-order.ts';

/** The names of threads in the order in which they printed, by their counts, the oldest given first; `?` if it is not certain. */
function order(counts: Readonly<Record<string, number>>): string {
  const { order: names, isCertain } = byCounts(Object.entries(counts).map(([name, count]) => ({ name, count })));
  return `${names.map(({ name }) => name).join('')}${isCertain ? '' : '?'}`;
}

it.each([
  [{ a: 2, b: 3, c: 4 }, 'abc'],
  // The turn began with c.
  [{ a: 3, b: 4, c: 2 }, 'cab'],
  // a was slow to wait: b had printed by then.
  [{ a: 3, b: 3, c: 4 }, 'abc'],
  // So was c, or b was.
  [{ a: 4, b: 3, c: 4 }, 'abc?'],
  // b was left out, and came last.
  [{ a: 2, b: 4, c: 3 }, 'acb'],
  [{ a: 2, b: 4, c: 2, d: 4 }, 'acbd?'],
  [{}, ''],
])('counts %j are of the order %s', (counts, expected) => {
  expect(order(counts)).toBe(expected);
});
