import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import { attempt, DebugError, hex } from '../base/errors.ts';
import { readU64Big } from '../base/cursor.ts';
import type { Memory } from '../bytes/memory.ts';
import type { FoundFunc, Program } from '../program/program.ts';
import { unwindByCfi } from './cfi-step.ts';
import type { Frame, StackEnd, StackKind } from './frame.ts';
import { within, type SavedContext, type ThreadStacks } from './stacks.ts';

/** More frames than memory can hold: a bound against loops. */
const MOST_FRAMES = 50_000_000;

/** Go functions whose caller was interrupted rather than called from. */
const INJECTED: ReadonlySet<string> = new Set([
  'runtime.sigpanic',
  'runtime.sigpanic0',
  'runtime.asyncPreempt',
  'runtime.debugCall32',
]);

/** Functions that run on the system stack on behalf of the goroutine, whose registers are then in g.sched. */
const SWITCHES: ReadonlySet<string> = new Set([
  'runtime.systemstack',
  'runtime.mcall',
  'runtime.morestack',
  'runtime.mstart',
]);

/** A signal as the kernel put it on the stack for its handler. */
export interface DeliveredSignal {
  readonly signo: number;
  readonly code: number;
  /** si_addr, meaningful for faults. */
  readonly address: number;
  /** Where execution was interrupted. */
  readonly pc: number;
}

/** amd64: siginfo_t follows the ucontext (16 + 24 + 256 + 8 bytes) in the kernel's rt_sigframe. */
const SIGINFO_AFTER_UCONTEXT = 304;

/** What is carried from a frame to its caller. */
interface State {
  pc: number;
  sp: number;
  registers: RegisterSet;
  interrupted: boolean;
}

/**
 * Unwinds one stack, lazily: iterate, and read `end` when the iteration is over.
 * Go frames are measured by pclntab, C frames by CFI or frame pointers; stack switches are followed.
 */
export class Unwinder {
  readonly program: Program;
  private readonly memory: Memory;
  private readonly arch: Arch;
  private readonly stacks: ThreadStacks;
  private state: State;
  private switched = false;
  /** Name of the Go function of the frame before. */
  private previous: string | undefined;
  /** Set when the last frame was yielded. */
  end: StackEnd | undefined;
  /** Signals whose handlers' frames were passed so far, the last one delivered first. */
  readonly signals: DeliveredSignal[] = [];

  constructor(program: Program, registers: RegisterSet, stacks: ThreadStacks, interrupted = true) {
    this.program = program;
    this.memory = program.memory;
    this.arch = program.target.arch;
    this.stacks = stacks;
    this.state = {
      pc: Number(registers.get(this.arch.pc) ?? 0n),
      sp: Number(registers.get(this.arch.sp) ?? 0n),
      registers: registers.copy(),
      interrupted,
    };
  }

  *frames(): Generator<Frame, void, undefined> {
    for (let count = 0; count < MOST_FRAMES && this.end === undefined; count++) {
      this.enterNilFunction(count);
      const frame = this.currentFrame();
      yield frame;
      try {
        this.step(frame);
      } catch (error) {
        if (!(error instanceof DebugError)) throw error;
        this.stop(false, error.message);
      }
    }
  }

  private stop(complete: boolean, reason: string): void {
    this.end = { complete, reason };
  }

  /** A call of a nil function leaves pc 0; its caller's return address is on top of the stack. */
  private enterNilFunction(count: number): void {
    const { state, arch } = this;
    if (state.pc !== 0 || count > 0 || arch.lr !== undefined) return;
    const caller = attempt(() => this.memory.u64(state.sp));
    if (caller === undefined || this.program.findFunc(caller) === undefined) return;
    this.moveTo(caller, state.sp + 8, new RegisterSet(), false);
  }

