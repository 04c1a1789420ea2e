import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import { counters } from '../base/counters.ts';
import { attempt, DebugError, hex } from '../base/errors.ts';
import { readU64Big } from '../base/cursor.ts';
import type { Memory } from '../bytes/memory.ts';
import type { FoundFunc, Program } from '../program/program.ts';
import {
  CALLBACK,
  callbackReturn,
  crosscallRegisters,
  goroutineSpBelow,
  searchCallbacks,
  type CallbackReturn,
} from './callback.ts';
import { unwindByCfi, type NativeStep } from './cfi-step.ts';
import { byFramePointer } from './frame-pointer-step.ts';
import type { Frame, StackEnd, StackKind } from './frame.ts';
import { PlainFrames } from './plain-frames.ts';
import { isSignalReturn, isSigtramp, looksInterrupted, ucontextAt } from './signal-frame.ts';
import { registerAtFault } from './fault-register.ts';
import { restorePreempted } from './preempted-registers.ts';
import { isInjected, SWITCHES } from './special-functions.ts';
import { callerOfWildCall } from './wild-call.ts';
import { savedRegisters, within, type SavedContext, type ThreadStacks } from './stacks.ts';

/** More frames than memory can hold: a bound against loops. */
const MOST_FRAMES = 50_000_000;

