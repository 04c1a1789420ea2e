import { readU64Big } from '../base/cursor.ts';
import { attempt, hex } from '../base/errors.ts';
import { readArgumentInfo } from '../pclntab/argument-info.ts';
import type { FoundFunc } from '../program/program.ts';
import type { Printer } from './printer.ts';
import type { WalkedFrame } from './stack-walk.ts';

/** Words of arguments that were printed until Go 1.16. */
const MOST_WORDS = 10;

/** What stands between the parentheses behind a function's name; `pc` is where the frame is looked up. */
export function printedArguments(printer: Printer, frame: WalkedFrame, pc: number): string {
  const base = frame.fp + printer.program.target.arch.argumentOffset;
  if (printer.minor <= 16) return rawWords(printer, frame.found, base);
  const { func, pclntab } = frame.found;
  const parts = attempt(() => readArgumentInfo(printer.memory, pclntab, func, pc)) ?? [];
  let text = '';
  let first = true;
  for (const part of parts) {
    if (part.kind !== 'close' && !first) text += ', ';
    first = part.kind === 'open';
    if (part.kind === 'open') text += '{';
    else if (part.kind === 'close') text += '}';
    else if (part.kind === 'more') text += '...';
    else if (part.kind === 'too-far') text += '_';
    else text += `${wordAt(printer, base + part.offset, part.size)}${part.live ? '' : '?'}`;
  }
  return text;
}

/** A value of 1 to 8 bytes in hex; a lone `?` where the core does not have it. */
function wordAt(printer: Printer, address: number, size: number): string {
  // The runtime reads eight bytes and cuts them, but only those of the value need be there.
  const bytes = printer.memory.readSome(address, Math.min(size, 8));
  if (bytes.length < Math.min(size, 8)) return '?';
  const word = new Uint8Array(8);
  word.set(bytes);
  return hex(readU64Big(word, 0));
}

/** Until Go 1.16: the words of the argument block with results, whatever they are; it may be of unknown size. */
function rawWords(printer: Printer, { func }: FoundFunc, base: number): string {
  const words: string[] = [];
  const count = Math.floor(func.args / 8);
  for (let i = 0; i < count; i++) {
    if (i >= MOST_WORDS) {
      words.push('...');
      break;
    }
    words.push(wordAt(printer, base + i * 8, 8));
  }
  return words.join(', ');
}
