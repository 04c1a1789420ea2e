import { readPrintBacklogBytes } from '../runtime/print-backlog.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { printPanics } from './panic-values.ts';
import type { Printer } from './printer.ts';

const MARK = 'fatal error: ';
const NEWLINE = 0x0a;
const TAB = 0x09;

/** Lines of the runtime's own that explain a fatal error stand before it. */
const EXPLANATION = /^(?:runtime: |unexpected fault address |accessed data from freed user arena )/;

/**
 * `fatal error: …` with the lines of the runtime before it, from the runtime's backlog: it keeps the last 512 bytes that were
 * printed before the program was dying, and the message is the last of them.
 */
export function printFatalError(printer: Printer, goroutine: Goroutine | undefined): void {
  const backlog = readPrintBacklogBytes(printer.program);
  const at = backlog === undefined ? -1 : lastIndexOf(backlog, MARK);
  if (backlog === undefined || at < 0) {
    printer.note(
      'the message of the fatal error is not in the core: the runtime keeps the last 512 bytes that it printed',
    );
    printer.print(MARK, '?\n');
    return;
  }
  for (const line of explanation(backlog, at)) printer.print(line, '\n');
  // Go 1.26 prints the panics that were under way first, and indents the error.
  if (printer.minor >= 26 && at > 0 && backlog[at - 1] === TAB && goroutine !== undefined) {
    printPanics(printer, goroutine);
    printer.print('\t');
  }
  const text = backlog.subarray(at);
  printer.out.printBytes(text);
  if (text.at(-1) !== NEWLINE) printer.print('\n');
}

/** The lines directly before the message that are the runtime's. */
function explanation(backlog: Uint8Array, at: number): string[] {
  const lines = String.fromCharCode(...backlog.subarray(0, at)).split('\n');
  // What follows the last line end is where the message begins.
  lines.pop();
  let first = lines.length;
  while (first > 0 && EXPLANATION.test(lines[first - 1] ?? '')) first--;
  return lines.slice(first);
}

function lastIndexOf(bytes: Uint8Array, text: string): number {
  for (let at = bytes.length - text.length; at >= 0; at--) {
    let i = 0;
    while (i < text.length && bytes[at + i] === text.charCodeAt(i)) i++;
    if (i === text.length) return at;
  }
  return -1;
}
