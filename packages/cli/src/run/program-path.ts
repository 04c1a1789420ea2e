import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, parseElf } from '@inquest/engine';
import { openSource } from '@inquest/node';

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
  } catch {
    return { text: 'it is not executable', code: 126 };
  }
  const interpreter = interpreterOf(path);
  if (interpreter === undefined || existsSync(interpreter)) return undefined;
  return { text: `its interpreter ${interpreter} is not there`, code: 126 };
}

/** The first line of a script says what runs it; a longer one the kernel does not read. */
const LONGEST_SHEBANG = 256;
/** ELF p_type of the path of the dynamic linker, and the longest path. */
const PT_INTERP = 3;
const LONGEST_PATH = 4096;

/** What the kernel starts instead, to run the file: of a script, or of a program with shared libraries. */
function interpreterOf(path: string): string | undefined {
  const head = Buffer.alloc(LONGEST_SHEBANG);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // A program may be executable and not readable.
    return undefined;
  }
  const script = /^#![ \t]*([^\s\0]+)/.exec(head.toString('latin1'))?.[1];
  if (script !== undefined) return script;
  return attempt(() => {
    const elf = parseElf(openSource(path));
    const place = elf.segments.find(({ type }) => type === PT_INTERP);
    if (place === undefined || place.filesz > LONGEST_PATH) return undefined;
    return Buffer.from(elf.source.bytes(place.offset, place.filesz)).toString('utf8').replace(/\0.*$/s, '');
  });
}
