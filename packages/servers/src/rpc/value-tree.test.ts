import { describe, expect, it } from 'vitest';
import { formatValue } from '@inquest/engine';
import { treeOfDelve, type DelveValue } from './value-tree.ts';

const none = {
  name: '',
  addr: 0,
  onlyAddr: false,
  value: '',
  len: 0,
  cap: 0,
  children: [],
  base: 0,
  unreadable: '',
};

describe('values of Delve in our form', () => {
  const text = (variable: Partial<DelveValue>): string =>
    formatValue(treeOfDelve({ ...none, type: '', kind: 0, ...variable }));
  const int = (value: string): DelveValue => ({ ...none, type: 'int', kind: 2, addr: 16, value });

  it('writes scalars, strings and complex numbers', () => {
    expect(text({ type: 'int', kind: 2, value: '-8' })).toBe('-8');
    expect(text({ type: 'main.level', kind: 8, value: 'high (3)' })).toBe('high (3)');
    expect(text({ type: 'string', kind: 24, value: 'a\tb', len: 3 })).toBe('"a\\tb"');
    expect(text({ type: 'string', kind: 24, value: 'ab', len: 5 })).toBe('"ab...+3 more"');
    expect(text({ type: 'string', kind: 24, value: '\ufffda', StringValueBytes: '/2E=', len: 2 })).toBe('"\\xffa"');
    expect(text({ type: 'complex128', kind: 16, children: [int('1'), int('-2')] })).toBe('(1 + -2i)');
  });

  it('tells nil pointers, slices, maps and interfaces from others', () => {
    expect(text({ type: '*int', kind: 22, children: [{ ...int(''), addr: 0 }] })).toBe('*int nil');
    expect(text({ type: '*int', kind: 22, children: [int('7')] })).toBe('*7');
    expect(text({ type: '[]int', kind: 23 })).toBe('[]int len: 0, cap: 0, nil');
    expect(text({ type: '[]int', kind: 23, base: 16, len: 1, cap: 2, children: [int('7')] })).toBe(
      '[]int len: 1, cap: 2, [7]',
    );
    expect(text({ type: 'map[int]int', kind: 21, base: 16, len: 1, children: [int('1'), int('2')] })).toBe(
      'map[int]int [1: 2, ]',
    );
    expect(text({ type: 'error', kind: 20, children: [{ ...int(''), kind: 0 }] })).toBe('error nil');
  });

  it('keeps all digits of addresses', () => {
    const target = { ...int('7'), addr: '18446744073709551600' };
    expect(treeOfDelve({ ...none, type: '*int', kind: 22, children: [target] }).base).toBe('0xfffffffffffffff0');
  });
});
