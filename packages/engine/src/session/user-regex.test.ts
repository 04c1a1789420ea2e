import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalOf } from './user-regex.ts';

describe('literalOf', () => {
  it.each([
    [/^main\.run$/, 'main.run'],
    [/net\/http/, 'net/http'],
    [/^ab.*Close/, 'Close'],
    [/colou?rs/, 'colo'],
    [/abc+d/, 'abc'],
    [/abcd*efg?/, 'abc'],
    [/[a-z\]]abc\d/, 'abc'],
    [/a|b/, undefined],
    [/(abc)def/, undefined],
    [/abc/i, undefined],
    [/ab/, undefined],
    [/abc{0}/, undefined],
    [/\x61bcd/, undefined],
    [/größe/, undefined],
    [/^$/, undefined],
  ])('%s: %s', (regex, literal) => expect(literalOf(regex)).toBe(literal));

  it('is in all that matches', () => {
    const piece = fc.constantFrom('a', 'b', 'cd', '.', '\\.', '*', '?', '+', '^', '$', '[ab]', '[^b]', '\\w', '/', '-');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '.', '/', '-'), maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(text, { minLength: 20, maxLength: 20 }),
        (pieces, texts) => {
          let regex: RegExp;
          try {
            regex = new RegExp(pieces.join(''));
          } catch {
            return true;
          }
          const literal = literalOf(regex);
          return literal === undefined || texts.every((each) => !regex.test(each) || each.includes(literal));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
