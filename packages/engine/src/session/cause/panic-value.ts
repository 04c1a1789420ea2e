import { RAX, RBX } from '../../arch/amd64/instruction.ts';
import { attempt } from '../../base/errors.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { dynamicValue, wordOf, type Value } from '../../values/value.ts';
import { formatValue } from '../../values/format.ts';
import { loadValue } from '../../values/load.ts';
import { DEFAULT_LIMITS } from '../../values/tree.ts';
import type { CauseFinding } from '../results.ts';
import type { CauseContext } from './context.ts';
import { callerOf, REGISTER_ABI } from './operands.ts';

/** Types whose text says all that there is. */
const PLAIN = /^(?:string|bool|u?int(?:8|16|32|64|ptr)?|float(?:32|64)|complex(?:64|128)|\*errors\.errorString)$/;
/** Longest text that is told of a value, in characters. */
const LONGEST = 400;

/**
 * The value that the program panicked with. The runtime replaces errors and Stringers by their texts before it dies, but the
 * argument of panic may still be where it was passed.
 */
export function panicValueFindings(cause: CauseContext): CauseFinding[] {
  const { session, calls, user, panics } = cause;
  const gopanic = calls.filter(({ name, index }) => name === 'runtime.gopanic' && index < (user?.index ?? 0)).at(-1);
  if (gopanic === undefined) return [];
  const argument = attempt(() => session.variables.of(gopanic))?.find((each) => each.class === 'argument');
  if (argument?.value === undefined || argument.type.kind !== 'interface') return [];
  const { context } = session.types;
  const { value } = argument;
  const dynamic = attempt(() => dynamicValue(context, value));
  if (dynamic === undefined || PLAIN.test(dynamic.type.name) || dynamic.type.name.startsWith('runtime.')) return [];
  const tree = attempt(() => loadValue(context, dynamic, { ...DEFAULT_LIMITS, maxVariableRecurse: 2 }));
  if (tree === undefined || tree.unreadable !== undefined) return [];
  const plain = formatValue(tree, { multiline: false });
  const text = plain.includes(dynamic.type.name) ? plain : `${dynamic.type.name} ${plain}`;
  // What the headline says already.
  if (panics.at(-1)?.text === text) return [];
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const evidence = `the argument of panic, from ${argument.from ?? 'its frame'}`;
  const isSure = argument.stale === undefined || isPassed(cause, gopanic, value);
  return [{ text: `the value was ${shown}`, confidence: isSure ? 'proven' : 'likely', evidence }];
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
