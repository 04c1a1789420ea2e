import { decodeInstruction } from '../../arch/amd64/decoder.ts';
import type { Instruction } from '../../arch/amd64/instruction.ts';
import { attempt } from '../../base/errors.ts';
import type { Cause } from '../../findings/cause.ts';
import type { Call, CallStack } from '../../unwind/call-stack.ts';
import type { FrameValues } from '../../unwind/flow/frame-values.ts';
import type { ValueNumber } from '../../unwind/flow/value-number.ts';
import type { NamedValue } from './type-parts.ts';
import { ValueNames, type NamingScope } from './value-names.ts';

/** Longest instruction of amd64, in bytes. */
const LONGEST_INSTRUCTION = 15;
/** Calls that are inlined into each other, at most. */
const MOST_INLINED = 50;

/** What the failing instruction went through, and the expressions for it. */
export interface NilBase {
  readonly instruction: Instruction;
  readonly base: ValueNumber;
  readonly names: readonly NamedValue[];
}

/** True for what can be nil, and fails when it is gone through. */
export function canBeNil({ type, part }: Pick<NamedValue, 'type' | 'part'>): boolean {
  return part === 0 && ['pointer', 'func', 'interface', 'map', 'chan', 'unsafe.Pointer'].includes(type.kind);
}

/** What an instruction went through that failed at an address near 0; undefined where that is not understood. */
export function nilBase({
  program,
  names,
  call,
  address,
}: {
  readonly program: NamingScope['program'];
  readonly names: () => ValueNames | undefined;
  readonly call: Call;
  readonly address: number;
}): NilBase | undefined {
  if (program.target.arch.name !== 'amd64') return undefined;
  const code = attempt(() => program.memory.read(call.frame.pc, LONGEST_INSTRUCTION));
  const instruction = code === undefined ? undefined : attempt(() => decodeInstruction(code, 0));
  const memory = instruction?.memory;
  if (instruction === undefined || memory === undefined || memory.unknown || memory.ripRelative) return undefined;
  // Only if the base was zero is the address what the instruction adds to it.
  if (memory.base < 0 || memory.index >= 0 || memory.displacement !== address) return undefined;
  const found = names();
  const base = found?.values.state.get(memory.base)?.value;
  if (base === undefined || found === undefined) return undefined;
  return { instruction, base, names: found.namesOf(base).filter(canBeNil) };
}

/** What must be known to say which variables a fault proves to be nil. */
export interface FaultScope extends NamingScope {
  readonly cause: Cause;
  /** The stack of the goroutine that died. */
  readonly stack: CallStack;
  readonly values: FrameValues | undefined;
}

/** Names of the variables of the call that failed which were nil: an instruction went through them, and found nothing. */
export function provenNil({ program, types, cause, stack, values }: FaultScope, call: Call): ReadonlySet<string> {
  const address = cause.signal?.address;
  if (address === undefined || values === undefined || call.frame.pc !== cause.signal?.pc) return new Set();
  const around = stack.first(call.index + MOST_INLINED);
  const names = (): ValueNames => new ValueNames({ program, types }, callsOfFrame(around, call), values, '');
  const found = attempt(() => nilBase({ program, names, call, address }));
  // What the compiler knows to be zero tells nothing of variables that may never have had it.
  if (found === undefined || found.base.what.kind === 'constant') return new Set();
  return new Set(found.names.map(({ text }) => text));
}

/** The calls of the same physical frame, from one on outwards. */
export function callsOfFrame(calls: readonly Call[], call: Call): readonly Call[] {
  return calls.filter(({ frame, index }) => frame === call.frame && index >= call.index);
}
