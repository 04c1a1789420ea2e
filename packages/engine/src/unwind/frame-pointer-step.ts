import { RegisterSet } from '../arch/registers.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { NativeCaller } from './cfi-step.ts';
import type { Frame } from './frame.ts';

/** Largest frame that a frame pointer is believed to bridge. */
const LARGEST_FRAME = 1 << 20;

/** The caller by the chain of frame pointers, believed only if it goes up and lands in known code. */
export function byFramePointer(program: Program, frame: Frame): NativeCaller | undefined {
  const { memory, target } = program;
  const { arch } = target;
  const fp = Number(frame.registers.get(arch.fp) ?? 0n);
  if (fp <= frame.sp || fp - frame.sp > LARGEST_FRAME || fp % 8 !== 0) return undefined;
  const pc = attempt(() => memory.u64(fp + 8));
  const callerFp = attempt(() => memory.u64(fp));
  if (pc === undefined || callerFp === undefined || !isCode(program, pc)) return undefined;
  const registers = new RegisterSet();
  registers.set(arch.fp, BigInt(callerFp));
  registers.set(arch.pc, BigInt(pc));
  registers.set(arch.sp, BigInt(fp + 16));
  return { pc, sp: fp + 16, registers };
}

/** Without an executable, any executable memory will do for a return address. */
function isCode(program: Program, pc: number): boolean {
  if (program.main !== undefined) return program.findFunc(pc - 1) !== undefined;
  return program.target.isCode(pc);
}
