import type { RegisterSet } from '../arch/registers.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { Frame } from './frame.ts';

/** Where a frame goes on, and with which registers. */
export interface Resumption {
  readonly pc: number;
  readonly sp: number;
  readonly registers: RegisterSet;
}

/**
 * The caller of what is no code: such a call got no further, so the return address is where the call put it, and registers are as
 * they were. Undefined if the frame is of code, was not interrupted, or no return address is there.
 */
export function callerOfWildCall(program: Program, { pc, sp, registers, interrupted }: Frame): Resumption | undefined {
  const { target, memory } = program;
  const { arch } = target;
  if (!interrupted || target.isCode(pc)) return undefined;
  const caller = arch.lr === undefined ? attempt(() => memory.u64(sp)) : Number(registers.get(arch.lr) ?? 0n);
  if (caller === undefined || !target.isCode(caller)) return undefined;
  const callerSp = sp + arch.returnAddressSize;
  const restored = registers.copy();
  restored.set(arch.pc, BigInt(caller));
  restored.set(arch.sp, BigInt(callerSp));
  return { pc: caller, sp: callerSp, registers: restored };
}
