import { hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { crashingThread, endingThread, goroutineOn } from '../runtime/dying.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { Goroutine, RuntimeThread } from '../runtime/goroutine.ts';
import { readPanics, type PanicRecord } from '../runtime/panics.ts';
import { fatalErrorExplanation, fatalErrorText, readPrintBacklog } from '../runtime/print-backlog.ts';
import { hasFaultAddress, isFaultSignal, signalName } from '../target/signals.ts';
import type { Target, Thread } from '../target/target.ts';
import { findHandled, findStop, type Interrupted, type Stop } from '../traceback/interrupted.ts';
import { thrownText } from '../traceback/thrown-text.ts';
import { within } from '../unwind/stacks.ts';

/** SIGTRAP, SIGSTOP, SIGTSTP: of these the first alone can kill, and Go's handler would have left its marks. */
const STOPS: ReadonlySet<number> = new Set([5, 19, 20]);

/** Why the process died, before any values are read. */
export interface Cause {
  readonly kind: 'panic' | 'fatal-error' | 'signal' | 'none';
  readonly goroutine: Goroutine | undefined;
  readonly thread: RuntimeThread | undefined;
  /** The newest first; those that were under way in the goroutine that crashed. */
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
        /** Of a SIGSYS: the number of the system call. */
        readonly systemCall?: number | undefined;
      }
    | undefined;
  readonly evidence: readonly string[];
}

type Where = Pick<Cause, 'goroutine' | 'thread'>;

/** Decides what killed the process from the runtime's own marks, the stack, and the core's signal. */
export function findCause(runtime: GoRuntime): Cause {
  const marked = crashingThread(runtime);
  const ending = marked === undefined ? endingThread(runtime) : undefined;
  const thread = marked ?? ending?.thread;
  if (thread === undefined) return byKernel(runtime);
  const goroutine = goroutineOn(runtime, thread);
  const evidence: string[] = [];
  if (thread.dying !== 0) evidence.push(`thread ${thread.tid} was dying (m.dying = ${thread.dying})`);
  if (thread.throwing !== 0) evidence.push(`thread ${thread.tid} had a fatal error (m.throwing = ${thread.throwing})`);
  if (ending !== undefined) evidence.push(`thread ${thread.tid} stood at ${ending.name}, about to die`);
  const where = { goroutine, thread };
  const panics = goroutine === undefined ? [] : readPanics(runtime, goroutine);
  if (goroutine !== undefined && panics.length > 0 && thread.throwing === 0)
    return byPanic(goroutine, where, panics, evidence);
  const stop = findStop(runtime, thread);
  if (stop?.kind === 'signal') return bySignal(where, stop.interrupted, evidence);
  return { ...byThrow(runtime, where, stop, evidence), panics };
}

const NOTHING = { panics: [], fatalText: undefined, explanation: [], sender: undefined } as const;

function byPanic(goroutine: Goroutine, where: Where, panics: readonly PanicRecord[], evidence: string[]): Cause {
  const count = `${panics.length} panic${panics.length === 1 ? '' : 's'}`;
  evidence.push(`goroutine ${goroutine.id} has ${count} under way (g._panic)`);
  const signal = recordedSignal(goroutine, evidence);
  return { ...NOTHING, kind: 'panic', ...where, panics, signal, evidence };
}

/** The fault that a g records: it became a panic or a fatal error. */
function recordedSignal(g: Goroutine | undefined, evidence: string[]): Cause['signal'] {
  if (g === undefined || g.signal === 0) return undefined;
  const { signal, signalCode, signalAddress, signalPc } = g;
  const place = `pc ${hex(signalPc)}, address ${hex(signalAddress)}`;
  evidence.push(`${signalName(signal)} at ${place} (g.sig, g.sigpc, g.sigcode1)`);
  return {
    signo: signal,
    code: signalCode,
    address: hasFaultAddress(signal, signalCode) ? signalAddress : undefined,
    pc: signalPc,
  };
}

/** A signal for which the runtime's handler ended the process. */
function bySignal(where: Where, { signo, code, address, pc, systemCall }: Interrupted, evidence: string[]): Cause {
  evidence.push(`${signalName(signo)} was delivered at pc ${hex(pc)} (frame of its handler)`);
  const signal = { signo, code, address: hasFaultAddress(signo, code) ? address : undefined, pc, systemCall };
  return { ...NOTHING, kind: 'signal', ...where, sender: senderOf(code, address), signal, evidence };
}