  private currentFrame(): Frame {
    const { pc, sp, registers, interrupted } = this.state;
    const found = attempt(() => this.program.findFunc(pc));
    const atEntry = found !== undefined && pc === found.func.entry;
    const lookupPc = interrupted || atEntry ? pc : pc - 1;
    // A return address may be the first byte behind a function that never returns: the call is in the one before.
    const owner = lookupPc === pc ? found : attempt(() => this.program.findFunc(lookupPc));
    return {
      pc,
      lookupPc,
      sp,
      cfa: owner === undefined ? undefined : attempt(() => this.cfaOf(owner, lookupPc, sp)),
      registers,
      found: owner,
      stack: this.kindOf(sp, owner),
      interrupted,
    };
  }

  private kindOf(sp: number, found: FoundFunc | undefined): StackKind {
    if (within(this.stacks.goroutine, sp)) return 'goroutine';
    if (within(this.stacks.signal, sp)) return 'signal';
    return found === undefined ? 'native' : 'system';
  }

  /** The frame's CFA by the function table: undefined where the table has no answer. */
  private cfaOf({ func, pclntab }: FoundFunc, pc: number, sp: number): number | undefined {
    const delta = pclntab.spDelta(func, pc);
    return delta < 0 ? undefined : sp + delta + this.arch.returnAddressSize;
  }

  private step(frame: Frame): void {
    const { found } = frame;
    const fromHandler = this.previous !== undefined && isSigtramp(this.previous);
    this.previous = found?.func.name;
    if (found === undefined && fromHandler && this.looksInterrupted(frame.sp))
      this.stepSignal(this.ucontextAt(frame.sp));
    else if (found === undefined) this.stepNative(frame);
    else if (isSignalReturn(found.func.name)) this.stepSignal(this.ucontextAt(frame.sp));
    else if (!this.switchStacks(frame, found)) this.stepGo(frame, found);
  }

  /** The ucontext of a signal frame, by the stack pointer at the entry of the function that returns from the handler. */
  private ucontextAt(sp: number): number {
    // arm64: the 128 bytes of siginfo_t come first.
    return this.arch.name === 'arm64' ? sp + 128 : sp;
  }

  /**
   * True if a ucontext with a code address lies at a signal frame. Behind sigtramp it must be one, even if the function
   * that returns from it is in a C library that is not at hand.
   */
  private looksInterrupted(sp: number): boolean {
    const { arch, memory } = this;
    const { offset, order } = arch.ucontext;
    const at = this.ucontextAt(sp) + offset + order.indexOf(arch.pc) * 8;
    const pc = attempt(() => memory.u64(at));
    return pc !== undefined && pc !== 0 && (this.program.findFunc(pc) !== undefined || this.program.target.isCode(pc));
  }

  /** amd64: the kernel's rt_sigframe begins with the return address; above it is the ucontext. */
  private stepSignal(ucontext: number): void {
    const { arch, memory } = this;
    const { offset, order } = arch.ucontext;
    const bytes = memory.read(ucontext + offset, order.length * 8);
    const registers = new RegisterSet();
    order.forEach((dwarf, i) => registers.set(dwarf, readU64Big(bytes, i * 8)));
    this.recordSignal(ucontext, Number(registers.get(arch.pc)));
    this.moveTo(Number(registers.get(arch.pc)), Number(registers.get(arch.sp)), registers, true);
  }

  /** Notes the signal whose handler's frame is passed: siginfo_t lies behind the ucontext. */
  private recordSignal(ucontext: number, pc: number): void {
    if (this.arch.name !== 'amd64') return;
    const { memory } = this;
    const info = ucontext + SIGINFO_AFTER_UCONTEXT;
    const signal = attempt(() => ({
      signo: memory.u32(info),
      code: memory.u32(info + 8) | 0,
      address: memory.u64(info + 16),
      pc,
    }));
    if (signal !== undefined) this.signals.push(signal);
  }

