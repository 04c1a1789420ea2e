import { withoutColours } from './sanitize.ts';
import { clearStatus, terminalSize, writeAll } from './terminal.ts';

/** The pager's command line; undefined for none. */
export function pagerCommand(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['INQUEST_PAGER'] ?? env['DELVE_PAGER'] ?? env['PAGER'];
  if (chosen === undefined) return 'less -FRX';
  return chosen.trim() === '' || chosen.trim() === 'cat' ? undefined : chosen;
}

/** Runs something while the terminal is another program's. */
export type LendTerminal = <T>(action: () => T) => T;

/** Writes `text` to standard output; what is longer than the terminal goes through the pager, if `lend` is given. */
export function show(text: string, lend: LendTerminal | undefined): void {
  const size = lend === undefined ? undefined : terminalSize();
  const command = pagerCommand(process.env);
  const pages = size !== undefined && command !== undefined && countRows(text, size.columns) >= size.rows;
  if (!pages || lend?.(() => runPager(command, text)) !== true) writeAll(1, text);
}

function runPager(command: string, text: string): boolean {
  clearStatus();
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, error } = spawnSync(command, {
    shell: true,
    input: text,
    stdio: ['pipe', 'inherit', 'pipe'],
    maxBuffer: 1 << 20,
    env: { LESSCHARSET: 'utf-8', ...process.env },
  });
  // A pager that was left early closes the pipe. 126 and 127 are the shell's: it cannot be run.
  if (error !== undefined && (error as { code?: string }).code !== 'EPIPE') return false;
  return status !== 126 && status !== 127;
}

/** Terminal rows that the text takes, escape sequences not counted; wide characters count as one. */
export function countRows(text: string, columns: number): number {
  let rows = 0;
  for (const line of withoutColours(text).split('\n')) rows += Math.max(1, Math.ceil(line.length / columns));
  return rows - (text.endsWith('\n') ? 1 : 0);
}
