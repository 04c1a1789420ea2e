import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** How a program that was named can be started, or the exit code that shells have for what is wrong. */
export type ProgramPath = { readonly path: string } | { readonly problem: string; readonly code: 126 | 127 };

/** Finds a program as a shell does: a name with a slash is a path, another is looked for in PATH. */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): ProgramPath {
  if (name.includes('/')) {
    const problem = problemOf(name);
    return problem === undefined
      ? { path: name }
      : { problem: `cannot run ${name}: ${problem.text}`, code: problem.code };
  }
  let found: ProgramPath | undefined;
  for (const folder of (env['PATH'] ?? '/usr/bin:/bin').split(':')) {
    const path = join(folder === '' ? '.' : folder, name);
    const problem = problemOf(path);
    if (problem === undefined) return { path };
    if (problem.code === 126) found ??= { problem: `cannot run ${path}: ${problem.text}`, code: 126 };
  }
  return found ?? { problem: `there is no program ${name} in PATH`, code: 127 };
}

function problemOf(path: string): { readonly text: string; readonly code: 126 | 127 } | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { text: 'no such file', code: 127 };
  if (!stat.isFile()) return { text: 'it is not a file', code: 126 };
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return { text: 'it is not executable', code: 126 };
  }
}
