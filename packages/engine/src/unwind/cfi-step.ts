import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import { attempt } from '../base/errors.ts';
import { CfiTable, findUnwindRules, type RegisterRule, type UnwindRules } from '../dwarf/cfi.ts';
import { evaluateValue, type ExpressionContext } from '../dwarf/expression.ts';
import { findSection } from '../elf/elf-file.ts';
import type { Image } from '../image/image.ts';
import type { Program } from '../program/program.ts';
import { readInteger } from '../values/scalars.ts';

/** The caller of a C frame. */
export interface NativeCaller {
  readonly pc: number;
  readonly sp: number;
  readonly registers: RegisterSet;
}

/** What the call frame information says of a frame of C code. */
export interface NativeStep {
  readonly cfa: number;
  /** True if the frame is the kernel's, of a signal handler: the caller was interrupted. */
  readonly signal: boolean;
  /** Undefined if the return address cannot be read, or if there is none. */
  readonly caller: NativeCaller | undefined;
  /** True if the frame is the first of its stack: the information says that it has no caller. */
  readonly outermost: boolean;
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

/** What is known of a frame of C code. */
export interface NativePlace {
  readonly pc: number;
  /** `pc`, or one less behind a call. */
  readonly lookupPc: number;
  readonly registers: RegisterSet;
}

/** One step up from a frame of C code by the call frame information of its image; undefined where there is none. */
export function unwindByCfi(program: Program, place: NativePlace): NativeStep | undefined {
  const image = program.imageAt(place.lookupPc) ?? program.imageAt(place.pc);
  if (image === undefined) return undefined;
  // A signal handler's return address is the first byte of its trampoline.
  const rules =
    findUnwindRules(tablesOf(image), place.lookupPc - image.bias) ??
    findUnwindRules(tablesOf(image), place.pc - image.bias);
  return rules && apply(program, place.registers, rules, image.bias);
}

/** Reads the value that a rule gives for one register. */
type RuleReader = (rule: RegisterRule, register: number) => bigint | undefined;

function apply(program: Program, before: RegisterSet, rules: UnwindRules, bias: number): NativeStep | undefined {
  const { arch } = program.target;
  const context: ExpressionContext = {
    register: (number) => before.get(number),
    cfa: undefined,
    readMemory: (address, size) => readInteger(program.memory.read(address, size), size, false),
    addressAt: () => 0,
    bias,
  };
  const cfa = cfaOf(rules, context);
  if (cfa === undefined) return undefined;
  const read: RuleReader = (rule, register) => ruleValue(rule, register, cfa, context);
  const pcRule = rules.registers.get(rules.returnAddressRegister);
  const spRule = rules.registers.get(arch.sp);
  // Without a rule the return address is where the call left it: in the link register, if there is one.
  const pc = pcRule === undefined ? linkRegister(before, arch.lr) : read(pcRule, rules.returnAddressRegister);
  const sp = spRule === undefined ? BigInt(cfa) : read(spRule, arch.sp);
  const step = { cfa, signal: rules.isSignalFrame, outermost: pcRule?.kind === 'undefined' || pc === 0n };
  if (pc === undefined || pc === 0n || sp === undefined) return { ...step, caller: undefined };
  const registers = callerRegisters(before, rules, read, arch);
  registers.set(arch.pc, pc);
  registers.set(arch.sp, sp);
  return { ...step, caller: { pc: Number(pc), sp: Number(sp), registers } };
}

function linkRegister(registers: RegisterSet, lr: number | undefined): bigint | undefined {
  return lr === undefined ? undefined : registers.get(lr);
}

function callerRegisters(before: RegisterSet, rules: UnwindRules, read: RuleReader, arch: Arch): RegisterSet {
  const registers = new RegisterSet();
  const saved = CALLEE_SAVED[arch.name];
  const numbers = new Set([...before.numbers(), ...rules.registers.keys()]);
  for (const number of numbers) {
    if (number === arch.pc || number === arch.sp) continue;
    // The others are lost in a call, unless a rule gives them back. Where a signal came, nothing was called.
    if (!rules.isSignalFrame && !rules.registers.has(number) && !saved.has(number)) continue;
    const value = read(rules.registers.get(number) ?? { kind: 'same-value' }, number);
    if (value !== undefined) registers.set(number, value);
  }
  return registers;
}

/** Registers that C functions leave as they were, by DWARF number: System V ABI of amd64, AAPCS64. */
const CALLEE_SAVED: Readonly<Record<Arch['name'], ReadonlySet<number>>> = {
  amd64: new Set([3, 6, 12, 13, 14, 15]),
  arm64: new Set([19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]),
};

function cfaOf(rules: UnwindRules, context: ExpressionContext): number | undefined {
  if (rules.cfa.kind === 'register') {
    const base = context.register(rules.cfa.register);
    return base === undefined ? undefined : Number(base) + rules.cfa.offset;
  }
  const result = evaluateValue(rules.cfa.expression, context);
  return 'value' in result ? Number(result.value) : undefined;
}

function ruleValue(rule: RegisterRule, register: number, cfa: number, context: ExpressionContext): bigint | undefined {
  switch (rule.kind) {
    case 'same-value':
      return context.register(register);
    case 'offset':
      return attempt(() => context.readMemory(cfa + rule.offset, 8));
    case 'val-offset':
      return BigInt(cfa + rule.offset);
    case 'register':
      return context.register(rule.register);
    case 'expression':
    case 'val-expression': {
      const result = evaluateValue(rule.expression, context, BigInt(cfa));
      if (!('value' in result)) return undefined;
      return rule.kind === 'val-expression' ? result.value : attempt(() => context.readMemory(Number(result.value), 8));
    }
    default:
      return undefined;
  }
}
