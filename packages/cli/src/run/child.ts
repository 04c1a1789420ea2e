import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { writeAll } from '../output/terminal.ts';

/** How a program ended: one of the two. */
export interface ChildEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

export interface Child {
  readonly pid: number;
  /** Rejects if the program could not be started. */
  readonly ended: Promise<ChildEnd>;
  /** The end of what it wrote to standard error; '' unless that was copied. */
  text(): string;
}

/** The kernel lets a process raise its limit up to the hard one, and what has the privilege that one, too. */
const RAISE = [
  'ulimit -c unlimited 2>/dev/null || ulimit -S -c unlimited 2>/dev/null || ulimit -S -c "$(ulimit -H -c)" 2>/dev/null',
  // Heap and stacks belong into the core, whatever was inherited (core(5), coredump_filter).
  '{ echo 0x33 >/proc/self/coredump_filter; } 2>/dev/null',
  'exec "$0" "$@"',
].join('\n');
const SHELL = '/bin/sh';

/** Signals that are passed on. Those that a terminal sends reach the program by themselves. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGABRT', 'SIGCONT', 'SIGWINCH'] as const;
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;

/** How much of standard error is kept, in bytes: its end. */
const KEPT_TEXT = 16 << 20;
/** What a child of the program may still hold open is waited for so long, in milliseconds. */
const LAST_WORDS = 500;

/** Starts a program with no limit to its core. `copy` lets its standard error pass through here, and keeps the end. */
export function startChild(words: readonly string[], env: NodeJS.ProcessEnv, copy: boolean): Child {
  const [program = '', ...rest] = words;
  const stdio = ['inherit', 'inherit', copy ? 'pipe' : 'inherit'] as const;
  // Before the program starts: Node itself would answer SIGUSR1 by opening a debugger.
  const forwarding = forwardSignals();
  const child = existsSync(SHELL)
    ? spawn(SHELL, ['-c', RAISE, program, ...rest], { env, stdio: [...stdio] })
    : spawn(program, rest, { env, stdio: [...stdio] });
  forwarding.connect((signal) => child.kill(signal));
  const text = new Tail(KEPT_TEXT);
  child.stderr?.on('data', (chunk: Buffer) => {
    writeAll(2, chunk);
    text.add(chunk);
  });
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const end = { code: code ?? undefined, signal: signal ?? undefined };
      const finish = (): void => resolve(end);
      if (child.stderr === null || child.stderr.closed) finish();
      else {
        child.stderr.once('close', finish);
        setTimeout(finish, LAST_WORDS);
      }
    });
  });
  return { pid: child.pid ?? 0, ended: ended.finally(() => forwarding.stop()), text: () => text.toString() };
}

interface Forwarding {
  /** Says how to send; what came before is sent now. */
  connect(send: (signal: NodeJS.Signals) => void): void;
  /** Leaves signals alone again. */
  stop(): void;
}

function forwardSignals(): Forwarding {
  const early: NodeJS.Signals[] = [];
  let send = (signal: NodeJS.Signals): void => void early.push(signal);
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of FORWARDED) handlers.set(signal, () => send(signal));
  for (const signal of FROM_TERMINAL) {
    handlers.set(signal, () => {
      if (!isForeground()) send(signal);
    });
  }
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    connect(to) {
      send = to;
      for (const signal of early) to(signal);
    },
    stop() {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}

/** Numbers of /proc/self/stat behind the name: our process group, and the group that its terminal belongs to. */
function readGroups(): { readonly own: number; readonly terminal: number } | undefined {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { own: Number(fields[2]), terminal: Number(fields[5]) };
  } catch {
    return undefined;
  }
}

/** True if keys such as Ctrl-C are sent to us, and so to the program as well. */
function isForeground(): boolean {
  const groups = readGroups();
  return groups !== undefined && groups.own === groups.terminal;
}

/** Our process group, which the program shares. */
export function processGroup(): number | undefined {
  return readGroups()?.own;
}

/** The exit code by which shells tell how a program ended. */
export function exitCodeOf({ code, signal }: ChildEnd): number {
  return signal === undefined ? (code ?? 0) : 128 + constants.signals[signal];
}

/** The end of a stream of bytes. */
class Tail {
  private readonly most: number;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(most: number) {
    this.most = most;
  }

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size - (this.chunks[0]?.length ?? 0) > this.most) this.size -= this.chunks.shift()?.length ?? 0;
  }

  toString(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}
