import { describe, expect, it } from 'vitest';
import { mayDeclare } from './may-declare.ts';

function ask(name: string, ...body: readonly string[]): boolean {
  const lines = ['func f(x int) {', ...body];
  return mayDeclare({ start: 1, end: lines.length, text: (line) => lines[line - 1] ?? '' }, name, [1], lines.length);
}

describe('a declaration of a name that the text of a function may hold', () => {
  it.each([
    ['x := 1'],
    ['y, x := f()'],
    ['var x int'],
    ['for x := range s {'],
    ['g := func(a int, x string) {'],
    ['var (', 'x = 1', ')'],
    ['y,', 'x,', 'z := f()'],
    ['g := func(', 'x int,', ') {'],
    ['g := func(', 'a, x []int) {'],
    ['switch x := y.(type) {'],
  ])('is seen in %s', (...body) => expect(ask('x', ...body)).toBe(true));

  it.each([['x = 1'], ['use(x)'], ['if x == nil {', 'return x', '}'], ['y[x]++']])('is not seen in %s', (...body) =>
    expect(ask('x', ...body)).toBe(false),
  );

  it('is not that of the lines that are known', () =>
    expect(mayDeclare({ start: 1, end: 2, text: () => 'x := 1' }, 'x', [2], 2)).toBe(false));
});
