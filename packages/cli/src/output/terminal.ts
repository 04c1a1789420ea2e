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

/** Back to the start of the line, and what is on it erased. */
const ERASE = '\r\u001b[K';

/** True while a text is on the terminal's line that the next one takes the place of. */
let hasStatus = false;

/** Shows a text on standard error, a terminal, until something else is written or shown. */
export function showStatus(text: string): void {
  write(2, `${ERASE}${text}`);
  hasStatus = true;
}

/** Takes the text away that `showStatus` showed last. */
export function clearStatus(): void {
  if (!hasStatus) return;
  hasStatus = false;
  write(2, ERASE);
}

/** Writes all of `text` (bytes as they are), waiting for slow readers. A reader that went away ends the process, silently. */
export function writeAll(fd: 1 | 2, text: string | Uint8Array): void {
  clearStatus();
  write(fd, text);
}

function write(fd: 1 | 2, text: string | Uint8Array): void {
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
