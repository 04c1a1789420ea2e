import { attempt, hex } from '../base/errors.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import { goroutineOn, type Goroutine, type RuntimeThread } from '../runtime/goroutine.ts';
import { readPanics, type PanicRecord } from '../runtime/panics.ts';
import { fatalErrorExplanation, fatalErrorText, readPrintBacklog } from '../runtime/print-backlog.ts';
import { signalMeaning, signalName } from '../target/signals.ts';
import type { Target, Thread } from '../target/target.ts';
import type { CallStack } from '../unwind/call-stack.ts';
import type { DeliveredSignal } from '../unwind/signal-frame.ts';

/** Signal numbers that are spoken of here. */
const SIGABRT = 6;
const SIGSEGV = 11;
/** si_code of tgkill: the runtime sends itself SIGABRT so that the kernel writes a core. */
const SI_TKILL = -6;
/** SIGTRAP, SIGSTOP, SIGTSTP: of these the first alone can kill, and Go's handler would have left its marks. */
const STOPS: ReadonlySet<number> = new Set([5, 19, 20]);
/** How far a dying stack is searched for handlers' frames. */
const SEARCH_FRAMES = 200;

/** Why the process died, before any values are read. */
export interface Cause {
  readonly kind: 'panic' | 'nil-dereference' | 'runtime-error' | 'fatal-error' | 'signal' | 'none';
  readonly goroutine: Goroutine | undefined;
  readonly thread: RuntimeThread | undefined;
  /** The newest first; those of the goroutine that crashed. */
  readonly panics: readonly PanicRecord[];
  /** Text of a throw or fatal error. */
  readonly fatalText: string | undefined;
  /** What the runtime printed before a fatal error to explain it, a line each. */
  readonly explanation: readonly string[];
  /** Process that sent the signal, if one did. */
  readonly sender: number | undefined;
  readonly signal:
    | {
        readonly signo: number;
        readonly code: number;
        readonly address: number | undefined;
        readonly pc: number | undefined;
      }
    | undefined;
  readonly evidence: readonly string[];
}

/** Decides what killed the process from the runtime's own marks, the stack, and the core's signal. */
export function findCause(runtime: GoRuntime, stackOf: (goroutine: Goroutine) => CallStack): Cause {
  const ending = endingThread(runtime);
  const thread = runtime.crashingThread() ?? ending?.thread;
  const g = thread === undefined ? 0 : goroutineOn(thread);
  const goroutine = g === 0 ? undefined : runtime.goroutineAt(g);
  const evidence: string[] = [];
  if (thread === undefined) return bySignal(runtime, evidence);
  if (thread.dying !== 0) evidence.push(`thread ${thread.tid} was dying (m.dying = ${thread.dying})`);
  if (thread.throwing !== 0) evidence.push(`thread ${thread.tid} had a fatal error (m.throwing = ${thread.throwing})`);
  if (ending?.thread === thread) evidence.push(`thread ${thread.tid} stood at ${ending.name}, about to die`);
  const base = { goroutine, thread };
  if (thread.throwing !== 0) return byThrow(runtime, base, stackOf, evidence);
  const panics = goroutine === undefined ? [] : readPanics(runtime, goroutine);
  if (goroutine !== undefined && panics.length > 0) {
    evidence.push(
      `goroutine ${goroutine.id} has ${panics.length} panic${panics.length === 1 ? '' : 's'} under way (g._panic)`,
    );
    return byPanic(goroutine, thread, panics, evidence);
  }
  return byThrow(runtime, base, stackOf, evidence);
}

function byPanic(
  goroutine: Goroutine,
  thread: RuntimeThread,
  panics: readonly PanicRecord[],
  evidence: string[],
): Cause {
  const { signal: signo, signalAddress, signalPc } = goroutine;
  const signal = goroutineSignal(goroutine);
  if (signal !== undefined) {
    evidence.push(
      `${signalName(signo)} at pc ${hex(signalPc)}, address ${hex(signalAddress)} (g.sig, g.sigpc, g.sigcode1)`,
    );
  }
  const nil = signo === SIGSEGV && signalAddress < 4096;
  const none = { fatalText: undefined, explanation: [], sender: undefined };
  return { kind: nil ? 'nil-dereference' : 'panic', goroutine, thread, panics, ...none, signal, evidence };
}

/** The fault that the goroutine's g records: it became a panic or a fatal error. */
function goroutineSignal(goroutine: Goroutine | undefined): Cause['signal'] {
  if (goroutine === undefined || goroutine.signal === 0) return undefined;
  const { signal, signalCode, signalAddress, signalPc } = goroutine;
  return { signo: signal, code: signalCode, address: signalAddress, pc: signalPc };
}

type Where = Pick<Cause, 'goroutine' | 'thread'>;

