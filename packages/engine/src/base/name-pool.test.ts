import { describe, expect, it } from 'vitest';
import { NamePool } from './name-pool.ts';
import { encodeUtf8 } from './text.ts';

const NAMES = ['main.main', 'größe', 'mainmain', 'other', '', 'x.main'];

describe('NamePool', () => {
  const pool = new NamePool(encodeUtf8(NAMES.join('\0')));
  const starts = NAMES.map(
    (_, i) =>
      encodeUtf8(
        NAMES.slice(0, i)
          .map((name) => `${name}\0`)
          .join(''),
      ).length,
  );

  it('gives names by their offsets, and their ends', () => {
    expect(starts.map((start) => pool.at(start))).toEqual(NAMES);
    expect(pool.at(5)).toBe('main');
    expect(pool.longest).toBe(9);
  });

  it('finds what is in names, and nothing across their ends', () => {
    const found = (part: string): string[] => NAMES.filter((_, i) => pool.finder(part)(starts[i] as number));
    expect(found('main')).toEqual(['main.main', 'mainmain', 'x.main']);
    expect(found('n.m')).toEqual(['main.main']);
    expect(found('nothing')).toEqual([]);
    expect(found('röß')).toEqual(['größe']);
    // In any order, from one expression that is looked for once.
    const has = pool.finder('main');
    const order = [5, 0, 3, 3, 2, 0, 1, 5, 4];
    expect(order.map((i) => has(starts[i] as number))).toEqual(order.map((i) => NAMES[i]?.includes('main')));
    // Names that begin within others.
    expect([0, 1, 5, 6].map(pool.finder('main'))).toEqual([true, true, true, false]);
  });
});
