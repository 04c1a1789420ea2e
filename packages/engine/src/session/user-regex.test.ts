import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalOf, plainRegex, userRegex } from './user-regex.ts';

describe('literalOf', () => {
  it.each([
    ['^main\\.run$', 'main.run'],
    ['net/http', 'net/http'],
    ['^ab.*Close', 'Close'],
    ['colou?rs', 'colo'],
    ['abc+d', 'abc'],
    ['abcd*efg?', 'abc'],
    ['[a-z\\]]abc\\d', 'abc'],
    ['[]a]bcd', 'bcd'],
    ['[^]ab]', undefined],
    ['[[:alpha:]]abc', 'abc'],
    ['a|b', undefined],
    ['(abc)def', undefined],
    ['(?i)abc', undefined],
    ['ab', undefined],
    ['abc{0}', undefined],
    ['\\x61bcd', undefined],
    ['\\Qabcd', undefined],
    ['größe', undefined],
    ['^$', undefined],
  ])('%s: %s', (regex, literal) => expect(literalOf(regex)).toBe(literal));

  it('is in all that matches', () => {
    const piece = fc.constantFrom('a', 'b', 'cd', '.', '\\.', '*', '?', '+', '^', '$', '[ab]', '[^b]', '\\w', '/', '-');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '.', '/', '-'), maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
        fc.array(text, { minLength: 20, maxLength: 20 }),
        (source, texts) => {
          let regex: RegExp;
          try {
            regex = new RegExp(source);
          } catch {
            return true;
          }
          const literal = literalOf(source);
          return literal === undefined || texts.every((each) => !regex.test(each) || each.includes(literal));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('plainRegex', () => {
  it.each(['^main\\.run$', 'a.b', 'Open|Close', '[^a-z]x', '\\(\\*T\\)', 'größe'])('%s is one', (text) =>
    expect(plainRegex(text)).toBeDefined(),
  );

  it.each(['a*', 'a+', 'a?', '(a)', 'a{2}', '\\d', '\\-', '[[:alpha:]]', '[b-a]', '[\\w]', ']', '\\z', '\\'])(
    '%s is left to what knows Go',
    (text) => expect(plainRegex(text)).toBeUndefined(),
  );

  it('has a dot that is all but a line feed, and one character', () => {
    const matching = ['a\r', 'a\u2028', 'a\u{1f600}', 'a\n'].filter((text) => plainRegex('^a.$')?.test(text));
    expect(matching).toEqual(['a\r', 'a\u2028', 'a\u{1f600}']);
    expect(plainRegex('^[.]$')?.test('x')).toBe(false);
    expect(plainRegex('^\\.$')?.test('x')).toBe(false);
  });
});

describe('userRegex', () => {
  it('is undefined for none, and says so where one is too long or cannot be had', () => {
    expect(userRegex('', undefined)).toBeUndefined();
    expect(userRegex(undefined, undefined)).toBeUndefined();
    expect(() => userRegex('a'.repeat(10_001), undefined)).toThrow('10001 characters');
    expect(() => userRegex('a*', undefined)).toThrow('no engine of regular expressions is at hand here');
  });

  it('asks the host for what is not plain', () => {
    const asked: string[] = [];
    const compile = (text: string): { test: () => boolean } => {
      asked.push(text);
      return { test: () => true };
    };
    expect(userRegex('a*bcd', compile)).toMatchObject({ literal: 'bcd' });
    expect(userRegex('a.bcd', compile)?.test('axbcd')).toBe(true);
    expect(asked).toEqual(['a*bcd']);
  });
});
