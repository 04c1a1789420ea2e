import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DebugError } from '@inquest/engine';
import { cacheFolders, makeOwn, SPOOLED } from '../cache/cache-folder.ts';
import { reasonOf } from '../host-file.ts';

// Modules of Node that only archives need are loaded when one is opened: they would slow down every start.

/** Bytes of the head and of the tail of an archive that take part in its key. */
const SAMPLE = 1 << 16;

/** Where decompressed and spooled cores are kept. */
export function coreFolder(): string {
  const folders = cacheFolders('cores');
  const folder = folders.find((each) => makeOwn(each));
  if (folder !== undefined) return folder;
  throw new DebugError(`neither ${folders.join(' nor ')} can be written: a compressed core cannot be opened`, {
    code: 'io',
    hint: 'XDG_CACHE_HOME names another folder to decompress into',
  });
}

/** The name under which the contents of an archive are kept: size, time, inode, and a hash of its head and tail. */
export function cacheKey(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new DebugError(`cannot open ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
  try {
    const { size, mtimeMs, ino, dev } = fstatSync(fd);
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(`1 ${size} ${mtimeMs} ${dev} ${ino}\n`);
    const sample = Buffer.alloc(SAMPLE);
    for (const at of [0, Math.max(0, size - SAMPLE)])
      hash.update(sample.subarray(0, readSync(fd, sample, 0, SAMPLE, at)));
    return hash.digest('hex').slice(0, 32);
  } catch (error) {
    throw new DebugError(`cannot read ${path}: ${reasonOf(error)}`, { code: 'io' });
  } finally {
    closeSync(fd);
  }
}

/** A name for a copy of standard input. */
export function spoolName(folder: string): string {
  return join(folder, `stdin.${process.pid}${SPOOLED}`);
}
