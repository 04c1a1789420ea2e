// Runs commands through `dlv core`, one process for all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFixture } from '../../../../fixtures/fixtures.mjs';
import { COMPILED_IN, PROGRAMS } from './inquest-side.ts';

const toolchains = process.env['GO_TOOLCHAINS'] ?? join(homedir(), '.cache/go-toolchains');

/** Path of Delve; undefined when it is not there. */
export const DELVE: string | undefined = [join(toolchains, 'delve/bin/dlv'), '/usr/bin/dlv'].find((path) =>
  existsSync(path),
);

/** A command that Delve does not have: it says so with the number of the line, and that parts the outputs. */
const MARK = 'end-of-output';

/** What each of the commands printed. `goroot` is where Go's sources were compiled: they are shown to be on no machine. */
export function runDelve(id: string, commands: readonly string[], goroot: string | undefined): string[] {
  if (DELVE === undefined) throw new Error('Delve is not installed');
  const { exe, core } = openFixture(id);
  const folder = mkdtempSync(join(tmpdir(), 'inquest-delve-'));
  const init = join(folder, 'init');
  const lines = [`config substitute-path ${COMPILED_IN} ${PROGRAMS}`];
  if (goroot !== undefined) lines.push(`config substitute-path ${goroot}/ $GOROOT/`);
  for (const command of ['', ...commands]) lines.push(command, MARK);
  lines.push('exit');
  writeFileSync(init, `${lines.join('\n')}\n`);
  try {
    const options = ['--check-go-version=false', '--allow-non-terminal-interactive=true', '--init', init];
    // Errors go to the other stream; the shell puts both in one, in order.
    const run = spawnSync('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', DELVE, 'core', exe, core, ...options], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      timeout: 120_000,
    });
    return cut(run.stdout, init, lines.length, commands.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function cut(output: string, init: string, lineCount: number, count: number): string[] {
  const first = lineCount - 1 - count * 2;
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