/** The union of siginfo_t holds the sender's number where kill and tgkill sent the signal. */
function senderOf(code: number, address: number): number | undefined {
  return code > 0 ? undefined : address % 2 ** 32;
}

/** A throw or fatal error: its text is in the frame of the function that raised it, and in what was printed. */
function byThrow(runtime: GoRuntime, where: Where, stop: Stop | undefined, evidence: string[]): Cause {
  const backlog = readPrintBacklog(runtime.program);
  const thrown = stop?.kind === 'throw' ? thrownText(runtime.program, stop) : undefined;
  const printed = fatalErrorText(backlog);
  if (thrown !== undefined) evidence.push('the text is in the frame of the function that raised the error');
  else if (printed !== undefined) evidence.push("the text is from the runtime's print backlog");
  const explanation = fatalErrorExplanation(backlog);
  const fatalText = thrown === undefined ? printed : decodeUtf8(thrown);
  const g = dyingG(runtime, where, stop);
  const signal = recordedSignal(g, evidence);
  const sender = signal === undefined || g === undefined ? undefined : senderOf(signal.code, g.signalAddress);
  return { ...NOTHING, kind: 'fatal-error', ...where, fatalText, explanation, sender, signal, evidence };
}

/** The g on whose stack a thread died: its goroutine's, or its own. */
function dyingG(runtime: GoRuntime, { goroutine, thread }: Where, stop: Stop | undefined): Goroutine | undefined {
  const onSystemStack = stop !== undefined && stop.kind !== 'signal' && !within(goroutine?.stack, stop.sp);
  return onSystemStack && thread !== undefined ? runtime.goroutineAt(thread.g0) : goroutine;
}

/** The signal that the core records, and the thread that took it: the first, unless another says so. */
function kernelSignal(target: Target): { readonly signo: number; readonly thread: Thread | undefined } {
  const [first] = target.threads;
  const thread = target.threads.find((each) => each.signal !== 0) ?? first;
  return { signo: target.signal?.signo ?? first?.signal ?? 0, thread };
}

/** The thread by which the process died; undefined for a core of one that went on. */
export function crashedThread(runtime: GoRuntime): Thread | undefined {
  const { target } = runtime.program;
  const dying = crashingThread(runtime) ?? endingThread(runtime)?.thread;
  if (dying !== undefined) return target.threads.find(({ tid }) => tid === dying.tid);
  const { signo, thread } = kernelSignal(target);
  return signo === 0 || STOPS.has(signo) ? undefined : thread;
}

/** No Go thread was dying: the kernel ended the process, or the core is of a healthy one. */
function byKernel(runtime: GoRuntime): Cause {
  const { target } = runtime.program;
  const evidence: string[] = [];
  const { signo, thread } = kernelSignal(target);
  const m = thread && runtime.threadOf(thread.tid);
  const where = { goroutine: m && goroutineOn(runtime, m), thread: m };
  if (STOPS.has(signo)) {
    evidence.push(`no thread was dying; ${signalName(signo)} is how a debugger stops a process to copy it`);
    return { ...NOTHING, kind: 'none', ...where, signal: undefined, evidence };
  }
  if (signo === 0) {
    evidence.push('no thread was dying and the core records no signal');
    return { ...NOTHING, kind: 'none', ...where, signal: undefined, evidence };
  }
  evidence.push(
    `the core records ${signalName(signo)}${target.signal === undefined ? ' (pr_cursig)' : ' (NT_SIGINFO)'}`,
  );
  const first = thread && findHandled(runtime, thread);
  if (first?.interrupted.signo === signo) {
    evidence.push(
      first.givenBack
        ? "Go's handler got it on a thread that runs no Go, and gave it back to the kernel"
        : "Go's handler got it, and failed by the same signal",
    );
    return bySignal(where, first.interrupted, evidence);
  }
  const { code = 0, address, senderPid, systemCall } = target.signal ?? {};
  // A fault that no handler got is where the thread still is.
  const pc = code > 0 && isFaultSignal(signo) ? thread?.registers.get(target.arch.pc) : undefined;
  const signal = { signo, code, address, pc: pc === undefined ? undefined : Number(pc), systemCall };
  return { ...NOTHING, kind: 'signal', ...where, sender: senderPid, signal, evidence };
}
