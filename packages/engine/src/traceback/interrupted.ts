import { readU32, readU64, readU64Big } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { RuntimeThread } from '../runtime/goroutine.ts';
import type { Thread } from '../target/target.ts';
import type { Frame } from '../unwind/frame.ts';

const SIGSYS = 31;
/** Frames of a dying thread that are looked at: the runtime's own, from the signal that killed it on. */
const MOST_FRAMES = 200;

/** What the kernel gave a signal handler: the signal and the registers that it interrupted. */
export interface Interrupted {
  readonly signo: number;
  /** si_code */
  readonly code: number;
  /** si_addr of a fault. */
  readonly address: number;
  /** si_syscall of SIGSYS. */
  readonly systemCall: number | undefined;
  readonly pc: number;
  readonly sp: number;
  readonly lr: number;
  /** Name and value, in the order and with the names of the runtime's dump. */
  readonly registers: readonly (readonly [string, bigint])[];
}

/**
 * How far a dying thread got. Several may die at once: each `begins` when the one before has printed, which then `waits` for the
 * last; that one `ends` the program.
 */
export type Progress = 'begins' | 'waits' | 'ends';

/** Where a thread stopped to print: in which of the runtime's functions, and what had called it. */
export type Stop =
  | { readonly kind: 'panic' | 'throw'; readonly pc: number; readonly sp: number; readonly progress: Progress }
  | {
      readonly kind: 'signal';
      readonly interrupted: Interrupted;
      /** Where the handler is, and the function that it called. */
      readonly handler: { readonly pc: number; readonly sp: number; readonly callee: string };
    };

/** The functions that print and do not return. */
const STOPS: Readonly<Record<string, Stop['kind']>> = {
  'runtime.fatalpanic': 'panic',
  'runtime.fatalthrow': 'throw',
  'runtime.sighandler': 'signal',
};

/** The functions in which dying threads wait for one another. */
const PROGRESS: Readonly<Record<string, Progress>> = { 'runtime.startpanic_m': 'begins', 'runtime.dopanic_m': 'waits' };

/** On a thread that the runtime knows nothing of, this gives a signal back to the kernel, which ends the process. */
const GIVES_BACK = 'runtime.badsignal';
const HANDLERS: Readonly<Record<string, Stop['kind']>> = { [GIVES_BACK]: 'signal', 'runtime.sighandler': 'signal' };

/** Finds out how a thread came to die; undefined if it does not. */
export function findStop(runtime: GoRuntime, thread: RuntimeThread): Stop | undefined {
  const core = runtime.program.target.threads.find(({ tid }) => tid === thread.tid);
  return core && searchStop(runtime, core, STOPS);
}

/** The signal that Go's handler was handling on a thread that the kernel ended; undefined if it handled none. */
export function findHandled(
  runtime: GoRuntime,
  thread: Thread,
): { readonly interrupted: Interrupted; readonly givenBack: boolean } | undefined {
  const stop = searchStop(runtime, thread, HANDLERS);
  if (stop?.kind !== 'signal') return undefined;
  const { interrupted, handler } = stop;
  return { interrupted, givenBack: runtime.program.findFunc(handler.pc)?.func.name === GIVES_BACK };
}

function searchStop(
  runtime: GoRuntime,
  thread: Thread,
  stops: Readonly<Record<string, Stop['kind']>>,
): Stop | undefined {
  let kind: Stop['kind'] | undefined;
  let before: Frame | undefined;
  let handler = { pc: 0, sp: 0, callee: '' };
  let progress: Progress = 'ends';
  let count = 0;
  for (const frame of runtime.unwindThread(thread).frames()) {
    if (count++ > MOST_FRAMES) break;
    // The caller of the function that does not return is where the printed stack begins.
    if ((kind === 'panic' || kind === 'throw') && before !== undefined)
      return { kind, pc: frame.pc, sp: frame.sp, progress };
    if (kind === 'signal' && frame.interrupted && before !== undefined) {
      const interrupted = readInterrupted(runtime.program, before.sp);
      return interrupted && { kind, interrupted, handler };
    }
    const name = frame.found?.func.name ?? '';
    if (kind === undefined && stops[name] === 'signal')
      handler = { pc: frame.pc, sp: frame.sp, callee: before?.found?.func.name ?? '' };
    kind ??= stops[name];
    if (kind === undefined) progress = PROGRESS[name] ?? progress;
    before = frame;
  }
  return undefined;
}

/** amd64: names in the order of the dump, with their place among the registers of the ucontext (struct sigcontext_64). */
const AMD64: readonly (readonly [string, number])[] = [
  ['rax', 13],
  ['rbx', 11],
  ['rcx', 14],
  ['rdx', 12],
  ['rdi', 8],
  ['rsi', 9],
  ['rbp', 10],
  ['rsp', 15],
  ['r8', 0],
  ['r9', 1],
  ['r10', 2],
  ['r11', 3],
  ['r12', 4],
  ['r13', 5],
  ['r14', 6],
  ['r15', 7],
  ['rip', 16],
  ['rflags', 17],
];
/** siginfo_t lies behind the ucontext on amd64, and before it on arm64. */
const AMD64_SIGINFO = 304;
const ARM64_UCONTEXT = 128;

/** @param frame the stack pointer at which the handler returns to the kernel */
function readInterrupted(program: Program, frame: number): Interrupted | undefined {
  const { arch, memory } = program.target;
  const isArm = arch.name === 'arm64';
  const ucontext = isArm ? frame + ARM64_UCONTEXT : frame;
  return attempt(() => {
    const info = memory.read(isArm ? frame : ucontext + AMD64_SIGINFO, 28);
    const words = memory.read(ucontext + arch.ucontext.offset, isArm ? 34 * 8 : 19 * 8);
    const registers = isArm ? arm64Registers(program, ucontext, words) : amd64Registers(words);
    const value = (name: string): number => Number(registers.find(([own]) => own === name)?.[1] ?? 0n);
    const signo = readU32(info, 0);
    return {
      signo,
      systemCall: signo === SIGSYS ? readU32(info, 24) : undefined,
      code: readU32(info, 8) | 0,
      address: isArm ? value('fault') : readU64(info, 16),
      pc: value(isArm ? 'pc' : 'rip'),
      sp: value(isArm ? 'sp' : 'rsp'),
      lr: isArm ? value('lr') : 0,
      registers,
    };
  });
}

function amd64Registers(words: Uint8Array): (readonly [string, bigint])[] {
  const list = AMD64.map(([name, index]) => [name, readU64Big(words, index * 8)] as const);
  // The selectors share one word: cs, gs, fs, ss.
  const selectors = readU64Big(words, 18 * 8);
  const selector = (index: number): bigint => (selectors >> BigInt(index * 16)) & 0xffffn;
  return [...list, ['cs', selector(0)], ['fs', selector(2)], ['gs', selector(1)]];
}

/** arm64: mcontext is fault_address, x0 to x30, sp, pc; the offset of the registers is that of x0. */
function arm64Registers(program: Program, ucontext: number, words: Uint8Array): (readonly [string, bigint])[] {
  const { arch, memory } = program.target;
  const list = Array.from({ length: 33 }, (_, i): readonly [string, bigint] => {
    const name = i < 30 ? `r${i}` : i === 30 ? 'lr' : i === 31 ? 'sp' : 'pc';
    return [name, readU64Big(words, i * 8)];
  });
  return [...list, ['fault', readU64Big(memory.read(ucontext + arch.ucontext.offset - 8, 8), 0)]];
}
