import { decodeUtf8 } from '../base/text.ts';
import { crashingThread } from '../runtime/dying.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { RuntimeThread } from '../runtime/goroutine.ts';
import { printDeaths, printFatalSignal, type Death } from './crash.ts';
import { printStack } from './frames.ts';
import { printGoroutineHeader } from './goroutine-header.ts';
import { printOthers } from './goroutines.ts';
import { findStop, type Interrupted, type Progress } from './interrupted.ts';
import type { TracebackLevel } from './levels.ts';
import { Printer } from './printer.ts';
import { inRelayOrder, type Relayed } from './relay-order.ts';

/** What the runtime would have written to standard error. */
export interface Traceback {
  /** Exact bytes: strings of the program need not be UTF-8. */
  readonly bytes: Uint8Array;
  /** The same as text; bytes that are not UTF-8 are U+FFFD. */
  readonly text: string;
  /** What stands in it that a core cannot tell, a sentence each. */
  readonly unknown: readonly string[];
}

/**
 * The text that the Go runtime of that release would have printed for this death at a level of GOTRACEBACK. A process that
 * did not die by its runtime gives its goroutines alone.
 */
export function formatTraceback(runtime: GoRuntime, level: TracebackLevel): Traceback {
  const printer = new Printer(runtime, level);
  const thread = crashingThread(runtime);
  const stop = thread === undefined ? undefined : findStop(runtime, thread);
  if (thread === undefined || stop === undefined) printLiving(printer, thread);
  else {
    printer.printAs(thread);
    if (thread.dying === 2) printer.print('panic during panic\n');
    if (stop.kind === 'signal') printSignalled(printer, thread, stop.interrupted);
    else printDeaths(printer, deaths(runtime));
  }
  const bytes = printer.out.bytes();
  return { bytes, text: decodeUtf8(bytes), unknown: printer.unknown };
}

/** All threads that die of panics and fatal errors, those that printed first before the one that ended the program. */
function deaths(runtime: GoRuntime): readonly Death[] {
  const found: Death[] = [];
  for (const thread of runtime.threads) {
    const stop = thread.dying === 0 && thread.throwing === 0 ? undefined : findStop(runtime, thread);
    if (stop !== undefined && stop.kind !== 'signal') found.push({ thread, stop });
  }
  const of = (progress: Progress): Death[] => found.filter(({ stop }) => stop.progress === progress);
  return [...of('waits'), ...of('ends'), ...of('begins')];
}

/** A fatal signal. At the level `crash` the other threads then print themselves one after the other: each passes SIGQUIT on. */
function printSignalled(printer: Printer, thread: RuntimeThread, interrupted: Interrupted): void {
  printFatalSignal(printer, thread, interrupted, true);
  if (printer.requested !== 'crash') return;
  const others = otherThreads(printer, thread);
  // Ms that wait for a thread of C to call Go have none of their own.
  const { threads } = printer.runtime.program.target;
  const total = printer.runtime.threads.filter((each) => threads.some(({ tid }) => tid === each.tid)).length;
  for (const other of others) {
    printer.print('\n-----\n\n');
    printer.printAs(other.thread);
    printFatalSignal(printer, other.thread, other.stop.interrupted, false);
  }
  // The runtime waits for threads that never take the signal, and has announced the next one.
  if (others.length + 1 < total) printer.print('\n-----\n\n');
}

function otherThreads(printer: Printer, first: RuntimeThread): readonly Relayed[] {
  const { runtime } = printer;
  const found: Relayed[] = [];
  for (const thread of runtime.threads) {
    if (thread.address === first.address || !printer.isThrowing(thread)) continue;
    const stop = findStop(runtime, thread);
    if (stop?.kind === 'signal') found.push({ thread, stop });
  }
  return inRelayOrder(printer, found);
}

/** Nothing was printed when this process was written: its goroutines, the one that ran on the first thread before the others. */
function printLiving(printer: Printer, crashing: RuntimeThread | undefined): void {
  const { runtime } = printer;
  const thread = crashing ?? runtime.threads[0];
  const current = thread === undefined ? undefined : runtime.goroutineAt(thread.curg);
  if (printer.level <= 0) return;
  if (current !== undefined) {
    printGoroutineHeader(printer, current);
    const core = runtime.program.target.threads.find(({ tid }) => tid === thread?.tid);
    const { arch } = runtime.program.target;
    const pc = Number(core?.registers.get(arch.pc) ?? 0n);
    const sp = Number(core?.registers.get(arch.sp) ?? 0n);
    const isThere = sp >= current.stack.low && sp < current.stack.high;
    printStack(printer, current, isThere ? { pc, sp } : undefined, isThere);
  }
  if (printer.all) printOthers(printer, current?.address ?? 0);
}
