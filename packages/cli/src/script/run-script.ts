import { DebugError } from '@inquest/engine';

/** True if the name of a file is that of a script. */
export function isScript(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

/** Runs a script. */
export function runScript(path: string): void {
  throw new DebugError(`${path}: scripts are not here yet`, { code: 'unsupported' });
}
