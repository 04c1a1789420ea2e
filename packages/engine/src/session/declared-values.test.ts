import { describe, expect, it } from 'vitest';
import { BASIC_TYPES, GoType, pointerTo } from '../types/go-type.ts';
import type { ValueContext } from '../values/context.ts';
import { bytesOf } from '../values/handle.ts';
import { bytesPlace } from '../values/place.ts';
import { functionSource } from './source-code/function-source.ts';
import { DeclaredValues, type KnownVariable } from './declared-values.ts';
import type { CallMade } from './passed-on.ts';
import type { TypeCatalog } from './type-catalog.ts';

const context = {
  memory: {
    read: () => {
      throw new Error('no memory');
    },
  },
  minor: 27,
} as unknown as ValueContext;

const POINT = new GoType({ name: 'main.point', kind: 'struct', size: 16 }, () => ({
  fields: ['x', 'y'].map((name, i) => ({
    name,
    type: BASIC_TYPES.get('int') as GoType,
    offset: i * 8,
    embedded: false,
  })),
}));

const types = {
  context,
  named: (name: string) => (name === 'main.point' ? POINT : undefined),
} as unknown as TypeCatalog;

function integer(value: number, size = 8): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** An argument of type int. */
function argument(name: string, value: number | undefined, stale?: string): KnownVariable {
  const type = BASIC_TYPES.get('int') as GoType;
  const known = value === undefined ? undefined : { type, place: bytesPlace(integer(value)) };
  return { name, class: 'argument', type, value: known, stale, line: 1 };
}

const KNOWN: readonly KnownVariable[] = [
  argument('n', 5),
  argument('old', 6, 'in doubt'),
  argument('lost', undefined),
  argument('seed', 1),
  {
    ...argument('p', 0),
    type: POINT,
    value: { type: POINT, place: bytesPlace(Uint8Array.from([...integer(1), ...integer(2)])) },
  },
  {
    ...argument('s', 0),
    type: BASIC_TYPES.get('string') as GoType,
    value: {
      type: BASIC_TYPES.get('string') as GoType,
      place: bytesPlace(Uint8Array.from([...integer(64), ...integer(3)])),
    },
  },
  {
    ...argument('f', 0),
    type: BASIC_TYPES.get('float64') as GoType,
    value: {
      type: BASIC_TYPES.get('float64') as GoType,
      place: bytesPlace(new Uint8Array(Float64Array.of(1.5).buffer)),
    },
  },
];

/** What the source says of x at the line with a call of `wait`; `more` are variables that DWARF lists. */
function valueOfX(
  body: readonly string[],
  more: readonly KnownVariable[] = [],
  atCall = true,
  made?: CallMade,
): string | undefined {
  const lines = ['func f(n, old, lost, seed int, p point, s string, f float64) (r int) {', ...body, '}'];
  const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
  if (source === undefined) throw new Error('no function');
  const line = 1 + lines.findLastIndex((text) => text.includes('wait('));
  const variables = [...KNOWN, ...more];
  const declared = new DeclaredValues(types, {
    source,
    line,
    atCall,
    variables,
    packageName: 'main',
    isGeneric: false,
    atEntry: (name) => (name === 'seed' ? argument(name, 9).value : undefined),
    callMade: () => made,
    addressOfText: (text) => (text.length === 5 ? 64 : undefined),
  });
  const listed = more.findLast(({ name }) => ['x', 'r', '~r0'].includes(name));
  const found = listed === undefined ? declared.unlisted().find(({ name }) => name === 'x') : declared.of(listed);
  if (found === undefined) return undefined;
  const { type } = found.value;
  const bytes = bytesOf(context, found.value);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const number = type.kind === 'float64' ? view.getFloat64(0, true) : bytes[0];
  return `${type.name} ${number}`;
}

