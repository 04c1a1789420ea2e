import type { Instruction } from '../../arch/amd64/instruction.ts';
import { hex } from '../../base/errors.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { CauseFinding } from '../results.ts';
import { faultingCall, lineOf, namesIn, type CauseContext } from './context.ts';
import { expressionIn } from './expressions.ts';
import { nilBase } from './nil-base.ts';
import { FIRST_METHOD, nilInSource } from './nil-source.ts';
import { behind, mentions } from './value-names.ts';
import type { NamedValue } from './type-parts.ts';

/** Which expression was nil: by the register that the faulting instruction went through, else by the variables of the line. */
export function nilFindings(context: CauseContext): CauseFinding[] {
  const exact = nilByCode(context);
  return exact === undefined ? nilInSource(context) : [exact];
}

/** What the instruction that failed went through; undefined where that has no name. */
export function nilByCode(context: CauseContext): CauseFinding | undefined {
  const { signal } = context.cause;
  const faulting = faultingCall(context);
  if (faulting === undefined || signal?.address === undefined) return undefined;
  return byInstruction(context, faulting, signal.address);
}

function byInstruction(context: CauseContext, call: Call, address: number): CauseFinding | undefined {
  const { program } = context.session;
  const fault = nilBase({ program, names: () => namesIn(context, call), call, address });
  if (fault === undefined) return undefined;
  const { instruction, base, names: found } = fault;
  const line = lineOf(context, call);
  const [best, other] = found;
  if (best === undefined) return undefined;
  // A constant zero belongs to no variable more than to another.
  if (base.what.kind === 'constant' && other !== undefined && !mentions(line, best.text)) {
    const all = found.map(({ text }) => text).join(', ');
    return { text: `one of ${all} is nil`, confidence: 'likely', evidence: evidenceOf(instruction) };
  }
  return { text: sentence(best, instruction, line), confidence: 'proven', evidence: evidenceOf(instruction) };
}

function evidenceOf({ memory, stores }: Instruction): string {
  const offset = memory?.displacement ?? 0;
  const where = offset === 0 ? 'where it points' : `${hex(offset)} bytes behind where it points`;
  return `the instruction that failed ${stores === 0 ? 'reads' : 'writes'} ${where}; the code got the address from it`;
}

/** `acct is nil in acct.limits[key]`, `h.done is a nil function, called in h.done(v)`. */
function sentence(name: NamedValue, { memory }: Instruction, line: string): string {
  const { text, type } = name;
  const offset = memory?.displacement ?? 0;
  const whole = expressionIn(line, text);
  const place = whole === undefined || whole === text ? '' : ` in ${whole}`;
  if (type.kind === 'func') return `${text} is a nil function, called${place}`;
  if (type.kind === 'interface')
    return offset >= FIRST_METHOD
      ? `${text} is a nil interface, and a method of it was called${place}`
      : `${text} is a nil interface${place}`;
  if (type.kind !== 'pointer') return `${text} is nil${place}`;
  // At offset 0 it may be the compiler's own check, which reads no field.
  const target = offset === 0 ? undefined : behind(name, offset);
  const field = target === undefined || target.text === text ? undefined : target.text;
  if (place === '') return field === undefined ? `${text} is nil` : `${text} is nil: ${field} cannot be reached`;
  const isTold = field === undefined || whole?.startsWith(field) === true;
  return isTold ? `${text} is nil${place}` : `${text} is nil${place} (${field})`;
}
