import { attempt, hex } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { SourceFrame } from '../pclntab/pclntab.ts';
import { printAncestors } from './ancestors.ts';
import { printedArguments } from './arguments.ts';
import { isDying, printCreator } from './creator.ts';
import { isShown, printedName } from './names.ts';
import type { Printer } from './printer.ts';
import { StackWalk, type WalkedFrame } from './stack-walk.ts';
import { G_SYSCALL } from '../runtime/status.ts';

/** Until Go 1.20: physical frames that were looked at. */
const MOST_FRAMES = 100;
/** Since Go 1.21: logical frames at both ends of a long stack. */
const INNER_FRAMES = 50;
const OUTER_FRAMES = 50;

/** Where a stack begins; without it where the goroutine was left. */
export type StackStart = { readonly pc: number; readonly sp: number; readonly lr?: number };

/**
 * The frames of a goroutine and what created it (runtime/traceback.go traceback1).
 * @param trap true if `at` is where a signal interrupted
 */
export function printStack(printer: Printer, goroutine: Goroutine, at?: StackStart, trap = false): void {
  const where = override(printer, goroutine) ?? { at, trap };
  const print = printer.minor >= 21 ? printBothEnds : printFirstHundred;
  const walk = (): StackWalk => StackWalk.from(printer, goroutine, where.at, where.trap);
  // A stack of nothing but hidden frames is shown whole.
  if (print(printer, goroutine, walk(), false) === 0) print(printer, goroutine, walk(), true);
  printCreator(printer, goroutine);
  printAncestors(printer, goroutine);
}

/** A goroutine in a system call, or a thread in the kernel's vdso, goes on where it entered that. */
function override(printer: Printer, goroutine: Goroutine): { at: StackStart; trap: false } | undefined {
  const { runtime, memory } = printer;
  if (goroutine.m !== 0 && printer.minor >= 18) {
    const field = (name: string): number => attempt(() => memory.u64(goroutine.m + runtime.layout.get('m', name))) ?? 0;
    const sp = field('vdsoSP');
    if (sp !== 0) return { at: { pc: field('vdsoPC'), sp }, trap: false };
  }
  if (goroutine.status !== G_SYSCALL) return undefined;
  return { at: { pc: goroutine.syscall.pc, sp: goroutine.syscall.sp }, trap: false };
}

/** Until Go 1.20. Returns how many frames were printed. */
function printFirstHundred(printer: Printer, goroutine: Goroutine, walk: StackWalk, showAll: boolean): number {
  const counter: Counter = { printed: 0, last: 0, skip: 0, room: Infinity };
  for (let physical = 0; physical < MOST_FRAMES && walk.frame !== undefined; physical++, walk.next()) {
    printFrame(printer, goroutine, walk, walk.frame, { showAll, counter });
  }
  // Only frames that were printed count here, so that a stack with a hidden frame among the first hundred just stops.
  if (counter.printed === MOST_FRAMES) printer.print('...additional frames elided...\n');
  return counter.printed;
}

/** Since Go 1.21: fifty frames from each end. Returns how many were printed at first. */
function printBothEnds(printer: Printer, goroutine: Goroutine, walk: StackWalk, showAll: boolean): number {
  const first = printSome(printer, goroutine, walk, showAll, 0, INNER_FRAMES);
  if (first.total < INNER_FRAMES) return first.total;
  // Go on from the frame in which it stopped: once to count what is left, once to print the end of it.
  const again = walk.clone();
  const left = printSome(printer, goroutine, walk, showAll, Infinity, 0).total;
  const elided = left - first.last - OUTER_FRAMES;
  if (elided > 0) printer.print(`...${elided} frames elided...\n`);
  printSome(printer, goroutine, again, showAll, first.last + Math.max(0, elided), OUTER_FRAMES);
  return first.total;
}

/** How many logical frames were counted, and how many of those in the last physical one. */
interface Counted {
  readonly total: number;
  readonly last: number;
}

function printSome(
  printer: Printer,
  goroutine: Goroutine,
  walk: StackWalk,
  showAll: boolean,
  skip: number,
  room: number,
): Counted {
  const counter: Counter = { printed: 0, last: 0, skip, room };
  for (; walk.frame !== undefined; walk.next()) {
    counter.last = 0;
    const stopped = printFrame(printer, goroutine, walk, walk.frame, { showAll, counter });
    if (stopped) return { total: counter.printed, last: counter.last };
  }
  return { total: counter.printed, last: 0 };
}

interface Counter {
  printed: number;
  last: number;
  skip: number;
  room: number;
}

interface FrameOptions {
  readonly showAll: boolean;
  readonly counter: Counter;
}

/** Prints the logical frames of a physical one, innermost first. Returns true where there is no room for more. */
function printFrame(
  printer: Printer,
  goroutine: Goroutine,
  walk: StackWalk,
  frame: WalkedFrame,
  { showAll, counter }: FrameOptions,
): boolean {
  const { func, pclntab } = frame.found;
  const pc = walk.symbolPc;
  const sources = attempt(() => pclntab.sourceFrames(func, pc)) ?? [];
  const everything = showAll || printer.level > 1 || isDying(printer, goroutine);
  for (const source of sources) {
    // Until Go 1.17 inlined frames were judged by the name of the function that they were inlined into.
    const name = printer.minor >= 18 ? source.name : func.name;
    const wrapper = pclntab.isWrapper(source.funcId);
    const shown =
      everything || isShown({ name, wrapper, first: counter.printed === 0, callee: walk.callee }, printer.minor);
    walk.callee = source.name;
    if (!shown) continue;
    if (counter.skip <= 0 && counter.room <= 0) return true;
    counter.printed++;
    counter.last++;
    if (counter.skip > 0) counter.skip--;
    else {
      counter.room--;
      printLogicalFrame(printer, goroutine, frame, pc, source);
    }
  }
  return false;
}

function printLogicalFrame(
  printer: Printer,
  goroutine: Goroutine,
  frame: WalkedFrame,
  pc: number,
  source: SourceFrame,
): void {
  const name = printedName(source.name, printer.minor);
  // Until Go 1.20 what is live was asked at the outermost inlined call instead of the frame's own pc.
  const given = source.inlined ? '...' : printedArguments(printer, frame, printer.minor >= 21 ? pc : source.pc);
  printer.print(`${name}(${given})\n\t${source.file}:${source.line}`);
  if (!source.inlined) {
    const { entry } = frame.found.func;
    if (frame.pc > entry) printer.print(` +${hex(frame.pc - entry)}`);
    if (printer.level >= 2 || printer.diesOnThread(goroutine)) {
      printer.print(` fp=${hex(frame.fp)} sp=${hex(frame.sp)} pc=${hex(frame.pc)}`);
    }
  }
  printer.print('\n');
}