describe('values that the source computes', () => {
  it.each([
    ['n*10 + 3', 'int 53'],
    ['n - 6 == -1', 'bool 1'],
    ['!(n > 3) || n == 5', 'bool 1'],
    ['uint8(n * 60)', 'uint8 44'],
    ['n << 2', 'int 20'],
    ['n / 2 % 2', 'int 0'],
    ['f / 2', 'float64 0.75'],
    ['float64(n) * 0.5', 'float64 2.5'],
    ['p.y', 'int 2'],
    ['point{p.y, n}', 'main.point 2'],
    ['len(s) + 1 // one more', 'int 4'],
    ['7', 'int 7'],
    ['true', 'bool 1'],
    ["'a'", 'int32 97'],
    ['p', 'main.point 1'],
  ])('x := %s', (expression, value) => {
    expect(valueOfX([`\tx := ${expression}`, '\twait()'])).toBe(value);
  });

  it.each([
    ['call(n)'],
    ['old + 1'],
    ['lost + 1'],
    ['global + 1'],
    ['n / 0'],
    ['n +'],
    ['f*f + 1'],
    ['1 << n'],
    ['max(n, 3)'],
    ['"text"'],
    ['&n'],
    ['[]int{n}'],
    ['map[int]int{1: n}'],
    ['nil'],
    ['<-n'],
    ['n, 3'],
  ])('x := %s is not known', (expression) => {
    expect(valueOfX([`\tx := ${expression}`, '\twait()'])).toBeUndefined();
  });

  it.each<[string, readonly string[], string | undefined]>([
    ['through other variables', ['y := n + 1', 'x := y * 2', 'wait()'], 'int 12'],
    ['with a type', ['var x uint8 = 7', 'wait()'], 'uint8 7'],
    ['one of several', ['y, x := 1, n', 'use(y)', 'wait()'], 'int 5'],
    ['in the block around', ['x := n', 'if n > 1 {', 'wait()', '}'], 'int 5'],
    ['in a block that ended', ['if n > 1 {', 'x := n', '}', 'wait()'], undefined],
    ['in the other branch', ['if n > 1 {', 'x := n', '} else {', 'wait()', '}'], undefined],
    ['in another case', ['switch n {', 'case 1:', 'x := n', 'use(x)', 'case 2:', 'wait()', '}'], undefined],
    ['before the switch', ['x := n', 'switch n {', 'case 1:', 'wait()', '}'], 'int 5'],
    ['assigned later', ['x := n', 'wait()', 'x = 3'], 'int 5'],
    ['assigned later in a loop around', ['x := n', 'for {', 'wait()', 'x = 3', '}'], undefined],
    ['assigned later in a loop with a wide clause', ['x := n', 'for wait() {', 'x++', '}'], undefined],
    ['anew in each round', ['for {', 'x := n', 'wait()', '}'], 'int 5'],
    ['operand assigned before', ['n = 4', 'x := n', 'wait()'], 'int 5'],
    ['operand assigned between', ['x := n', 'n = 4', 'wait()'], undefined],
    ['operand assigned on the line', ['x, n := n, 4', 'wait()'], undefined],
    ['operand changed in a loop', ['x := n', 'for {', 'wait()', 'n++', '}'], undefined],
    ['operand changed by a function', ['x := n', 'g := func() { n = 3 }', 'g()', 'wait()'], undefined],
    ['operand changed by an earlier function', ['g := func() { n = 3 }', 'x := n', 'g()', 'wait()'], undefined],
    ['operand with a pointer to it', ['q := &n', 'x := n', 'change(q)', 'wait()'], undefined],
    ['operand with methods', ['x := p.x', 'p.move()', 'wait()'], undefined],
    ['operand with a field assigned', ['x := p.x', 'p.x = 4', 'wait()'], undefined],
    ['operand hidden', ['{', 'n := old', 'x := n', 'wait()', '}'], undefined],
    ['x with a pointer to it', ['x := n', 'change(&x)', 'wait()'], undefined],
    [
      'chosen by a condition that is known',
      ['x := 1', 'if n > 4 {', 'x = 2', '} else {', 'x = 3', '}', 'wait()'],
      'int 2',
    ],
    ['chosen by one that is not', ['x := 1', 'if lost > 4 {', 'x = 2', '}', 'wait()'], undefined],
    ['chosen by a condition that changed since', ['x := 1', 'if n > 4 {', 'x = 2', '}', 'n = 1', 'wait()'], undefined],
    ['chosen in a loop', ['x := 1', 'for {', 'if n < 4 {', 'x = 2', '}', 'wait()', '}'], undefined],
    [
      'the same in both branches',
      ['var x int', 'if lost > 4 {', 'x = n', '} else {', 'x = n', '}', 'wait()'],
      undefined,
    ],
    [
      'at the only way out of a loop',
      ['x := 1', 'for {', 'x = 3', 'if lost > 4 {', 'x = n', 'break', '}', '}', 'wait()'],
      'int 5',
    ],
    ['at one of two ways out of a loop', ['x := 1', 'for lost > 4 {', 'x = n', 'break', '}', 'wait()'], undefined],
    [
      'at the way out by a label',
      ['var x int', 'out:', 'for {', 'for {', 'x = n', 'break out', '}', '}', 'wait()'],
      'int 5',
    ],
    ['where the other way returns', ['x := 1', 'if lost > 4 {', 'return', '}', 'x = n', 'wait()'], 'int 5'],
    [
      'in every case of a switch but one that returns',
      ['x := 1', 'switch lost {', 'case 1:', 'return', 'default:', 'x = n', '}', 'wait()'],
      'int 5',
    ],
    ['in a case of several', ['x := 1', 'switch lost {', 'case 1:', 'x = n', '}', 'wait()'], undefined],
    [
      'in the case before, which falls through',
      ['x := 1', 'switch lost {', 'case 1:', 'x = n', 'fallthrough', 'case 2:', 'wait()', '}'],
      undefined,
    ],
    ['changed step by step', ['x := n', 'x += 2', 'x++', 'x *= n', 'wait()'], 'int 40'],
    ['changed in a loop', ['x := n', 'for lost > 4 {', 'x++', 'wait()', '}'], undefined],
    ['swapped', ['y, x := n, 3', 'x, y = y, x', 'wait()'], 'int 5'],
    ['of an argument as it was at the call', ['x := seed', 'seed = 1', 'wait()'], 'int 9'],
    [
      'of an argument that is known and has not changed since',
      ['if lost > 4 {', 'seed = 1', '}', 'x := seed', 'wait()'],
      'int 1',
    ],
    ['of an operand that a later round changes', ['y := n', 'for {', 'x := y', 'wait()', 'y = n + 1', '}'], undefined],
    ['a function is assigned to within', ['x := n', 'g := func() { x = 3 }', 'wait()'], undefined],
    ['a text', ['x := "known"', 'wait()'], 'string 64'],
    ['in a list of declarations', ['var (', 'y = 2', 'x = n', ')', 'wait()'], 'int 5'],
    ['x hidden', ['x := n', '{', 'x := old', 'wait()', 'use(x)', '}'], undefined],
    ['several statements on a line', ['x := n; x++', 'wait()'], 'int 6'],
    ['the header of a statement', ['if x := n; x > 1 {', 'wait()', '}'], 'int 5'],
    ['goto', ['x := n', 'wait()', 'goto end', 'end:'], undefined],
    ['a builtin hidden', ['len := g()', 'x := len(s)', 'wait()'], undefined],
    ['text over several lines', ['t := `', 'x := 3', '`', 'wait()'], undefined],
    ['a loop variable that is not known', ['for i := 0; i < n; i++ {', 'x := i', 'wait()', '}'], undefined],
  ])('%s', (_, body, value) => {
    expect(valueOfX(body.map((line) => `\t${line}`))).toBe(value);
  });

  const x = (line: number): KnownVariable => ({ ...argument('x', undefined), class: 'local', line });

  it('fills in variables that DWARF lists, from their last assignment', () => {
    expect(valueOfX(['\tx := call()', '\tuse(x)', '\tx = n', '\twait()'], [x(2)])).toBe('int 5');
    expect(valueOfX(['\tx := n', '\tuse(x)', '\tx = call()', '\twait()'], [x(2)])).toBeUndefined();
    expect(valueOfX(['\tx := n', '\tif lost > 1 {', '\t\tx = 3', '\t}', '\twait()'], [x(2)])).toBeUndefined();
    expect(valueOfX(['\tx := n', '\tx += 2', '\twait()'], [x(2)])).toBe('int 7');
  });

  it('believes no order of assignments where the compiler may have moved instructions', () => {
    expect(valueOfX(['\tx := call()', '\tx = n', '\twait()'], [x(2)], false)).toBeUndefined();
    expect(valueOfX(['\tx := n', '\twait()'], [x(2)], false)).toBe('int 5');
  });

  it('does not take a value of another type', () => {
    const other: KnownVariable = { ...x(2), type: BASIC_TYPES.get('uint8') as GoType };
    expect(valueOfX(['\tx := n', '\twait()'], [other])).toBeUndefined();
    expect(valueOfX(['\tx := 200', '\twait()'], [other])).toBe('uint8 200');
  });

  const r: KnownVariable = { ...argument('r', undefined), class: 'result' };

  it('says nothing of results without a name', () => {
    expect(valueOfX(['\twait()'], [{ ...r, name: '~r0' }, r])).toBe('int 0');
    expect(valueOfX(['\twait()'], [{ ...r, name: '~r0' }])).toBeUndefined();
  });

  it('knows results that were not assigned to yet', () => {
    expect(valueOfX(['\twait()', '\tr = 3'], [r])).toBe('int 0');
    expect(valueOfX(['\tr = n', '\twait()', '\tr = 3'], [r])).toBe('int 5');
    expect(valueOfX(['\tif lost > 1 {', '\t\tr = n', '\t}', '\twait()'], [r])).toBeUndefined();
    expect(valueOfX(['\tfor {', '\t\twait()', '\t\tr = 3', '\t}'], [r])).toBeUndefined();
    expect(valueOfX(['\tr = n', '\treturn wait()'], [r])).toBe('int 5');
    expect(valueOfX(['\tr = n', '\treturn pair{', '\t\twait(),', '\t}'], [r])).toBe('int 5');
    // Deferred functions run at the return as well, when it has been assigned to.
    expect(valueOfX(['\tdefer g()', '\tr = n', '\treturn wait()'], [r])).toBeUndefined();
    expect(valueOfX(['\tdefer func() { r = 3 }()', '\twait()'], [r])).toBeUndefined();
  });
});

