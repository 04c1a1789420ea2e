import { RegisterSet } from '../arch/registers.ts';
import { attempt } from '../base/errors.ts';
import { CfiTable, findUnwindRules, type RegisterRule, type UnwindRules } from '../dwarf/cfi.ts';
import { evaluateValue, type ExpressionContext } from '../dwarf/expression.ts';
import { findSection } from '../elf/elf-file.ts';
import type { Image } from '../image/image.ts';
import type { Program } from '../program/program.ts';
import { readInteger } from '../values/scalars.ts';
import type { Frame } from './frame.ts';

/** The caller of a C frame. */
export interface NativeCaller {
  readonly pc: number;
  readonly sp: number;
  readonly registers: RegisterSet;
  /** True if the frame was a signal handler's kernel frame: the caller was interrupted. */
  readonly signal?: boolean;
}

const tables = new WeakMap<Image, readonly CfiTable[]>();

/** The call frame information of an image: C code has .eh_frame, Go's linker writes .debug_frame. */
function tablesOf(image: Image): readonly CfiTable[] {
  let known = tables.get(image);
  if (known === undefined) {
    const made: CfiTable[] = [];
    for (const kind of ['eh_frame', 'debug_frame'] as const) {
      const bytes = image.section(`.${kind}`);
      const address = findSection(image.elf, `.${kind}`)?.addr ?? 0;
      if (bytes !== undefined && bytes.length > 0) made.push(new CfiTable({ kind, bytes, address }));
    }
    known = made;
    tables.set(image, known);
  }
  return known;
}

/** Finds the caller of a frame of C code by the call frame information of its image; undefined where there is none. */
export function unwindByCfi(program: Program, frame: Frame): NativeCaller | undefined {
  const image = program.imageAt(frame.pc);
  if (image === undefined) return undefined;
  // A signal handler's return address is the first byte of its trampoline.
  const rules =
    findUnwindRules(tablesOf(image), frame.lookupPc - image.bias) ??
    findUnwindRules(tablesOf(image), frame.pc - image.bias);
  return rules && apply(program, frame, rules, image.bias);
}

function apply(program: Program, frame: Frame, rules: UnwindRules, bias: number): NativeCaller | undefined {
  const { arch } = program.target;
  const read = (address: number, size: number): bigint => readInteger(program.memory.read(address, size), size, false);
  const context: ExpressionContext = {
    register: (number) => frame.registers.get(number),
    cfa: undefined,
    readMemory: read,
    addressAt: () => 0,
    bias,
  };
  const cfa = cfaOf(rules, frame, context);
  if (cfa === undefined) return undefined;
  const registers = new RegisterSet();
  for (const number of frame.registers.numbers()) {
    if (number === arch.pc || number === arch.sp) continue;
    const value = ruleValue(rules.registers.get(number) ?? { kind: 'same-value' }, number, cfa, frame, context, read);
    if (value !== undefined && isPreserved(number, rules)) registers.set(number, value);
  }
  const pcRule = rules.registers.get(rules.returnAddressRegister);
  const pc = pcRule && ruleValue(pcRule, rules.returnAddressRegister, cfa, frame, context, read);
  const spRule = rules.registers.get(arch.sp);
  const sp = spRule === undefined ? BigInt(cfa) : ruleValue(spRule, arch.sp, cfa, frame, context, read);
  if (pc === undefined || pc === 0n || sp === undefined) return undefined;
  registers.set(arch.pc, pc);
  registers.set(arch.sp, sp);
  return { pc: Number(pc), sp: Number(sp), registers, signal: rules.isSignalFrame };
}

/** Registers that C functions save: the others are lost in a call, unless a rule (or a signal frame) gives them back. */
const CALLEE_SAVED: ReadonlySet<number> = new Set([3, 6, 12, 13, 14, 15]);

function isPreserved(number: number, rules: UnwindRules): boolean {
  return rules.isSignalFrame || rules.registers.has(number) || CALLEE_SAVED.has(number);
}

function cfaOf(rules: UnwindRules, frame: Frame, context: ExpressionContext): number | undefined {
  if (rules.cfa.kind === 'register') {
    const base = frame.registers.get(rules.cfa.register);
    return base === undefined ? undefined : Number(base) + rules.cfa.offset;
  }
  const result = evaluateValue(rules.cfa.expression, context);
  return 'value' in result ? Number(result.value) : undefined;
}

function ruleValue(
  rule: RegisterRule,
  register: number,
  cfa: number,
  frame: Frame,
  context: ExpressionContext,
  read: (address: number, size: number) => bigint,
): bigint | undefined {
  switch (rule.kind) {
    case 'same-value':
      return frame.registers.get(register);
    case 'offset':
      return attempt(() => read(cfa + rule.offset, 8));
    case 'val-offset':
      return BigInt(cfa + rule.offset);
    case 'register':
      return frame.registers.get(rule.register);
    case 'expression':
    case 'val-expression': {
      const result = evaluateValue(rule.expression, context, BigInt(cfa));
      if (!('value' in result)) return undefined;
      return rule.kind === 'val-expression' ? result.value : attempt(() => read(Number(result.value), 8));
    }
    default:
      return undefined;
  }
}
