import { readU64 } from '../../base/cursor.ts';
import { attempt } from '../../base/errors.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { G_LEAKED, G_RUNNABLE, G_SYSCALL, G_WAITING } from '../../runtime/status.ts';
import { liveSlots } from '../../unwind/live-slots.ts';
import { StackTrie, type StackPlace } from '../../unwind/stack-trie.ts';

/** Which words of a stack are pointers in use. Offsets are in bytes from its stack pointer. */
export interface LiveWords {
  readonly sp: number;
  readonly words: readonly number[];
  /** Where each frame begins, and behind the last one: what a pointer into the stack leads to is in one of them. */
  readonly frames: readonly number[];
}

/** Statuses of goroutines whose stacks stand still. */
const PARKED: ReadonlySet<number> = new Set([G_WAITING, G_RUNNABLE, G_SYSCALL, G_LEAKED]);
/** Larger frames are not looked into. */
const MOST_FRAME = 1 << 24;
/** Stacks are read in pieces. */
const PIECE = 1 << 20;

/**
 * Tells the words of parked stacks that the garbage collector would follow, by the maps of the compiler: slots that are not used any
 * more still hold what was in them. Found once for all goroutines that wait at the same calls.
 */
export class StackWords {
  private readonly runtime: GoRuntime;
  private readonly trie: StackTrie;
  private readonly known = new Map<readonly string[] | number, Omit<LiveWords, 'sp'> | undefined>();

  constructor(runtime: GoRuntime) {
    this.runtime = runtime;
    this.trie = new StackTrie(runtime.program);
  }

  /**
   * Undefined where a part of the stack is not understood: any word of it may be in use then. `stack` is something that is the same for
   * stacks of the same calls, which spares looking at the calls.
   */
  of(goroutine: Goroutine, stack?: readonly string[]): LiveWords | undefined {
    const context = PARKED.has(goroutine.status) ? this.runtime.parkedAt(goroutine) : undefined;
    if (context === undefined) return undefined;
    const key = stack !== undefined && this.known.has(stack) ? stack : this.trie.intern(context, goroutine.stack);
    if (key === undefined) return undefined;
    if (typeof key === 'number' && !this.known.has(key))
      this.known.set(
        key,
        attempt(() => this.find(this.trie.placesOf(key))),
      );
    const live = this.known.get(key);
    if (stack !== undefined && key !== stack) this.known.set(stack, live);
    return live && { sp: context.sp, words: live.words, frames: live.frames };
  }

  /**
   * What the words in use of a stack hold, those of the variables too that they point to in the stack itself: the frame of such a one is
   * taken as a whole. Undefined where `of` is. Throws `fault` where the stack is not in the core.
   */
  pointers(goroutine: Goroutine, functions?: readonly string[]): number[] | undefined {
    const live = this.of(goroutine, functions);
    if (live === undefined) return undefined;
    const { memory } = this.runtime.program;
    const { stack, panic, deferred } = goroutine;
    const found: number[] = [];
    const inside: number[] = [];
    const see = (word: number): void => {
      if (word >= live.sp && word < stack.high) inside.push(word);
      else if (word !== 0) found.push(word);
    };
    see(panic);
    see(deferred);
    for (const word of live.words) see(memory.u64(live.sp + word));
    if (inside.length > 0) this.follow(live, stack.high, inside, see);
    return found;
  }

  /** Goes on from pointers into the stack itself; `see` adds to them. */
  private follow({ sp, frames }: LiveWords, high: number, inside: number[], see: (word: number) => void): void {
    const { memory } = this.runtime.program;
    const done = new Set<number>();
    for (let word = inside.pop(); word !== undefined; word = inside.pop()) {
      const at = word;
      const frame = frames.findLastIndex((start) => sp + start <= at);
      if (done.has(frame)) continue;
      done.add(frame);
      const start = sp + (frames[frame] as number);
      const bytes = memory.read(start, sp + (frames[frame + 1] ?? high - sp) - start);
      for (let i = 0; i + 8 <= bytes.length; i += 8) see(readU64(bytes, i));
    }
  }

  /** What the stack may lead to: its pointers, or all of its words from the stack pointer on; what is there of it. */
  anyPointers({ g, functions }: { readonly g: number; readonly functions: readonly string[] }): Iterable<number> {
    const goroutine = this.runtime.readGoroutine(g);
    return attempt(() => this.pointers(goroutine, functions)) ?? this.allWords(goroutine);
  }

  private *allWords({ sched, stack }: Goroutine): Generator<number> {
    const start = sched.sp >= stack.low && sched.sp <= stack.high ? sched.sp : stack.low;
    for (let at = start; at < stack.high; at += PIECE) {
      const length = Math.min(PIECE, stack.high - at);
      const bytes = this.runtime.program.memory.readSome(at, length);
      for (let i = 0; i + 8 <= bytes.length; i += 8) yield readU64(bytes, i);
      // What is behind is not in the core, and bounds that are damaged may be anywhere.
      if (bytes.length < length) return;
    }
  }

  private find(places: readonly StackPlace[]): Omit<LiveWords, 'sp'> | undefined {
    const words: number[] = [];
    const frames = [0];
    let sp = 0;
    for (const place of places) {
      // What was interrupted may have pointers in any slot. The outermost function has none.
      if (place.interrupted || (place.size ?? 0) > MOST_FRAME) return undefined;
      if (place.size === undefined) return { words, frames };
      const found = liveSlots(this.runtime.program, place.lookup, sp, sp + place.size);
      if (found === undefined) return undefined;
      for (const word of found) words.push(word);
      sp += place.size;
      frames.push(sp);
    }
    return undefined;
  }
}
