import type { Progress } from '@inquest/node';
import { sanitize } from './sanitize.ts';
import { isTerminal, writeAll } from './terminal.ts';

/** Back to the start of the line, and what is on it erased. */
const ERASE = '\r\u001b[K';

/** Progress on standard error: a line that changes on a terminal, the first text alone in a log; nothing if `quiet`. */
export function terminalProgress(quiet: boolean): Progress | undefined {
  if (quiet) return undefined;
  const terminal = isTerminal(2);
  let first = true;
  return {
    report(text) {
      if (terminal) writeAll(2, `${ERASE}inquest: ${sanitize(text)}`);
      else if (first) writeAll(2, `inquest: ${sanitize(text)} so far\n`);
      first = false;
    },
    clear() {
      if (terminal) writeAll(2, ERASE);
    },
  };
}
