import { amount, cacheFolders, cacheSize, clearCache, LARGEST_CACHE, type CacheKind } from '@inquest/node';
import { EXIT } from '../exit-codes.ts';
import { writeAll } from '../output/terminal.ts';
import type { CacheRequest } from '../tool-arguments.ts';

/** The kinds of what is kept, and what they are. */
const KINDS: Readonly<Record<CacheKind, string>> = {
  cores: 'cores that were decompressed',
  executables: 'what was found out about executables',
};

/** `inquest cache`: tells what is kept on disk, or removes it. Returns the exit code. */
export function runCache({ clear }: CacheRequest): number {
  const lines = Object.entries(KINDS).flatMap(([kind, what]) => linesOf(kind as CacheKind, what, clear));
  writeAll(1, `${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** A line for each folder of a kind; the one in the temporary folder is told of if it has files. */
function linesOf(kind: CacheKind, what: string, clear: boolean): string[] {
  return cacheFolders(kind).flatMap((folder, i) => {
    const { files, bytes } = clear ? clearCache(folder) : cacheSize(folder);
    if (i > 0 && files === 0) return [];
    const count = `${files} ${files === 1 ? 'file' : 'files'}, ${amount(bytes)}`;
    return clear ? [`${folder}: removed ${count}`] : [`${folder}: ${count} of ${amount(LARGEST_CACHE[kind])}: ${what}`];
  });
}
