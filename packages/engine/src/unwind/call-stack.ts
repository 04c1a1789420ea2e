import { attempt } from '../base/errors.ts';
import { LongWork } from '../base/long-work.ts';
import { lastAtMost } from '../base/ranges.ts';
import type { SourceFrame } from '../pclntab/pclntab.ts';
import type { Program } from '../program/program.ts';
import type { FrameChain } from './flow/frame-values.ts';
import type { Frame, StackEnd } from './frame.ts';
import { nativeCalls } from './native-calls.ts';

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
  readonly chain: CallChain;
}

/** The calls around one. */
export interface CallChain extends FrameChain {
  /** The call number `index`, innermost 0. */
  at(index: number): Call | undefined;
}

/** Where frames come from: an unwinder, or a made-up stack. */
export interface FrameSource {
  frames(): Generator<Frame, void, undefined>;
  readonly end: StackEnd | undefined;
  readonly gap: string | undefined;
  /** A second source that goes on from the frame that was yielded last, and yields it again. */
  fork(): FrameSource;
  /**
   * Leaves out frames behind the one that was yielded last, as many as are of the plain kind. `pass` hears where to look up the next
   * ones, which are alike, and how many those are; it says how many of them may be left out: fewer end that.
   */
  skip?(pass: (lookupPc: number, count: number) => number): void;
}

/** Calls that are kept for good. Of deeper stacks only places to go on from are kept, and the blocks looked at last. */
const HEAD = 16_384;
const BLOCK = 16_384;
const MOST_BLOCKS = 4;

interface Block {
  /** Number of the first call in it. */
  readonly start: number;
  readonly source: FrameSource;
}

/**
 * The calls of one stack, found as far as they are asked for. A stack may have millions: what lies deep is unwound again
 * from the nearest place that was noted on the way.
 */
export class CallStack implements CallChain {
  private readonly program: Program;
  private readonly origin: FrameSource;
  private readonly source: Generator<Frame, void, undefined>;
  private readonly head: Call[] = [];
  private readonly blocks: Block[] = [];
  private readonly starts: number[] = [];
  private readonly loaded = new Map<Block, readonly Call[]>();
  private readonly sources = new Map<number, readonly SourceFrame[]>();
  /** Calls found so far. */
  private found = 0;
  /** Of the frames that are kept or were loaded: the number of their first call. */
  private readonly numbers = new WeakMap<Frame, number>();
  private done = false;

  constructor(program: Program, origin: FrameSource) {
    this.program = program;
    this.origin = origin;
    this.source = origin.frames();
  }

  /** The call number `index`, innermost 0; undefined beyond the end of the stack. */
  at(index: number): Call | undefined {
    this.fill(index + 1);
    if (index < this.head.length) return this.head[index];
    if (index >= this.found) return undefined;
    const block = this.blocks[lastAtMost(this.starts, index)];
    return block && this.load(block)[index - block.start];
  }

  /** The first `count` calls, or as many as there are. */
  first(count: number): readonly Call[] {
    this.fill(count);
    if (count <= this.head.length || this.head.length === this.found) return this.head.slice(0, count);
    return [...this.range(0, count)];
  }

  /** Calls number `start` up to, not with, `end`, one by one. */
  *range(start: number, end: number): Generator<Call, void, undefined> {
    for (let index = start; index < end; index++) {
      const call = this.at(index);
      if (call === undefined) return;
      yield call;
    }
  }

  /** How many calls there are, counted up to `most`. */
  count(most: number = Number.POSITIVE_INFINITY): number {
    this.fill(most);
    return Math.min(most, this.found);
  }

  /** True if a call number `index` exists. */
  has(index: number): boolean {
    this.fill(index + 1);
    return index < this.found;
  }

  /** Why the stack ended; undefined while its end has not been reached. */
  get end(): StackEnd | undefined {
    return this.done ? this.origin.end : undefined;
  }

  /** Why frames are missing in the part unwound so far; undefined if none are. */
  get gap(): string | undefined {
    return this.origin.gap;
  }

  inner(frame: Frame): Frame | undefined {
    const number = this.numbers.get(frame);
    return number === undefined || number === 0 ? undefined : this.at(number - 1)?.frame;
  }

