import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { DebugError } from '@inquest/engine';
import { reasonOf } from '../host-file.ts';

// Modules of Node that only archives need are loaded when one is opened: they would slow down every start.

/** What decompressed files may take on disk together, in bytes; the one in use is kept however large it is. */
const LARGEST_CACHE = 20 * 2 ** 30;
/** Files that nobody opened for this long are removed, in milliseconds. */
const OLDEST = 14 * 24 * 3600 * 1000;
/** Bytes of the head and of the tail of an archive that take part in its key. */
const SAMPLE = 1 << 16;

const HALF = '.part';
/** A copy of standard input, which goes with the process that made it. */
const SPOOLED = '.spooled';

/** Where decompressed and spooled cores are kept: `$XDG_CACHE_HOME/inquest/cores`, by default below `~/.cache`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_CACHE_HOME, HOME } = env;
  const { homedir, tmpdir } = process.getBuiltinModule('node:os');
  const base =
    XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME.startsWith('/') ? XDG_CACHE_HOME : join(HOME ?? homedir(), '.cache');
  const folder = join(base, 'inquest', 'cores');
  if (isOwn(folder)) return folder;
  // A home that cannot be written, as daemons have it: the temporary folder, where no one else may have made it first.
  const other = join(tmpdir(), `inquest-${process.getuid?.() ?? 'user'}`, 'cores');
  if (isOwn(other)) return other;
  throw new DebugError(`neither ${folder} nor ${other} can be written: a compressed core cannot be opened`, {
    code: 'io',
    hint: 'XDG_CACHE_HOME names another folder to decompress into',
  });
}

/** True if the folder is there, or could be made, and belongs to this user alone. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = lstatSync(folder);
    return stat.isDirectory() && stat.uid === (process.geteuid?.() ?? stat.uid) && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
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

/** The file of that name if it is in the cache; it counts as used now. */
export function findCached(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Then it is removed the earlier.
  }
  return path;
}

/** A name for a file that is being written. */
export function halfName(folder: string, name: string): string {
  return join(folder, `${name}.${process.pid}${HALF}`);
}

/** A name for a copy of standard input. */
export function spoolName(folder: string): string {
  return join(folder, `stdin.${process.pid}${SPOOLED}`);
}

/** Removes what is too old, and the oldest while all are too large together; never `kept`, nor what a living process writes. */
export function tidyCache(folder: string, kept: string, limit: number = LARGEST_CACHE, now: number = Date.now()): void {
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => describe(path))
    .sort((a, b) => b.used - a.used);
  let total = files.find(({ path }) => path === kept)?.bytes ?? 0;
  for (const { path, used, bytes } of files) {
    if (path.endsWith(HALF) || path.endsWith(SPOOLED)) {
      if (!hasOwner(path)) rmSync(path, { force: true });
      continue;
    }
    if (path === kept) continue;
    total += bytes;
    if (total > limit || now - used > OLDEST) {
      rmSync(path, { force: true });
      total -= bytes;
    }
  }
}

interface CacheFile {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly used: number;
  /** On disk: holes take nothing. */
  readonly bytes: number;
}

function describe(path: string): CacheFile[] {
  try {
    const { mtimeMs, blocks } = lstatSync(path);
    return [{ path, used: mtimeMs, bytes: blocks * 512 }];
  } catch {
    return [];
  }
}

/** True if the process that is named in a half or spooled file lives. */
function hasOwner(path: string): boolean {
  const pid = Number(/\.(\d+)\.\w+$/.exec(path)?.[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
