// The command as a process, in a folder of its own which is its user's home as well.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ensureBundle } from '../../../scripts/bundle.mjs';

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Standard input; by default there is none. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds. */
  readonly timeout?: number;
}

export class Command {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'inquest-test-'));
  readonly env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: this.folder };
  /** The path of the program, once it is built. */
  launcher = '';

  run(args: readonly string[], { input, env = {}, timeout }: RunOptions = {}): Run {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.launcher, ...args], {
      encoding: 'utf8',
      cwd: this.folder,
      env: { ...this.env, ...env },
      maxBuffer: 1 << 26,
      timeout,
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** The same for tests that go on meanwhile; standard input is empty by default. */
  runBeside(args: readonly string[], input = ''): Promise<Run> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [this.launcher, ...args], { cwd: this.folder, env: this.env });
      const run = { code: null as number | null, out: '', err: '' };
      child.stdout.on('data', (bytes: Buffer) => (run.out += bytes.toString()));
      child.stderr.on('data', (bytes: Buffer) => (run.err += bytes.toString()));
      child.stdin.end(input);
      child.on('close', (code) => resolve({ ...run, code }));
    });
  }
}

/** The command for all tests of a file: built before them, and its folder removed behind them. */
export function useCommand(): Command {
  const command = new Command();
  beforeAll(async () => {
    command.launcher = await ensureBundle();
  });
  afterAll(() => rmSync(command.folder, { recursive: true }));
  return command;
}

/** The flags for these lines of the prompt. */
export function linesOf(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => ['-e', line]);
}

const ARENAS = '*runtime.mheap_.arenas[0]';
/** A line of the prompt that takes ten seconds and more: four million pointers are compared with themselves, again and again. */
export const LASTING: string = `print ${Array(8).fill(`${ARENAS} == ${ARENAS}`).join(' && ')}`;
