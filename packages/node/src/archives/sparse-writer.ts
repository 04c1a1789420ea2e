import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { DebugError } from '@inquest/engine';
import { reasonOf } from '../host-file.ts';

/** Bytes gathered before they are written: a multiple of the block. */
const BUFFER = 1 << 20;
/** Blocks of zeros of this many bytes become holes: a page of a core, and a block of most file systems. */
const BLOCK = 4096;
const ZEROS = Buffer.alloc(BUFFER);

/** Writes a new file from start to end, only for its owner's eyes; zeros become holes. */
export class SparseWriter {
  readonly path: string;
  private readonly fd: number;
  private readonly buffer = Buffer.alloc(BUFFER);
  private held = 0;
  private flushed = 0;
  private closed = false;

  /** Throws an `io` error if the file is there already or cannot be made. */
  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, 'wx', 0o600);
    } catch (error) {
      throw new DebugError(`cannot create ${path}: ${reasonOf(error)}`, { code: 'io' });
    }
  }

  /** Bytes given so far. */
  get size(): number {
    return this.flushed + this.held;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(bytes.length - at, BUFFER - this.held);
      this.buffer.set(bytes.subarray(at, at + count), this.held);
      this.held += count;
      at += count;
      if (this.held === BUFFER) this.flush();
    }
  }

  /** Writes what is left and closes the file. */
  end(): void {
    try {
      this.flush();
      ftruncateSync(this.fd, this.flushed);
    } catch (error) {
      throw this.failure(error);
    } finally {
      this.abandon();
    }
  }

  /** Closes the file as it is. */
  abandon(): void {
    if (!this.closed) closeSync(this.fd);
    this.closed = true;
  }

  private flush(): void {
    const { buffer, held } = this;
    for (let at = 0; at < held;) {
      if (isZero(buffer, at, held)) {
        at += BLOCK;
        continue;
      }
      let end = at + BLOCK;
      while (end < held && !isZero(buffer, end, held)) end += BLOCK;
      this.writeAll(buffer.subarray(at, Math.min(end, held)), this.flushed + at);
      at = end;
    }
    this.flushed += held;
    this.held = 0;
  }

  private writeAll(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;) {
      try {
        done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
      } catch (error) {
        throw this.failure(error);
      }
    }
  }

  private failure(error: unknown): Error {
    if (error instanceof DebugError) return error;
    return new DebugError(`cannot write ${this.path}: ${reasonOf(error)}`, {
      code: 'io',
      hint: 'XDG_CACHE_HOME names another folder to decompress into',
    });
  }
}

function isZero(buffer: Buffer, at: number, end: number): boolean {
  const length = Math.min(BLOCK, end - at);
  return buffer.compare(ZEROS, 0, length, at, at + length) === 0;
}
