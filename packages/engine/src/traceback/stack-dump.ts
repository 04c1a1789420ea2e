import { readU64Big } from '../base/cursor.ts';
import { attempt, hex } from '../base/errors.ts';
import type { StackBounds } from '../unwind/stacks.ts';
import type { Printer } from './printer.ts';

/** How far around the frame words are shown, and how far at most, in bytes. */
const AROUND = 32 * 8;
const FARTHEST = 256 * 8;

/** What is marked in a dump. */
interface Marked {
  readonly sp: number;
  readonly fp: number;
}

/** The words around a frame that could not be unwound (runtime/traceback.go tracebackHexdump). */
export function printStackDump(printer: Printer, stack: StackBounds, frame: Marked, bad: number): void {
  const { sp, fp } = frame;
  const low = Math.max(Math.max((fp !== 0 && fp < sp ? fp : sp) - AROUND, sp - FARTHEST), stack.low);
  const top = Math.min(Math.min((fp !== 0 && fp > sp ? fp : sp) + AROUND, sp + FARTHEST), stack.high);
  // Garbage in a stack pointer: numbers that large cannot be counted up, and there is no memory there.
  const high = Number.isSafeInteger(top) ? top : low;
  printer.print(`stack: frame={sp:${hex(sp)}, fp:${hex(fp)}} stack=[${hex(stack.low)},${hex(stack.high)})\n`);
  // Go 1.26 made the dump wider, with marks on lines of their own.
  if (printer.minor >= 26) dumpWide(printer, low, high, frame, bad);
  else dumpNarrow(printer, low, high, frame, bad);
}

function padded(value: number | bigint): string {
  return value.toString(16).padStart(16, '0');
}

/** The function in whose code a word points, as `name+0xoffset`. */
function pointsTo(printer: Printer, word: bigint): string | undefined {
  if (word > 0xffff_ffff_ffffn) return undefined;
  const func = attempt(() => printer.program.findFunc(Number(word)))?.func;
  if (func === undefined) return undefined;
  const offset = Number(word) - func.entry;
  // Until Go 1.16 offsets were printed in decimal.
  return `${func.name}+${printer.minor <= 16 ? String(offset) : hex(offset)}`;
}

/** Two words to a line; `<` stands before the word at sp, `>` at fp, `!` at the bad address. */
function dumpNarrow(printer: Printer, low: number, high: number, { sp, fp }: Marked, bad: number): void {
  const prefix = printer.minor <= 16 ? '' : '0x';
  for (let at = low; at < high; at += 8) {
    if ((at - low) % 16 === 0) printer.print(`${at === low ? '' : '\n'}${prefix}${padded(at)}: `);
    const word = printer.word(at);
    printer.print(at === fp ? '>' : at === sp ? '<' : at === bad ? '!' : ' ');
    printer.print(word === undefined ? '?' : `${prefix}${padded(word)}`, ' ');
    const name = word === undefined ? undefined : pointsTo(printer, word);
    if (name !== undefined) printer.print(`<${name}> `);
  }
  printer.print('\n');
}

/** Columns of the first word, from one word to the next, and of the characters. */
const FIRST_WORD = 18;
const NEXT_WORD = 19;
const CHARACTERS = 56;
const HEADER = '                   7 6 5 4  3 2 1 0   f e d c  b a 9 8  0123456789abcdef\n';

/** Sixteen bytes to a line with their characters; what a word is follows on lines of its own, below it. */
function dumpWide(printer: Printer, low: number, high: number, { sp, fp }: Marked, bad: number): void {
  printer.print(HEADER);
  for (let line = low - (low % 16); line < high; line += 16) {
    const marks: string[] = [];
    const words: string[] = [];
    let characters = '';
    for (const at of [line, line + 8]) {
      if (at < low || at >= high) {
        // A last line of one word ends behind its characters.
        if (at < low) characters += ' '.repeat(8);
        words.push(' '.repeat(17));
        continue;
      }
      const bytes = attempt(() => printer.memory.read(at, 8));
      const word = bytes && readU64Big(bytes, 0);
      words.push(word === undefined ? '?'.padEnd(17) : padded(word).replace(/^(.{8})/, '$1 '));
      for (const byte of bytes ?? []) characters += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.';
      const column = FIRST_WORD + (at === line ? 0 : NEXT_WORD);
      const note = (text: string): void => void marks.push(`${' '.repeat(column)}^ ${text}\n`);
      if (at === fp) note('FP');
      if (at === sp) note('SP');
      if (at === bad) note('bad');
      const name = word === undefined ? undefined : pointsTo(printer, word);
      if (name !== undefined) note(`<${name}>`);
    }
    const data = `${padded(line)}: ${words.join('  ')}`;
    printer.print(`${data.padEnd(CHARACTERS)}${characters}\n`, ...marks);
  }
}
