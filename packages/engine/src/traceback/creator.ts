import { attempt, hex } from '../base/errors.ts';
import type { FoundFunc } from '../program/program.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { isShown, withoutTypeArguments } from './names.ts';
import type { Printer } from './printer.ts';

/** In an error of the runtime the goroutine that it happened on is shown with all its frames. */
export function isDying(printer: Printer, goroutine: Goroutine): boolean {
  const thread = printer.printing;
  if (thread === undefined || !printer.isThrowing(thread)) return false;
  return goroutine.address === thread.curg || goroutine.address === thread.caughtSignalG;
}

/** `created by …`, which the main goroutine has not (runtime/traceback.go printcreatedby). */
export function printCreator(printer: Printer, goroutine: Goroutine): void {
  if (goroutine.id === 1) return;
  const found = attempt(() => printer.program.findFunc(goroutine.goPc));
  if (found === undefined) return;
  const { name } = found.func;
  const wrapper = found.pclntab.isWrapper(found.func.funcId);
  const shown =
    printer.level > 1 ||
    isDying(printer, goroutine) ||
    isShown({ name, wrapper: printer.minor >= 21 && wrapper, first: false, callee: '' }, printer.minor);
  // The creator's number is kept since Go 1.21.
  if (shown) printCreatedBy(printer, found, goroutine.goPc, goroutine.parentId);
}

/** The two lines about a `go` statement; `parent` is the goroutine that it was in, 0 for none to tell. */
export function printCreatedBy(printer: Printer, found: FoundFunc, pc: number, parent: number): void {
  const { func, pclntab } = found;
  const { minor } = printer;
  const name = minor >= 21 ? withoutTypeArguments(func.name, minor) : func.name;
  printer.print(`created by ${name}${parent === 0 ? '' : ` in goroutine ${parent}`}\n`);
  const { file, line } = pclntab.fileLine(func, pc > func.entry ? pc - printer.program.target.arch.pcQuantum : pc);
  printer.print(`\t${file}:${line}${pc > func.entry ? ` +${hex(pc - func.entry)}` : ''}\n`);
}
