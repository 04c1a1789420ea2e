import { attempt } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Program } from '../program/program.ts';
import { symbolsAreCheap } from './roots.ts';
import { waitReasons } from './wait-reasons.ts';

/** Larger than runtime.waitReasonStrings ever was, in bytes. */
const LARGEST_TABLE = 256 * 16;
const LONGEST_REASON = 200;

/** Wait reasons by number: from the program's own runtime.waitReasonStrings where its symbol is at hand, else by release. */
export function waitReasonsOf(program: Program): readonly string[] {
  return readWaitReasons(program) ?? waitReasons(program.minor);
}

function readWaitReasons(program: Program): string[] | undefined {
  const symbol = symbolsAreCheap(program) ? program.main?.symbol('runtime.waitReasonStrings') : undefined;
  if (symbol === undefined || symbol.size === 0 || symbol.size > LARGEST_TABLE) return undefined;
  return attempt(() => {
    const { memory } = program;
    const strings: string[] = [];
    for (let at = symbol.address; at + 16 <= symbol.address + symbol.size; at += 16) {
      const length = memory.u64(at + 8);
      if (length > LONGEST_REASON) return undefined;
      strings.push(length === 0 ? '' : decodeUtf8(memory.read(memory.u64(at), length)));
    }
    return strings.includes('chan receive') ? strings : undefined;
  });
}
