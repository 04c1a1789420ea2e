import { fstatSync, read, readFileSync } from 'node:fs';
import { DebugError } from '@inquest/engine';
import { reasonOf } from '@inquest/node';

/** How long a pipe may take to show that it has commands. A slow writer is read with `--init -`. */
const PATIENCE = 100;
const RETRY = 5;

/** Files of commands that source each other, at most. */
const DEEPEST = 20;

/** Throws `limit` where a file is sourced from within too many others. */
export function checkDepth(path: string, depth: number): void {
  if (depth < DEEPEST) return;
  throw new DebugError(`${path} is sourced by files that source each other, more than ${DEEPEST} deep`, {
    code: 'limit',
  });
}

/** Lines of a file of commands; `-` is standard input, read to its end. Throws `io` if it cannot be read. */
export function readCommandFile(path: string): string[] {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').split(/\r?\n/);
  } catch (error) {
    throw new DebugError(`cannot read the commands in ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
}

/**
 * Commands that were piped or redirected in; undefined if there are none. A pipe that stays open and empty (as many
 * programs leave it for their children) is given up after a moment.
 */
export async function readPipedCommands(): Promise<string[] | undefined> {
  let text: string;
  try {
    const stat = fstatSync(0);
    if (stat.isFile()) text = readFileSync(0, 'utf8');
    else if (stat.isFIFO() || stat.isSocket()) text = await readPipe();
    else return undefined;
  } catch {
    return undefined;
  }
  return text.trim() === '' ? undefined : text.split(/\r?\n/);
}

async function readPipe(): Promise<string> {
  const first = await Promise.race([readSome(), wait(PATIENCE)]);
  if (first === undefined || first.length === 0) return '';
  const parts = [first];
  for (;;) {
    const more = await readSome();
    if (more.length === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(more);
  }
}

/** The next bytes of standard input; none at its end. */
function readSome(): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.alloc(1 << 16);
    const attempt = (): void => {
      read(0, buffer, 0, buffer.length, null, (error, count) => {
        if (error === null) resolve(buffer.subarray(0, count));
        else if (error.code === 'EAGAIN') setTimeout(attempt, RETRY);
        else if (error.code === 'EOF') resolve(buffer.subarray(0, 0));
        else reject(error);
      });
    };
    attempt();
  });
}

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
}