  /**
   * At a function that left the goroutine's stack for the system stack, goes on where the goroutine was left.
   * Also handles asmcgocall, whose saved stack depth lies in its system-stack frame. Returns true if it moved or ended.
   */
  private switchStacks(frame: Frame, { func }: FoundFunc): boolean {
    if (frame.stack === 'goroutine') return false;
    const { goroutine } = this.stacks;
    if (func.name === 'runtime.asmcgocall' && goroutine !== undefined)
      return this.leaveAsmcgocall(frame, goroutine.high);
    const isSwitch = SWITCHES.has(func.name) || func.name === 'runtime.mstart1' || func.name === 'runtime.mstart0';
    if (!isSwitch) return false;
    const sched = goroutine?.sched;
    const usable = sched !== undefined && sched.sp !== 0 && within(goroutine, sched.sp) && !this.switched;
    if (!usable || (func.name.startsWith('runtime.mstart') && !this.isSystemstackSwitch(sched))) {
      // mstart1 and mstart0 have mstart above them.
      if (func.name === 'runtime.mstart1' || func.name === 'runtime.mstart0') return false;
      this.stop(true, `the system stack starts at ${func.name}`);
      return true;
    }
    this.switched = true;
    this.enter(sched);
    return true;
  }

  private isSystemstackSwitch(sched: SavedContext): boolean {
    return this.program.findFunc(sched.pc)?.func.name === 'runtime.systemstack_switch';
  }

  private enter(context: SavedContext): void {
    const { arch } = this;
    const registers = new RegisterSet();
    registers.set(arch.pc, BigInt(context.pc));
    registers.set(arch.sp, BigInt(context.sp));
    if (context.fp !== 0) registers.set(arch.fp, BigInt(context.fp));
    if (arch.lr !== undefined && context.lr !== 0) registers.set(arch.lr, BigInt(context.lr));
    this.moveTo(context.pc, context.sp, registers, false);
  }

  /** asmcgocall keeps the depth of the goroutine's stack at 0(SP) since Go 1.22, at 40(SP) before; arm64 at 8(SP). */
  private leaveAsmcgocall(frame: Frame, stackHigh: number): boolean {
    const slot = this.arch.name === 'arm64' ? 8 : this.program.minor >= 22 ? 0 : 40;
    const depth = attempt(() => this.memory.u64(frame.sp + slot));
    const sp = depth === undefined ? 0 : stackHigh - depth;
    const cfa =
      within(this.stacks.goroutine, sp) && frame.found ? this.cfaOf(frame.found, frame.lookupPc, sp) : undefined;
    if (cfa === undefined) return this.fallBackToSyscall();
    this.return(cfa, sp, frame);
    return true;
  }

  /** Goes on at the place where the goroutine entered the system call or C code; ends when that is not known. */
  private fallBackToSyscall(why = 'the stack of C code cannot be followed'): boolean {
    const { syscall } = this.stacks;
    if (syscall === undefined || syscall.sp === 0 || this.switched) {
      this.stop(false, why);
      return true;
    }
    this.switched = true;
    this.enter(syscall);
    return true;
  }

  private stepGo(frame: Frame, found: FoundFunc): void {
    const { func, pclntab } = found;
    if (pclntab.isTopFrame(func) && !isSigtramp(func.name)) {
      this.stop(true, `the stack starts at ${func.name}`);
      return;
    }
    if (frame.cfa === undefined) {
      this.stop(false, `the frame size of ${func.name} at ${hex(frame.pc)} is not known`);
      return;
    }
    this.return(frame.cfa, frame.sp, frame);
  }

