import { attempt, hex } from '../base/errors.ts';
import type { Goroutine, RuntimeThread } from '../runtime/goroutine.ts';
import { G_RUNNING } from '../runtime/status.ts';
import { signalMeaning, signalTitle } from '../target/signals.ts';
import { within } from '../unwind/stacks.ts';
import { printFatalErrors } from './fatal-text.ts';
import { printStack } from './frames.ts';
import { printGoroutineHeader } from './goroutine-header.ts';
import { printOthers } from './goroutines.ts';
import type { Interrupted, Stop } from './interrupted.ts';
import { deadlockedBubble, printPanics } from './panic-values.ts';
import type { Printer } from './printer.ts';

const SIGILL = 4;
const SIGBUS = 7;
const SIGFPE = 8;
const SIGSEGV = 11;

/** How many bytes of an instruction that was not to be executed are shown, and how large a page is. */
const INSTRUCTION_BYTES = 16;
const PAGE = 4096;

/** A thread that dies of a panic or a fatal error. */
export interface Death {
  readonly thread: RuntimeThread;
  readonly stop: Extract<Stop, { readonly sp: number }>;
}

/**
 * The text of panics and fatal errors (runtime/panic.go dopanic_m, and what is printed before it). Where several threads died at
 * once, fatal errors print their messages at once, and the threads then print one after the other; give them in that order.
 */
export function printDeaths(printer: Printer, deaths: readonly Death[]): void {
  const throws = deaths.filter(({ stop }) => stop.kind === 'throw');
  const [first] = throws;
  if (first !== undefined) {
    printer.printAs(first.thread);
    const places = throws.map(({ stop }) => stop);
    printFatalErrors(printer, places, dyingGoroutine(printer, first).dying);
  }
  let others = false;
  for (const death of deaths) {
    if (death.stop.progress === 'begins') continue;
    printer.printAs(death.thread);
    const { dying, onSystemStack } = dyingGoroutine(printer, death);
    if (dying === undefined) continue;
    if (death.stop.kind === 'panic') printPanics(printer, dying);
    others = printDying(printer, death, dying, onSystemStack, others);
  }
}

/** It dies on the stack that the message came from: the goroutine's, or the thread's own. */
function dyingGoroutine(
  { runtime }: Printer,
  { thread, stop }: Death,
): { readonly dying: Goroutine | undefined; readonly onSystemStack: boolean } {
  const current = runtime.goroutineAt(thread.curg);
  const onGoroutine = within(current?.stack, stop.sp);
  return { dying: onGoroutine ? current : runtime.goroutineAt(thread.g0), onSystemStack: !onGoroutine };
}

/** Returns whether the other goroutines have been printed: that is done once. */
function printDying(
  printer: Printer,
  { thread, stop }: Death,
  dying: Goroutine,
  onSystemStack: boolean,
  didOthers: boolean,
): boolean {
  printSignalLine(printer, dying);
  const { level } = printer;
  if (level <= 0) return didOthers;
  if (!onSystemStack) {
    printer.print('\n');
    printGoroutineHeader(printer, dying);
    printStack(printer, dying, stop);
  } else if (level >= 2 || printer.isThrowing(thread)) {
    printer.print('\nruntime stack:\n');
    printStack(printer, dying, stop);
  }
  if (didOthers) return true;
  if (printer.all || dying.address !== thread.curg) {
    printOthers(printer, dying.address);
    return true;
  }
  const bubble = stop.kind === 'panic' ? deadlockedBubble(printer, dying) : undefined;
  if (bubble !== undefined) printOthers(printer, dying.address, bubble);
  return false;
}

/** `[signal SIGSEGV: …]`: the fault that became the panic. */
function printSignalLine(printer: Printer, { signal, signalCode, signalAddress, signalPc }: Goroutine): void {
  if (signal === 0) return;
  const title = signalMeaning(signal) === undefined ? hex(signal) : signalTitle(signal);
  printer.print(
    `[signal ${title} code=${hex(BigInt.asUintN(64, BigInt(signalCode)))} addr=${hex(signalAddress)} pc=${hex(signalPc)}]\n`,
  );
}

