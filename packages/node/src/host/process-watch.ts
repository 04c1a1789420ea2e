import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** A process that was seen below the one that is watched. */
export interface SeenProcess {
  readonly pid: number;
  /** Working directories that it was seen in, the latest last. */
  readonly folders: readonly string[];
  /** Executables that it ran, the latest last. */
  readonly executables: readonly SeenExecutable[];
}

export interface SeenExecutable {
  readonly path: string;
  /** Open on the file, which may have been removed since (as `go run` and `go test` do); undefined if too many are. */
  readonly fd: number | undefined;
}

/** So many processes are followed; a program that starts more is followed no further. */
const MOST_PROCESSES = 512;
const MOST_FILES = 64;
/**
 * Milliseconds between two looks: few at first, when programs change folder and start others, and never more than it takes
 * to write a core, while which the dying process can still be looked at.
 */
const FIRST_LOOK = 4;
const SLOWEST_LOOK = 12;
const SLOWING = 1.005;

/**
 * Watches a process and those that it starts, for what the kernel forgets when they die: where they worked and what they
 * ran. Only /proc is read; what lives shorter than the time between two looks is missed.
 */
export class ProcessWatch {
  private readonly seen = new Map<number, { folders: string[]; executables: SeenExecutable[] }>();
  private readonly open = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly root: number;

  constructor(pid: number) {
    this.root = pid;
    this.look(FIRST_LOOK);
  }

  /** All processes that were seen, the first one first. */
  get processes(): readonly SeenProcess[] {
    return [...this.seen].map(([pid, { folders, executables }]) => ({ pid, folders, executables }));
  }

  /** Looks no more. Open executables stay open. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Closes the executables. */
  close(): void {
    this.stop();
    for (const fd of this.open.values()) closeSync(fd);
    this.open.clear();
  }

  private look(pause: number): void {
    const waiting = [this.root];
    const known = new Set(waiting);
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      this.note(pid);
      for (const child of childrenOf(pid)) {
        if (known.has(child) || known.size >= MOST_PROCESSES) continue;
        known.add(child);
        waiting.push(child);
      }
    }
    this.timer = setTimeout(() => this.look(Math.min(pause * SLOWING, SLOWEST_LOOK)), pause);
  }

  private note(pid: number): void {
    const folder = linkOf(`/proc/${pid}/cwd`);
    const executable = linkOf(`/proc/${pid}/exe`);
    if (folder === undefined && executable === undefined) return;
    let entry = this.seen.get(pid);
    if (entry === undefined) {
      if (this.seen.size >= MOST_PROCESSES) return;
      entry = { folders: [], executables: [] };
      this.seen.set(pid, entry);
    }
    if (folder !== undefined && entry.folders.at(-1) !== folder) entry.folders.push(folder);
    if (executable !== undefined && entry.executables.at(-1)?.path !== executable)
      entry.executables.push({ path: executable, fd: this.hold(executable, pid) });
  }

  private hold(path: string, pid: number): number | undefined {
    const held = this.open.get(path);
    if (held !== undefined || this.open.size >= MOST_FILES) return held;
    try {
      const fd = openSync(`/proc/${pid}/exe`, 'r');
      this.open.set(path, fd);
      return fd;
    } catch {
      return undefined;
    }
  }
}

/** Processes that any thread of `pid` started and that live. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // It is gone, or the kernel was built without these files.
    return [];
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** A path by which an executable that ran can be opened now: its own, unless that is another file since. */
export function pathOfSeen({ path, fd }: SeenExecutable): string | undefined {
  try {
    const now = statSync(path);
    if (fd === undefined) return path;
    const held = fstatSync(fd);
    if (now.ino === held.ino && now.dev === held.dev) return path;
  } catch {
    // Removed.
  }
  return fd === undefined ? undefined : `/proc/self/fd/${fd}`;
}
