import { closeSync, fstatSync, openSync, read, readSync, renameSync, rmSync } from 'node:fs';
import { DebugError } from '@inquest/engine';
import { archiveFormat, MAGIC_BYTES } from './archives/archive.ts';
import { coreFolder, spoolName } from './archives/core-cache.ts';
import { SparseWriter } from './archives/sparse-writer.ts';
import { Meter, unpack, withoutTraces, type Progress } from './archives/unpack.ts';
import { halfName } from './cache/cache-folder.ts';
import { reasonOf } from './host-file.ts';

/** A file that is ready to be opened at random places, and how people know it. */
export interface InputFile {
  readonly path: string;
  /** For messages: the path that was given, not that of the copy. */
  readonly name: string;
  /** What is wrong with it, a sentence. */
  readonly problem?: string | undefined;
}

/** Files that were given, by what is known of them. */
export interface GivenFiles {
  readonly paths: readonly string[];
  readonly core?: string | undefined;
  readonly executable?: string | undefined;
}

export interface ReadyFiles {
  readonly paths: readonly InputFile[];
  readonly core?: InputFile;
  readonly executable?: InputFile;
}

export interface InputOptions {
  /** Go on with what could be decompressed of a damaged archive. */
  readonly force: boolean;
  readonly progress?: Progress | undefined;
}

/** Stands for standard input among the files. */
export const STANDARD_INPUT = '-';
/** What it is called in messages. */
export const STANDARD_INPUT_NAME = 'standard input';

/**
 * Makes the files that were given readable at random places: compressed ones are decompressed into the cache, standard
 * input is spooled to it. Plain files are left alone. Throws a `DebugError` that says what is wrong with which.
 */
export async function readyInputs(files: GivenFiles, options: InputOptions): Promise<ReadyFiles> {
  const all = [files.core, files.executable, ...files.paths].filter((path) => path === STANDARD_INPUT);
  if (all.length > 1) throw new DebugError('standard input can be only one of the files', { code: 'usage' });
  const paths: InputFile[] = [];
  for (const path of files.paths) paths.push(await readyInput(path, options));
  const { core, executable } = files;
  return {
    paths,
    ...(core === undefined ? {} : { core: await readyInput(core, options) }),
    ...(executable === undefined ? {} : { executable: await readyInput(executable, options) }),
  };
}

/** One file, made readable at random places. */
export async function readyInput(path: string, options: InputOptions): Promise<InputFile> {
  if (path !== STANDARD_INPUT) return decompressed(path, path, options);
  const spooled = await spool(options.progress);
  const ready = await decompressed(spooled, STANDARD_INPUT_NAME, options);
  if (ready.path !== spooled && spooled !== STANDARD_INPUT_FILE) rmSync(spooled, { force: true });
  return ready;
}

async function decompressed(path: string, name: string, options: InputOptions): Promise<InputFile> {
  const format = archiveFormat(firstBytes(path));
  if (format === undefined) return { path, name };
  const unpacked = await unpack(path, name, format, options);
  return { ...unpacked, name };
}

/** Empty if the file cannot be read: opening it will say why. */
function firstBytes(path: string): Uint8Array {
  const head = new Uint8Array(MAGIC_BYTES);
  try {
    const fd = openSync(path, 'r');
    try {
      // Reading a directory or a pipe that nobody writes to would fail or wait.
      return fstatSync(fd).isFile() ? head.subarray(0, readSync(fd, head, 0, MAGIC_BYTES, 0)) : new Uint8Array(0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return new Uint8Array(0);
  }
}

const STANDARD_INPUT_FILE = '/dev/stdin';

/** A copy of standard input that goes when the process ends; a file that was redirected in needs none. */
async function spool(progress: Progress | undefined): Promise<string> {
  if (fstatSync(0).isFile()) return STANDARD_INPUT_FILE;
  const folder = coreFolder();
  const half = halfName(folder, 'stdin');
  rmSync(half, { force: true });
  const path = spoolName(folder);
  await withoutTraces(half, () => copyInput(half, progress));
  renameSync(half, path);
  process.once('exit', () => rmSync(path, { force: true }));
  return path;
}

async function copyInput(half: string, progress: Progress | undefined): Promise<void> {
  const writer = new SparseWriter(half);
  const meter = new Meter(`reading ${STANDARD_INPUT_NAME}`, progress);
  const buffer = Buffer.alloc(1 << 20);
  try {
    for (let count = await readSome(buffer); count > 0; count = await readSome(buffer)) {
      writer.write(buffer.subarray(0, count));
      await meter.tick(writer.size);
    }
    writer.end();
  } catch (error) {
    writer.abandon();
    throw error instanceof DebugError
      ? error
      : new DebugError(`cannot read ${STANDARD_INPUT_NAME}: ${reasonOf(error)}`, { code: 'io' });
  } finally {
    meter.end();
  }
}

/** How long to wait before a descriptor that is not ready is asked again, in milliseconds. */
const RETRY = 5;

/** Reads what standard input has next; 0 at its end. */
function readSome(buffer: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      read(0, buffer, 0, buffer.length, null, (error, count) => {
        if (error === null) resolve(count);
        else if (error.code === 'EAGAIN') setTimeout(attempt, RETRY);
        else if (error.code === 'EOF') resolve(0);
        else reject(error);
      });
    };
    attempt();
  });
}
