import { counters } from '../base/counters.ts';
import { attempt, isDebugError } from '../base/errors.ts';
import type { RegisterSet } from '../arch/registers.ts';
import type { Program } from '../program/program.ts';
import { savedRegisters, within, type StackBounds } from './stacks.ts';

/** A place in a stack: a return address, and where the stack pointer is in its frame. */
export interface StackPoint {
  readonly pc: number;
  readonly sp: number;
}

/** Where a walk ended: at a frame that may be of any kind. */
export interface PlainWalk extends StackPoint {
  /** How many frames were left out. */
  readonly passed: number;
  /** Name of the function of the frame before. */
  readonly callee: string | undefined;
  readonly registers: RegisterSet;
}

/**
 * Passes frames of Go functions that were called in the plain way, by their sizes alone: ten times as fast as unwinding them, for
 * stacks of millions. What is the runtime's own, C code, or has no frame is not plain.
 */
export class PlainFrames {
  private readonly program: Program;
  /** Sizes of frames by return address, return address included; 0 for those that are not plain. */
  private readonly sizes = new Map<number, number>();

  constructor(program: Program) {
    this.program = program;
  }

  /**
   * Goes from a frame to one that its callers lead to; between them all are plain. `pass` hears of those between: see FrameSource.
   * Undefined where not one step can be made.
   */
  walk(
    from: StackPoint,
    bounds: StackBounds | undefined,
    pass: (lookupPc: number, count: number) => number,
  ): PlainWalk | undefined {
    let { pc, sp } = from;
    let calleePc = 0;
    let passed = -1;
    let size = 0;
    for (;;) {
      // A function that calls itself is in the same place again and again.
      if (pc === calleePc) {
        const run = this.program.wordRuns.count(sp + size - 8, size, bounds?.high ?? 0, pc);
        const taken = run === 0 ? 0 : pass(pc - 1, run);
        passed += taken;
        sp += taken * size;
        if (taken < run) break;
      } else size = this.sizeOf(pc);
      const next = size > 0 && within(bounds, sp) ? this.wordAt(sp + size - 8) : 0;
      if (next === 0 || (passed >= 0 && pass(pc - 1, 1) === 0)) break;
      passed++;
      calleePc = pc;
      pc = next;
      sp += size;
    }
    if (passed < 0) return undefined;
    counters.framesUnwound += passed;
    return {
      pc,
      sp,
      passed,
      callee: this.program.findFunc(calleePc - 1)?.func.name,
      registers: this.registersAt(pc, sp),
    };
  }

  /** What a frame before leaves of the registers: it saved the frame pointer below the return address. */
  private registersAt(pc: number, sp: number): RegisterSet {
    const { memory, target } = this.program;
    const registers = savedRegisters(target.arch, { pc, sp, fp: 0, lr: 0 });
    const fp = attempt(() => memory.u64(sp - 16));
    if (fp !== undefined) registers.set(target.arch.fp, BigInt(fp));
    return registers;
  }

  /** 0 where no memory is. */
  private wordAt(address: number): number {
    try {
      return this.program.memory.u64(address);
    } catch (error) {
      if (isDebugError(error)) return 0;
      throw error;
    }
  }

  private sizeOf(pc: number): number {
    let size = this.sizes.get(pc);
    if (size === undefined) this.sizes.set(pc, (size = attempt(() => this.findSize(pc)) ?? 0));
    return size;
  }

  private findSize(pc: number): number {
    const { program } = this;
    const { arch } = program.target;
    const lookup = pc - 1;
    const [at, found] = [program.findFunc(pc), program.findFunc(lookup)];
    if (arch.lr !== undefined || at === undefined || found === undefined || at.func.entry !== found.func.entry)
      return 0;
    const { func, pclntab } = found;
    if (func.name.startsWith('runtime.') || func.name === 'crosscall2' || pclntab.isTopFrame(func)) return 0;
    const delta = pclntab.spDelta(func, lookup);
    return delta > 0 ? delta + arch.returnAddressSize : 0;
  }
}
