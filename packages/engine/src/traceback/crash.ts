import { attempt, hex } from '../base/errors.ts';
import type { Goroutine, RuntimeThread } from '../runtime/goroutine.ts';
import { G_RUNNING } from '../runtime/status.ts';
import { signalMeaning, signalName } from '../target/signals.ts';
import { within } from '../unwind/stacks.ts';
import { printFatalError } from './fatal-text.ts';
import { printStack } from './frames.ts';
import { printGoroutineHeader } from './goroutine-header.ts';
import { printOthers } from './goroutines.ts';
import type { Interrupted, Stop } from './interrupted.ts';
import { printPanics } from './panic-values.ts';
import type { Printer } from './printer.ts';

const SIGILL = 4;
const SIGBUS = 7;
const SIGFPE = 8;
const SIGSEGV = 11;

/** How many bytes of an instruction that was not to be executed are shown, and how large a page is. */
const INSTRUCTION_BYTES = 16;
const PAGE = 4096;

/** `SIGSEGV: segmentation violation`, as the runtime's table of signals has it. */
export function signalTitle(signo: number): string {
  const meaning = signalMeaning(signo);
  return meaning === undefined ? signalName(signo) : `${signalName(signo)}: ${meaning}`;
}

/** The text of a panic or a fatal error (runtime/panic.go dopanic_m, and what is printed before it). */
export function printDeath(
  printer: Printer,
  thread: RuntimeThread,
  stop: Extract<Stop, { readonly sp: number }>,
): void {
  const { runtime } = printer;
  const current = runtime.goroutineAt(thread.curg);
  const system = runtime.goroutineAt(thread.g0);
  // It dies on the stack that the message came from: the goroutine's, or the thread's own.
  const onGoroutine = within(current?.stack, stop.sp);
  const dying = onGoroutine ? current : system;
  if (stop.kind === 'panic' && dying !== undefined) printPanics(printer, dying);
  if (stop.kind === 'throw') printFatalError(printer, dying);
  if (dying !== undefined) printDying(printer, thread, dying, !onGoroutine, stop);
}

function printDying(
  printer: Printer,
  thread: RuntimeThread,
  dying: Goroutine,
  onSystemStack: boolean,
  at: { readonly pc: number; readonly sp: number },
): void {
  printSignalLine(printer, dying);
  const { level } = printer;
  if (level <= 0) return;
  if (!onSystemStack) {
    printer.print('\n');
    printGoroutineHeader(printer, dying);
    printStack(printer, dying, at);
  } else if (level >= 2 || printer.isThrowing(thread)) {
    printer.print('\nruntime stack:\n');
    printStack(printer, dying, at);
  }
  if (printer.all || dying.address !== thread.curg) printOthers(printer, dying.address);
}

/** `[signal SIGSEGV: …]`: the fault that became the panic. */
function printSignalLine(printer: Printer, { signal, signalCode, signalAddress, signalPc }: Goroutine): void {
  if (signal === 0) return;
  const title = signalMeaning(signal) === undefined ? hex(signal) : signalTitle(signal);
  printer.print(`[signal ${title} code=${hex(signalCode)} addr=${hex(signalAddress)} pc=${hex(signalPc)}]\n`);
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
