import { describe, expect, it } from 'vitest';
import type { PieceOrigin } from '../unwind/flow/read-variable.ts';
import { assignmentsTo, functionSource, type FunctionSource } from './assignments.ts';
import { doubtAbout, type LineRange } from './currency.ts';

function sourceOf(...body: readonly string[]): FunctionSource {
  const lines = ['func f(x int) {', ...body.map((line) => `\t${line}`), '}'];
  const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
  if (source === undefined) throw new Error('no function');
  return source;
}

describe('the source of a function', () => {
  const file = [
    'package p',
    '',
    'func f() {',
    '\tg := func() {',
    '\t\tuse()',
    '\t}',
    '\tg()',
    '}',
    'func h() { use() }',
  ];
  const sources = { read: () => file, isAsBuilt: () => true };

  it('ends where gofmt ends it', () => {
    expect(functionSource(sources, 'f.go', 3)).toMatchObject({ start: 3, end: 8 });
    expect(functionSource(sources, 'f.go', 4)).toMatchObject({ start: 4, end: 6 });
    expect(functionSource(sources, 'f.go', 9)).toMatchObject({ start: 9, end: 9 });
  });

  it('is not used where it was changed or is another', () => {
    expect(functionSource({ read: () => file, isAsBuilt: () => false }, 'f.go', 3)).toBeUndefined();
    expect(functionSource({ read: () => file }, 'f.go', 3)).toBeUndefined();
    expect(functionSource(sources, 'f.go', 5)).toBeUndefined();
    expect(functionSource(sources, 'f.go', 0)).toBeUndefined();
  });
});

describe('assignments', () => {
  const lines = (name: string, isReference: boolean, ...body: readonly string[]): number[] =>
    assignmentsTo(sourceOf(...body), name, 0, isReference).map(({ line }) => line);

  it.each([
    ['x = 1'],
    ['x += y'],
    ['x++'],
    ['x, y = y, x'],
    ['y, x = 1, 2'],
    ['if x = g(); x > 1 {'],
    ['case 1: x = 2'],
    ['x <<= 1'],
    ['x &^= 3'],
    ['x,'],
    ['for x = 0; x < 3; x++ {'],
    ['for x = range s {'],
    ['x := 2'],
    ['if y { x = 2 }'],
    ['x.f = 1'],
    ['x[0] = 1'],
  ])('are seen in %s', (line) => {
    expect(lines('x', false, line)).toEqual([2]);
  });

  it.each([
    ['y = x'],
    ['y == x'],
    ['if x == 1 {'],
    ['if x <= y {'],
    ['use("x = 1")'],
    ['// x = 1'],
    ['a[x] = 1'],
    ['y.x = 1'],
    ['*x = 1'],
    ['xx = 1'],
    ['for i := 0; i < x; i++ {'],
    ['for x < 3 {'],
    ['for _, v := range x {'],
    ['return x != 1'],
  ])('are none in %s', (line) => {
    expect(lines('x', false, line)).toEqual([]);
  });

  it('through a pointer or slice leave it as it is', () => {
    expect(lines('x', true, 'x.f = 1', 'x[0] = 1', '*x = 1')).toEqual([]);
    expect(lines('x', true, 'x = nil')).toEqual([2]);
  });
});

