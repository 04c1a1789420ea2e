import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** What the command keeps on disk, each in a folder of its own. */
export type CacheKind = 'cores' | 'executables';

/** What the files of a kind may take on disk together, in bytes; the one in use is kept however large it is. */
export const LARGEST_CACHE: Readonly<Record<CacheKind, number>> = { cores: 20 * 2 ** 30, executables: 2 * 2 ** 30 };
/** Files that nobody opened for this long are removed, in milliseconds. */
const OLDEST = 14 * 24 * 3600 * 1000;

const HALF = '.part';
/** A copy of standard input, which goes with the process that made it. */
export const SPOOLED = '.spooled';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folders that files of a kind may be in, the likeliest first: `$XDG_CACHE_HOME/inquest/KIND`, by default below `~/.cache`; and for
 * a home that cannot be written, as daemons have it, one in the temporary folder.
 */
export function cacheFolders(kind: CacheKind, env: Environment = process.env): readonly [string, string] {
  const { XDG_CACHE_HOME, HOME } = env;
  const { homedir, tmpdir } = process.getBuiltinModule('node:os');
  const base =
    XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME.startsWith('/') ? XDG_CACHE_HOME : join(HOME ?? homedir(), '.cache');
  return [join(base, 'inquest', kind), join(tmpdir(), `inquest-${process.getuid?.() ?? 'user'}`, kind)];
}

/** True if the folder is there and belongs to this user alone: nobody else may have made it first. */
export function isOwn(folder: string): boolean {
  try {
    const stat = lstatSync(folder);
    return stat.isDirectory() && stat.uid === (process.geteuid?.() ?? stat.uid) && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** The same, once it was made if need be. */
export function makeOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return false;
  }
  return isOwn(folder);
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

/** Removes what is too old, and the oldest while all are too large together; never `kept`, nor what a living process writes. */
export function tidyCache(folder: string, kept: string, limit: number, now: number = Date.now()): void {
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

/** Files of a folder, but for those of living processes' making: how many, and what they take on disk in bytes. */
export interface CacheSize {
  readonly files: number;
  readonly bytes: number;
}

/** How large a folder is; empty where it is not this user's own. */
export function cacheSize(folder: string): CacheSize {
  const files = ownFiles(folder);
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Removes all files of a folder but those that living processes write; returns what was removed. */
export function clearCache(folder: string): CacheSize {
  const removed = ownFiles(folder).filter(({ path }) => {
    try {
      rmSync(path);
      return true;
    } catch {
      return false;
    }
  });
  return { files: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function ownFiles(folder: string): readonly CacheFile[] {
  if (!isOwn(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !((path.endsWith(HALF) || path.endsWith(SPOOLED)) && hasOwner(path)))
    .flatMap((path) => describe(path));
}
