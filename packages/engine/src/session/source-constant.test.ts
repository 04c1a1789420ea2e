import { describe, expect, it } from 'vitest';
import type { GoType } from '../types/go-type.ts';
import { functionSource, type FunctionSource } from './assignments.ts';
import { constantInSource } from './source-constant.ts';

function sourceOf(...body: readonly string[]): FunctionSource {
  const lines = ['func f() {', ...body.map((line) => `\t${line}`), '}'];
  const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
  if (source === undefined) throw new Error('no function');
  return source;
}

const type = (kind: string, size: number, name = kind): GoType => ({ kind, size, name }) as GoType;

describe('constants in the source', () => {
  it.each([
    ['x := 5', type('int', 8), [5, 0, 0, 0, 0, 0, 0, 0]],
    ['x := -1', type('int16', 2), [255, 255]],
    ['x := int64(-9223372036854775808)', type('int64', 8), [0, 0, 0, 0, 0, 0, 0, 128]],
    ['up := 1', type('int', 8), undefined],
    ['x, y := 1, 0x10', type('uint8', 1), [1]],
    ['y, x := 1, 0b1_0', type('uint8', 1), [2]],
    ['x := true // always', type('bool', 1), [1]],
    ['x := 0.5', type('float64', 8), [0, 0, 0, 0, 0, 0, 224, 63]],
    ['var x []int', type('slice', 24), Array.from({ length: 24 }, () => 0)],
    ['var x uint8 = 7', type('uint8', 1), [7]],
    ['x := level(7)', type('uint8', 1, 'main.level'), [7]],
    ['x := celsius(7)', type('uint8', 1, 'main.level'), undefined],
    ['x := 300', type('uint8', 1), undefined],
    ['x := 010', type('int', 8), undefined],
    ['x := f()', type('int', 8), undefined],
    ['x := "5"', type('string', 16), undefined],
    ['x := y + 1', type('int', 8), undefined],
    ['x, y := f(1, 2)', type('int', 8), undefined],
    ['if x := 5; y {', type('int', 8), undefined],
  ])('%s', (line, of, bytes) => {
    const found = constantInSource(sourceOf(line, 'use(x)'), 'x', 2, of);
    expect(found === undefined ? undefined : [...found]).toEqual(bytes);
  });

  it('are none where the variable is assigned to', () => {
    expect(constantInSource(sourceOf('x := 5', 'x = 6'), 'x', 2, type('int', 8))).toBeUndefined();
    expect(constantInSource(sourceOf('x := 5', 'goto done', 'done:'), 'x', 2, type('int', 8))).toBeUndefined();
  });
});