describe('doubts', () => {
  const set: PieceOrigin = { since: 10, kind: 'set', confirmed: true, shared: false, step: undefined };
  const ask = (
    source: FunctionSource,
    line: number,
    origin: Partial<PieceOrigin>,
    made: number,
    more: {
      readonly decl?: number;
      readonly loop?: LineRange;
      readonly repeats?: boolean;
      readonly argument?: boolean;
      readonly result?: boolean;
      readonly passed?: readonly number[];
      readonly ahead?: number;
    } = {},
  ): boolean =>
    doubtAbout({
      name: 'x',
      declLine: more.decl ?? 2,
      isArgument: more.argument ?? false,
      isResult: more.result ?? false,
      isReference: false,
      line,
      reading: { origins: [{ ...set, ...origin }] },
      source,
      at: 50,
      lineOf: () => made,
      loopAt: () => more.loop,
      repeatsWithout: () => more.repeats ?? false,
      computesAhead: (at) => more.ahead === at,
      linesSince: () => new Set(more.passed ?? []),
      file: 'f.go',
    }) !== undefined;

  it('are none where nothing is assigned', () => {
    expect(ask(sourceOf('x := 1', 'use(x)'), 3, {}, 2)).toBe(false);
    expect(ask(sourceOf('x := 1', 'use(x)'), 3, { shared: true }, 99)).toBe(false);
  });

  it('are none if the value was made on the line of the last assignment', () => {
    const source = sourceOf('x := 1', 'x = g()', 'use(x)', 'x = 3', 'use(x)');
    expect(ask(source, 4, {}, 3)).toBe(false);
    expect(ask(source, 4, {}, 2)).toBe(true);
    expect(ask(source, 6, {}, 3)).toBe(true);
    expect(ask(source, 4, { shared: true }, 3)).toBe(true);
  });

  it('remain for values that were computed ahead of their line', () => {
    const source = sourceOf('x := 1', 'use(x)', 'x = a * b', 'use(x)');
    expect(ask(source, 3, {}, 4)).toBe(true);
    expect(ask(source, 3, {}, 2)).toBe(false);
  });

  it('remain where the compiler finishes a value only behind this place', () => {
    expect(ask(sourceOf('x := (a + 1) ^ b', 'use(a)'), 3, {}, 2, { ahead: 2 })).toBe(true);
    expect(ask(sourceOf('x := (a + 1) ^ b', 'use(a)'), 3, {}, 2, { ahead: 3 })).toBe(false);
    expect(ask(sourceOf('x := 1', 'x = (a + 1) ^ b', 'use(a)'), 4, {}, 3, { ahead: 3 })).toBe(true);
    expect(ask(sourceOf('x := 1', 'x = (a + 1) ^ b', 'use(a)'), 4, {}, 3, { ahead: 2 })).toBe(false);
    // The line that a loop begins on counts it up.
    expect(ask(sourceOf('for _, x := range s {', 'use(x)', '}'), 3, {}, 2, { ahead: 2 })).toBe(false);
    expect(ask(sourceOf('use(x)'), 2, { since: 0 }, 1, { argument: true, decl: 1, ahead: 1 })).toBe(false);
  });

  it('remain where an earlier round of a loop may have assigned', () => {
    const source = sourceOf('x := 1', 'for {', 'use(x)', 'x = 3', '}');
    const loop = { low: 3, high: 5 };
    expect(ask(source, 4, {}, 2, { loop, repeats: true })).toBe(true);
    expect(ask(source, 4, { kind: 'joined' }, 3, { loop })).toBe(false);
    // The compiler may have put an assignment above off, behind the place where the ways meet.
    const above = sourceOf('x := 1', 'x -= 31', 'for {', 'use(x)', '}');
    expect(ask(above, 5, { kind: 'joined' }, 4, { loop: { low: 4, high: 6 } })).toBe(true);
    expect(ask(source, 4, { kind: 'joined', confirmed: false }, 3, { loop })).toBe(true);
  });

  it('remain for the variable of a loop unless it grows as the source says', () => {
    const source = sourceOf('for x := 0; x < n; x++ {', 'use(x)', '}');
    const loop = { low: 2, high: 3 };
    expect(ask(source, 3, { kind: 'joined', step: 1n }, 2, { loop })).toBe(false);
    expect(ask(source, 3, { kind: 'joined', step: -1n }, 2, { loop })).toBe(true);
    expect(ask(source, 3, { kind: 'joined' }, 2, { loop })).toBe(true);
    expect(ask(source, 3, { kind: 'computed' }, 2, { loop })).toBe(true);
  });

  it('remain where the code of another assignment may have been passed', () => {
    const source = sourceOf('x := 1', 'for {', 'x = g()', 'if x > 3 {', 'use(x)', '}', '}');
    expect(ask(source, 6, {}, 4, { passed: [4, 5] })).toBe(false);
    const again = sourceOf('for x := 0; x < n; x++ {', 'use(x)', '}');
    const joined = { kind: 'joined', step: 1n } as const;
    expect(ask(again, 3, joined, 2, { passed: [3] })).toBe(false);
    expect(ask(again, 3, joined, 2, { passed: [2, 3] })).toBe(true);
  });

  it('remain where the assignment is in a block that was left, since its result may be computed all the same', () => {
    expect(ask(sourceOf('x := 1', 'if a {', '\tx = 2', '}', 'use(x)'), 6, {}, 4)).toBe(true);
    expect(ask(sourceOf('x := 1', 'switch a {', 'case 1:', '\tx = 2', 'case 2:', '\tuse(x)', '}'), 7, {}, 5)).toBe(
      true,
    );
    expect(ask(sourceOf('x := 1', 'if a {', '\tx = 2', '\tuse(x)', '}'), 5, {}, 4)).toBe(false);
    expect(ask(sourceOf('x := 1', 'x = 2', 'if a {', '\tuse(x)', '}'), 5, {}, 3)).toBe(false);
  });

  it('remain in functions with goto', () => {
    expect(ask(sourceOf('x := 1', 'goto done', 'done:', 'x = 2'), 3, {}, 2)).toBe(true);
  });

  it('remain for arguments that were not there at the entry', () => {
    const source = sourceOf('use(x)', 'x = 3');
    expect(ask(source, 2, { since: 0 }, 1, { argument: true, decl: 1 })).toBe(false);
    expect(ask(source, 2, { since: 7 }, 2, { argument: true, decl: 1 })).toBe(true);
  });

  it('remain for results where values are returned', () => {
    const source = sourceOf('x = 1', 'use(x)', 'return 7');
    expect(ask(source, 3, {}, 2, { result: true })).toBe(false);
    expect(ask(source, 4, {}, 2, { result: true })).toBe(true);
    expect(ask(source, 5, {}, 2, { result: true })).toBe(true);
    expect(ask(sourceOf('x = 1', 'use(x)', 'return'), 4, {}, 2, { result: true })).toBe(false);
  });
});
