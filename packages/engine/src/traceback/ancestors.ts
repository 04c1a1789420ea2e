import { attempt, hex } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { printCreatedBy } from './creator.ts';
import { isShown, printedName } from './names.ts';
import type { Printer } from './printer.ts';

/** More ancestors than anyone asks for with GODEBUG=tracebackancestors=N, and more frames than are kept: bounds. */
const MOST_ANCESTORS = 1000;
const MOST_FRAMES = 1000;

/** The stacks of the goroutines that created this one, if GODEBUG=tracebackancestors kept them. */
export function printAncestors(printer: Printer, goroutine: Goroutine): void {
  const { memory } = printer;
  const { layout } = printer.runtime;
  attempt(() => {
    const slice = memory.u64(goroutine.address + layout.get('g', 'ancestors'));
    if (slice === 0) return;
    const array = memory.u64(slice);
    const count = Math.min(memory.u64(slice + 8), MOST_ANCESTORS);
    for (let i = 0; i < count; i++) printAncestor(printer, array + i * layout.get('ancestorInfo', 'size'));
  });
}

function printAncestor(printer: Printer, address: number): void {
  const { memory, program, minor } = printer;
  const field = (name: string): number => address + printer.runtime.layout.get('ancestorInfo', name);
  const id = memory.u64(field('goid'));
  const pcs = memory.u64(field('pcs'));
  const count = Math.min(memory.u64(field('pcs') + 8), MOST_FRAMES);
  printer.print(`[originating from goroutine ${id}]:\n`);
  for (let i = 0; i < count; i++) printAncestorFrame(printer, memory.u64(pcs + i * 8), i === 0);
  // As many as are kept: there may have been more.
  if (count === (minor >= 21 ? 50 : 100)) printer.print('...additional frames elided...\n');
  const goPc = memory.u64(field('gopc'));
  const found = program.findFunc(goPc);
  if (found === undefined || id === 1 || !shows(printer, found.func.name, false)) return;
  printCreatedBy(printer, found, goPc, 0);
}

function shows(printer: Printer, name: string, first: boolean): boolean {
  return printer.level > 1 || isShown({ name, wrapper: false, first, callee: '' }, printer.minor);
}

function printAncestorFrame(printer: Printer, pc: number, first: boolean): void {
  const found = printer.program.findFunc(pc);
  if (found === undefined || !shows(printer, found.func.name, first)) return;
  const { func, pclntab } = found;
  const [innermost] = pclntab.sourceFrames(func, pc);
  if (innermost === undefined) return;
  const { file, line } = innermost;
  const offset = pc > func.entry ? ` +${hex(pc - func.entry)}` : '';
  printer.print(`${printedName(innermost.name, printer.minor)}(...)\n\t${file}:${line}${offset}\n`);
}
