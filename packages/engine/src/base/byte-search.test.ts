import { describe, expect, it } from 'vitest';
import { iterMatches, searchBytes } from './byte-search.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('iterMatches', () => {
  it('finds all places in a part, also those that overlap', () => {
    const text = bytes('abababa.ab');
    expect([...iterMatches(text, bytes('aba'), 0, text.length)]).toEqual([0, 2, 4]);
    expect([...iterMatches(text, bytes('aba'), 1, 6)]).toEqual([2]);
    expect([...iterMatches(text, bytes('ab'), 8, text.length)]).toEqual([8]);
    expect([...iterMatches(text, bytes('abababa.abc'), 0, text.length)]).toEqual([]);
  });
});

describe('searchBytes', () => {
  it('finds what Node finds', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 2000; round++) {
      const text = Uint8Array.from({ length: random(60) }, () => random(3));
      const wanted = Uint8Array.from({ length: 1 + random(5) }, () => random(3));
      const start = random(text.length + 1);
      expect(searchBytes(text, wanted, start)).toBe(Buffer.from(text).indexOf(wanted, start));
    }
  });
});
