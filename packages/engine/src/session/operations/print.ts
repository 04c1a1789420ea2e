import { attempt, DebugError } from '../../base/errors.ts';
import { loadValue } from '../../values/load.ts';
import type { LoadLimits, ValueTree } from '../../values/tree.ts';
import { applyVerb } from '../../values/verbs.ts';
import { waitersOn } from '../channel-waiters.ts';
import { evaluateHere, loadEvaluated, type EvaluatedExpression } from '../evaluation.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { elementsOf, nothingMore, shownCount, withoutFirst } from '../paging.ts';
import { limitsOf, withRawStrings } from '../presentation.ts';
import type { PrintResult, VariableResult, WaitingResult } from '../results.ts';
import type { Session } from '../session.ts';

/** What `-full` loads. */
export const FULL_LIMITS: Pick<LoadLimits, 'maxStringLen' | 'maxArrayValues' | 'maxVariableRecurse'> = {
  maxStringLen: 1 << 20,
  maxArrayValues: 100_000,
  maxVariableRecurse: 8,
};

/** The result of printing `expression`. */
function printed(
  expression: string,
  type: string,
  value: ValueTree,
  stale: string | undefined,
  waiting: readonly WaitingResult[] = [],
): PrintResult {
  const variable: VariableResult = {
    name: expression,
    type,
    class: 'local',
    value,
    absent: undefined,
    stale,
    from: undefined,
    shadowed: false,
    line: undefined,
  };
  return { expression, variable, ...(waiting.length === 0 ? {} : { waiting }) };
}

/** Formats a loaded value as `%x` or the settings say. */
function shown(session: Session, tree: ValueTree, format: string | undefined): ValueTree {
  return format === undefined ? withRawStrings(tree, session.settings) : applyVerb(tree, format);
}

export const printOperation: Operation<PrintResult> = defineOperation({
  name: 'print',
  aliases: ['p'],
  group: 'data',
  summary: 'Evaluate an expression in the selected frame',
  details: `print x                a variable
print x.f[3].g         fields and elements, through pointers and interfaces
print *p               what a pointer points to
print m["key"]         an entry of a map; the key may be a literal: m[T{1, "a"}]
print s[64:]           the rest of a long value; more shows it as well
print pkg.Var          a package variable; "path/of/pkg".Var where the name is not enough
print a*2 == len(s)    all of Go's operators, conversions and literals
print x.(T), x.(data)  what an interface holds
print (*pkg.T)(0xc000010000)   memory as a value of any type
print runtime.frame(2).x       a variable of another frame of the stack
print RIP, XMM0.float32        registers of the frame
print %x expr          numbers and strings by a verb of Go's fmt: %x %#x %08b %o %c %q %U %e %.3f ...
print expr > ./file    writes bytes of strings and []byte, and the text of other values: see export`,
  parameters: [
    {
      name: 'expression',
      kind: 'expression',
      positional: true,
      required: true,
      completes: 'variable',
      summary: 'what to evaluate',
    },
    { name: 'format', kind: 'string', summary: "verb of Go's fmt: %x, %#x, %08b, %q, %.3f" },
    { name: 'full', kind: 'flag', summary: 'whole strings, lists and nested values, whatever the limits are' },
  ],
  run(session, parameters) {
    const expression = parameters['expression'];
    if (typeof expression !== 'string' || expression.trim() === '') {
      throw new DebugError('print needs an expression', { code: 'usage' });
    }
    const format = typeof parameters['format'] === 'string' ? parameters['format'] : undefined;
    const limits = {
      ...limitsOf(session.settings),
      ...(parameters['full'] === true ? FULL_LIMITS : {}),
      channelFields: true,
    };
    return print(session, expression, format, limits);
  },
});

function print(session: Session, expression: string, format: string | undefined, limits: LoadLimits): PrintResult {
  const evaluated = evaluateHere(session, expression);
  const loaded = loadEvaluated(evaluated, limits);
  const tree = shown(session, loaded, format);
  rememberPart(session, expression, evaluated, loaded, format);
  const { value, environment, type, stale } = evaluated;
  const waiting = value === undefined ? [] : waitersOn(session, environment.context, value);
  return printed(expression, type, tree, stale, waiting);
}

/** Keeps where a cut value goes on, for `more`. */
function rememberPart(
  session: Session,
  expression: string,
  { environment, value }: EvaluatedExpression,
  loaded: ValueTree,
  format: string | undefined,
): void {
  const { context } = environment;
  const elements = value && attempt(() => elementsOf(context, value));
  session.shownPart = elements && {
    expression,
    context,
    value: elements.value,
    shown: shownCount(loaded),
    total: elements.total,
    format,
  };
}

export const moreOperation: Operation<PrintResult> = defineOperation({
  name: 'more',
  aliases: [],
  group: 'data',
  summary: 'Show what follows in the value that print cut last',
  details: `print bytes      the first 64 elements
more             the next 64, and so on
more 1000        the next 1000`,
  parameters: [{ name: 'count', kind: 'number', positional: true, summary: 'how many elements or bytes' }],
  run(session, parameters) {
    const last = session.shownPart;
    if (last === undefined || last.shown >= last.total) throw nothingMore(last);
    const limits = limitsOf(session.settings);
    const { count } = parameters;
    if (typeof count === 'number' && count < 1) throw new DebugError('more takes a number above 0', { code: 'usage' });
    const asked = typeof count === 'number' ? { maxArrayValues: count, maxStringLen: count } : {};
    const value = withoutFirst(last.context, last.value, last.shown);
    const loaded = loadValue(last.context, value, { ...limits, ...asked });
    const done = shownCount(loaded);
    const expression = `${last.expression}[${last.shown}:]`;
    session.shownPart = { ...last, shown: done === 0 ? last.total : last.shown + done };
    return printed(expression, value.type.name, shown(session, loaded, last.format), undefined);
  },
});