describe('what a name means', () => {
  const lineOf = (body: readonly string[]): number | undefined => {
    const lines = ['func f(x int) {', ...body, '}'];
    const source = functionSource({ read: () => lines, isAsBuilt: () => true }, 'f.go', 1);
    if (source === undefined) throw new Error('no function');
    const line = 1 + lines.findIndex((text) => text.includes('wait('));
    const frame = { source, line, atCall: true, variables: KNOWN, packageName: 'main', isGeneric: false };
    return new DeclaredValues(types, frame).declarationOf('x');
  };

  it.each<[string, readonly string[], number | undefined]>([
    ['an argument', ['\twait()'], undefined],
    ['a variable of a block around', ['\tif y {', '\t\tx := 1', '\t\twait()', '\t}'], 3],
    ['the argument behind that block', ['\tif y {', '\t\tx := 1', '\t}', '\twait()'], undefined],
    ['what a switch over types declares', ['\tswitch x := x.(type) {', '\tcase int:', '\t\twait()', '\t}'], 3],
    ['nothing certain on the line of the declaration', ['\tx := wait(x)'], undefined],
  ])('is %s', (_, body, line) => expect(lineOf(body)).toBe(line));
});

describe('what was passed to the call that was made', () => {
  const int = argument('', 42).value;
  const passed = (...values: ReturnType<CallMade['passed']>): CallMade => ({ name: 'wait', passed: () => values });
  const lists = new GoType({ name: '[]interface {}', kind: 'slice', size: 24 }, () => ({
    elem: new GoType({ name: 'interface {}', kind: 'interface', size: 16 }),
  }));
  const list = { type: lists, place: bytesPlace(new Uint8Array(24)) };

  it.each<[string, readonly string[], CallMade]>([
    ['an argument', ['\tx := g()', '\twait(x)'], passed(int)],
    ['one of several', ['\tx := g()', '\twait(1, x, h(2, 3))'], passed(undefined, int, undefined)],
    ['of a function of a package', ['\tx := g()', '\tpkg.wait(x)'], passed(int)],
    ['of a method', ['\tx := g()', '\ty.wait(x)'], passed(undefined, int)],
    ['in a condition', ['\tx := g()', '\tif wait(x) > 1 {', '\t}'], passed(int)],
    ['in an assignment to it', ['\tx := g()', '\tx = wait(x)'], passed(int)],
    ['after other assignments', ['\tx := g()', '\tfor y {', '\t\tx += h()', '\t\twait(x)', '\t}'], passed(int)],
  ])('is known of %s', (_, body, made) => {
    expect(valueOfX(body, [], true, made)).toBe('int 42');
  });

  it('is known of a pointer that is the receiver', () => {
    const pointer = { type: pointerTo(POINT), place: bytesPlace(integer(42)) };
    expect(valueOfX(['\tx := g()', '\tx.wait()'], [], true, passed(pointer))).toBe('*main.point 42');
  });

  it.each<[string, readonly string[], CallMade | undefined]>([
    ['where it is not known what was passed', ['\tx := g()', '\twait(x)'], passed(undefined)],
    ['of part of an expression', ['\tx := g()', '\twait(x + 1)'], passed(int)],
    ['of two calls of the name', ['\tx := g()', '\twait(wait(x))'], passed(int)],
    ['of a variable of the same name', ['\tx := g()', '\tif y {', '\t\tx := h()', '\t\twait(x)', '\t}'], undefined],
    ['of another call', ['\tx := g()', '\twait(x)'], { name: 'other', passed: () => [int] }],
    ['of another number of arguments', ['\tx := g()', '\twait(x, 1)'], passed(int)],
    ['where a function is written in between', ['\tx := g()', '\twait(x, func() { h() })'], passed(int, undefined)],
    ['where the call may be a deferred one', ['\tx := g()', '\tdefer wait(7)', '\treturn wait(x)'], passed(int)],
    ['of a receiver that the method may change', ['\tx := g()', '\tx.wait()'], passed(int)],
    ['of a variable that pointers lead to', ['\tx := g()', '\th(&x)', '\twait(x)'], passed(int)],
    ['of what may be one element of a variadic list', ['\tx := g()', '\twait(x)'], passed(list)],
  ])('is not known %s', (_, body, made) => {
    expect(valueOfX(body, [], true, made)).toBeUndefined();
  });
});