/** The text of a signal that ends the program (runtime/signal_unix.go fatalsignal, sighandler). `first` printed all the others. */
export function printFatalSignal(
  printer: Printer,
  thread: RuntimeThread,
  interrupted: Interrupted,
  first: boolean,
): void {
  const goroutine = printSignalHeader(printer, thread, interrupted);
  if (printer.level <= 0) return;
  const { pc, sp, lr } = interrupted;
  if (goroutine !== undefined) {
    printGoroutineHeader(printer, goroutine);
    printStack(printer, goroutine, { pc, sp, lr }, true);
  }
  if (first) {
    printOthers(printer, goroutine?.address ?? 0);
    printer.print('\n');
  } else printRunning(printer, thread, goroutine);
  for (const [name, value] of interrupted.registers) {
    printer.print(`${name.padEnd(printer.program.target.arch.name === 'arm64' ? 8 : 7)}${hex(value)}\n`);
  }
}

/** The goroutine of a thread that was on another stack: the first thread could not show it. */
function printRunning(printer: Printer, thread: RuntimeThread, shown: Goroutine | undefined): void {
  if (thread.curg === 0 || thread.curg === shown?.address) return;
  const current = printer.runtime.goroutineAt(thread.curg);
  if (current?.status !== G_RUNNING) return;
  printGoroutineHeader(printer, current);
  printStack(printer, current);
}

/** Returns the goroutine whose stack is to be shown: the one that ran, or the one that had called C. */
function printSignalHeader(printer: Printer, thread: RuntimeThread, interrupted: Interrupted): Goroutine | undefined {
  const { signo, code, pc, address } = interrupted;
  const faults = printer.minor >= 22 && (signo === SIGSEGV || signo === SIGBUS);
  printer.print(`${signalMeaning(signo) === undefined ? unknownSignal(signo) : signalTitle(signo)}\n`);
  // The code is printed as if it had no sign.
  const shownCode = BigInt.asUintN(64, BigInt(code));
  printer.print(`PC=${hex(pc)} m=${thread.id} sigcode=${shownCode}${faults ? ` addr=${hex(address)}` : ''}\n`);
  let goroutine = printer.runtime.goroutineAt(thread.caughtSignalG);
  const caller = calledC(printer, thread);
  if (caller !== 0 && thread.caughtSignalG === thread.g0) {
    printer.print('signal arrived during cgo execution\n');
    goroutine = printer.runtime.goroutineAt(caller);
  }
  if (signo === SIGILL || (signo === SIGFPE && printer.minor >= 16)) printInstruction(printer, pc);
  printer.print('\n');
  return goroutine;
}

/** Real-time signals have numbers in the runtime's table as well. */
function unknownSignal(signo: number): string {
  return signo <= 64 ? `signal ${signo}` : `Signal ${signo}`;
}

/** The goroutine that is in C code on this thread: since Go 1.16 or so m.incgo tells, before a goroutine locked to it did. */
function calledC({ minor, memory, runtime }: Printer, thread: RuntimeThread): number {
  if (minor >= 16) return thread.inCgo ? thread.curg : 0;
  const field = (name: string): number => thread.address + runtime.layout.get('m', name);
  return attempt(() => (memory.u32(field('ncgo')) > 0 ? memory.u64(field('lockedg')) : 0)) ?? 0;
}

function printInstruction(printer: Printer, pc: number): void {
  const bytes = printer.memory.readSome(pc, Math.min(INSTRUCTION_BYTES, PAGE - (pc % PAGE)));
  printer.print(`instruction bytes:${Array.from(bytes, (byte) => ` ${hex(byte)}`).join('')}\n`);
}