  outer(frame: Frame): Frame | undefined {
    const number = this.numbers.get(frame);
    if (number === undefined) return undefined;
    // Inlined calls share their frame.
    for (let next = number + 1; ; next++) {
      const call = this.at(next);
      if (call?.frame !== frame) return call?.frame;
    }
  }

  private fill(count: number): void {
    if (this.done || this.found >= count) return;
    const work = new LongWork('unwinding a stack', 'calls', undefined, BLOCK);
    while (!this.done && this.found < count) {
      work.at(this.found);
      if (this.found >= HEAD) this.skip(count);
      const next = this.source.next();
      if (next.done === true) this.done = true;
      else if (this.found < HEAD) this.keep(next.value);
      else this.pass(next.value);
    }
  }

  private keep(frame: Frame): void {
    this.head.push(...this.callsOf(frame, this.found));
    this.found = this.head.length;
  }

  /** Counts the calls of plain frames, up to where the next block begins or enough are found. */
  private skip(count: number): void {
    const last = this.blocks.at(-1);
    if (last === undefined) return;
    const end = Math.min(last.start + BLOCK, count);
    let known = -1;
    let calls = 0;
    this.origin.skip?.((lookupPc, frames) => {
      if (lookupPc !== known) calls = Math.max(1, this.sourcesAt(lookupPc).length);
      known = lookupPc;
      const passed = Math.min(frames, Math.ceil(Math.max(0, end - this.found) / calls));
      this.found += passed * calls;
      return passed;
    });
  }

  /** Counts the calls of a deep frame, and notes where to find them again. */
  private pass(frame: Frame): void {
    const last = this.blocks.at(-1);
    if (last === undefined || this.found - last.start >= BLOCK) {
      this.blocks.push({ start: this.found, source: this.origin.fork() });
      this.starts.push(this.found);
    }
    const known = frame.found === undefined ? undefined : this.sourcesAt(frame.lookupPc).length;
    this.found += known === undefined || known === 0 ? this.callsOf(frame, 0).length : known;
  }

  private load(block: Block): readonly Call[] {
    let calls = this.loaded.get(block);
    if (calls === undefined) {
      // The last block is whole, and may be kept, when it is known where the next begins.
      this.fill(block.start + BLOCK + 1);
      const end = this.blocks[this.blocks.indexOf(block) + 1]?.start ?? this.found;
      const found: Call[] = [];
      for (const frame of block.source.fork().frames()) {
        if (block.start + found.length >= end) break;
        found.push(...this.callsOf(frame, block.start + found.length));
      }
      calls = found;
      const [oldest] = this.loaded.keys();
      if (oldest !== undefined && this.loaded.size >= MOST_BLOCKS) this.loaded.delete(oldest);
      this.loaded.set(block, calls);
    }
    return calls;
  }

  /** What source shows for a Go frame, innermost call first. */
  private sourcesAt(lookupPc: number): readonly SourceFrame[] {
    let sources = this.sources.get(lookupPc);
    if (sources === undefined) {
      sources = attempt(() => this.program.sourceFrames(lookupPc)) ?? [];
      this.sources.set(lookupPc, sources);
    }
    return sources;
  }

  /** The calls of a frame, numbered from `first`. */
  private callsOf(frame: Frame, first: number): Call[] {
    const { found } = frame;
    this.numbers.set(frame, first);
    const sources = found === undefined ? [] : this.sourcesAt(frame.lookupPc);
    if (found === undefined || sources.length === 0) return this.nativeCallsOf(frame, first);
    const { pclntab, func } = found;
    return sources.map(({ name, line, inlined, file, funcId }, depth) => ({
      index: first + depth,
      frame,
      name,
      file: file === '?' ? '' : file,
      line,
      inlined,
      inlineDepth: depth,
      entry: func.entry,
      module: undefined,
      wrapper: pclntab.isWrapper(funcId),
      chain: this,
    }));
  }

  private nativeCallsOf(frame: Frame, first: number): Call[] {
    if (frame.found !== undefined) {
      const { name, entry } = frame.found.func;
      const place = { name, file: '', line: 0, inlined: false, inlineDepth: 0, module: undefined };
      return [{ index: first, frame, ...place, entry, wrapper: false, chain: this }];
    }
    return nativeCalls(this.program, frame).map((call, depth) => ({
      index: first + depth,
      ...call,
      frame,
      inlineDepth: depth,
      wrapper: false,
      chain: this,
    }));
  }
}
