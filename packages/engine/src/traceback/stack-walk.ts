import { counters } from '../base/counters.ts';
import { attempt, hex } from '../base/errors.ts';
import type { FoundFunc } from '../program/program.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { Printer } from './printer.ts';
import { printStackDump } from './stack-dump.ts';

/** A physical frame as the runtime's own unwinder sees it. Addresses; `lr` is the return address, 0 at the end. */
export interface WalkedFrame {
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  readonly lr: number;
  readonly found: FoundFunc;
}

/** Functions that a signal handler made look called: the frame below was interrupted at its pc. */
const INJECTED: ReadonlySet<string> = new Set([
  'runtime.sigpanic',
  'runtime.asyncPreempt',
  'runtime.debugCallV2',
  'runtime.debugCallV1',
]);

/** The functions through which C calls Go: they change the stack pointer, but can be unwound. */
const CALLBACKS: ReadonlySet<string> = new Set(['runtime.cgocallback', 'runtime.cgocallback_gofunc']);

/** More frames than a stack of the largest size has: a bound against loops. */
const MOST_FRAMES = 200_000_000;

/**
 * The walk of the runtime's own unwinder when it prints: by the function table alone, from stack to stack never, and with
 * the runtime's complaints (runtime/traceback.go: gentraceback until Go 1.20, unwinder since). The debugger's own unwinder
 * sees more, so what it shows is not what was printed.
 */
export class StackWalk {
  private readonly printer: Printer;
  private readonly goroutine: Goroutine;
  private state: WalkedFrame | undefined;
  /** True if the frame's pc is where it was interrupted, and not behind a call. */
  private trap: boolean;
  private count = 0;
  /** Name of the logical frame that the next one called: wrappers are shown or hidden by it. */
  callee = '';

  private constructor(printer: Printer, goroutine: Goroutine, trap: boolean) {
    this.printer = printer;
    this.goroutine = goroutine;
    this.trap = trap;
  }

  /**
   * A walk from `at`; without it from where the goroutine was left.
   * @param trap true if the pc is that of a signal
   */
  static from(
    printer: Printer,
    goroutine: Goroutine,
    at: { readonly pc: number; readonly sp: number; readonly lr?: number } | undefined,
    trap: boolean,
  ): StackWalk {
    const walk = new StackWalk(printer, goroutine, trap);
    const saved = goroutine.syscall.sp !== 0 ? goroutine.syscall : goroutine.sched;
    let { pc, sp } = at ?? saved;
    let lr = at === undefined ? (goroutine.syscall.sp !== 0 ? 0 : saved.lr) : (at.lr ?? 0);
    const start = { pc, sp };
    if (pc === 0) {
      // Probably a call of a nil function: begin with its caller.
      pc = attempt(() => printer.memory.u64(sp)) ?? 0;
      if (printer.program.target.arch.lr === undefined) sp += 8;
      lr = 0;
    }
    const found = attempt(() => printer.program.findFunc(pc));
    if (found === undefined) walk.complainOfPc(pc, sp);
    else {
      const { syscall } = goroutine;
      const inSyscall = pc === start.pc && sp === start.sp && pc === syscall.pc && sp === syscall.sp;
      walk.enter(pc, sp, lr, found, true, inSyscall);
    }
    return walk;
  }

  /** The frame that the walk is at; undefined beyond the end. */
  get frame(): WalkedFrame | undefined {
    return this.state;
  }

  /** The address to look up names and lines at: in the call for frames that called on. */
  get symbolPc(): number {
    const { state } = this;
    if (state === undefined) return 0;
    return this.trap || state.pc <= state.found.func.entry ? state.pc : state.pc - 1;
  }

  /** A second walk from the same frame on. */
  clone(): StackWalk {
    const walk = new StackWalk(this.printer, this.goroutine, this.trap);
    walk.state = this.state;
    walk.count = this.count;
    walk.callee = this.callee;
    return walk;
  }

