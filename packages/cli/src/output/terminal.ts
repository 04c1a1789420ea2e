import { fstatSync, writeSync } from 'node:fs';

/** Longest wait for a full pipe to drain, per try, in milliseconds. */
const DRAIN_WAIT = 5;

/** Where answers go. */
let answers = 1;

/** Sends answers (what is written to 1) to another file descriptor from now on. */
export function sendOutputTo(fd: number): void {
  answers = fd;
}

/** True if the file descriptor is a terminal. Loads `node:tty` only for character devices. */
export function isTerminal(fd: number): boolean {
  const to = fd === 1 ? answers : fd;
  try {
    if (!fstatSync(to).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(to);
}

/** Size of the terminal behind standard output, if it is one. */
export function terminalSize(): { readonly columns: number; readonly rows: number } | undefined {
  if (!isTerminal(1)) return undefined;
  const { columns, rows } = answers === 2 ? process.stderr : process.stdout;
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** Writes all of `text` (bytes as they are), waiting for slow readers. A reader that went away ends the process, silently. */
export function writeAll(fd: 1 | 2, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const to = fd === 1 ? answers : fd;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(to, bytes, at);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EPIPE') process.exit();
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DRAIN_WAIT);
    }
  }
}