  /** Returns from a Go frame to its caller. */
  private return(cfa: number, sp: number, frame: Frame): void {
    const { arch, memory } = this;
    const name = frame.found?.func.name ?? '';
    const registers = new RegisterSet();
    const hasFrame = cfa - arch.returnAddressSize > sp;
    let pc: number;
    if (arch.lr === undefined) {
      pc = memory.u64(cfa - 8);
      const fp =
        hasFrame && !(frame.found?.pclntab.isAssembly(frame.found.func) === true && frame.interrupted)
          ? attempt(() => memory.u64(cfa - 16))
          : undefined;
      const kept = frame.registers.get(arch.fp);
      if (fp !== undefined) registers.set(arch.fp, BigInt(fp));
      else if (!hasFrame && kept !== undefined) registers.set(arch.fp, kept);
    } else {
      const lr = frame.registers.get(arch.lr);
      pc = hasFrame || lr === undefined ? memory.u64(sp) : Number(lr);
      const fp = hasFrame ? attempt(() => memory.u64(sp - 8)) : Number(frame.registers.get(arch.fp) ?? 0n);
      if (fp !== undefined && fp !== 0) registers.set(arch.fp, BigInt(fp));
    }
    const injected = INJECTED.has(name);
    if (name === 'runtime.asyncPreempt') this.restorePreempted(registers, sp);
    if (pc === 0) {
      this.stop(true, `${name || 'the frame'} has no caller`);
      return;
    }
    if (pc === frame.pc && cfa === sp) {
      this.stop(false, `the stack does not advance at ${hex(pc)}`);
      return;
    }
    registers.set(arch.pc, BigInt(pc));
    registers.set(arch.sp, BigInt(cfa));
    this.moveTo(pc, cfa, registers, injected);
  }

  /** An asynchronously preempted function gets back every general register: asyncPreempt saved them in its frame. */
  private restorePreempted(registers: RegisterSet, sp: number): void {
    const { asyncPreemptSave } = this.arch;
    for (const { dwarf, offset } of asyncPreemptSave) {
      const bytes = this.memory.readSome(sp + offset, 8);
      if (bytes.length === 8) registers.set(dwarf, readU64Big(bytes, 0));
    }
  }

  private stepNative(frame: Frame): void {
    const next = attempt(() => unwindByCfi(this.program, frame)) ?? this.byFramePointer(frame);
    if (next === undefined) {
      if (this.stacks.goroutine !== undefined && frame.stack !== 'goroutine') {
        this.fallBackToSyscall(`no unwind information for the code at ${hex(frame.pc)}`);
      } else {
        this.stop(false, `no unwind information for the code at ${hex(frame.pc)}`);
      }
      return;
    }
    // In programs with C code the C library's trampoline returns from handlers; it is entered with the ucontext on top.
    if (next.signal === true) this.recordSignal(frame.sp, next.pc);
    this.moveTo(next.pc, next.sp, next.registers, next.signal === true);
  }

  /** The chain of frame pointers, believed only if it goes up and lands in known code. */
  private byFramePointer(
    frame: Frame,
  ): { pc: number; sp: number; registers: RegisterSet; signal?: boolean } | undefined {
    const { arch, memory } = this;
    const fp = Number(frame.registers.get(arch.fp) ?? 0n);
    if (fp <= frame.sp || fp - frame.sp > 1 << 20 || fp % 8 !== 0) return undefined;
    const pc = attempt(() => memory.u64(fp + 8));
    const callerFp = attempt(() => memory.u64(fp));
    if (pc === undefined || callerFp === undefined || !this.isCode(pc)) return undefined;
    const registers = new RegisterSet();
    registers.set(arch.fp, BigInt(callerFp));
    registers.set(arch.pc, BigInt(pc));
    registers.set(arch.sp, BigInt(fp + 16));
    return { pc, sp: fp + 16, registers };
  }

  /** Without an executable, any executable memory will do for a return address. */
  private isCode(pc: number): boolean {
    if (this.program.main !== undefined) return this.program.findFunc(pc - 1) !== undefined;
    return this.program.target.isCode(pc);
  }

  private moveTo(pc: number, sp: number, registers: RegisterSet, interrupted: boolean): void {
    this.state = { pc, sp, registers, interrupted };
  }
}

/** The kernel returns from a handler through this function; its first byte is the return address, so never pc-1. */
function isSignalReturn(name: string): boolean {
  return name === 'runtime.sigreturn' || name === 'runtime.sigreturn__sigaction';
}

function isSigtramp(name: string): boolean {
  return name === 'runtime.sigtramp' || name === 'runtime.cgoSigtramp' || name === 'runtime.sigtrampgo';
}
