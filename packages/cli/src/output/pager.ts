import { load } from '../load.ts';
import { terminalSize, writeAll } from './terminal.ts';

/** The pager's command line; undefined for none. */
export function pagerCommand(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['INQUEST_PAGER'] ?? env['DELVE_PAGER'] ?? env['PAGER'];
  if (chosen === undefined) return 'less -FRX';
  return chosen.trim() === '' || chosen.trim() === 'cat' ? undefined : chosen;
}

/** Writes `text` to standard output; what is longer than the terminal goes through the pager if that is wanted. */
export function show(text: string, usePager: boolean): void {
  const size = usePager ? terminalSize() : undefined;
  const command = pagerCommand(process.env);
  if (size === undefined || command === undefined || countRows(text, size.columns) < size.rows || !runPager(command, text)) {
    writeAll(1, text);
  }
}

function runPager(command: string, text: string): boolean {
  const { spawnSync } = load('node:child_process') as typeof import('node:child_process');
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
  // eslint-disable-next-line no-control-regex
  for (const line of text.replace(/\u001b\[[0-9;]*m/g, '').split('\n')) rows += Math.max(1, Math.ceil(line.length / columns));
  return rows - (text.endsWith('\n') ? 1 : 0);
}
