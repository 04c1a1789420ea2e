import { show, type LendTerminal } from './pager.ts';
import { writeAll } from './terminal.ts';

/** Text is written in pieces of about this many characters. */
const CHUNK = 1 << 16;
/** What is longer than this is not paged: a pager would have to be given all of it at once. */
const MOST_PAGED = 4 << 20;

/**
 * Writes pieces of text to standard output as they come. With `lend` they are gathered for the pager first, and written
 * without it when there are too many.
 */
export function writePieces(pieces: Iterable<string>, lend: LendTerminal | undefined): void {
  let waiting: string[] = [];
  let length = 0;
  let limit = lend === undefined ? CHUNK : MOST_PAGED;
  let paged = lend !== undefined;
  const flush = (): void => {
    writeAll(1, waiting.join(''));
    waiting = [];
    length = 0;
  };
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < limit) continue;
    [paged, limit] = [false, CHUNK];
    flush();
  }
  if (paged) show(waiting.join(''), lend);
  else flush();
}
