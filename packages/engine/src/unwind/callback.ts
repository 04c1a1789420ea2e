import { RegisterSet } from '../arch/registers.ts';
import { readU64, readU64Big } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import { within, type StackBounds } from './stacks.ts';

/**
 * The functions by which C code calls Go (runtime/asm_*.s): they leave the system stack for the goroutine's, and have a
 * frame of the same size on both. Before Go 1.16 one did the work and another stood before it.
 */
export const CALLBACK: ReadonlySet<string> = new Set(['runtime.cgocallback', 'runtime.cgocallback_gofunc']);

/** Functions that call those on the system stack. */
const CALLERS: ReadonlySet<string> = new Set(['crosscall2', 'runtime.cgocallback']);

/** Who called back into Go, on the system stack. */
export interface CallbackReturn {
  readonly pc: number;
  readonly sp: number;
  readonly registers: RegisterSet;
  /** Where the system stack was left for the next outer callback, if there is one. */
  readonly outerSp: number;
}

/**
 * The caller of a callback. `systemSp` is where its frame lies on the system stack: g0.sched.sp for the innermost one,
 * which keeps there that of the next (at 0(SP), arm64 at 16(SP)). `size` is from the stack pointer to the CFA.
 * Undefined unless the return address is in a function that calls back.
 */
export function callbackReturn(program: Program, systemSp: number, size: number): CallbackReturn | undefined {
  const { memory, target } = program;
  const { arch } = target;
  if (systemSp === 0 || systemSp % 8 !== 0) return undefined;
  const isArm = arch.name === 'arm64';
  const cfa = systemSp + size;
  const pc = attempt(() => memory.u64(isArm ? systemSp : cfa - arch.returnAddressSize));
  const outerSp = attempt(() => memory.u64(systemSp + (isArm ? 16 : 0)));
  if (pc === undefined || outerSp === undefined) return undefined;
  const caller = program.findFunc(pc - 1)?.func.name;
  if (caller === undefined || !CALLERS.has(caller)) return undefined;
  const registers = new RegisterSet();
  const fp = attempt(() => memory.u64(isArm ? systemSp - 8 : cfa - 16));
  if (fp !== undefined) registers.set(arch.fp, BigInt(fp));
  registers.set(arch.pc, BigInt(pc));
  registers.set(arch.sp, BigInt(cfa));
  return { pc, sp: cfa, registers, outerSp };
}

/** How much of a system stack is searched, in bytes. */
const LONGEST_SEARCH = 8 << 20;
const STEP = 1 << 16;

/**
 * All places of a system stack that look like a callback's frame, highest first: what to try when the runtime's own note
 * is gone, as it is once a panic has run the deferred calls of a callback (runtime/cgocall.go, unwindm).
 */
export function* searchCallbacks(program: Program, stack: StackBounds, size: number): Generator<CallbackReturn> {
  const { memory, target } = program;
  const slot = target.arch.name === 'arm64' ? 0 : size - target.arch.returnAddressSize;
  const low = Math.max(stack.low, stack.high - LONGEST_SEARCH);
  for (let end = stack.high; end > low; end -= STEP) {
    const start = Math.max(low, end - STEP);
    const bytes = memory.readSome(start, end - start);
    for (let at = bytes.length - (bytes.length % 8) - 8; at >= 0; at -= 8) {
      const word = readU64(bytes, at);
      if (!program.modules.some(({ data }) => word > data.minpc && word <= data.maxpc)) continue;
      const found = callbackReturn(program, start + at - slot, size);
      if (found !== undefined) yield found;
    }
  }
}

/** amd64 registers that C code wants back, by DWARF number: rbx, r12 to r15. The frame pointer is where all functions have it. */
const PRESERVED = [3, 12, 13, 14, 15];
/** Their places in crosscall2's frame: Go 1.17 began to use abi_amd64.h's PUSH_REGS_HOST_TO_ABI0; before they were written out. */
const PLACES = { new: [0x18, 0x20, 0x28, 0x30, 0x38], old: [0x18, 0x28, 0x30, 0x38, 0x40] };

/** Adds to `registers` what crosscall2 saved for its caller, C code, in its frame at `sp` (runtime/cgo/asm_amd64.s). */
export function crosscallRegisters(program: Program, sp: number, registers: RegisterSet): void {
  if (program.target.arch.name !== 'amd64') return;
  const places = program.minor >= 17 ? PLACES.new : PLACES.old;
  PRESERVED.forEach((number, i) => {
    const bytes = program.memory.readSome(sp + (places[i] as number), 8);
    if (bytes.length === 8) registers.set(number, readU64Big(bytes, 0));
  });
}

/**
 * Where asmcgocall's frame is on the goroutine's stack: it keeps the depth at 0(SP) of its frame on the system stack since
 * Go 1.22, at 40(SP) before; arm64 at 8(SP).
 */
export function goroutineSpBelow(
  { memory, minor, target }: Program,
  goroutine: StackBounds | undefined,
  frame: { readonly sp: number },
): number | undefined {
  const slot = target.arch.name === 'arm64' ? 8 : minor >= 22 ? 0 : 40;
  const depth = attempt(() => memory.u64(frame.sp + slot));
  const sp = (goroutine?.high ?? 0) - (depth ?? 0);
  return depth !== undefined && within(goroutine, sp) ? sp : undefined;
}
