import { describe, expect, it } from 'vitest';
import { formatValue } from '../../values/format.ts';
import { redactTree } from '../../values/redact.ts';
import type { ValueTree } from '../../values/tree.ts';
import { maskLiterals } from './mask-literals.ts';
import { isRuntimeWords } from './runtime-words.ts';
import { Secrets } from './secrets.ts';

function tree(more: Partial<ValueTree>): ValueTree {
  return {
    type: 'int',
    kind: 'int',
    address: undefined,
    value: undefined,
    length: undefined,
    capacity: undefined,
    children: [],
    base: undefined,
    nil: false,
    truncated: false,
    onlyAddress: false,
    unreadable: undefined,
    note: undefined,
    ...more,
  };
}

const text = (value: string, more: Partial<ValueTree> = {}): ValueTree =>
  tree({ type: 'string', kind: 'string', value, length: value.length, ...more });
const named = (...trees: ValueTree[]): ValueTree['children'] => trees.map((each) => ({ name: '', tree: each }));
const bytes = (type: string, kind: ValueTree['kind'], ...values: number[]): ValueTree =>
  tree({
    type,
    kind: type.startsWith('[]') ? 'slice' : 'array',
    length: values.length,
    capacity: values.length,
    children: named(...values.map((value) => tree({ type: kind, kind, value: String(value) }))),
  });
const shown = (value: ValueTree): string => formatValue(redactTree(value).tree);

describe('values', () => {
  it('keep lengths, not contents', () => {
    expect(shown(text('hunter2'))).toBe('(redacted: 7 bytes)');
    expect(shown(text('hun', { length: 1000, truncated: true }))).toBe('(redacted: 1000 bytes)');
    expect(shown(text('', { length: 0 }))).toBe('(redacted: 0 bytes)');
    expect(shown(bytes('[]uint8', 'uint8', 104, 105))).toBe('[]uint8 len: 2, cap: 2, (redacted: 2 elements)');
    expect(shown(bytes('[2]int32', 'int32', 104, 105))).toBe('[2]int32 (redacted: 2 elements)');
    expect(shown(bytes('main.Hash', 'uint8', 1))).toBe('main.Hash (redacted: 1 element)');
    expect(shown(bytes('[]int', 'int', 1, 2))).toBe('[]int len: 2, cap: 2, [1,2]');
  });

  it('are hidden however deep, also as keys', () => {
    const pair = named(text('the key'), text('the value'));
    const map = tree({ type: 'map[string]string', kind: 'map', length: 1, children: pair });
    const struct = tree({ type: 'main.T', kind: 'struct', length: 1, children: [{ name: 'm', tree: map }] });
    expect(shown(struct)).toBe('main.T {m: map[string]string [(redacted: 7 bytes): (redacted: 9 bytes), ]}');
    expect(redactTree(struct).hidden).toEqual(['the key', 'the value']);
    expect(JSON.stringify(redactTree(struct))).not.toMatch(/"value":"the/);
  });

  it('lose the bytes of strings that are no text, and the fields of channels', () => {
    const odd = redactTree(text('\ufffd', { bytes: 'ff', length: 1 })).tree;
    expect(odd).toMatchObject({ redacted: true, length: 1, value: undefined });
    expect(odd).not.toHaveProperty('bytes');
    const channel = tree({
      type: 'chan string',
      kind: 'chan',
      length: 1,
      capacity: 1,
      children: named(text('waiting')),
    });
    expect(shown(channel)).toBe('chan string 1/1 [(redacted: 7 bytes)]');
    expect(
      redactTree({ ...channel, internals: named(text('waiting')) }).tree.internals?.[0]?.tree.value,
    ).toBeUndefined();
  });

  it('that cannot be read say so', () => {
    expect(shown(text('', { unreadable: 'no memory at 0x1' }))).toBe('(unreadable no memory at 0x1)');
  });
});

describe('source', () => {
  it('keeps code, not literals and comments', () => {
    expect(maskLiterals(['x := f("a\\"b", \'"\', `c`) // why', 'y := "" /* d */ + z'])).toEqual([
      'x := f("…", \'"\', `…`) // …',
      'y := "…" /*…*/ + z',
    ]);
  });

  it('is followed over lines', () => {
    expect(maskLiterals(['q := `select', '  secret', '` + "x"', '/* a', 'b */ c'])).toEqual([
      'q := `…',
      '…',
      '…` + "…"',
      '/*…',
      '…*/ c',
    ]);
    // A string that is not closed ends with its line, as the compiler has it.
    expect(maskLiterals(['"open', 'code'])).toEqual(['"…', 'code']);
  });
});

describe('sentences', () => {
  it.each([
    ['runtime error: index out of range [7] with length 3', true],
    ['runtime error: invalid memory address or nil pointer dereference', true],
    ['runtime error: slice bounds out of range [3:1]', true],
    ['send on closed channel', true],
    ['runtime error: password is hunter2', false],
    ['runtime error: index out of range [7] with length 3\nhunter2', false],
    ['hunter2', false],
  ])('%j is of the runtime: %s', (words, expected) => {
    expect(isRuntimeWords(words)).toBe(expected);
  });

  it('lose what was hidden elsewhere, and what is quoted', () => {
    const secrets = new Secrets();
    secrets.add('hunter2-hunter2');
    secrets.add('abcd', true);
    secrets.add('xyz');
    expect(secrets.clean('the password was hunter2-hunter2 and more')).toBe('the password was (redacted)');
    expect(secrets.clean('label abcd')).toBe('label (redacted)');
    expect(secrets.clean('abcde and zabcd')).toBe('abcde and zabcd');
    expect(secrets.clean('T {b: []uint8 len: 1, cap: 8, [104], c: [2]uint8 [1,2]}')).toBe(
      'T {b: []uint8 len: 1, cap: 8, […], c: [2]uint8 […]}',
    );
    expect(secrets.clean('index [5] of 3')).toBe('index [5] of 3');
    expect(secrets.clean('an xyz')).toBe('an xyz');
    expect(secrets.clean('Err{Msg:"a \\" b"} at 0x1')).toBe('Err{Msg:"…"} at 0x1');
  });
});
