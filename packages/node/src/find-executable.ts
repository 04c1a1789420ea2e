import { existsSync } from 'node:fs';
import { CoreTarget, isDebugError, parseElf, type ByteSource, type ElfFile } from '@inquest/engine';
import type { DiskFinder } from './file-finder.ts';

/** ELF e_type of a core. */
const ET_CORE = 4;

/**
 * Finds the executable of a core: by the path that the core names, beside the core, or by its build ID. One of another
 * build is passed over. What was found, or why nothing was, is added to `notes`, a sentence each.
 */
export function findExecutable(
  core: ElfFile,
  finder: DiskFinder,
  open: (path: string) => ByteSource,
  notes: string[],
): ElfFile | undefined {
  const target = new CoreTarget(core, undefined);
  const { executablePath, executableBuildIds: ids } = target;
  const seen = new Set<string>();
  const rejected: string[] = [];
  let unproven: ElfFile | undefined;
  for (const path of finder.executablePaths(executablePath, ids)) {
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    const elf = attemptOpen(path, open, rejected);
    if (elf === undefined || elf.type === ET_CORE) continue;
    const { proof, difference } = target.judge(elf);
    if (proof === 'proven') return found(elf, notes);
    if (difference !== undefined) rejected.push(difference);
    else unproven ??= elf;
  }
  // What cannot be compared is taken only by its name, which is how the first ones are found.
  if (unproven !== undefined && executablePath !== undefined) return found(unproven, notes);
  notes.push(...rejected, missingText(executablePath, ids.gnu));
  return undefined;
}

function found(elf: ElfFile, notes: string[]): ElfFile {
  notes.push(`the executable was found at ${elf.source.name}`);
  return elf;
}

function attemptOpen(path: string, open: (path: string) => ByteSource, rejected: string[]): ElfFile | undefined {
  try {
    return parseElf(open(path));
  } catch (error) {
    if (!isDebugError(error)) throw error;
    rejected.push(error.message);
    return undefined;
  }
}

function missingText(path: string | undefined, buildId: string | undefined): string {
  const id = buildId === undefined ? '' : ` (build ID ${buildId})`;
  return path === undefined
    ? `the core does not name its executable${id}: only addresses can be shown; give the executable as well`
    : `the executable ${path}${id} is not on this machine: only addresses can be shown; give it as well`;
}
