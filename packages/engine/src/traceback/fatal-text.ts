import { encodeUtf8 } from '../base/text.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { readPrintBacklogBytes } from '../runtime/print-backlog.ts';
import { symbolsAreCheap } from '../runtime/roots.ts';
import { printPanics } from './panic-values.ts';
import type { Printer } from './printer.ts';
import { thrownText } from './thrown-text.ts';

const MARK = 'fatal error: ';
const NEWLINE = 0x0a;
const TAB = 0x09;
/** m.throwing of an error of the user's making, since Go 1.19. */
const USER_ERROR = 1;

/** Lines of the runtime's own that explain a fatal error stand before it. */
const EXPLANATION = /^(?:runtime: |unexpected fault address |accessed data from freed user arena )/;

/**
 * `fatal error: …` with the lines of the runtime before it, from the runtime's backlog: it keeps the last 512 bytes that were
 * printed before the program was dying, and the message is the last of them. What is not there is in the frame of throw.
 * @param places where throw or fatal of each dying thread is: all print their messages before one of them prints stacks
 */
export function printFatalErrors(
  printer: Printer,
  places: readonly { readonly pc: number; readonly sp: number }[],
  goroutine: Goroutine | undefined,
): void {
  const backlog = readPrintBacklogBytes(printer.program) ?? new Uint8Array();
  const messages = lastMessages(backlog, places.length);
  const [first] = messages;
  // Without symbols only the first line of the message is sure to be there.
  const texts = symbolsAreCheap(printer.program) ? [] : places.map((place) => thrownText(printer.program, place));
  const sure = texts.filter((text) => text !== undefined).map((text) => messageLine(printer, text));
  if (first !== undefined) for (const line of explanation(backlog, first.at)) printer.print(line, '\n');
  // Go 1.26 prints the panics that were under way first, and indents the error.
  const indented = first !== undefined && first.at > 0 && backlog[first.at - 1] === TAB;
  const isFatal = indented || (first === undefined && printer.printing?.throwing === USER_ERROR);
  if (printer.minor >= 26 && goroutine !== undefined && isFatal && printPanics(printer, goroutine) > 0)
    printer.print('\t');
  if (sure.length > 0) {
    for (const line of sure) printer.out.printBytes(line);
    return;
  }
  for (const { bytes } of messages) printer.out.printBytes(bytes);
  printMissing(printer, places, messages);
}

interface Message {
  /** Offset in the backlog. */
  readonly at: number;
  /** Mark, text and line end. */
  readonly bytes: Uint8Array;
}

/** Messages that threads printed when another was dying already: they are not in the backlog, but in the frames of throw. */
function printMissing(
  printer: Printer,
  places: readonly { readonly pc: number; readonly sp: number }[],
  messages: readonly Message[],
): void {
  if (messages.length >= places.length) return;
  if (messages.length > 0)
    printer.note('several threads died at once: what they printed may have been in another order');
  const printed = messages.map(({ bytes }) => bytes);
  for (const place of places) {
    const text = thrownText(printer.program, place);
    const line = text && messageLine(printer, text);
    const known = line === undefined ? -1 : printed.findIndex((each) => isSame(each, line));
    if (known >= 0) printed.splice(known, 1);
    else if (line !== undefined) printer.out.printBytes(line);
    else if (messages.length === 0) {
      printer.note('the message of the fatal error is not in the core');
      printer.print(MARK, '?\n');
    }
  }
}

/** The whole line of a message; continued lines begin with a tab since Go 1.23. */
function messageLine(printer: Printer, text: Uint8Array): Uint8Array {
  const bytes = [...encodeUtf8(MARK)];
  for (const byte of text) {
    bytes.push(byte);
    if (byte === NEWLINE && printer.minor >= 23) bytes.push(TAB);
  }
  return Uint8Array.from([...bytes, NEWLINE]);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The last messages of the backlog, `count` at most, as far as each follows directly on the line of the one before. */
function lastMessages(backlog: Uint8Array, count: number): readonly Message[] {
  const messages: Message[] = [];
  let end = backlog.length;
  while (messages.length < count) {
    const at = lastIndexOf(backlog, MARK, end);
    if (at < 0) break;
    const text = backlog.subarray(at, end);
    // Only the last may have lines of its own: others end with the first of theirs.
    if (messages.length > 0 && text.indexOf(NEWLINE) !== text.length - 1) break;
    messages.unshift({ at, bytes: text.at(-1) === NEWLINE ? text : Uint8Array.from([...text, NEWLINE]) });
    end = at;
  }
  return messages;
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

/** Where `text` begins for the last time in the first `end` bytes; -1 for nowhere. */
function lastIndexOf(bytes: Uint8Array, text: string, end: number): number {
  for (let at = end - text.length; at >= 0; at--) {
    let i = 0;
    while (i < text.length && bytes[at + i] === text.charCodeAt(i)) i++;
    if (i === text.length) return at;
  }
  return -1;
}
