import { DebugError, formatValue, operations, type PrintResult, type Session } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { EXPRESSION_CASES } from '@inquest/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';

const { exe, core } = openFixture('exprs/go1.27/noopt');
const session: Session = openCore({ paths: [exe, core] }).session;
/** Nobody waits longer for an expression of a line. */
const LONGEST = 2000;

/** Evaluates, shows and describes; anything but a result or a `DebugError` fails. */
function survives(expression: string): void {
  const started = performance.now();
  for (const name of ['print', 'whatis']) {
    const operation = operations.find((each) => each.name === name);
    try {
      const result = operation?.run(session, { expression });
      if (name === 'print' && result !== undefined) {
        const tree = (result as PrintResult).variable.value;
        if (tree !== undefined) expect(typeof formatValue(tree, { multiline: true })).toBe('string');
      }
    } catch (error) {
      if (!(error instanceof DebugError)) throw error;
      const { position } = error.detail;
      if (position !== undefined) expect(position >= 0 && position <= expression.length).toBe(true);
    }
  }
  expect(performance.now() - started).toBeLessThan(LONGEST);
}

const NAMES =
  `gInt gUint8 gFloat32 gComplex64 gString gBytes gColor gPoint gPointer gNilPointer gArray gSlice gMap gChan gFunc
gAny gError gMixed gTree gPair gList gUnsafe gTime many byAny chain s p pp ppp slice array nan len cap real min max point main
runtime unsafe int uint8 string error any nil true x`.split(/\s+/);
const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '&^', '<<', '>>', '==', '!=', '<', '<=', '&&', '||'];
const LITERALS = ['0', '1', '-1', '7', '64', '1<<62', '0x10', '1.5', '1e300', '2i', "'a'", '"one"', '"a"', '`r`'];
const TYPES = ['int', 'int8', 'float32', 'string', '[]byte', '*point', 'map[string]int', '[2]int', 'any', 'main.color'];

/** Expressions that parse, of all kinds in each other. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const type = fc.constantFrom(...TYPES);
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom(...NAMES),
      fc.constantFrom(...LITERALS),
      fc.tuple(inner, fc.constantFrom(...OPERATORS), inner).map(([a, operator, b]) => `${a} ${operator} ${b}`),
      fc.tuple(fc.constantFrom('-', '+', '!', '^', '*', '&'), inner).map(([operator, a]) => `${operator}${a}`),
      inner.map((a) => `(${a})`),
      fc.tuple(inner, inner).map(([a, b]) => `${a}[${b}]`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `${a}[${b}:${c}]`),
      fc.tuple(inner, fc.constantFrom('X', 'Y', 'Key', 'Next', 'ID', 'len', 'buf', 'Sum')).map(([a, b]) => `${a}.${b}`),
      fc.tuple(type, inner).map(([a, b]) => `(${a})(${b})`),
      fc.tuple(inner, type).map(([a, b]) => `${a}.(${b})`),
      fc.tuple(type, inner, inner).map(([a, b, c]) => `${a}{${b}, ${c}}`),
      fc.tuple(fc.constantFrom('len', 'cap', 'min', 'max', 'real', 'complex'), inner).map(([a, b]) => `${a}(${b})`),
    ),
  };
});

describe('expressions', () => {
  it('made at random come to a value or an error', { timeout: 60_000 }, () => {
    fc.assert(fc.property(expression, survives), { numRuns: 1500, interruptAfterTimeLimit: 8000 });
  });

  it('of the cases, with characters changed, come to a value or an error', { timeout: 60_000 }, () => {
    const change = fc.tuple(
      fc.constantFrom(...EXPRESSION_CASES.map(({ expr }) => expr)),
      fc.nat(),
      fc.constantFrom(...Array.from('()[]{}.,:*&+-<>=!^%|"\'`0x9aei \\')),
      fc.constantFrom('replace', 'insert', 'delete', 'double'),
    );
    const mutate = ([text, at, char, how]: [string, number, string, string]): string => {
      const place = at % (text.length + 1);
      if (how === 'double') return `${text.slice(0, place)}${text}${text.slice(place)}`;
      const rest = text.slice(place + (how === 'insert' ? 0 : 1));
      return `${text.slice(0, place)}${how === 'delete' ? '' : char}${rest}`;
    };
    fc.assert(
      fc.property(change, (drawn) => survives(mutate(drawn))),
      { numRuns: 1500, interruptAfterTimeLimit: 8000 },
    );
  });

  it.each([
    ['(', ')'],
    ['-', ''],
    ['[]int{', '}'],
    ['*', ''],
    ['len(', ')'],
    ['1+', '1'],
    ['"a"+', '"b"'],
    ['1<<9999*', '1'],
    ['gPoint.', 'X'],
    ['(*[100]', 'int)(0)'],
  ])('nested deeply by %s come to a value or an error', (before, after) => {
    for (const count of [150, 5000]) survives(`${before.repeat(count)}gInt${after.repeat(count)}`);
  });

  it.each([
    '[1<<20]int{}',
    '[1000000]string{}',
    '[]int{1<<40: 1}',
    '(*[1<<39]byte)(uintptr(gPointer))[:]',
    '*(*[1<<30]point)(uintptr(gPointer))',
    '*(*string)(uintptr(gPointer))',
    '*(*[]int)(uintptr(gPointer))',
    '*(*map[string]int)(uintptr(gPointer))',
    '*(*any)(uintptr(gPointer))',
    '*(*error)(uintptr(&gSlice))',
    '*(*chan int)(uintptr(&gPointer))',
    '*(*func())(uintptr(gPointer))',
    '(*tree)(uintptr(&gSlice)).Left.Left.Left',
    '1<<10000 * (1<<10000) * (1<<10000) * (1<<10000) * (1<<10000)',
    '1e4000 * 1e4000 * 1e4000 * 1e4000',
    '(*point)(0xffffffffffffffff).X',
    '(*point)(1<<63).X',
    '*(*int)(-8)',
    'string(*(*[1<<24]byte)(uintptr(gPointer)))',
    'many[-1:]',
    '"".x',
    'runtime.frame(99999999).x',
    'runtime.frame(-1).x',
  ])('%s comes to a value or an error', (text) => survives(text));
});
