// Compressed cores: opened for the first time, and again, when the cache has them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { measureInTurn } from './measure.mjs';

/** Commands that compress to standard output; those that are not installed are left out. */
const COMMANDS = { zst: ['zstd', '-q', '-c'], lz4: ['lz4', '-q', '-c'], xz: ['xz', '-1', '-c'] };

/** The core in each format: its path by its ending. */
function archives({ core }, scratch) {
  const found = { gz: join(scratch, 'core.gz') };
  writeFileSync(found.gz, gzipSync(readFileSync(core), { level: 6 }));
  for (const [ending, [command, ...words]] of Object.entries(COMMANDS)) {
    const { status, stdout, error } = spawnSync(command, [...words, core], { maxBuffer: 2 ** 31 });
    if (error !== undefined || status !== 0) continue;
    found[ending] = join(scratch, `core.${ending}`);
    writeFileSync(found[ending], stdout);
  }
  return found;
}

/** Rows of the table: the report of a compressed core. */
export function archiveRows(input, { launcher, scratch, rounds, only }) {
  if (!`${input.name} report of archive`.includes(only)) return [];
  const cache = join(scratch, 'cache');
  const open = (archive) => [process.execPath, launcher, 'core', input.exe, archive, '--stats', '-q', '-e', 'report'];
  const inCache = (words) => ['env', `XDG_CACHE_HOME=${cache}`, ...words];
  return Object.entries(archives(input, scratch)).flatMap(([ending, archive]) => {
    const anew = ['sh', '-c', `rm -rf '${cache}'; exec "$0" "$@"`, ...open(archive)];
    const [first] = measureInTurn([inCache(anew)], rounds);
    const [again] = measureInTurn([inCache(open(archive))], rounds);
    return [
      { input: input.name, work: `report of archive .${ending}, first time`, inquest: first },
      { input: input.name, work: `report of archive .${ending}, again`, inquest: again },
    ];
  });
}
