import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { FrameChain } from './flow/frame-values.ts';
import type { Frame, StackEnd } from './frame.ts';
import { nativeCalls } from './native-calls.ts';
import type { Unwinder } from './unwinder.ts';

/** One call as source shows it. Several share a physical frame where calls were inlined. */
export interface Call {
  readonly index: number;
  readonly frame: Frame;
  readonly name: string;
  /** '' when not known. */
  readonly file: string;
  readonly line: number;
  readonly inlined: boolean;
  /** How many inlined calls of the same physical frame lie inside this one: 0 for the innermost. */
  readonly inlineDepth: number;
  /** First address of the physical function; undefined when not known. */
  readonly entry: number | undefined;
  /** Path of the executable or library that C code is in; undefined for Go. */
  readonly module: string | undefined;
  /** True for wrappers that the compiler made (method values, embedded methods, go and defer wrappers). */
  readonly wrapper: boolean;
  /** The stack that it is on: for values that only the frames around can tell. */
  readonly chain: FrameChain;
}

/** The calls of one stack, found as far as they are asked for and kept. */
export class CallStack implements FrameChain {
  private readonly program: Program;
  private readonly unwinder: Unwinder;
  private readonly source: Generator<Frame, void, undefined>;
  private readonly calls: Call[] = [];
  private readonly frames: Frame[] = [];
  private done = false;

  constructor(program: Program, unwinder: Unwinder) {
    this.program = program;
    this.unwinder = unwinder;
    this.source = unwinder.frames();
  }

  /** The call number `index`, innermost 0; undefined beyond the end of the stack. */
  at(index: number): Call | undefined {
    this.fill(index + 1);
    return this.calls[index];
  }

  /** The first `count` calls, or as many as there are. */
  first(count: number): readonly Call[] {
    this.fill(count);
    return this.calls.slice(0, count);
  }

  /** True if a call number `index` exists. */
  has(index: number): boolean {
    return this.at(index) !== undefined;
  }

  /** Why the stack ended; undefined while its end has not been reached. */
  get end(): StackEnd | undefined {
    return this.done ? this.unwinder.end : undefined;
  }

  /** Why frames are missing in the part unwound so far; undefined if none are. */
  get gap(): string | undefined {
    return this.unwinder.gap;
  }

  /** Signals that were being handled on this stack, as far as it has been unwound. */
  get signals(): Unwinder['signals'] {
    return this.unwinder.signals;
  }

  inner(frame: Frame): Frame | undefined {
    return this.frames[this.frames.indexOf(frame) - 1];
  }

  outer(frame: Frame): Frame | undefined {
    const index = this.frames.indexOf(frame);
    if (index < 0) return undefined;
    while (!this.done && this.frames.length < index + 2) this.fill(this.calls.length + 1);
    return this.frames[index + 1];
  }

  private fill(count: number): void {
    while (!this.done && this.calls.length < count) {
      const next = this.source.next();
      if (next.done === true) this.done = true;
      else this.add(next.value);
    }
  }

  private add(frame: Frame): void {
    this.frames.push(frame);
    const sources = frame.found === undefined ? [] : (attempt(() => this.program.sourceFrames(frame.lookupPc)) ?? []);
    if (sources.length === 0) {
      this.addNative(frame);
      return;
    }
    const pclntab = frame.found?.pclntab;
    const entry = frame.found?.func.entry;
    sources.forEach((source, depth) => {
      const { name, line, inlined } = source;
      const file = source.file === '?' ? '' : source.file;
      const wrapper = pclntab?.isWrapper(source.funcId) === true;
      this.push({ frame, name, file, line, inlined, inlineDepth: depth, entry, module: undefined, wrapper });
    });
  }

  private addNative(frame: Frame): void {
    if (frame.found !== undefined) {
      const { name, entry } = frame.found.func;
      const call = { frame, name, file: '', line: 0, inlined: false, inlineDepth: 0, module: undefined };
      this.push({ ...call, entry, wrapper: false });
      return;
    }
    nativeCalls(this.program, frame).forEach((call, inlineDepth) => {
      this.push({ ...call, frame, inlineDepth, wrapper: false });
    });
  }

  private push(call: Omit<Call, 'index' | 'chain'>): void {
    this.calls.push({ index: this.calls.length, ...call, chain: this });
  }
}
