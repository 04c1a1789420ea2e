import { describe, expect, it } from 'vitest';
import type { Carried, Leaf } from '../unwind/flow/leaves.ts';
import { ValueNumbers } from '../unwind/flow/value-number.ts';
import { doubtAbout, type Question } from './currency.ts';
import { functionSource, type FunctionSource } from './source-code/function-source.ts';

const numbers = new ValueNumbers();

/** The place that is asked about, as an offset in code of which each line has 16 bytes. */
const codeOf = (line: number): number => line * 16;

function sourceOf(body: readonly string[]): FunctionSource {
  const lines = ['func f(x int) (r int) {', ...body.map((line) => `\t${line}`), '}'];
  const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
  if (source === undefined) throw new Error('no function');
  return source;
}

/** A value that came to the place: computed on a line, a number of the code, or what was there at the entry (0). */
type Came = Partial<Leaf> & { readonly line?: number; readonly number?: number; readonly atEntry?: true };

function leafOf({ line, number, atEntry, ...rest }: Came, place: number): Leaf {
  const site = codeOf(line ?? 0);
  const value =
    number !== undefined ? numbers.constant(BigInt(number)) : atEntry ? numbers.entry(0) : numbers.site(site, 0);
  return {
    value,
    since: atEntry ? 0 : site + 4,
    madeAt: number === undefined && !atEntry ? [site] : undefined,
    until: codeOf(place),
    isBack: false,
    step: undefined,
    ...rest,
  };
}

interface Asked {
  readonly name?: string;
  readonly declared?: number;
  readonly isReference?: boolean;
  readonly isJoined?: boolean;
  readonly isShared?: boolean;
  readonly carried?: readonly Carried[];
  /** Lines passed on the way, lines with arithmetic ahead, lines that compute something from the value. */
  readonly passed?: readonly number[];
  readonly ahead?: readonly number[];
  readonly using?: readonly number[];
  /** The argument as which the value was passed. */
  readonly passedAs?: string;
}

/** Why there is doubt about x, an argument unless it is declared on a line, at the line with `here()`. */
function doubt(body: readonly string[], came: readonly Came[] | undefined, asked: Asked = {}): string | undefined {
  const line = 2 + body.findIndex((text) => text.includes('here()'));
  const { name = 'x', declared, isReference = false, passed = [], ahead = [], using = [] } = asked;
  const question: Question = {
    name,
    declLine: declared ?? 1,
    isArgument: declared === undefined && name === 'x',
    isResult: name === 'r',
    isReference,
    isWhole: true,
    line,
    reading: {
      origins: [
        {
          size: 8,
          leaves: () => came && { leaves: came.map((each) => leafOf(each, line)), carried: asked.carried ?? [] },
          isAtEntry: false,
          isJoined: asked.isJoined ?? (came?.length ?? 0) > 1,
          isShared: () => asked.isShared ?? false,
        },
      ],
    },
    source: sourceOf(body),
    lineAt: (offset) => Math.floor(offset / 16),
    linesBetween: () => new Set(passed),
    linesUsing: () => new Set(using),
    isPassedAs: (name) => name === asked.passedAs,
    computesAhead: (at) => ahead.includes(at),
    at: codeOf(line),
    file: 'f.go',
  };
  return doubtAbout(question);
}

const DOUBT = 'an assignment before or after this place may be the one that is shown';

describe('a value is certain', () => {
  it.each<[string, readonly string[], readonly Came[], Asked]>([
    ['of an argument that nothing assigns to', ['here()'], [{ line: 9 }], {}],
    ['of an argument before its assignment', ['here()', 'x = 1'], [{ atEntry: true }], {}],
    ['if it was made where it was declared', ['v := g()', 'here()'], [{ line: 2 }], { name: 'v', declared: 2 }],
    ['if it was made by the last assignment', ['x = g()', 'here()', 'x = 2'], [{ line: 2 }], {}],
    ['if it is the number of the last assignment', ['x = 3', 'here()'], [{ line: 9, number: 3 }], {}],
    ['of both branches', ['if y {', 'x = g()', '} else {', 'x = h()', '}', 'here()'], [{ line: 3 }, { line: 5 }], {}],
    ['of a branch and before', ['if y {', 'x = 7', '}', 'here()'], [{ atEntry: true }, { line: 3, number: 7 }], {}],
    [
      'of a sum in a loop',
      ['x = 0', 'for y {', 'x += g()', '}', 'here()'],
      [{ number: 0 }, { line: 4, isBack: true }],
      {},
    ],
    [
      'of a loop variable',
      ['for x = 0; x < 9; x++ {', 'here()', '}'],
      [{ number: 0 }, { line: 2, isBack: true, step: 1n }],
      {},
    ],
    ['of an index', ['for x = range s {', 'here()', '}'], [{ number: 0 }, { line: 2, isBack: true, step: 1n }], {}],
    ['of an element', ['for _, x = range s {', 'here()', '}'], [{ line: 2 }], {}],
    ['through a reference', ['x.f = 1', 'here()'], [{ atEntry: true }], { isReference: true }],
    ['of a result that nothing was assigned to', ['here()', 'r = 1'], [{ number: 0 }], { name: 'r' }],
    ['though another variable has it', ['x = g()', 'here()'], [{ line: 2 }], { isShared: true }],
    [
      'of an index that gets the number of the round',
      ['for x = range s {', 'here()', '}'],
      [{ line: 9, counterAt: codeOf(2) }],
      {},
    ],
    ['of a copy of an argument', ['x = y', 'here()'], [{ atEntry: true, since: codeOf(2) }], { passedAs: 'y' }],
    [
      'if a function within assigns to what it leads to',
      ['g(func() { x.f = 1 })', 'here()'],
      [{ atEntry: true }],
      { isReference: true },
    ],
    ['of one of several of a line', ['x, y = g(), h()', 'here()'], [{ line: 2 }], {}],
    ['of what a closure captures', ['here()'], [{ line: 9 }], { name: 'w', declared: 77 }],
  ])('%s', (_, body, came, asked) => {
    expect(doubt(body, came, asked)).toBeUndefined();
  });
});