function byThrow(
  runtime: GoRuntime,
  where: Where,
  stackOf: (goroutine: Goroutine) => CallStack,
  evidence: string[],
): Cause {
  const backlog = readPrintBacklog(runtime.program);
  const fatalText = fatalErrorText(backlog);
  const explanation = fatalErrorExplanation(backlog);
  if (fatalText !== undefined) evidence.push("the text is from the runtime's print backlog");
  const delivered =
    where.thread === undefined ? undefined : originalSignal(runtime, where.thread, where.goroutine, stackOf);
  if (delivered !== undefined) {
    evidence.push(`${signalName(delivered.signo)} was delivered at pc ${hex(delivered.pc)} (frame of its handler)`);
  }
  const signal =
    delivered === undefined
      ? goroutineSignal(where.goroutine)
      : {
          signo: delivered.signo,
          code: delivered.code,
          address: delivered.code > 0 ? delivered.address : undefined,
          pc: delivered.pc,
        };
  const kind = fatalText !== undefined || signal === undefined ? 'fatal-error' : 'signal';
  // The union of siginfo_t holds the sender's number where kill and tgkill sent the signal.
  const sender = delivered === undefined || delivered.code > 0 ? undefined : delivered.address % 2 ** 32;
  return { kind, ...where, panics: [], fatalText, explanation, sender, signal, evidence };
}

/**
 * The signal that began the crash: the deepest one on the stack. A single SIGABRT is the one by which the runtime ends
 * itself; below it may be another, for instance by C's abort.
 */
function originalSignal(
  runtime: GoRuntime,
  thread: RuntimeThread,
  goroutine: Goroutine | undefined,
  stackOf: (goroutine: Goroutine) => CallStack,
): DeliveredSignal | undefined {
  let signals: readonly DeliveredSignal[] = [];
  if (goroutine !== undefined) {
    const stack = stackOf(goroutine);
    stack.first(SEARCH_FRAMES);
    signals = stack.signals;
  } else {
    const core = runtime.program.target.threads.find((t) => t.tid === thread.tid);
    if (core !== undefined) {
      const unwinder = runtime.unwindThread(core);
      let count = 0;
      for (const frame of unwinder.frames()) if (count++ > SEARCH_FRAMES || frame.pc === 0) break;
      signals = unwinder.signals;
    }
  }
  const last = signals.at(-1);
  // By which of its functions it interrupted itself: C's abort sends the same signal in the same way.
  const at = last === undefined ? undefined : attempt(() => runtime.program.findFunc(last.pc));
  const isByRuntime = at?.func.name.startsWith('runtime.raise') === true;
  const isOwn = signals.length === 1 && last?.signo === SIGABRT && last.code === SI_TKILL && isByRuntime;
  return isOwn ? undefined : last;
}

/** The signal that the core records, and the thread that took it: the first, unless another says so. */
function kernelSignal(target: Target): { readonly signo: number; readonly thread: Thread | undefined } {
  const [first] = target.threads;
  const thread = target.threads.find((each) => each.signal !== 0) ?? first;
  return { signo: target.signal?.signo ?? first?.signal ?? 0, thread };
}

/** The functions with which a panic or a fatal error ends the program: debuggers stop it there, before it is marked as dying. */
const ENDS: ReadonlySet<string> = new Set(['runtime.fatalpanic', 'runtime.throw', 'runtime.fatal']);

/** A thread that a debugger stopped when it was about to die, and the function that it had called. */
function endingThread(runtime: GoRuntime): { readonly thread: RuntimeThread; readonly name: string } | undefined {
  const { program } = runtime;
  const { target } = program;
  for (const { tid, registers } of target.threads) {
    const name = program.findFunc(Number(registers.get(target.arch.pc) ?? 0n))?.func.name;
    const thread = name !== undefined && ENDS.has(name) ? runtime.threadOf(tid) : undefined;
    if (name !== undefined && thread !== undefined) return { thread, name };
  }
  return undefined;
}

/** The thread by which the process died; undefined for a core of one that went on. */
export function crashedThread(runtime: GoRuntime): Thread | undefined {
  const { target } = runtime.program;
  const dying = runtime.crashingThread() ?? endingThread(runtime)?.thread;
  if (dying !== undefined) return target.threads.find(({ tid }) => tid === dying.tid);
  const { signo, thread } = kernelSignal(target);
  return signo === 0 || STOPS.has(signo) ? undefined : thread;
}

/** No Go thread was dying: the kernel ended the process, or the core is of a healthy one. */
function bySignal(runtime: GoRuntime, evidence: string[]): Cause {
  const { target } = runtime.program;
  const { signo, thread } = kernelSignal(target);
  const m = thread && runtime.threadOf(thread.tid);
  const goroutine = m && m.curg !== 0 ? runtime.goroutineAt(m.curg) : undefined;
  const sender = target.signal?.senderPid;
  const where = { goroutine, thread: m, panics: [], fatalText: undefined, explanation: [], sender };
  if (STOPS.has(signo)) {
    evidence.push(`no thread was dying; ${signalName(signo)} is how a debugger stops a process to copy it`);
    return { kind: 'none', ...where, signal: undefined, evidence };
  }
  if (signo === 0) {
    evidence.push('no thread was dying and the core records no signal');
    return { kind: 'none', ...where, signal: undefined, evidence };
  }
  evidence.push(
    `the core records ${signalName(signo)}${target.signal === undefined ? ' (pr_cursig)' : ' (NT_SIGINFO)'}`,
  );
  const signal = { signo, code: target.signal?.code ?? 0, address: target.signal?.address, pc: undefined };
  return { kind: 'signal', ...where, signal, evidence };
}

/** `SIGSEGV: segmentation violation`. */
export function signalText(signo: number): string {
  const meaning = signalMeaning(signo);
  return meaning === undefined ? signalName(signo) : `${signalName(signo)}: ${meaning}`;
}
