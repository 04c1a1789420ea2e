import { basename } from 'node:path';
import { DebugError } from '@inquest/engine';

/** The user's editor: a command line of the shell. Undefined if none is chosen. */
export function editorCommand(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = [env['INQUEST_EDITOR'], env['DELVE_EDITOR'], env['VISUAL'], env['EDITOR']];
  return chosen.find((command) => command !== undefined && command.trim() !== '');
}

/** How an editor is told a line. What is not listed understands `+LINE FILE`, as vi, emacs, nano and most do. */
const GOTO: ReadonlySet<string> = new Set(['code', 'code-insiders', 'codium', 'cursor', 'windsurf']);
const SUFFIX: ReadonlySet<string> = new Set(['subl', 'zed', 'zeditor', 'hx', 'helix', 'micro', 'goland', 'idea']);

/** The arguments for an editor to show `line` of `path`. */
export function editorArguments(command: string, path: string, line: number): string[] {
  const name = basename(command.trim().split(/\s+/)[0] ?? '');
  if (line <= 0) return [path];
  if (GOTO.has(name)) return ['--goto', `${path}:${line}`];
  if (SUFFIX.has(name)) return [`${path}:${line}`];
  return [`+${line}`, path];
}

/** Runs the editor on the terminal and waits for it. Throws `io` if it cannot be run or fails. */
export function runEditor(path: string, line: number, env: NodeJS.ProcessEnv = process.env): void {
  const command = editorCommand(env);
  if (command === undefined) {
    throw new DebugError('no editor is chosen', { code: 'usage', hint: 'set EDITOR or INQUEST_EDITOR' });
  }
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  // The shell splits the command; the path it never sees.
  const { status, error } = spawnSync(
    '/bin/sh',
    ['-c', `${command} "$@"`, 'edit', ...editorArguments(command, path, line)],
    { stdio: 'inherit', env },
  );
  if (error !== undefined) throw new DebugError(`cannot run ${command}: ${error.message}`, { code: 'io' });
  if (status !== 0) throw new DebugError(`the editor failed: ${command}`, { code: 'io' });
}
