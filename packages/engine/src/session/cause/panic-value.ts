import { RAX, RBX } from '../../arch/amd64/instruction.ts';
import { attempt } from '../../base/errors.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { dynamicValue, wordOf, type Value } from '../../values/value.ts';
import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';
import { errorChain } from './error-chain.ts';
import { callerOf, REGISTER_ABI } from './operands.ts';

/** Types whose text says all that there is. */
const PLAIN = /^(?:string|bool|u?int(?:8|16|32|64|ptr)?|float(?:32|64)|complex(?:64|128)|\*errors\.errorString)$/;
/** Longest text that is told of a value, in characters. */
const LONGEST = 400;

/**
 * The value that the program panicked with, and the errors that it wraps. The runtime replaces errors and Stringers by their texts
 * before it dies, but the argument of panic may still be where it was passed.
 */
export function panicValueFindings(cause: CauseContext): CauseFinding[] {
  const { session, calls, user, panics } = cause;
  if (isConstantText(cause)) return [];
  const gopanic = calls.filter(({ name, index }) => name === 'runtime.gopanic' && index < (user?.index ?? 0)).at(-1);
  if (gopanic === undefined) return [];
  const argument = attempt(() => session.variables.of(gopanic))?.find((each) => each.class === 'argument');
  if (argument?.value === undefined || argument.type.kind !== 'interface') return [];
  const { context } = session.types;
  const { value } = argument;
  const dynamic = attempt(() => dynamicValue(context, value));
  if (dynamic === undefined || PLAIN.test(dynamic.type.name) || dynamic.type.name.startsWith('runtime.')) return [];
  const panicText = panics.at(-1)?.text;
  const [first, ...wrapped] = attempt(() => errorChain(context, dynamic, panicText)) ?? [];
  // What the headline says already.
  if (first === undefined || panicText === first.text) return [];
  const from = `the argument of panic, from ${argument.from ?? 'its frame'}`;
  const isSure = argument.stale === undefined || first.hasText || isPassed(cause, gopanic, value);
  const confidence = isSure ? 'proven' : 'likely';
  const evidence = first.hasText ? `${from}, which holds the text that was printed` : from;
  return [
    { text: cut(`the value was ${first.text}`), confidence, evidence },
    ...wrapped.map(({ text, depth }): CauseFinding => {
      const where = depth === 1 ? 'it' : 'that';
      return { text: cut(`${where} wraps ${text}`), confidence, evidence: 'a field of the value' };
    }),
  ];
}

/**
 * Whether the one panic there was had a constant: the texts that the runtime makes of errors are in its heap. Finding the argument of
 * panic takes a third of the time of a report.
 */
function isConstantText({ session, calls, cause }: CauseContext): boolean {
  const [panic, ...others] = cause.panics;
  if (panic === undefined || others.length > 0 || !session.program.isConstant(panic.dataWord)) return false;
  return calls.filter(({ name }) => name === 'runtime.gopanic').length === 1;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Whether the frame that called panic still has both words of an interface value where it took them from. */
function isPassed(context: CauseContext, gopanic: Call, value: Value): boolean {
  const caller = callerOf(context, gopanic);
  const values = caller && context.session.variables.flowOf(caller);
  if (values === undefined || context.session.program.minor < REGISTER_ABI) return false;
  return [RAX, RBX].every((register, i) => {
    const number = values.state.get(register)?.value;
    const bits = number && attempt(() => values.evaluate(number, 8))?.bits;
    return bits !== undefined && Number(bits) === attempt(() => wordOf(context.session.types.context, value, i * 8));
  });
}
