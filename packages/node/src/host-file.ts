import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DebugError, type HostFile } from '@inquest/engine';

/** A file of this machine, read on demand. Closed when the process ends. */
export class DiskFile implements HostFile {
  readonly name: string;
  readonly size: number;
  readonly fd: number;

  private constructor(name: string, fd: number, size: number) {
    this.name = name;
    this.fd = fd;
    this.size = size;
  }

  /** Opens `path`, called `name` in messages. Throws an `io` error in plain words when it cannot be opened or is not a file. */
  static open(path: string, name: string = path): DiskFile {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      throw new DebugError(`cannot open ${name}: ${reasonOf(error)}`, { code: 'io' });
    }
    const stat = fstatSync(fd);
    if (stat.isFile()) return new DiskFile(name, fd, stat.size);
    closeSync(fd);
    const kind = stat.isDirectory() ? 'a directory' : 'not a regular file';
    throw new DebugError(`cannot open ${name}: it is ${kind}`, { code: 'io' });
  }

  readInto(into: Uint8Array, position: number): number {
    try {
      return readFully(this.fd, into, position);
    } catch (error) {
      throw new DebugError(`cannot read ${this.name}: ${reasonOf(error)}`, { code: 'io' });
    }
  }
}

/** Fills `into` from an offset of an open file; returns how many bytes were there. Throws Node's error where it cannot be read. */
export function readFully(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOSPC: 'the disk is full',
  EROFS: 'it is on a read-only file system',
  EPERM: 'operation not permitted',
  EEXIST: 'it is already there',
  EMFILE: 'too many open files',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EIO: 'input/output error',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** The plain words for a system error. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
