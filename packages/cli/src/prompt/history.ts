import { closeSync, mkdirSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the prompt's history is kept: `$XDG_STATE_HOME/inquest/history`, by default below `~/.local/state`. */
export function historyPath(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && state.startsWith('/') ? state : join(env['HOME'] ?? homedir(), '.local', 'state');
  return join(base, 'inquest', 'history');
}

/** Makes the file, readable by its owner only; undefined if that cannot be done, and then there is no history. */
export function prepareHistory(path: string): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    return path;
  } catch {
    return undefined;
  }
}
