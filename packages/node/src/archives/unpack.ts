import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DebugError } from '@inquest/engine';
import { findCached, halfName, LARGEST_CACHE, tidyCache } from '../cache/cache-folder.ts';
import { reasonOf } from '../host-file.ts';
import { ArchiveDamage, FileReader, type ArchiveFormat } from './archive.ts';
import { cacheKey, coreFolder } from './core-cache.ts';
import { readGzip, readXz } from './gzip-xz.ts';
import { readLz4 } from './lz4.ts';
import { SparseWriter } from './sparse-writer.ts';
import { readZstd } from './zstd.ts';

/** How far a long piece of work is, for people. */
export interface Progress {
  /** Called about twice a second, first after a second. */
  report(text: string): void;
  /** The work is done or has failed: takes the last text away. */
  clear(): void;
}

export interface UnpackOptions {
  /** Keep what could be decompressed of an archive that is cut off or damaged. */
  readonly force: boolean;
  readonly progress?: Progress | undefined;
  /** By default the user's own cache. */
  readonly folder?: string | undefined;
}

export interface Unpacked {
  /** The decompressed file. */
  readonly path: string;
  /** What is wrong with it, a sentence; only with `force`. */
  readonly problem: string | undefined;
}

/** Contents beyond this make no sense: a bound against bombs, in bytes. */
const LARGEST_CONTENTS = 2 ** 43;
/** How often the event loop gets a turn, in bytes: a signal is answered within that. */
const TURN = 8 << 20;
const PATIENCE = 1000;
const INTERVAL = 500;

/**
 * Decompresses a file into the cache, or finds it there. Nothing is left behind if it fails or is interrupted.
 * Throws `bad-data` for an archive that is cut off or damaged, and says where; with `force` what came before is used.
 * @param name how the file is called in messages
 */
export async function unpack(
  path: string,
  name: string,
  format: ArchiveFormat,
  options: UnpackOptions,
): Promise<Unpacked> {
  const folder = options.folder ?? coreFolder();
  const key = cacheKey(path);
  const known = findCached(folder, key);
  if (known !== undefined) return { path: known, problem: undefined };
  const half = halfName(folder, key);
  rmSync(half, { force: true });
  const damage = await withoutTraces(half, () => write(path, name, format, half, options));
  if (damage === undefined) return { path: settle(half, join(folder, key), folder), problem: undefined };
  const { size } = statSync(half);
  const problem = describeDamage(name, format, damage, size);
  if (!options.force || size === 0) {
    rmSync(half, { force: true });
    const hint =
      size === 0 ? 'nothing could be decompressed' : `--force opens the ${amount(size)} that could be decompressed`;
    throw new DebugError(problem, { code: 'bad-data', hint });
  }
  // Under another name, so that it is never taken for the whole.
  return { path: settle(half, join(folder, `${key}.broken`), folder), problem };
}

function describeDamage(
  name: string,
  format: ArchiveFormat,
  { kind, offset, message }: ArchiveDamage,
  size: number,
): string {
  return `${name} is ${kind}: ${format} data, at byte ${offset}: ${message} (${amount(size)} decompressed)`;
}

/** Moves a finished file to its place and makes room for it. */
function settle(half: string, path: string, folder: string): string {
  try {
    renameSync(half, path);
    tidyCache(folder, path, LARGEST_CACHE.cores);
  } catch (error) {
    rmSync(half, { force: true });
    throw new DebugError(`cannot write ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
  return path;
}

/** Runs `work`, which writes the file `half`; when it fails, or a signal ends the process, the file is removed. */
export async function withoutTraces<T>(half: string, work: () => Promise<T>): Promise<T> {
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handler = (): void => {
      rmSync(half, { force: true });
      // As if nobody had listened: the parent sees by what it ended.
      for (const each of handlers) process.removeListener(each.signal, each.handler);
      process.kill(process.pid, signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  try {
    return await work();
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  } finally {
    for (const { signal, handler } of handlers) process.removeListener(signal, handler);
  }
}

/** Returns what was wrong with the archive; what came before is written. */
async function write(
  path: string,
  name: string,
  format: ArchiveFormat,
  half: string,
  { progress }: UnpackOptions,
): Promise<ArchiveDamage | undefined> {
  const reader = new FileReader(path);
  const writer = new SparseWriter(half);
  const meter = new Meter(`decompressing ${name}`, progress);
  try {
    for await (const bytes of contents(path, reader, format)) {
      writer.write(bytes);
      if (writer.size > LARGEST_CONTENTS)
        throw new DebugError(`${name} decompresses to more than ${amount(LARGEST_CONTENTS)}`, { code: 'limit' });
      await meter.tick(writer.size);
    }
    writer.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof ArchiveDamage)) {
      writer.abandon();
      throw error;
    }
    writer.end();
    return error;
  } finally {
    meter.end();
    reader.close();
  }
}

function contents(
  path: string,
  reader: FileReader,
  format: ArchiveFormat,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  switch (format) {
    case 'zstd':
      return readZstd(reader);
    case 'lz4':
      return readLz4(reader);
    case 'gzip':
      return readGzip(path);
    case 'xz':
      return readXz(path);
  }
}

/** Tells how far a work is, and gives signals a turn. */
export class Meter {
  private readonly what: string;
  private readonly progress: Progress | undefined;
  private nextReport = performance.now() + PATIENCE;
  private nextTurn = TURN;
  private reported = false;

  constructor(what: string, progress: Progress | undefined) {
    this.what = what;
    this.progress = progress;
  }

  /** @param done bytes */
  async tick(done: number): Promise<void> {
    if (done < this.nextTurn) return;
    this.nextTurn = done + TURN;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const now = performance.now();
    if (now < this.nextReport) return;
    this.nextReport = now + INTERVAL;
    this.reported = true;
    this.progress?.report(`${this.what}: ${amount(done)}`);
  }

  end(): void {
    if (this.reported) this.progress?.clear();
  }
}

/** A size for people. */
export function amount(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (bytes >= 2 ** 20) return `${Math.floor(bytes / 2 ** 20)} MiB`;
  return bytes >= 2 ** 10 ? `${Math.floor(bytes / 2 ** 10)} KiB` : `${bytes} bytes`;
}
