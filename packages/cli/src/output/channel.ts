import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { DebugError, type OutputTarget } from '@inquest/engine';
import { reasonOf } from '@inquest/node';
import type { LineAnswer } from '@inquest/servers';
import { writePieces } from './chunks.ts';
import { show, type LendTerminal } from './pager.ts';
import { withoutColours } from './sanitize.ts';
import { clearStatus, writeAll } from './terminal.ts';

/** Mode of a file that holds what was in a program's memory. */
const OWNER_ONLY = 0o600;

/** What is for a terminal elsewhere besides the answer. */
export interface Elsewhere {
  complaint: string;
  /** Where the answer goes there. */
  output: OutputTarget | undefined;
  /** A command that is to be carried out there. */
  command: LineAnswer['command'];
}

/** Where the answers of a session go: to the user, and into the transcript; to a script that asked; or elsewhere. */
export class Channel {
  private transcript: { readonly path: string; readonly only: boolean } | undefined;
  private captured: string[] | undefined;
  private elsewhere: Elsewhere | undefined;
  private readonly file: string | undefined;
  private begun = false;

  /** `file` takes the answers in place of standard output; nobody but its owner can read it. */
  constructor(file?: string) {
    this.file = file === undefined ? undefined : expandHome(file);
  }

  /** Writes an answer. `lend` pages it where it is long. */
  answer(text: string, lend?: LendTerminal): void {
    if (this.captured !== undefined) this.captured.push(text);
    else if (!this.record(text)) return;
    else if (this.file === undefined) show(text, lend);
    else this.writeOwn(this.file, text);
  }

  /** Writes a long answer as its pieces come. */
  answerInPieces(pieces: Iterable<string>, lend: LendTerminal | undefined): void {
    if (this.captured === undefined && this.transcript === undefined && this.file === undefined)
      writePieces(pieces, lend);
    else for (const piece of pieces) this.answer(piece);
  }

  /** Writes a complaint, to standard error unless a user waits at the prompt. */
  complain(text: string, fd: 1 | 2): void {
    if (this.elsewhere !== undefined) this.elsewhere.complaint += text;
    else if (this.captured !== undefined) this.captured.push(text);
    else if (this.record(text)) writeAll(fd, text);
  }

  /** Puts the line that was asked into the transcript. */
  echo(line: string): void {
    if (this.captured === undefined) this.record(`(inquest) ${line}\n`);
  }

  /** Runs `action` and returns what it would have written. */
  capture(action: () => void): string {
    return withoutColours(this.collect(action, undefined));
  }

  /** Runs `action` for a terminal elsewhere, in whose colours it answers. */
  serve(action: () => void): Elsewhere & { readonly text: string } {
    const elsewhere: Elsewhere = { complaint: '', output: undefined, command: undefined };
    const text = this.collect(action, elsewhere);
    return { ...elsewhere, text };
  }

  private collect(action: () => void, elsewhere: Elsewhere | undefined): string {
    const before = { captured: this.captured, elsewhere: this.elsewhere };
    const parts: string[] = [];
    Object.assign(this, { captured: parts, elsewhere });
    try {
      action();
    } finally {
      Object.assign(this, before);
    }
    return parts.join('');
  }

  /** True where answers go to a terminal elsewhere, and with them where they are to be written. */
  get isElsewhere(): boolean {
    return this.elsewhere !== undefined;
  }

  /** Leaves a command to the terminal elsewhere; false if there is none. */
  handOver(command: Elsewhere['command']): boolean {
    if (this.elsewhere === undefined) return false;
    this.elsewhere.command = command;
    return true;
  }

  /** Begins a transcript; `only` keeps answers off the screen. Throws `io` if the file cannot be written. */
  startTranscript(file: string, { truncate, only }: { readonly truncate: boolean; readonly only: boolean }): string {
    const path = expandHome(file);
    writeFile(path, '', !truncate);
    this.transcript = { path, only };
    return path;
  }

  /** Ends the transcript; returns its file, if there was one. */
  stopTranscript(): string | undefined {
    const path = this.transcript?.path;
    this.transcript = undefined;
    return path;
  }

  /** Forgets what was being captured: for when a user interrupts. */
  reset(): void {
    this.captured = undefined;
    this.elsewhere = undefined;
  }

  /** Writes text to a file or through a command of the shell. */
  redirect(text: string, output: OutputTarget, lend: LendTerminal): void {
    clearStatus();
    const { kind, target } = output;
    if (this.elsewhere !== undefined) {
      this.elsewhere.output = output;
      this.answer(text);
    } else if (kind !== 'pipe') writeFile(expandHome(target), text, kind === 'append');
    else if (this.captured === undefined && this.transcript === undefined) lend(() => runPipe(target, text, 'inherit'));
    else this.answer(runPipe(target, text, 'pipe'));
  }

  /** The first answer replaces the file, the others are added. The mode is set first: an old file may be open to others. */
  private writeOwn(path: string, text: string): void {
    try {
      if (!this.begun) {
        writeFileSync(path, '', { mode: OWNER_ONLY });
        chmodSync(path, OWNER_ONLY);
      }
      appendFileSync(path, text);
    } catch (error) {
      throw new DebugError(`cannot write ${path}: ${reasonOf(error)}`, { code: 'io' });
    }
    this.begun = true;
  }

  /** Adds to the transcript; false if the text is to go nowhere else. */
  private record(text: string): boolean {
    if (this.transcript === undefined) return true;
    writeFile(this.transcript.path, withoutColours(text), true);
    return !this.transcript.only;
  }
}

/** `~/x` as the shell understands it. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}

function writeFile(path: string, text: string, append: boolean): void {
  try {
    if (append) appendFileSync(path, text);
    else writeFileSync(path, text);
  } catch (error) {
    throw new DebugError(`cannot write ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
}

function runPipe(command: string, text: string, output: 'inherit' | 'pipe'): string {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const run = spawnSync(command, {
    shell: true,
    input: text,
    encoding: 'utf8',
    stdio: ['pipe', output, 'inherit'],
    maxBuffer: 1 << 28,
  });
  // A reader that was left early, such as head, closes the pipe.
  if (run.error !== undefined && (run.error as { code?: string }).code !== 'EPIPE')
    throw new DebugError(`cannot run ${command}: ${reasonOf(run.error)}`, { code: 'io' });
  return output === 'pipe' ? run.stdout : '';
}
