import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { formatValue } from '../../engine/src/values/format.ts';
import { DelveClient, findDelve, type DelveVariable } from './delve-client.ts';
import { treeOfDelve } from './delve-value.ts';

const none = {
  name: '',
  addr: 0,
  onlyAddr: false,
  flags: 0,
  value: '',
  len: 0,
  cap: 0,
  children: [],
  base: 0,
  unreadable: '',
};

describe('values of Delve in our form', () => {
  const text = (variable: Partial<DelveVariable>): string =>
    formatValue(treeOfDelve({ ...none, type: '', realType: '', kind: 0, ...variable }));
  const int = (value: string): DelveVariable => ({ ...none, type: 'int', realType: 'int', kind: 2, addr: 16, value });

  it('writes scalars, strings and complex numbers', () => {
    expect(text({ type: 'int', kind: 2, value: '-8' })).toBe('-8');
    expect(text({ type: 'main.level', kind: 8, value: 'high (3)' })).toBe('3');
    expect(text({ type: 'string', kind: 24, value: 'a\tb', len: 3 })).toBe('"a\\tb"');
    expect(text({ type: 'string', kind: 24, value: 'ab', len: 5 })).toBe('"ab...+3 more"');
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
});

describe.skipIf(findDelve() === undefined)('Delve over JSON-RPC', () => {
  it('answers about a core, and refuses in words', async () => {
    const { exe, core } = openFixture('truth/go1.24/noopt');
    const delve = await DelveClient.open(exe, core);
    try {
      const frames = await delve.stack();
      const at = frames.findIndex((frame) => frame.function?.name === 'main.loopSum');
      expect(formatValue(treeOfDelve(await delve.evaluate('sum', at)))).toBe('135');
      expect((await delve.locals(at)).map(({ name }) => name)).toContain('sum');
      expect((await delve.arguments(at)).map(({ name }) => name)).toEqual(['limit']);
      await expect(delve.evaluate('nothing', at)).rejects.toThrow('nothing');
    } finally {
      delve.stop();
    }
  });

  it('rejects what is no core', async () => {
    const { exe } = openFixture('truth/go1.24/noopt');
    await expect(DelveClient.open(exe, exe)).rejects.toThrow('Delve ended with status');
  });
});
