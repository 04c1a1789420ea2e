import { attempt } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { G_DEAD, G_DEADEXTRA, G_RUNNING } from '../runtime/status.ts';
import { printCreator } from './creator.ts';
import { printStack } from './frames.ts';
import { bubbleAddress, printGoroutineHeader } from './goroutine-header.ts';
import type { Printer } from './printer.ts';

/**
 * All goroutines but `done`, which was printed before: first the one of the thread that prints, then in the order of
 * runtime.allgs (runtime/traceback.go tracebackothers).
 * @param bubble address of a synctest bubble: then its goroutines alone
 */
export function printOthers(printer: Printer, done: number, bubble?: number): void {
  const thread = printer.printing;
  const current = thread === undefined ? 0 : thread.curg;
  if (current !== 0 && current !== done) {
    const goroutine = printer.runtime.goroutineAt(current);
    if (goroutine !== undefined) {
      printer.print('\n');
      printGoroutineHeader(printer, goroutine);
      printStack(printer, goroutine);
    }
  }
  for (const goroutine of printer.runtime.goroutines) {
    if (goroutine.address === done || goroutine.address === current) continue;
    if (goroutine.status === G_DEAD || goroutine.status === G_DEADEXTRA) continue;
    if (bubble !== undefined && bubbleAddress(printer, goroutine) !== bubble) continue;
    if (printer.level < 2 && isSystemGoroutine(printer, goroutine)) continue;
    printer.print('\n');
    printGoroutineHeader(printer, goroutine);
    printOther(printer, goroutine);
  }
}

function printOther(printer: Printer, goroutine: Goroutine): void {
  const elsewhere = goroutine.m !== (printer.printing?.address ?? 0);
  // Go 1.26 prints what left a system call but a moment ago.
  const left = printer.minor >= 26 && goroutine.syscall.sp !== 0;
  if (elsewhere && goroutine.status === G_RUNNING && !left) {
    printer.print('\tgoroutine running on other thread; stack unavailable\n');
    printCreator(printer, goroutine);
    return;
  }
  printStack(printer, goroutine);
}

/** Begun by the runtime, but not the runtime's own: they run the user's code. */
const USERS: ReadonlySet<string> = new Set(['runtime.main', 'runtime.corostart', 'runtime.handleAsyncEvent']);

/** True for goroutines that are hidden below level 2 (runtime/traceback.go isSystemGoroutine). */
function isSystemGoroutine(printer: Printer, goroutine: Goroutine): boolean {
  const name = attempt(() => printer.program.findFunc(goroutine.startPc))?.func.name;
  if (name === undefined || !name.startsWith('runtime.') || USERS.has(name)) return false;
  // Those that call finalizers and cleanups are the user's while they do: they wait for work otherwise.
  if (name === 'runtime.runfinq' || name === 'runtime.runFinalizers') return !runsFinalizer(printer, goroutine);
  if (name === 'runtime.runCleanups') {
    const { layout } = printer.runtime;
    const at = layout.find('g', 'runningCleanups');
    return at === undefined || (attempt(() => printer.memory.u8(goroutine.address + at)) ?? 0) === 0;
  }
  return true;
}

/** Bit of runtime.fingStatus (runtime/mfinal.go). */
const RUNNING_FINALIZER = 2;

/** The runtime keeps a mark; without symbols to find it, the goroutine's waiting tells the same. */
function runsFinalizer(printer: Printer, goroutine: Goroutine): boolean {
  const { program, memory } = printer;
  const mark = program.symbol(printer.minor >= 20 ? 'runtime.fingStatus' : 'runtime.fingRunning');
  const value = mark === undefined ? undefined : attempt(() => memory.u8(mark));
  if (value === undefined) return goroutine.waitReason !== 'finalizer wait';
  return printer.minor >= 20 ? (value & RUNNING_FINALIZER) !== 0 : value !== 0;
}
