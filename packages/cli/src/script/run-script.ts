import { basename, relative, resolve } from 'node:path';
import { DebugError, isDebugError } from '@inquest/engine';
import { createApi, type ScriptHost } from './api.ts';
import { ScriptLoader } from './load-script.ts';

export { isScript } from './load-script.ts';

/** Lines of JavaScript's stack that are kept: a line of a script is below those of the engine. */
const STACK_LINES = 200;

/**
 * Runs a script: its default export (or module.exports) is called with the session's API; `inquest` is there without that, too.
 * Errors that it does not catch are told with its file and line.
 */
export function runScript(path: string, args: readonly string[], host: ScriptHost): void {
  const files = new Set<string>();
  const guard = <T>(action: () => T): T => {
    // The script's own line lies below ours in the stack.
    Error.stackTraceLimit = STACK_LINES;
    try {
      return action();
    } catch (error) {
      throw located(error, path, files);
    }
  };
  const api = createApi(host, args, guard);
  const loader = new ScriptLoader({ inquest: api, console: createConsole(api.print) }, files);
  guard(() => {
    const main = mainOf(loader.load(path));
    const result: unknown = main?.(api);
    if (result instanceof Promise)
      throw new DebugError(`${path}: the script's function must not be async`, {
        code: 'usage',
        hint: 'everything in inquest answers at once: no await is needed',
      });
  });
}

function mainOf(exported: unknown): ((api: unknown) => unknown) | undefined {
  if (typeof exported === 'function') return exported as (api: unknown) => unknown;
  const { default: main } = exported as { default?: unknown };
  return typeof main === 'function' ? (main as (api: unknown) => unknown) : undefined;
}

function createConsole(print: (...values: unknown[]) => void): Pick<Console, 'log' | 'info' | 'warn' | 'error'> {
  return { log: print, info: print, warn: print, error: print };
}

/** The error with the place in the script before it: `count.js:12: there is no goroutine 99`. */
function located(error: unknown, path: string, files: ReadonlySet<string>): unknown {
  const { message, stack = '', name } = error instanceof Error ? error : new Error(String(error));
  if (isDebugError(error) && error.message.startsWith(path)) return error;
  const place = findPlace(stack, files);
  const where = place === undefined ? path : `${shorten(place.file, path)}:${place.line}`;
  const what = isDebugError(error) || !(error instanceof Error) || name === 'Error' ? message : `${name}: ${message}`;
  const detail = isDebugError(error) ? error.detail : undefined;
  return new DebugError(`${where}: ${what}`, {
    code: detail?.code ?? 'script',
    ...(detail?.hint === undefined ? {} : { hint: detail.hint }),
  });
}

/** The innermost line of the scripts in a stack of JavaScript. */
function findPlace(stack: string, files: ReadonlySet<string>): { file: string; line: number } | undefined {
  for (const frame of stack.split('\n')) {
    const [, file = '', line] = /(?:\(|at )(\/[^()]*):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (files.has(file)) return { file, line: Number(line) };
  }
  return undefined;
}

/** The script as the user named it; other files relative to here. */
function shorten(file: string, path: string): string {
  if (resolve(path) === file) return path;
  const here = relative(process.cwd(), file);
  return here.startsWith('..') ? basename(file) : here;
}
