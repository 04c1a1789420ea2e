import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { badData, DebugError, KEPT_BLOCK, type HostFile, type Keeper } from '@inquest/engine';
import { readFully } from '../host-file.ts';
import { cacheFolders, findCached, halfName, isOwn, LARGEST_CACHE, makeOwn, tidyCache } from './cache-folder.ts';

/** What is kept changes its form with this number and with the command's version: files of others are not found. */
const FORMAT = 2;
/** Smaller things are made again as quickly as they are read. */
const SMALLEST = 1 << 19;
/** What is kept at the end must not hold up for longer: nothing is begun later, in seconds. */
const PATIENCE = 1;

export interface KeptOptions {
  /** Version of the command. */
  readonly version: string;
  /** Smallest thing that is kept, in bytes. */
  readonly smallest?: number;
  /** By default the user's own cache. */
  readonly folders?: readonly string[];
}

/** Keeps things in files of the user's cache: looked up at once, written when the process ends. */
export class KeptFiles implements Keeper {
  private known: readonly string[] | undefined;
  private readonly smallest: number;
  private readonly ending: string;
  private readonly waiting = new Map<string, () => readonly Uint8Array[]>();

  constructor({ version, smallest = SMALLEST, folders }: KeptOptions) {
    this.known = folders;
    this.smallest = smallest;
    this.ending = `.${FORMAT}-${version}`;
  }

  private get folders(): readonly string[] {
    this.known ??= cacheFolders('executables');
    return this.known;
  }

  find(name: string): HostFile | undefined {
    for (const folder of this.folders) {
      const path = isOwn(folder) ? findCached(folder, name + this.ending) : undefined;
      const file = path === undefined ? undefined : openKept(path);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  keep(name: string, size: number, make: () => readonly Uint8Array[]): void {
    if (size < this.smallest) return;
    if (this.waiting.size === 0) process.once('exit', this.settle);
    this.waiting.set(name, make);
  }

  /** Writes what is to be kept, as far as there is time. What cannot be made or written is not kept. */
  readonly settle = (): void => {
    process.off('exit', this.settle);
    const started = process.uptime();
    const waiting = [...this.waiting];
    this.waiting.clear();
    const folder = this.folders.find((each) => makeOwn(each));
    if (folder === undefined) return;
    for (const [name, make] of waiting) {
      if (process.uptime() - started > PATIENCE) return;
      const path = join(folder, name + this.ending);
      if (!existsSync(path)) keepIn(folder, path, make);
    }
  };
}

/** Makes what is to be kept, and writes it under a name of this process first: others see all of it or nothing. */
function keepIn(folder: string, path: string, make: () => readonly Uint8Array[]): void {
  const half = halfName(folder, path.slice(folder.length + 1));
  try {
    writeKept(half, make());
    renameSync(half, path);
    tidyCache(folder, path, LARGEST_CACHE.executables);
  } catch (error) {
    rmSync(half, { force: true });
    // Damage was told when it was met; a full disk or a folder that cannot be written is no matter.
    if (!(error instanceof DebugError) && (error as { code?: unknown }).code === undefined) throw error;
  }
}

/*
 * A file is: a magic number, then as 32-bit words the bytes of a block, how many blocks there are, the bytes of the last one and a
 * checksum of all these and of the table; the table, which has the checksum of each block; the blocks.
 */
const MAGIC = Buffer.from('inquest kept\0\0\0\n', 'latin1');
const HEAD = MAGIC.length + 16;

const crc32 = (bytes: Uint8Array, before?: number): number =>
  process.getBuiltinModule('node:zlib').crc32(bytes, before);

function headOf(blocks: number, last: number, table: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEAD);
  MAGIC.copy(head);
  [KEPT_BLOCK, blocks, last].forEach((word, i) => head.writeUInt32LE(word, MAGIC.length + i * 4));
  head.writeUInt32LE(crc32(table, crc32(head.subarray(0, HEAD - 4))), HEAD - 4);
  return head;
}

function writeKept(path: string, parts: readonly Uint8Array[]): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    const blocks = Math.ceil(size / KEPT_BLOCK);
    const table = new Uint32Array(blocks);
    const tableBytes = new Uint8Array(table.buffer);
    let block = 0;
    for (const bytes of iterBlocks(parts)) {
      table[block] = crc32(bytes);
      writeAt(fd, bytes, HEAD + tableBytes.length + block++ * KEPT_BLOCK);
    }
    writeAt(fd, tableBytes, HEAD);
    writeAt(fd, headOf(blocks, size - (blocks - 1) * KEPT_BLOCK, tableBytes), 0);
  } finally {
    closeSync(fd);
  }
}

function writeAt(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** The bytes of all parts, block by block. */
function* iterBlocks(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  const block = Buffer.alloc(KEPT_BLOCK);
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const count = Math.min(KEPT_BLOCK - filled, part.length - at);
      block.set(part.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < KEPT_BLOCK) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Opens a file; one that is cut off, or damaged at its beginning, is removed. */
function openKept(path: string): HostFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  const file = readHead(path, fd);
  if (file !== undefined) return file;
  closeSync(fd);
  forget(path);
  return undefined;
}

function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // In a folder that cannot be written: it stays damaged, and is found so each time.
  }
}

/** The file behind a head; undefined unless head, table and size fit together. */
function readHead(path: string, fd: number): HostFile | undefined {
  const head = Buffer.alloc(HEAD);
  const stat = fstatSync(fd);
  if (!stat.isFile() || readSync(fd, head, 0, HEAD, 0) < HEAD) return undefined;
  const blocks = head.readUInt32LE(MAGIC.length + 4);
  const last = head.readUInt32LE(MAGIC.length + 8);
  const start = HEAD + blocks * 4;
  const size = (blocks - 1) * KEPT_BLOCK + last;
  if (stat.size !== start + size) return undefined;
  const table = new Uint32Array(blocks);
  const bytes = new Uint8Array(table.buffer);
  if (readSync(fd, bytes, 0, bytes.length, HEAD) < bytes.length) return undefined;
  return head.equals(headOf(blocks, last, bytes)) ? new KeptFile(path, fd, start, size, table) : undefined;
}

/** A kept file, whose blocks are compared with their checksums as they are read. */
class KeptFile implements HostFile {
  readonly name: string;
  readonly size: number;
  private readonly fd: number;
  private readonly start: number;
  private readonly table: Uint32Array;

  constructor(name: string, fd: number, start: number, size: number, table: Uint32Array) {
    this.name = name;
    this.fd = fd;
    this.start = start;
    this.size = size;
    this.table = table;
  }

  /** Whole blocks, from the beginning of one. */
  readInto(into: Uint8Array, position: number): number {
    const first = position / KEPT_BLOCK;
    const done = readFully(this.fd, into, this.start + position);
    for (let at = 0; at < into.length; at += KEPT_BLOCK) {
      const isSound =
        done === into.length && crc32(into.subarray(at, at + KEPT_BLOCK)) === this.table[first + at / KEPT_BLOCK];
      if (isSound) continue;
      forget(this.name);
      throw badData(`${this.name} is damaged`);
    }
    return done;
  }
}
