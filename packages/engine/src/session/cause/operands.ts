import { RAX, RBX } from '../../arch/amd64/instruction.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { slotLocation } from '../../unwind/flow/flow-state.ts';
import type { CauseFinding } from '../results.ts';
import { lineOf, namesIn, sourceConfidence, type CauseContext } from './context.ts';
import { mentions } from './value-names.ts';
import { expressionIn, indexExpressions } from './expressions.ts';
import type { NamedValue } from './type-parts.ts';

/** Since Go 1.17 arguments are passed in registers; before, on the stack. */
export const REGISTER_ABI = 17;
/** The first integer arguments (internal/abi, amd64). */
const ARGUMENTS = [RAX, RBX];

/** Expressions for an argument that the frame around a runtime function passed to it, the likeliest first. */
export function argumentNames(context: CauseContext, callee: Call, index: number): readonly NamedValue[] {
  const caller = callerOf(context, callee);
  const names = caller && namesIn(context, caller);
  if (names === undefined || context.session.program.target.arch.name !== 'amd64') return [];
  const { state } = names.values;
  const location =
    context.session.program.minor >= REGISTER_ABI ? ARGUMENTS[index] : slotLocation(state.sp + index * 8);
  const value = location === undefined ? undefined : state.get(location)?.value;
  return value === undefined ? [] : names.namesOf(value);
}

/** The innermost call of the next physical frame outwards. */
export function callerOf({ calls }: CauseContext, callee: Call): Call | undefined {
  return calls.find(({ index, frame }) => index > callee.index && frame !== callee.frame);
}

const MAP_WRITE = /^(?:runtime|internal\/runtime\/maps)\.(?:mapassign|runtime_mapassign)/;

/** Which map was nil when something was assigned to an entry. */
export function nilMapFindings(context: CauseContext): CauseFinding[] {
  const before = context.calls.filter(({ index }) => index < (context.user?.index ?? 0));
  const callee = before.filter(({ name }) => MAP_WRITE.test(name)).at(-1);
  const tell = (text: string, whole: string | undefined): string =>
    whole === undefined || whole === text ? `${text} is a nil map` : `${text} is a nil map in ${whole}`;
  const exact = callee === undefined ? [] : named(context, callee, argumentNames(context, callee, 1), 'map', tell);
  return exact.length > 0 ? exact : nilMapInSource(context);
}

/** Without the code's help: the map of the only assignment to an entry that the line has. */
function nilMapInSource(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  const assigned = indexExpressions(line).filter(({ whole, bounds }) => {
    const behind = line.slice(line.indexOf(whole) + whole.length);
    return bounds.length === 1 && /^\s*(?:[-+*/%&|^]|<<|>>|&\^)?=(?!=)|^\s*(?:\+\+|--)/.test(behind);
  });
  const [only, another] = assigned;
  if (user === undefined || only === undefined || another !== undefined) return [];
  const evidence = 'the only assignment to an entry on the line';
  return [{ text: `${only.of} is a nil map in ${only.whole}`, confidence: sourceConfidence(context, user), evidence }];
}

/** Which channel was closed. */
export function channelFindings(context: CauseContext): CauseFinding[] {
  const pattern = /^runtime\.(closechan|chansend1?|selectgo)$/;
  const callee = context.calls
    .filter(({ name, index }) => pattern.test(name) && index < (context.user?.index ?? 0))
    .at(-1);
  if (callee === undefined || callee.name === 'runtime.selectgo') return [];
  return named(context, callee, argumentNames(context, callee, 0), 'chan', (text) => `the channel is ${text}`);
}

function named(
  context: CauseContext,
  callee: Call,
  names: readonly NamedValue[],
  kind: string,
  tell: (text: string, whole: string | undefined) => string,
): CauseFinding[] {
  const caller = callerOf(context, callee);
  const line = caller === undefined ? '' : lineOf(context, caller);
  const fitting = names.filter(({ type, part }) => type.kind === kind && part === 0);
  const [best, other] = fitting;
  if (best === undefined) return [];
  const isOne = other === undefined || mentions(line, best.text);
  const evidence = `what ${callerName(caller)} passed to ${callee.name}`;
  if (!isOne) {
    const all = fitting.map(({ text }) => text).join(', ');
    return [{ text: tell(`one of ${all}`, undefined), confidence: 'likely', evidence }];
  }
  return [{ text: tell(best.text, expressionIn(line, best.text)), confidence: 'proven', evidence }];
}

function callerName(call: Call | undefined): string {
  return call?.name ?? 'the code';
}
