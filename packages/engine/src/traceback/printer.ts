import { attempt, hex } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import type { Program } from '../program/program.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';
import type { Goroutine, RuntimeThread } from '../runtime/goroutine.ts';
import type { TracebackLevel } from './levels.ts';
import { RuntimeText } from './runtime-text.ts';

/** Level 0 prints no stacks; from 2 on the runtime's own frames and goroutines are shown, with addresses. */
const NUMBERS: Readonly<Record<TracebackLevel, number>> = { none: 0, single: 1, all: 1, system: 2, crash: 2 };

/**
 * The state of one printed traceback: the program, where the text goes, the level that is asked for, and the thread that
 * prints, because the runtime asks its own thread how much to print (runtime/runtime1.go gotraceback).
 */
export class Printer {
  readonly runtime: GoRuntime;
  readonly program: Program;
  readonly memory: Memory;
  /** Go's minor version: the rules differ by it. */
  readonly minor: number;
  readonly out: RuntimeText = new RuntimeText();
  readonly requested: TracebackLevel;
  /** Parts of the text that the core does not hold, a sentence each. */
  readonly unknown: string[] = [];
  private thread: RuntimeThread | undefined;

  constructor(runtime: GoRuntime, requested: TracebackLevel) {
    this.runtime = runtime;
    this.program = runtime.program;
    this.memory = runtime.program.memory;
    this.minor = runtime.program.minor;
    this.requested = requested;
  }

  /** From here on `thread` prints; undefined in a process that did not crash. */
  printAs(thread: RuntimeThread | undefined): void {
    this.thread = thread;
  }

  /** The thread that prints. */
  get printing(): RuntimeThread | undefined {
    return this.thread;
  }

  print(...texts: readonly string[]): void {
    this.out.print(...texts);
  }

  /** Notes once what the text cannot know. */
  note(sentence: string): void {
    if (!this.unknown.includes(sentence)) this.unknown.push(sentence);
  }

  /** The level in force, 0 to 2. A thread may override what is asked for, and errors of the runtime show its frames. */
  get level(): number {
    const { thread } = this;
    if (thread !== undefined) {
      const own = this.memory.u8(thread.address + this.runtime.layout.get('m', 'traceback'));
      if (own !== 0) return own;
      // Go 1.19 began to show the runtime's frames in its own errors.
      if (this.minor >= 19 && this.isThrowing(thread)) return 2;
    }
    return NUMBERS[this.requested];
  }

  /** True if the other goroutines are printed as well. */
  get all(): boolean {
    const asked = this.requested !== 'none' && this.requested !== 'single';
    if (asked || this.thread === undefined) return asked;
    // Go 1.26 no longer prints all goroutines for errors of the user's making, such as concurrent map writes.
    const least = this.minor >= 26 ? 2 : 1;
    return this.thread.throwing >= least;
  }

  /** True if the thread dies of an error of the runtime itself: m.throwing is 2 since Go 1.19, 1 before. */
  isThrowing(thread: RuntimeThread): boolean {
    return thread.throwing >= (this.minor >= 19 ? 2 : 1);
  }

  /** The runtime's record of the thread that a goroutine is on. */
  threadOf(goroutine: Goroutine): RuntimeThread | undefined {
    return goroutine.m === 0 ? undefined : this.runtime.threads.find((thread) => thread.address === goroutine.m);
  }

  /** True for the goroutine on a thread that dies of an error of the runtime: it is shown with addresses at any level. */
  diesOnThread(goroutine: Goroutine): boolean {
    const thread = this.threadOf(goroutine);
    return thread !== undefined && this.isThrowing(thread) && thread.curg === goroutine.address;
  }

  /** The 64-bit word at an address of the program. */
  word(address: number): bigint | undefined {
    return attempt(() => {
      const bytes = this.memory.read(address, 8);
      return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    });
  }
}

/** `0x…` as the runtime prints addresses; `?` where there is nothing to print. */
export function printedHex(value: number | bigint | undefined): string {
  return value === undefined ? '?' : hex(value);
}
