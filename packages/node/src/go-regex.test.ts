import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainRegex } from '../../engine/src/session/user-regex.ts';
import { compileGoRegex } from './go-regex.ts';

describe('compileGoRegex', () => {
  it.each([
    ['(?i)^MAIN\\.', 'main.run', true],
    ['[[:alpha:]]+\\d', 'run1', true],
    ['(?P<package>main)\\.run\\z', 'main.run', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\pL\\p{Greek}', 'xβ', true],
    ['(?s)^.$', '\n', true],
    ['^.$', '\n', false],
    ['^.$', '\u{1f600}', true],
    ['\\x{e9}', 'é', true],
    ['a{,2}', 'a{,2}', true],
    ['[]a]', ']', true],
  ])('%s in %j: %s', (expression, text, expected) => expect(compileGoRegex(expression).test(text)).toBe(expected));

  // What regexp.Compile says.
  it.each([
    ['(', 'missing closing ): `(`'],
    ['[a', 'missing closing ]: `[a`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a(?=b)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['[b-a]', 'invalid character class range: `b-a`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['((a{100}){100}){100}', 'invalid repeat count: `{100}`'],
    ['('.repeat(5000) + ')'.repeat(5000), 'expression nests too deeply'],
  ])('refuses %.20s', (expression, why) =>
    expect(() => compileGoRegex(expression)).toThrow(`error parsing regexp: ${why}`),
  );

  it.each(['(a+)+$', '(a|aa)*b', '([a-z]+)*!', '.*.*.*=', '(a?){500}a{500}b', '(?i)(\\w+\\s?)+!'])(
    '%s takes no longer for a long text',
    (expression) => {
      const started = performance.now();
      expect(compileGoRegex(expression).test(`${'a'.repeat(20_000)}-`)).toBe(false);
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );

  it('agrees with what plain expressions are run by', () => {
    const piece = fc.constantFrom('a', 'b', 'é', '.', '\\.', '^', '$', '[ab.]', '[^a-c]', '|', '/', '-', '\\(', '😀');
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '.', '/', '-', '(', '\n', '\r', '😀'),
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.array(text, { minLength: 10, maxLength: 10 }),
        (pieces, texts) => {
          const expression = pieces.join('');
          const [plain, go] = [plainRegex(expression), compileGoRegex(expression)];
          expect(texts.map((each) => plain?.test(each))).toEqual(texts.map((each) => go.test(each)));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
