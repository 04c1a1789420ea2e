import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What is asked of a machine's files. Paths are absolute; a reader of a copied tree looks below its root. */
export interface HostReader {
  /** The whole text of a small file; undefined where it cannot be read. */
  text(path: string): string | undefined;
  /** Where a symbolic link leads. */
  link(path: string): string | undefined;
  /** Names in a folder; none where it cannot be read. */
  list(path: string): readonly string[];
  /** Owner and mode of what a path leads to; undefined where it is not there (or hidden). */
  stat(path: string): FileFacts | undefined;
  /** True if this process may create files in a folder. */
  writable(path: string): boolean;
  /** Free bytes for ordinary users on the file system of a folder. */
  free(path: string): number | undefined;
}

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Reads this machine, or the copy of one below `root`. Nothing is thrown: what cannot be read is absent. */
export function diskReader(root = '/'): HostReader {
  const at = (path: string): string => join(root, path);
  return {
    text: (path) => quiet(() => readFileSync(at(path), 'utf8')),
    link: (path) => quiet(() => readlinkSync(at(path))),
    list: (path) => quiet(() => readdirSync(at(path))) ?? [],
    stat: (path) =>
      quiet(() => {
        const stat = statSync(at(path));
        const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other';
        return { kind, uid: stat.uid, gid: stat.gid, mode: stat.mode & 0o7777 };
      }),
    writable: (path) => quiet(() => accessSync(at(path), constants.W_OK | constants.X_OK)) !== undefined,
    free: (path) =>
      quiet(() => {
        const { bavail, bsize } = statfsSync(at(path));
        return bavail * bsize;
      }),
  };
}

/** The result of `read`, undefined when it throws; a read without a result gives true. */
function quiet<Value>(read: () => Value): (Value extends void ? true : Value) | undefined {
  try {
    return (read() ?? true) as Value extends void ? true : Value;
  } catch {
    return undefined;
  }
}