  /** Goes on to the caller. */
  next(): void {
    const { state, printer } = this;
    if (state === undefined) return;
    const { lr, fp, found } = state;
    this.state = undefined;
    this.callee = found.func.name;
    if (lr === 0 || this.count++ > MOST_FRAMES) return;
    const caller = attempt(() => printer.program.findFunc(lr));
    if (caller === undefined) {
      this.complainOfReturn(state);
      return;
    }
    if (state.pc === lr && state.sp === fp) {
      printer.print(`runtime: traceback stuck. pc=${hex(lr)} sp=${hex(fp)}\n`);
      return;
    }
    const injected = INJECTED.has(found.func.name);
    // Until Go 1.20 a preempted function was looked up as if it had called: at the byte before.
    this.trap = injected && (printer.minor >= 21 || found.func.name === 'runtime.sigpanic');
    if (injected && printer.program.target.arch.lr !== undefined) this.enterInterrupted(lr, fp, caller);
    else this.enter(lr, fp, 0, caller, false, false);
  }

  /** arm64: the handler put the link register on the stack before it faked the call, 16 bytes with padding. */
  private enterInterrupted(pc: number, sp: number, found: FoundFunc): void {
    const saved = attempt(() => this.printer.memory.u64(sp)) ?? 0;
    const leaf = found.pclntab.spDelta(found.func, pc) === 0;
    this.enter(pc, sp + 16, leaf ? saved : 0, found, false, false);
  }

  /** Finds the frame's extent and its return address. */
  private enter(pc: number, sp: number, lr: number, found: FoundFunc, innermost: boolean, inSyscall: boolean): void {
    counters.framesUnwound++;
    const { arch } = this.printer.program.target;
    const delta = attempt(() => found.pclntab.spDelta(found.func, pc)) ?? -1;
    // Without a table it is code that is not Go's.
    if (delta < 0) return;
    const fp = sp + delta + arch.returnAddressSize;
    let back = lr;
    if (this.isEnd(found, inSyscall)) back = 0;
    else if (arch.lr === undefined) back ||= this.read(fp - 8);
    else if ((innermost && sp < fp) || back === 0) back = this.read(sp);
    this.state = { pc, sp, fp, lr: back, found };
  }

  private read(address: number): number {
    return attempt(() => this.printer.memory.u64(address)) ?? 0;
  }

  private isEnd({ func, pclntab }: FoundFunc, inSyscall: boolean): boolean {
    if (pclntab.isTopFrame(func)) return true;
    const { name } = func;
    // Until Go 1.16 the top of a system stack could be the switch to C.
    if (this.printer.minor <= 16) return name === 'runtime.asmcgocall' && this.goroutine.id === 0;
    return pclntab.writesSp(func) && !CALLBACKS.has(name) && !inSyscall;
  }

  private complainOfPc(pc: number, sp: number): void {
    const { printer, goroutine } = this;
    const { minor } = printer;
    // Go 1.16 began to name the goroutine here, Go 1.22 its address.
    const who = minor >= 16 ? `g ${goroutine.id}${minor >= 22 ? ` gp=${hex(goroutine.address)}` : ''}: ` : '';
    printer.print(`runtime: ${who}unknown pc ${hex(pc)}\n`);
    printStackDump(printer, goroutine.stack, { sp, fp: 0 }, 0);
  }

  private complainOfReturn(frame: WalkedFrame): void {
    const { printer, goroutine } = this;
    const { name } = frame.found.func;
    // A fault in C code is made to look like a call from there: nothing is wrong.
    if (name === 'runtime.sigpanic' && printer.threadOf(goroutine)?.inCgo === true) return;
    const who = printer.minor >= 16 ? `g ${goroutine.id}: ` : '';
    printer.print(`runtime: ${who}unexpected return pc for ${name} called from ${hex(frame.lr)}\n`);
    const slot = printer.program.target.arch.lr === undefined ? frame.fp - 8 : frame.sp;
    // Since Go 1.21 the place of the bad address is not marked any more.
    printStackDump(printer, goroutine.stack, frame, printer.minor >= 21 ? 0 : slot);
  }
}
