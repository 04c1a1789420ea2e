import { closeSync, openSync, readSync } from 'node:fs';
import { DebugError } from '@inquest/engine';
import { reasonOf } from '../host-file.ts';

/** A compressed format that is opened as if it were the file inside. */
export type ArchiveFormat = 'zstd' | 'lz4' | 'xz' | 'gzip';

/** Bytes needed to tell a format. */
export const MAGIC_BYTES = 6;

const MAGICS: readonly (readonly [ArchiveFormat, readonly number[]])[] = [
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['gzip', [0x1f, 0x8b, 0x08]],
];

/** The format by the first bytes of a file: names lie. Undefined if it is none of ours. */
export function archiveFormat(head: Uint8Array): ArchiveFormat | undefined {
  return MAGICS.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0];
}

/** The data of an archive are wrong or end too early. What came before is sound as far as the format can tell. */
export class ArchiveDamage extends Error {
  readonly kind: 'cut off' | 'damaged';
  /** Where in the compressed file, in bytes. */
  readonly offset: number;

  constructor(kind: 'cut off' | 'damaged', offset: number, message: string) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/** Bytes read ahead at a time. */
const CHUNK = 1 << 20;

/** Reads a file from its start to its end. */
export class FileReader {
  readonly path: string;
  private readonly fd: number;
  private buffer: Uint8Array = new Uint8Array(0);
  private at = 0;
  private fileOffset = 0;

  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, 'r');
    } catch (error) {
      throw new DebugError(`cannot open ${path}: ${reasonOf(error)}`, { code: 'io' });
    }
  }

  /** File offset of the next byte. */
  get position(): number {
    return this.fileOffset - (this.buffer.length - this.at);
  }

  /** The next `length` bytes, or as many as there are before the end. Valid until the next call. */
  take(length: number): Uint8Array {
    if (this.buffer.length - this.at < length) this.fill(length);
    const bytes = this.buffer.subarray(this.at, this.at + length);
    this.at += bytes.length;
    return bytes;
  }

  /** The next `length` bytes. Throws `ArchiveDamage` if the file ends before; `what` is what is read. */
  need(length: number, what: string): Uint8Array {
    const start = this.position;
    const bytes = this.take(length);
    if (bytes.length < length) throw new ArchiveDamage('cut off', start + bytes.length, `it ends inside ${what}`);
    return bytes;
  }

  /** Passes over bytes; false if the file ends before. */
  skip(length: number): boolean {
    for (let left = length; left > 0;) {
      const { length: got } = this.take(Math.min(left, CHUNK));
      if (got === 0) return false;
      left -= got;
    }
    return true;
  }

  private fill(length: number): void {
    const kept = this.buffer.subarray(this.at);
    const next = new Uint8Array(Math.max(CHUNK, length));
    next.set(kept);
    let filled = kept.length;
    while (filled < next.length) {
      const got = this.read(next, filled);
      if (got === 0) break;
      filled += got;
    }
    this.buffer = next.subarray(0, filled);
    this.at = 0;
  }

  private read(into: Uint8Array, from: number): number {
    try {
      const got = readSync(this.fd, into, from, into.length - from, this.fileOffset);
      this.fileOffset += got;
      return got;
    } catch (error) {
      throw new DebugError(`cannot read ${this.path}: ${reasonOf(error)}`, { code: 'io' });
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}
