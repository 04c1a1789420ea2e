import { describe, expect, it } from 'vitest';
import { formatValue } from './format.ts';
import type { ValueTree } from './tree.ts';
import { applyVerb } from './verbs.ts';

const leaf = (kind: ValueTree['kind'], value: string): ValueTree => ({
  type: kind,
  kind,
  address: undefined,
  value,
  length: kind === 'string' ? value.length : undefined,
  capacity: undefined,
  children: [],
  base: undefined,
  nil: false,
  truncated: false,
  onlyAddress: false,
  unreadable: undefined,
  note: undefined,
});

describe('applyVerb', () => {
  it.each([
    ['%x', 'int', '255', 'ff'],
    ['%#x', 'int', '-255', '-0xff'],
    ['%X', 'uint8', '171', 'AB'],
    ['%b', 'int', '5', '101'],
    ['%o', 'int', '8', '10'],
    ['%d', 'int', '8', '8'],
    ['%x', 'float64', '1.5', '1.5'],
  ] as const)('%s of %s %s is %s', (verb, kind, value, expected) => {
    expect(formatValue(applyVerb(leaf(kind, value), verb))).toBe(expected);
  });

  it('goes into structs and lists, and writes strings as bytes', () => {
    const item = { name: 'n', tree: leaf('int', '16') };
    const struct = { ...leaf('struct', ''), value: undefined, length: 1, children: [item] };
    expect(formatValue(applyVerb(struct, '%x'))).toBe('struct {n: 10}');
    expect(applyVerb(leaf('string', 'az'), '%x').value).toBe('617a');
  });

  it('refuses what it does not know', () => {
    expect(() => applyVerb(leaf('int', '1'), '%q')).toThrow(/unknown format %q/);
  });
});
