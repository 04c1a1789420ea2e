import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDelve } from './delve-client.ts';

/** A command that Delve does not have: it says so with the number of the line, and that parts the outputs. */
const MARK = 'end-of-output';
/** Longest time that all commands together may take, in milliseconds. */
const PATIENCE = 180_000;

/** What the terminal of `dlv core` prints for each of the commands: see `runDelveTerminal`. */
export function askDelveTerminal(
  executable: string,
  core: string,
  commands: readonly string[],
  setup: readonly string[] = [],
): string[] {
  return runDelveTerminal(['core', executable, core, '--check-go-version=false'], commands, setup);
}

/** What `dlv connect` prints for each of the commands on the server at an address. */
export function connectDelveTerminal(
  address: string,
  commands: readonly string[],
  setup: readonly string[] = [],
): string[] {
  return runDelveTerminal(['connect', address], commands, setup);
}

/**
 * What Delve's terminal prints for each of the commands, one process for all. Errors begin with `Command failed: `. The
 * commands of `setup` run before, unseen. Without colours; the current folder and the home are empty ones.
 */
function runDelveTerminal(args: readonly string[], commands: readonly string[], setup: readonly string[]): string[] {
  const delve = findDelve();
  if (delve === undefined) throw new Error('Delve is not installed: scripts/go-toolchains fetches it');
  const folder = mkdtempSync(join(tmpdir(), 'inquest-delve-'));
  const init = join(folder, 'init');
  const lines = [...setup];
  for (const command of ['', ...commands]) lines.push(command, MARK);
  lines.push('exit');
  writeFileSync(init, `${lines.join('\n')}\n`);
  try {
    const flags = ['--allow-non-terminal-interactive=true', '--init', init];
    // Errors go to the other stream; the shell puts both in one, in order.
    const run = spawnSync('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', delve, ...args, ...flags], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      timeout: PATIENCE,
    });
    return cut(run.stdout, init, setup.length + 2, commands.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Parts what was printed at the marks. `first` is the number of the first mark's line, which stands before all outputs. */
function cut(output: string, init: string, first: number, count: number): string[] {
  const outputs: string[] = [];
  let rest = output;
  for (let i = 0; i <= count; i++) {
    const mark = `${init}:${first + i * 2}: command not available\n`;
    const at = rest.indexOf(mark);
    // A command that ended Delve has no mark behind it.
    if (at < 0) {
      outputs.push(`${rest}\n(Delve ended here)`);
      break;
    }
    outputs.push(rest.slice(0, at).replaceAll(new RegExp(`^${init}:\\d+: `, 'gm'), 'Command failed: '));
    rest = rest.slice(at + mark.length);
  }
  return outputs.slice(1).map((text) => text.replace(/\n$/, ''));
}
