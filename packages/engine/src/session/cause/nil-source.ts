import { attempt } from '../../base/errors.ts';
import type { GoType } from '../../types/go-type.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { CauseFinding } from '../results.ts';
import { lineOf, valueIn, type CauseContext } from './context.ts';
import { expressionIn, selectionsIn, type Selection } from './expressions.ts';
import { canBeNil } from './nil-base.ts';

/** Offset of the first method in an itab (internal/abi.ITab.Fun). */
export const FIRST_METHOD = 24;

/**
 * Which expression was nil, without the code's help: one of those that the line goes through, that can be nil, and behind which a field
 * or method lies at the address of the fault; those that have another value are ruled out.
 */
export function nilInSource(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  if (user === undefined || line === '') return [];
  const judged = selectionsIn(line).map((each) => ({ ...each, state: judge(context, user, each) }));
  const known = judged.filter(({ state }) => state === 'nil');
  const left = known.length > 0 ? known : judged.filter(({ state }) => state === 'unknown');
  const texts = [...new Set(left.map(({ text }) => text))];
  const [only, another] = texts;
  if (only === undefined) return [];
  const evidence =
    known.length > 0
      ? 'the values that the expressions of the line have now'
      : 'the only expression of the line that can have been nil';
  if (another === undefined) {
    const whole = expressionIn(line, only);
    return [{ text: `${only} is nil${whole === undefined ? '' : ` in ${whole}`}`, confidence: 'likely', evidence }];
  }
  const among = known.length > 0 ? evidence : 'the expressions of the line that can have been nil';
  return [{ text: `one of ${texts.join(', ')} is what was nil`, confidence: 'likely', evidence: among }];
}

function judge(context: CauseContext, user: Call, { text, selector }: Selection): 'nil' | 'unknown' | 'no' {
  const value = valueIn(context, user, text);
  const type = value?.handle.type ?? typeOf(context, user, text);
  if (type === undefined || !canBeNil({ type, part: 0 })) return 'no';
  if (!fits(type, selector, context.cause.signal?.address)) return 'no';
  if (value === undefined) return 'unknown';
  return attempt(() => value.isNil()) === true ? 'nil' : 'no';
}

/** The type of a variable, or of a field behind one, whose value is not known. */
function typeOf({ session }: CauseContext, user: Call, text: string): GoType | undefined {
  if (!/^\w+(?:\.\w+)*$/.test(text)) return undefined;
  const [root, ...fields] = text.split('.');
  const variables = attempt(() => session.variables.of(user)) ?? [];
  let type = variables.findLast(({ name }) => name === root)?.type;
  for (const name of fields) type = fieldBehind(type, name)?.type;
  return type;
}

function fieldBehind(type: GoType | undefined, name: string): GoType['fields'][number] | undefined {
  const struct = type?.kind === 'pointer' ? type.elem : type;
  return struct?.kind === 'struct' ? struct.fields.find((field) => field.name === name) : undefined;
}

/** Whether going through nil of a type leads to an address. At 0 it may be the compiler's own check, which reads no field. */
function fits(type: GoType, selector: string | undefined, address: number | undefined): boolean {
  if (address === undefined || address === 0) return true;
  if (type.kind === 'interface') return address >= FIRST_METHOD;
  const field = selector === undefined ? undefined : fieldBehind(type, selector);
  if (field !== undefined) return address >= field.offset && address < field.offset + Math.max(1, field.type.size);
  // A field of an embedded struct, or what a method reads that was put in place of its call.
  return type.kind === 'pointer' && address < (type.elem?.size ?? 0);
}