describe('a value is in doubt', () => {
  it.each<[string, readonly string[], readonly Came[] | undefined, Asked]>([
    ['if an assignment was dropped', ['x = g()', 'x = h()', 'here()'], [{ line: 2 }], {}],
    ['if an assignment behind was made already', ['here()', 'x = g()'], [{ line: 3 }], {}],
    ['if an assignment of a branch was dropped', ['if y {', 'x = g()', '}', 'here()'], [{ atEntry: true }], {}],
    ['if it is of one branch only', ['if y {', 'x = g()', '}', 'here()'], [{ line: 3 }], {}],
    ['if a round of a loop may have assigned', ['x = g()', 'for y {', 'here()', 'x = 4', '}'], [{ line: 2 }], {}],
    ['if it is another number', ['x = 3', 'here()'], [{ line: 2, number: 4 }], {}],
    [
      'if a loop counts down instead',
      ['for x = 0; x < 9; x++ {', 'here()', '}'],
      [{ number: 0 }, { line: 2, isBack: true, step: -1n }],
      {},
    ],
    ['if a loop was counted already', ['for x = 0; x < 9; x++ {', 'here()', '}'], [{ line: 2 }], {}],
    [
      'if an index counts down',
      ['for x = range s {', 'here()', '}'],
      [{ line: 2 }, { line: 2, isBack: true, step: -1n }],
      {},
    ],
    [
      'if it is the number of the rounds of another loop',
      ['for x = range s {', 'here()', '}'],
      [{ line: 9, counterAt: codeOf(7) }],
      {},
    ],
    [
      'if it is a copy of an argument that was changed before',
      ['y = 1', 'x = y', 'here()'],
      [{ atEntry: true, since: codeOf(3) }],
      { passedAs: 'y' },
    ],
    ['if a function within assigns to a part of it', ['g(func() { x.f = 1 })', 'here()'], [{ atEntry: true }], {}],
    ['if it is a copy', ['x = y', 'here()'], [{ line: 2 }], {}],
    ['if a part was assigned', ['x.f = g()', 'here()'], [{ line: 2 }], {}],
    ['if arithmetic of its line is ahead', ['x = g() + 1', 'here()'], [{ line: 2 }], { ahead: [2] }],
    [
      'if arithmetic of its declaration is ahead',
      ['v := g() + 1', 'here()'],
      [{ line: 2 }],
      { name: 'v', declared: 2, ahead: [2] },
    ],
    ['if its line computes with it', ['x = g() + 1', 'here()'], [{ line: 2 }], { using: [2] }],
    ['if another variable of its line has it', ['x, y = g(), h()', 'here()'], [{ line: 2 }], { isShared: true }],
    [
      'of a copy of a counter of a loop that runs backwards',
      ['v := i', 'here()'],
      [{ number: 9 }, { line: 2, isBack: true, step: -1n }],
      { name: 'v', declared: 2 },
    ],
    ['if it is not known what ways brought', ['x = g()', 'here()'], undefined, {}],
    ['if a function within assigns', ['g(func() { x = 1 })', 'here()'], [{ atEntry: true }], {}],
    ['with goto', ['goto end', 'end:', 'here()'], [{ atEntry: true }], {}],
    ['of a result behind a return', ['defer g()', 'r = h()', 'return here()'], [{ line: 3 }], { name: 'r' }],
  ])('%s', (_, body, came, asked) => {
    expect(doubt(body, came, asked)).toBe(DOUBT);
  });

  it('if code of another assignment may have been passed', () => {
    const body = ['for y {', 'x = g()', 'if z {', 'continue', '}', 'here()', 'x = h()', '}'];
    expect(doubt(body, [{ line: 3 }], { passed: [3, 4] })).toBeUndefined();
    expect(doubt(body, [{ line: 3 }], { passed: [3, 8] })).toBe('it may be the value before f.go:8');
  });

  it('if code of an assignment may have been passed since values came together', () => {
    const body = ['x = 0', 'for y {', 'if z {', 'x = g()', '}', 'here()', '}'];
    const came = [{ number: 0 }, { line: 5, isBack: true }];
    const carried = [{ since: codeOf(3), until: codeOf(7) }];
    expect(doubt(body, came, { carried })).toBeUndefined();
    expect(doubt(body, came, { carried, passed: [5] })).toBe('it may be the value before f.go:5');
    const counting = ['for x = 0; x < 9; x++ {', 'here()', '}'];
    const counted = [{ number: 0 }, { line: 2, isBack: true, step: 1n }];
    expect(doubt(counting, counted, { carried, passed: [2] })).toBeUndefined();
  });
});
