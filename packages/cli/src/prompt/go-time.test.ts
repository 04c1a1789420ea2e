import { expect, it } from 'vitest';
import { formatGoTime } from './go-time.ts';

it.each([
  ['2006-01-02 15:04:05', '2026-03-04 17:08:09'],
  ['Mon Jan _2 3:04PM 2006', 'Wed Mar  4 5:08PM 2026'],
  ['Monday, January 2 06', 'Wednesday, March 4 26'],
  ['05.000 x', '09.007 x'],
  ['pm 1/2 3 4 5 03', 'pm 3/4 5 8 9 05'],
  ['plain', 'plain'],
])('%s', (layout, text) => {
  expect(formatGoTime(new Date(2026, 2, 4, 17, 8, 9, 7), layout)).toBe(text);
});

it('tells the zone', () => {
  expect(formatGoTime(new Date(), '-07:00')).toMatch(/^[+-]\d\d:\d\d$/);
  expect(formatGoTime(new Date(), 'Z07:00')).toMatch(/^(Z|[+-]\d\d:\d\d)$/);
});
