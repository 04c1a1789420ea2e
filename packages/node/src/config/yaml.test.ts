import { isDebugError } from '@inquest/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScalar, parseYaml } from './yaml.ts';

describe('parseYaml', () => {
  it('reads what configuration files hold', () => {
    const text = `# a comment
---
aliases:
  print: ["pp", 'it''s', plain]   # three
  stack: [k]
  # command: ["x"]
substitute-path:
  - {from: /a, to: "/b c"}
  - from: /c # behind
    to: /d
- not: here
`;
    expect(() => parseYaml(text, 'f.yml')).toThrow('f.yml:11: it is not of the form key: value');
    expect(parseYaml(text.replace(/- not.*\n/, ''), 'f.yml')).toEqual({
      aliases: { print: ['pp', "it's", 'plain'], stack: ['k'] },
      'substitute-path': [
        { from: '/a', to: '/b c' },
        { from: '/c', to: '/d' },
      ],
    });
  });

  it.each([
    ['a: 1', { a: '1' }],
    ['a:\n- x\n- y\nb: z', { a: ['x', 'y'], b: 'z' }],
    ['a:\nb: ~', { a: undefined, b: undefined }],
    ['a: "\\x1b[34m\\n\\u00e9\\""', { a: '\u001b[34m\né"' }],
    ["a: '# no comment'", { a: '# no comment' }],
    ['a: x#y # comment', { a: 'x#y' }],
    ['a: http://x:1', { a: 'http://x:1' }],
    ['a: [C:/x, {b: c}]', { a: ['C:/x', { b: 'c' }] }],
    ['"a b": x', { 'a b': 'x' }],
    ['a:\n  b:\n    c: d\n  e: f', { a: { b: { c: 'd' }, e: 'f' } }],
    ['a: []\nb: {}', { a: [], b: {} }],
    ['', undefined],
    ['plain', 'plain'],
  ])('%j', (text, expected) => {
    expect(parseYaml(text, 'f')).toEqual(expected);
  });

  it.each([
    ['a: |\n  text', 'f:1: | is not understood here'],
    ['a: &anchor x', 'f:1: & is not understood here'],
    ['a: "x', 'f:1: a quote is missing'],
    ['a: [x', 'f:1: ] is missing'],
    ['a: [x] y', 'f:1: more follows'],
    ['a: x\n    b: y', 'f:2: the indentation is not understood'],
    ['- - x', 'f:1: - is not understood here'],
    ['a: x\na: y', 'f:2: a is there twice'],
    [`${'['.repeat(1000)}`, 'nested too deep'],
    [Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}k:`).join('\n'), 'nested too deep'],
  ])('refuses %j', (text, message) => {
    expect(() => parseYaml(text.startsWith('[[') ? `a: ${text}` : text, 'f')).toThrow(message);
  });

  it.each(['plain', '/a/b', 'a: b', '', '# x', ' x ', '~', 'true', '\u001b[1m', '- x', "it's", 'a "b"'])(
    'writes %j so that it is read back',
    (text) => {
      expect(parseYaml(`k: ${formatScalar(text)}\nl: [${formatScalar(text)}]`, 'f')).toEqual({ k: text, l: [text] });
    },
  );

  it('answers or throws a DebugError, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      ':',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '\\',
      '#',
      ' ',
      '|',
      '&',
      '~',
      '\t',
      '\r',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          parseYaml(pieces.join(''), 'f');
        } catch (error) {
          if (!isDebugError(error)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
