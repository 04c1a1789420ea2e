import { decodeInstruction } from '../../arch/amd64/decoder.ts';
import type { Instruction } from '../../arch/amd64/instruction.ts';
import { attempt, hex } from '../../base/errors.ts';
import type { Call } from '../../unwind/call-stack.ts';
import type { CauseFinding } from '../results.ts';
import { lineOf, namesIn, valueIn, type CauseContext } from './context.ts';
import { behind, mentions } from './value-names.ts';
import type { NamedValue } from './type-parts.ts';

/** Longest instruction of amd64, in bytes. */
const LONGEST_INSTRUCTION = 15;
/** Offset of the first method in an itab (internal/abi.ITab.Fun). */
const FIRST_METHOD = 24;

/** Which expression was nil: by the register that the faulting instruction went through, else by the variables of the line. */
export function nilFindings(context: CauseContext): CauseFinding[] {
  const { signal } = context.cause;
  const { calls } = context;
  const faulting = calls.find(({ frame }) => frame.interrupted && frame.pc === signal?.pc);
  if (faulting === undefined || signal?.address === undefined) return nilInSource(context);
  const exact = byInstruction(context, faulting, signal.address);
  return exact === undefined ? nilInSource(context) : [exact];
}

function byInstruction(context: CauseContext, call: Call, address: number): CauseFinding | undefined {
  const { program } = context.session;
  if (program.target.arch.name !== 'amd64') return undefined;
  const code = attempt(() => program.memory.read(call.frame.pc, LONGEST_INSTRUCTION));
  const instruction = code === undefined ? undefined : attempt(() => decodeInstruction(code, 0));
  const memory = instruction?.memory;
  if (instruction === undefined || memory === undefined || memory.unknown || memory.ripRelative) return undefined;
  // Only if the base was zero is the address what the instruction adds to it.
  if (memory.base < 0 || memory.index >= 0 || memory.displacement !== address) return undefined;
  const names = namesIn(context, call);
  const base = names?.values.state.get(memory.base)?.value;
  const line = lineOf(context, call);
  const found = base === undefined || names === undefined ? [] : names.namesOf(base).filter(canBeNil);
  const [best, other] = found;
  if (best === undefined) return undefined;
  // A constant zero belongs to no variable more than to another.
  if (base?.what.kind === 'constant' && other !== undefined && !mentions(line, best.text)) {
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

function canBeNil({ type, part }: NamedValue): boolean {
  return part === 0 && ['pointer', 'func', 'interface', 'map', 'chan', 'unsafe.Pointer'].includes(type.kind);
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

/** The longest expression of a line that begins with another: with the selectors, indexes and arguments that follow it. */
export function expressionIn(line: string, text: string): string | undefined {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let longest: string | undefined;
  for (const { index } of line.matchAll(new RegExp(`(?<![\\w.])${escaped}(?!\\w)`, 'g'))) {
    const whole = line.slice(index, endOfExpression(line, index + text.length));
    if (longest === undefined || whole.length > longest.length) longest = whole;
  }
  return longest;
}

function endOfExpression(line: string, from: number): number {
  for (let end = from; ;) {
    const more = /^\.\w+/.exec(line.slice(end))?.[0] ?? bracketed(line, end);
    if (more === undefined) return end;
    end += more.length;
  }
}

/** `[…]` or `(…)` at an offset, with what is nested in it. */
function bracketed(line: string, at: number): string | undefined {
  if (line[at] !== '[' && line[at] !== '(') return undefined;
  let depth = 0;
  for (let end = at; end < line.length; end++) {
    if ('[({'.includes(line[end] ?? '')) depth++;
    else if ('])}'.includes(line[end] ?? '') && --depth === 0) return line.slice(at, end + 1);
  }
  return undefined;
}

/** Without the code: the expressions of the line that are gone through, and are nil now. */
function nilInSource(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  if (user === undefined || line === '') return [];
  const roots = [...line.matchAll(/(?<![\w.])([a-zA-Z_]\w*(?:\.\w+)*)\.\w+/g)].map((match) => match[1] ?? '');
  const pointers = [...line.matchAll(/\*([a-zA-Z_]\w*(?:\.\w+)*)/g)].map((match) => match[1] ?? '');
  const candidates = [...new Set([...roots, ...pointers])];
  const nil = candidates.filter((text) => {
    const value = valueIn(context, user, text);
    return value !== undefined && canBeNil({ text, type: value.handle.type, part: 0 }) && attempt(() => value.isNil());
  });
  if (nil.length === 0) return [];
  const evidence = 'the values that the expressions of the line have now';
  const text =
    nil.length === 1
      ? `${nil[0]} is nil in ${expressionIn(line, nil[0] ?? '')}`
      : `one of ${nil.join(', ')} is what was nil`;
  return [{ text, confidence: 'likely', evidence }];
}
