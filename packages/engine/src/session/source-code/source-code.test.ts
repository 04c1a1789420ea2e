import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionSource, type FunctionSource } from './function-source.ts';
import { Definitions } from './definitions.ts';
import { parseFunction } from './parse-function.ts';
import { isLastOf, isUnchangedSince, reachingAt } from './reaching.ts';
import type { Statement } from './statements.ts';

function sourceOf(body: readonly string[], signature = 'func f(x, y int)'): FunctionSource {
  const lines = [`${signature} {`, ...body.map((line) => `\t${line}`), '}'];
  const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
  if (source === undefined) throw new Error('no function');
  return source;
}

describe('the source of a function', () => {
  it('is one object for as long as the file is the same, so that it is understood once', () => {
    let lines = ['func f() {', '\tg()', '}'];
    const provider = { read: () => lines, isAsBuilt: () => true };
    const first = functionSource(provider, 'f.go', 1);
    expect(first?.text(2)).toBe('\tg()');
    expect(functionSource(provider, 'f.go', 1)).toBe(first);
    expect(functionSource(provider, 'f.go', 2)).toBeUndefined();
    expect(functionSource({ ...provider, isAsBuilt: () => false }, 'f.go', 1)).toBeUndefined();
    lines = ['func f() {', '\th()', '}'];
    expect(functionSource(provider, 'f.go', 1)?.text(2)).toBe('\th()');
  });
});

/** The kinds of statements, with what is in them. */
function outline(statement: Statement): string {
  const all = (statements: readonly Statement[]): string => statements.map(outline).join(' ');
  switch (statement.kind) {
    case 'simple':
      return `<${statement.text}>`;
    case 'block':
      return `{${all(statement.body)}}`;
    case 'if':
      return `if ${statement.init?.text ?? ''};${statement.condition.text} ${outline(statement.body)}${statement.otherwise === undefined ? '' : ` else ${outline(statement.otherwise)}`}`;
    case 'for':
      return `${statement.label ?? ''}for ${[statement.range ?? statement.init, statement.condition, statement.post].map((part) => part?.text ?? '').join(';')} ${outline(statement.body)}`;
    case 'switch':
    case 'select':
      return `${statement.kind} ${statement.init?.text ?? ''};${statement.tag?.text ?? ''} ${statement.cases.map((each) => `[${(each.values ?? each.communication)?.text ?? 'default'}: ${all(each.body)}]`).join('')}`;
    default:
      return statement.text;
  }
}

const outlined = (...body: readonly string[]): string | undefined => {
  const parsed = parseFunction(sourceOf(body));
  return parsed?.body.body.map(outline).join(' ');
};