/** Frames of C code between two of Go that are followed to see whether they belong together. */
const MOST_NATIVE_FRAMES = 10_000;

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
  /** Whether the newest fault that became a panic was passed. */
  private passedFault = false;
  /** Name of the Go function of the frame before. */
  private previous: string | undefined;
  /** What the call frame information says of the frame that was yielded last, if it is of C code. */
  private native: NativeStep | undefined;
  /** Where the system stack was left for the innermost callback from C that was not passed yet. */
  private callbackSp: number;
  /** How many frames were yielded before the one that was yielded last. */
  private yielded = 0;
  /** Sizes of frames by the place where they are left: recursive functions have few places. */
  private readonly deltas: Map<number, number>;
  private readonly plain: PlainFrames;
  /** True where the frame that was yielded last was left behind already. */
  private skipped = false;
  /** Set when the last frame was yielded. */
  end: StackEnd | undefined;
  /** Why frames are missing between those that were yielded: C code that cannot be followed. */
  gap: string | undefined;

  constructor(
    program: Program,
    registers: RegisterSet,
    stacks: ThreadStacks,
    interrupted = true,
    deltas: Map<number, number> = new Map(),
    plain: PlainFrames = new PlainFrames(program),
  ) {
    this.deltas = deltas;
    this.plain = plain;
    this.program = program;
    this.memory = program.memory;
    this.arch = program.target.arch;
    this.stacks = stacks;
    this.callbackSp = stacks.system?.sched.sp ?? 0;
    this.state = {
      pc: Number(registers.get(this.arch.pc) ?? 0n),
      sp: Number(registers.get(this.arch.sp) ?? 0n),
      registers: registers.copy(),
      interrupted,
    };
  }

  /** A second unwinder that goes on from the frame that was yielded last, and yields it again. */
  fork(): Unwinder {
    const { pc, sp, registers, interrupted } = this.state;
    const fork = new Unwinder(this.program, registers, this.stacks, interrupted, this.deltas, this.plain);
    fork.state = { pc, sp, registers, interrupted };
    fork.switched = this.switched;
    fork.passedFault = this.passedFault;
    fork.previous = this.previous;
    fork.callbackSp = this.callbackSp;
    fork.yielded = this.yielded;
    return fork;
  }

  *frames(): Generator<Frame, void, undefined> {
    for (let count = this.yielded; count < MOST_FRAMES && this.end === undefined; count++) {
      this.enterNilFunction(count);
      this.yielded = count;
      counters.framesUnwound++;
      const frame = this.currentFrame();
      yield frame;
      count = this.yielded;
      try {
        if (!this.skipped) this.step(frame);
        this.skipped = false;
      } catch (error) {
        if (!(error instanceof DebugError)) throw error;
        this.stop(false, error.message);
      }
    }
  }

  /** See FrameSource. */
  skip(pass: (lookupPc: number, count: number) => number): void {
    const walk = this.state.interrupted ? undefined : this.plain.walk(this.state, this.stacks.goroutine, pass);
    if (walk === undefined) return;
    this.moveTo(walk.pc, walk.sp, walk.registers, false);
    this.previous = walk.callee;
    this.yielded += walk.passed;
    this.skipped = true;
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
    const place = { pc, lookupPc, registers };
    this.native = owner === undefined ? attempt(() => unwindByCfi(this.program, place)) : undefined;
    return {
      pc,
      lookupPc,
      sp,
      cfa: owner === undefined ? this.native?.cfa : attempt(() => this.cfaOf(owner, lookupPc, sp)),
      registers,
      found: owner,
      stack: this.kindOf(sp, owner),
      interrupted,
      trampoline: owner === undefined ? this.isTrampoline(sp) : isSignalReturn(owner.func.name),
    };
  }

  /** Behind sigtramp lies the kernel's frame, even if nothing tells of the code that it returns through. */
  private isTrampoline(sp: number): boolean {
    if (this.native !== undefined) return this.native.signal;
    return this.previous !== undefined && isSigtramp(this.previous) && looksInterrupted(this.program, sp);
  }

  private kindOf(sp: number, found: FoundFunc | undefined): StackKind {
    if (within(this.stacks.goroutine, sp)) return 'goroutine';
    if (within(this.stacks.signal, sp)) return 'signal';
    return found === undefined ? 'native' : 'system';
  }

  /** The frame's CFA by the function table: undefined where the table has no answer. */
  private cfaOf({ func, pclntab }: FoundFunc, pc: number, sp: number): number | undefined {
    let delta = this.deltas.get(pc);
    if (delta === undefined) {
      delta = pclntab.spDelta(func, pc);
      this.deltas.set(pc, delta);
    }
    return delta < 0 ? undefined : sp + delta + this.arch.returnAddressSize;
  }

  private step(frame: Frame): void {
    const { found } = frame;
    const fromHandler = this.previous !== undefined && isSigtramp(this.previous);
    this.previous = found?.func.name;
    if (found === undefined && fromHandler && frame.trampoline) this.stepSignal(ucontextAt(this.arch, frame.sp));
    else if (found === undefined) this.stepNative(frame);
    else if (isSignalReturn(found.func.name)) this.stepSignal(ucontextAt(this.arch, frame.sp));
    else if (!this.switchStacks(frame, found)) this.stepGo(frame, found);
  }

  /** amd64: the kernel's rt_sigframe begins with the return address; above it is the ucontext. */
  private stepSignal(ucontext: number): void {
    const { arch, memory } = this;
    const { offset, order } = arch.ucontext;
    const bytes = memory.read(ucontext + offset, order.length * 8);
    const registers = new RegisterSet();
    order.forEach((dwarf, i) => registers.set(dwarf, readU64Big(bytes, i * 8)));
    this.moveTo(Number(registers.get(arch.pc)), Number(registers.get(arch.sp)), registers, true);
  }

  /**
   * At a function that left the goroutine's stack for the system stack, goes on where the goroutine was left.
   * Also handles asmcgocall, whose saved stack depth lies in its system-stack frame. Returns true if it moved or ended.
   */
  private switchStacks(frame: Frame, { func }: FoundFunc): boolean {
    if (frame.stack === 'goroutine') return CALLBACK.has(func.name) && this.leaveCallback(frame);
    const { goroutine } = this.stacks;
    if (func.name === 'runtime.asmcgocall' && goroutine !== undefined) return this.leaveAsmcgocall(frame);
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
    this.moveTo(context.pc, context.sp, savedRegisters(this.arch, context), false);
  }

  private leaveAsmcgocall(frame: Frame): boolean {
    const sp = goroutineSpBelow(this.program, this.stacks.goroutine, frame);
    const cfa = sp === undefined || frame.found === undefined ? undefined : this.cfaOf(frame.found, frame.lookupPc, sp);
    if (sp === undefined || cfa === undefined) return this.fallBackToSyscall();
    this.return(cfa, sp, frame);
    return true;
  }

  /** From a callback's frame on the goroutine's stack to the C code that called it, on the system stack. */
  private leaveCallback(frame: Frame): boolean {
    const { program, callbackSp, stacks } = this;
    const { cfa } = frame;
    if (cfa === undefined || stacks.system === undefined) return false;
    const size = cfa - frame.sp;
    let caller = callbackReturn(program, callbackSp, size);
    if (caller === undefined || !this.leadsTo(caller, cfa)) {
      const others = [...searchCallbacks(program, stacks.system, size)].filter((each) => this.leadsTo(each, cfa));
      caller = others.length === 1 ? others[0] : undefined;
    }
    if (caller === undefined) {
      // A panic in a callback gives the system stack back before it is over (runtime/cgocall.go, unwindm), and dies on it.
      this.gap ??=
        searchCallbacks(program, stacks.system, size).next().done === true
          ? 'those of the C code that called back into Go are lost: the runtime used their stack when the callback panicked'
          : 'those of the C code that called back into Go cannot be followed';
      return false;
    }
    this.callbackSp = caller.outerSp;
    this.moveTo(caller.pc, caller.sp, caller.registers, false);
    return true;
  }

  /**
   * True if the frames of a callback's caller lead to where the goroutine went into C code, `cfa` being the end of the
   * callback's frame there; or to the first function of a thread that C made, if the callback is all that the goroutine does.
   */
  private leadsTo(caller: CallbackReturn, cfa: number): boolean {
    const { goroutine, signal } = this.stacks;
    const alone = { goroutine, signal, system: undefined, syscall: undefined };
    const walk = new Unwinder(this.program, caller.registers, alone, false);
    let count = 0;
    for (const frame of walk.frames()) {
      if (frame.stack === 'goroutine' || count++ > MOST_NATIVE_FRAMES) return false;
      if (frame.found?.func.name === 'runtime.asmcgocall')
        return goroutineSpBelow(this.program, this.stacks.goroutine, frame) === cfa;
    }
    const back = attempt(() => this.program.findFunc(this.memory.u64(cfa - 8)));
    return walk.end?.complete === true && back?.func.name === 'runtime.goexit';
  }

  /** Goes on at the place where the goroutine entered the system call or C code; ends when that is not known. */
  private fallBackToSyscall(why = 'the stack of C code cannot be followed'): boolean {
    const { syscall } = this.stacks;
    if (syscall === undefined || syscall.sp === 0 || this.switched) {
      this.stop(false, why);
      return true;
    }
    this.switched = true;
    this.gap ??= why;
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
    if (name === 'crosscall2') crosscallRegisters(this.program, sp, registers);
    const injected = isInjected(name) && !this.isBehindWildCall(name, frame.sp, pc);
    if (name === 'runtime.asyncPreempt')
      restorePreempted(this.program, registers, sp, this.stacks.goroutine?.preemptedVectors ?? 0);
    if (pc === 0 && !injected) {
      this.stop(true, `${name || 'the frame'} has no caller`);
      return;
    }
    if (pc === frame.pc && cfa === sp) {
      this.stop(false, `the stack does not advance at ${hex(pc)}`);
      return;
    }
    const pointer = injected ? registerAtFault(this.program, pc, this.stacks.goroutine?.fault) : undefined;
    if (pointer !== undefined) registers.set(...pointer);
    registers.set(arch.pc, BigInt(pc));
    registers.set(arch.sp, BigInt(cfa));
    this.moveTo(pc, cfa, registers, injected);
  }

  /** Where the newest fault was a call of what is no code, sigpanic stands in for the called function: its caller did call. */
  private isBehindWildCall(name: string, sp: number, pc: number): boolean {
    if (!name.startsWith('runtime.sigpanic') || this.passedFault) return false;
    this.passedFault = true;
    const { goroutine, system } = this.stacks;
    const faultPc = (within(goroutine, sp) ? goroutine : system)?.fault?.pc;
    return faultPc !== undefined && faultPc !== pc && this.program.findFunc(faultPc) === undefined;
  }

  private stepNative(frame: Frame): void {
    const { native } = this;
    const caller = native === undefined ? callerOfWildCall(this.program, frame) : undefined;
    if (caller !== undefined) {
      this.moveTo(caller.pc, caller.sp, caller.registers, false);
      return;
    }
    if (native?.outermost === true) {
      this.stop(true, `the stack starts in C code at ${hex(frame.pc)}`);
      return;
    }
    const next = native?.caller ?? byFramePointer(this.program, frame);
    if (next === undefined || (next.pc === frame.pc && next.sp <= frame.sp)) {
      this.leaveUnknownCode(frame);
      return;
    }
    this.moveTo(next.pc, next.sp, next.registers, native?.signal === true);
  }

  private leaveUnknownCode(frame: Frame): void {
    const file = this.program.target.mappedFileAt(frame.pc)?.path;
    const where = file === undefined ? '' : ` in ${file}`;
    const why = `no unwind information for the code at ${hex(frame.pc)}${where}`;
    if (this.stacks.goroutine !== undefined && frame.stack !== 'goroutine') this.fallBackToSyscall(why);
    else this.stop(false, why);
  }

  private moveTo(pc: number, sp: number, registers: RegisterSet, interrupted: boolean): void {
    this.state = { pc, sp, registers, interrupted };
  }
}
