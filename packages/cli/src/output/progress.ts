import type { Progress } from '@inquest/node';
import { sanitize } from './sanitize.ts';
import { clearStatus, isTerminal, showStatus, writeAll } from './terminal.ts';

/** Progress on standard error: a line that changes on a terminal, the first text alone in a log; nothing if `quiet`. */
export function terminalProgress(quiet: boolean): Progress | undefined {
  if (quiet) return undefined;
  const terminal = isTerminal(2);
  let first = true;
  return {
    report(text) {
      if (terminal) showStatus(`inquest: ${sanitize(text)}`);
      else if (first) writeAll(2, `inquest: ${sanitize(text)} so far\n`);
      first = false;
    },
    clear() {
      clearStatus();
    },
  };
}