describe('the statements of a function', () => {
  it.each<[readonly string[], string]>([
    [['x = 1', 'use(x)'], '<x = 1> <use(x)>'],
    [['x = 1; y = 2'], '<x = 1> <y = 2>'],
    [['x = y +', '\t2'], '<x = y +\n\t\t2>'],
    [
      ['if x := g(); x > 1 {', 'y++', '} else if y == 2 {', 'return', '} else {', '}'],
      'if x := g();x > 1 {<y++>} else if ;y == 2 {return} else {}',
    ],
    [['for i := 0; i < x; i++ {', 'continue', '}'], 'for i := 0;i < x;i++ {continue}'],
    [['for ; ; y++ {', 'break', '}'], 'for ;;y++ {break}'],
    [['for x > 1 {', '}', 'for {', '}'], 'for ;x > 1; {} for ;; {}'],
    [
      ['for range x {', '}', 'for i, e := range []int{1, 2} {', '}'],
      'for range x;; {} for i, e := range []int{1, 2};; {}',
    ],
    [
      ['for _, e := range []struct{ a int }{{1}} {', 'use(e.a)', '}'],
      'for _, e := range []struct{ a int }{{1}};; {<use(e.a)>}',
    ],
    [['for _, e := range map[string]*p.T{"a": nil} {', '}'], 'for _, e := range map[string]*p.T{"a": nil};; {}'],
    [
      ['if err := func() error { return nil }(); err != nil {', '}'],
      'if err := func() error { return nil }();err != nil {}',
    ],
    [['if x == (point{1, 2}).x {', '}', 'if a[x] {', '}'], 'if ;x == (point{1, 2}).x {} if ;a[x] {}'],
    [['out:', 'for {', 'break out', '}'], 'outfor ;; {break out}'],
    [
      ['switch y := g(); y {', 'case 1, 2:', 'x = 1', 'fallthrough', 'default:', 'x = a[1:2][0]', '}'],
      'switch y := g();y [1, 2: <x = 1> fallthrough][default: <x = a[1:2][0]>]',
    ],
    [
      ['switch v := i.(type) {', 'case func(int) bool:', 'case nil:', '}', 'switch {', 'case x > 1:', '}'],
      'switch ;v := i.(type) [func(int) bool: ][nil: ] switch ; [x > 1: ]',
    ],
    [
      ['select {', 'case v := <-c:', 'use(v)', 'case c <- x:', 'default:', '}'],
      'select ; [v := <-c: <use(v)>][c <- x: ][default: ]',
    ],
    [['g(func() {', 'x = 1', '})', '{', 'y := `', '}`', '}'], '<g(func() {\n\tx = 1\n\t})> {<y := `\n\t}`>}'],
    [['x++ // done }', '/* { */ y--'], '<x++> <y-->'],
    [['defer g()', 'return x,', '\ty'], '<defer g()> return x,\n\t\ty'],
  ])('%j', (body, expected) => {
    expect(outlined(...body)).toBe(expected);
  });

  it.each([[['goto end', 'end:']], [['if x {']], [['for x; y {', '}']], [['x = "']]])('are not told of %j', (body) => {
    expect(outlined(...body)).toBeUndefined();
  });

  it('are found behind types in the signature that have braces', () => {
    const source = sourceOf(
      ['return nil'],
      'func (t *T[K]) f(a interface{ m() }, b func(int) struct{}) (r map[int]struct{ a int })',
    );
    expect(parseFunction(source)?.body.body.map(outline)).toEqual(['return nil']);
    expect(parseFunction(sourceOf(['a()'], 'g := func() func() interface{}'))?.body.body.map(outline)).toEqual([
      '<a()>',
    ]);
  });

  it('are understood in every function of the fixtures', () => {
    const programs = join(import.meta.dirname, '../../../../../fixtures/programs');
    let count = 0;
    for (const path of readdirSync(programs, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.go')) continue;
      const lines = readFileSync(join(programs, path), 'utf8').split('\n');
      lines.forEach((line, i) => {
        if (!/^func\b.*(?<!struct )\{$/.test(line)) return;
        const source = functionSource({ read: () => lines, isAsBuilt: () => true }, path, i + 1);
        expect(source && Definitions.of(source), `${path}:${i + 1}`).toBeDefined();
        count++;
      });
    }
    expect(count).toBeGreaterThan(200);
  });
});

interface Looked {
  readonly name?: string;
  readonly declared?: number;
  readonly isReference?: boolean;
  readonly isResult?: boolean;
}

/** Lines of what may have given x its value at the line with `here()`, 0 for the entry; undefined if that is not known. */
function reaching(
  body: readonly string[],
  { name = 'x', declared, isReference = false, isResult = false }: Looked = {},
): number[] | undefined {
  const source = sourceOf(body, 'func f(x, y int) (r int)');
  const definitions = Definitions.of(source);
  const variable = definitions?.variable(name, declared);
  if (definitions === undefined || variable === undefined) throw new Error('not understood');
  const line = 2 + body.findIndex((text) => text.includes('here()'));
  const found = reachingAt(definitions, variable, line, { isReference, isResult });
  return found && [...found].map((each) => (each === 'at entry' ? 0 : each.statement.line)).sort((a, b) => a - b);
}

describe('what may have given a variable its value', () => {
  it.each<[readonly string[], readonly number[]]>([
    [['here()'], [0]],
    [['x = 1', 'here()'], [2]],
    [['here()', 'x = 1'], [0]],
    [['x = here()'], [0]],
    [
      ['if y > 1 {', 'x = 1', '}', 'here()'],
      [0, 3],
    ],
    [
      ['if y > 1 {', 'x = 1', '} else {', 'x = 2', '}', 'here()'],
      [3, 5],
    ],
    [
      ['if x = 1; here() {', '}'],
      [0, 2],
    ],
    [['if y > 1 {', 'x = 1', 'return', '}', 'here()'], [0]],
    [
      ['for y > 1 {', 'here()', 'x = 1', '}'],
      [0, 4],
    ],
    [['for y > 1 {', 'x = 1', 'here()', '}'], [3]],
    [
      ['for y > 1 {', 'x = 1', '}', 'here()'],
      [0, 3],
    ],
    [['for {', 'x = 1', 'if y > 1 {', 'x = 2', 'break', '}', '}', 'here()'], [5]],
    [
      ['for y > 1 {', 'if y > 2 {', 'x = 1', 'continue', '}', 'here()', '}'],
      [0, 4],
    ],
    [
      ['out:', 'for {', 'for y > 1 {', 'x = 1', 'continue out', '}', 'break', '}', 'here()'],
      [0, 5],
    ],
    [
      ['for x = 0; x < y; x++ {', 'here()', '}'],
      [2, 2],
    ],
    [
      ['for x = range s {', '}', 'here()'],
      [0, 2],
    ],
    [
      ['switch y {', 'case 1:', 'x = 1', 'case 2:', 'x = 2', 'break', '}', 'here()'],
      [0, 4, 6],
    ],
    [
      ['switch y {', 'case 1:', 'x = 1', 'default:', 'x = 2', '}', 'here()'],
      [4, 6],
    ],
    [
      ['switch y {', 'case 1:', 'x = 1', 'fallthrough', 'case 2:', 'here()', '}'],
      [0, 4],
    ],
    [
      ['select {', 'case x = <-c:', 'case <-d:', 'x = 2', '}', 'here()'],
      [3, 5],
    ],
    [['y, x = x, y', 'here()'], [2]],
    [
      ['x.f = 1', 'here()'],
      [0, 2],
    ],
    [['{', 'x := 1', 'x = 2', '}', 'here()'], [0]],
    [['x, z := 1, 2', 'here()'], [2]],
    [['if x := 1; x > 0 {', 'x = 2', 'here()', '}'], [0]],
    [['g(func() {', 'z = 1', '})', 'here()'], [0]],
  ])('%j', (body, expected) => {
    expect(reaching(body)).toEqual(expected);
  });

  it('is not known where functions within may assign, or where execution cannot be', () => {
    expect(reaching(['g(func() { x = 1 })', 'here()'])).toBeUndefined();
    expect(reaching(['g(func() { x++ })', 'here()'])).toBeUndefined();
    expect(reaching(['return', 'here()'])).toBeUndefined();
    expect(reaching(['x = 1', '// here()'])).toBeUndefined();
  });

  it('tells variables of one name apart', () => {
    const body = ['z := 1', 'if y > 1 {', 'z := 2', 'z++', '}', 'here()'];
    expect(reaching(body, { name: 'z', declared: 2 })).toEqual([2]);
    expect(
      reaching(['switch z := y.(type) {', 'case int:', 'z = 1', 'here()', '}'], { name: 'z', declared: 3 }),
    ).toEqual([4]);
  });

  it('leaves references alone where something is assigned through them', () => {
    expect(reaching(['x.f = 1', '*x = 2', 'x[0] = 3', 'here()'], { isReference: true })).toEqual([0]);
  });

  it('counts what returns, when deferred functions run', () => {
    const result = { name: 'r', isResult: true };
    expect(reaching(['r = 1', 'return here()'], result)).toEqual([2]);
    expect(reaching(['defer g()', 'if y > 1 {', 'return 3', '}', 'r = 1', 'return here()'], result)).toEqual([4, 6, 7]);
    expect(reaching(['defer g()', 'r = 1', 'return', 'here()'], result)).toBeUndefined();
  });
});

describe('the order of statements', () => {
  const body = ['x = 1', 'for y > 1 {', 'y = 2', 'z := x', 'here()', 'x = 4', '}'];
  const source = sourceOf(body);
  const definitions = Definitions.of(source);
  const part = (line: number) =>
    definitions?.partsAt(line).find((each) => 'kind' in each && each.kind === 'simple') as never;
  const variable = (name: string, line?: number) => definitions?.variable(name, line) as never;

  it('tells whether something has changed since one was executed', () => {
    if (definitions === undefined) throw new Error('not understood');
    expect(isUnchangedSince(definitions, part(5), variable('x'), 6)).toBe(true);
    expect(isUnchangedSince(definitions, part(5), variable('y'), 6)).toBe(true);
    expect(isUnchangedSince(definitions, part(2), variable('x'), 6)).toBe(false);
    expect(isUnchangedSince(definitions, part(4), variable('y'), 6)).toBe(false);
    expect(isUnchangedSince(definitions, part(7), variable('y'), 6)).toBe(false);
  });

  it('tells which of two was executed last', () => {
    if (definitions === undefined) throw new Error('not understood');
    expect(isLastOf(definitions, part(5), part(4), 6)).toBe(true);
    expect(isLastOf(definitions, part(4), part(5), 6)).toBe(false);
    expect(isLastOf(definitions, part(5), part(7), 6)).toBe(true);
    expect(isLastOf(definitions, part(5), part(7), 7)).toBe(true);
  });
});
