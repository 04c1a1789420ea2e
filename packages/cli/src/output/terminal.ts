import { fstatSync, writeSync } from 'node:fs';

/** Longest wait for a full pipe to drain, per try, in milliseconds. */
const DRAIN_WAIT = 5;

/** True if the file descriptor is a terminal. Loads `node:tty` only for character devices. */
export function isTerminal(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Size of the terminal behind standard output, if it is one. */
export function terminalSize(): { readonly columns: number; readonly rows: number } | undefined {
  if (!isTerminal(1)) return undefined;
  const { columns, rows } = process.stdout;
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** Writes all of `text` (bytes as they are), waiting for slow readers. A reader that went away ends the process, silently. */
export function writeAll(fd: 1 | 2, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EPIPE') process.exit();
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DRAIN_WAIT);
    }
  }
}
