import { attempt, DebugError } from '../../base/errors.ts';
import { readU64 } from '../../base/cursor.ts';
import { LongWork } from '../../base/long-work.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { iterGs } from '../../runtime/live-goroutines.ts';
import { G_RUNNING, G_SYSCALL } from '../../runtime/status.ts';
import type { Thread } from '../../target/target.ts';
import { timerHeaps } from '../../runtime/timers.ts';
import { channelQueue, notifyQueue, sudogsOf } from '../../runtime/wait-queues.ts';
import type { Semaphores } from '../../runtime/wait-queues.ts';
import { HeapObjects } from './heap-objects.ts';
import type { StackWords } from './live-words.ts';
import type { Standing } from './standings.ts';
import type { Wait } from './wait.ts';

/** Bytes of memory that are searched at most. */
const MOST_BYTES = 1 << 30;
/** Memory is read in pieces. */
const PIECE = 1 << 20;
/** Up to so many bytes are read word by word. */
const SMALL = 1 << 10;
/** Addresses of user space have no bits above the 47th. */
const BEYOND_USER_SPACE = 2 ** 48;
/** A special record of the runtime and what follows it: a finalizer's function, its argument's type. */
const SPECIAL_SIZE = 64;
/** Blocks of finalizers and cleanups: their size, the part with links, and how many are believed; sizes in bytes. */
const BLOCK_SIZE = 4096;
const BLOCK_HEAD = 32;
const MOST_BLOCKS = 10_000;

/** runtime.g begins with the bounds of its stack and guards: behind a stack, something else may begin. */
const STACK_BOUNDS = 32;

/** Which blocked goroutines nothing can wake any more. */
export interface Reach {
  /** Addresses of their g's. */
  readonly stuck: ReadonlySet<number>;
  /** Bytes of memory that were searched. */
  readonly searched: number;
  /** Why nothing is said; undefined if the search was complete. */
  readonly problem: string | undefined;
  readonly objects: HeapObjects | undefined;
}

/**
 * Finds the goroutines that nothing can wake: what they wait on is reached neither from a package variable, nor from a goroutine
 * that can go on, nor from a timer or finalizer. It is a conservative mark phase: every word that could be an address is one, so
 * that what is still in use is never called lost; goroutines that wait count only once what they wait on has been reached.
 */
export function findStuck(sources: ReachSources, waits: readonly Wait[], others: readonly Standing[]): Reach {
  const objects = HeapObjects.read(sources.runtime);
  const nothing = { stuck: new Set<number>(), searched: 0, objects };
  if (objects === undefined)
    return {
      ...nothing,
      problem: 'the spans of the heap (runtime.mheap_) were not found: only symbols tell where they are',
    };
  const search = new Search(sources, objects, waits);
  try {
    search.run(others);
    return { stuck: search.stuck(), searched: search.searched, problem: undefined, objects };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return { ...nothing, searched: search.searched, problem: error.message };
  }
}

/** What is known already of a program's goroutines. */
export interface ReachSources {
  readonly runtime: GoRuntime;
  readonly stackWords: StackWords;
  readonly semaphores: Semaphores;
}

class Search {
  searched = 0;
  private readonly work = new LongWork('searching memory', 'bytes', undefined, 1 << 16);
  private readonly runtime: GoRuntime;
  private readonly stackWords: StackWords;
  private readonly objects: HeapObjects;
  private readonly marked: Uint8Array;
  private readonly open: { readonly start: number; readonly size: number }[] = [];
  private readonly waits: readonly Wait[];
  /** By id of an object: the numbers of those who wait on something in it. */
  private readonly waiting = new Map<number, number[]>();
  /** Of each wait 1 for as long as nothing is known to wake it. */
  private readonly asleep: Uint8Array;
  /** The numbers of those that were woken and have yet to be looked at. */
  private awake: number[] = [];
  /** Addresses of objects whose queues are hidden. */
  private readonly hidden = new Set<number>();

  constructor({ runtime, stackWords, semaphores }: ReachSources, objects: HeapObjects, waits: readonly Wait[]) {
    this.runtime = runtime;
    this.stackWords = stackWords;
    this.objects = objects;
    this.marked = new Uint8Array(objects.count);
    this.waits = waits;
    this.asleep = new Uint8Array(waits.length).fill(1);
    this.hideRecords(semaphores);
    waits.forEach((wait, number) => this.addWait(number, wait));
  }

  private addWait(number: number, wait: Wait): void {
    for (const { address } of wait.targets) {
      const id = this.objects.idAt(address);
      // What is no object of the heap is a package's, or the runtime's own: it is there for everyone.
      if (id < 0) {
        this.wake(number);
        continue;
      }
      const list = this.waiting.get(id);
      if (list === undefined) this.waiting.set(id, [number]);
      else list.push(number);
    }
  }

  private wake(number: number): void {
    if (this.asleep[number] !== 1) return;
    this.asleep[number] = 0;
    this.awake.push(number);
  }

  /** Goroutines and their places in queues are reached from the runtime's lists, always: they lead nowhere. */
  private hideRecords(semaphores: Semaphores): void {
    const { runtime } = this;
    for (const g of iterGs(runtime.goroutineRoots)) {
      this.hide(g);
      for (const sudog of sudogsOf(runtime, g)) this.hide(sudog);
    }
    for (const g of runtime.threads.flatMap(({ g0, gsignal }) => [g0, gsignal])) this.hide(g);
    for (const sudog of semaphores.sudogs) this.hide(sudog);
  }

  /** What is at an address leads nowhere. */
  private hide(address: number): void {
    const id = this.objects.idAt(address);
    if (id >= 0) this.marked[id] = 1;
  }

  /** Likewise those in the queues of what is waited on, which goroutines do not link to before Go 1.26. */
  private hideQueue(wait: Wait): void {
    for (const { kind, address } of wait.targets) {
      if (this.hidden.has(address)) continue;
      this.hidden.add(address);
      const queue =
        kind === 'cond'
          ? notifyQueue(this.runtime, address + 16)
          : kind === 'channel'
            ? [...channelQueue(this.runtime, address, 'send'), ...channelQueue(this.runtime, address, 'receive')]
            : [];
      for (const { sudog } of queue) this.hide(sudog);
    }
  }

  run(others: readonly Standing[]): void {
    this.waits.forEach((wait, number) => {
      if (this.asleep[number] === 1) this.hideQueue(wait);
    });
    this.scanTimers();
    for (const { data } of this.runtime.program.modules) {
      this.scan(data.data, data.edata - data.data);
      this.scan(data.bss, data.ebss - data.bss);
    }
    for (const { record, object } of this.objects.specials) {
      this.scanSome(record, SPECIAL_SIZE);
      // What an object with a finalizer refers to stays until it has run.
      const found = this.objects.objectAt(object);
      if (found !== undefined) this.scan(found.start, found.size);
    }
    for (const name of ['runtime.allfin', 'runtime.gcCleanups']) this.scanBlocks(name);
    this.scanThreads();
    for (const other of others) this.scanGoroutine(other);
    for (this.drain(); this.awake.length > 0; this.drain()) {
      // In the runtime's order, in which their stacks lie beside each other: they were woken in any.
      const woken = Int32Array.from(this.awake).sort();
      this.awake = [];
      for (const number of woken) {
        this.scanGoroutine(this.waits[number] as Wait);
        this.drain();
      }
    }
  }

  stuck(): Set<number> {
    return new Set(this.waits.filter((_, number) => this.asleep[number] === 1).map(({ g }) => g));
  }

  private scanTimers(): void {
    for (const { processor, array, timers } of timerHeaps(this.runtime)) {
      // A processor has free pages, caches and a buffer of old pointers; of what may come, its timers alone.
      this.hide(processor);
      this.hide(array);
      for (const timer of timers) this.see(timer);
    }
  }

  /**
   * Finalizers and cleanups that are about to run are in blocks of the runtime's own memory, linked by their first words
   * (runtime/mfinal.go finblock, runtime/mcleanup.go cleanupBlock).
   */
  private scanBlocks(symbol: string): void {
    const { program } = this.runtime;
    const first = program.symbol(symbol);
    if (first === undefined) return;
    const open = [first];
    const seen = new Set<number>();
    for (let at = open.pop(); at !== undefined && seen.size < MOST_BLOCKS; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const bytes = program.memory.readSome(at, at === first ? BLOCK_HEAD : BLOCK_SIZE);
      this.words(bytes);
      for (let i = 0; i + 8 <= Math.min(bytes.length, BLOCK_HEAD); i += 8) {
        const word = readU64(bytes, i);
        if (word > 4096 && word % 8 === 0 && program.memory.has(word) && this.objects.idAt(word) < 0) open.push(word);
      }
    }
  }

  private scanThreads(): void {
    const { program } = this.runtime;
    for (const thread of program.target.threads) {
      if (isIdle(this.runtime, thread)) continue;
      for (const { dwarf } of program.target.arch.registers) this.see(Number(thread.registers.get(dwarf) ?? 0n));
      const sp = Number(thread.registers.get(program.target.arch.sp) ?? 0n);
      const { system, signal } = this.runtime.stacksOf(undefined, this.runtime.threadOf(thread.tid));
      for (const bounds of [system, signal])
        if (bounds !== undefined && sp >= bounds.low && sp < bounds.high) this.scan(sp, bounds.high - sp);
      if (system !== undefined && system.sched.sp > system.low && system.sched.sp < system.high)
        this.scan(system.sched.sp, system.high - system.sched.sp);
    }
  }

  /** Its stack from the stack pointer on, and its record: deferred calls, panics, labels. */
  private scanGoroutine({ g, functions }: Standing): void {
    const goroutine = this.runtime.readGoroutine(g);
    const { stack, address } = goroutine;
    const recordSize = this.runtime.layout.get('g', 'size') - STACK_BOUNDS;
    this.scan(address + STACK_BOUNDS, recordSize);
    const words = this.stackWords.pointers(goroutine, functions);
    if (words === undefined) {
      const sp = this.stackPointer(goroutine);
      this.scan(sp, stack.high - sp);
      return;
    }
    this.spend(words.length * 8);
    for (const word of words) this.see(word);
  }

  private stackPointer(goroutine: Goroutine): number {
    const { stack } = goroutine;
    const onThread = goroutine.status === G_RUNNING || goroutine.status === G_SYSCALL;
    const saved = onThread ? undefined : goroutine.sched.sp;
    const sp = saved ?? attempt(() => firstOnStack(this.runtime, goroutine));
    return sp !== undefined && sp >= stack.low && sp <= stack.high ? sp - (sp % 8) : stack.low;
  }

  private scanSome(start: number, size: number): void {
    this.words(this.runtime.program.memory.readSome(start, size));
  }

  /** Marks what the words of a piece of memory point to. Throws `fault` if it is not there, `limit` if it is too much. */
  private scan(start: number, size: number): void {
    if (size <= SMALL) {
      this.spend(size);
      this.scanSmall(start, size);
      return;
    }
    for (let at = 0; at < size; at += PIECE) {
      const length = Math.min(PIECE, size - at);
      this.spend(length);
      this.words(this.runtime.program.memory.read(start + at, length));
    }
  }

  /** Most objects are small, and to copy each would take longer than to look at it. */
  private scanSmall(start: number, size: number): void {
    const { memory } = this.runtime.program;
    for (let at = start; at + 8 <= start + size; at += 8) {
      const word = memory.u64(at);
      if (word > 4096 && word < BEYOND_USER_SPACE) this.see(word);
    }
  }

  private spend(bytes: number): void {
    this.searched += bytes;
    this.work.at(this.searched);
    if (this.searched > MOST_BYTES)
      throw new DebugError(`there is more memory than the ${MOST_BYTES >> 20} MB that are searched`, { code: 'limit' });
  }

  private words(bytes: Uint8Array): void {
    for (let i = 0; i + 8 <= bytes.length; i += 8) {
      // Most words are told apart by two bytes.
      if (bytes[i + 7] !== 0 || bytes[i + 6] !== 0) continue;
      const word = readU64(bytes, i);
      if (word > 4096) this.see(word);
    }
  }

  private see(word: number): void {
    const id = this.objects.idAt(word);
    if (id < 0 || this.marked[id] !== 0) return;
    this.marked[id] = 1;
    for (const number of this.waiting.get(id) ?? []) this.wake(number);
    const object = this.objects.objectAt(word);
    if (object !== undefined && !object.noScan) this.open.push(object);
  }

  private drain(): void {
    for (let object = this.open.pop(); object !== undefined; object = this.open.pop())
      this.scan(object.start, object.size);
  }
}

/** Frames of a thread that are looked at for those of an idle one. */
const IDLE_FRAMES = 20;
/** Where threads without a goroutine sleep: until there is work, or something comes over the network; and the monitor. */
const IDLE: ReadonlySet<string> = new Set(['runtime.mPark', 'runtime.stopm', 'runtime.netpoll', 'runtime.sysmon']);

/** True for a thread that sleeps until there is work: what its scheduler's stack has is left over from before. */
function isIdle(runtime: GoRuntime, thread: Thread): boolean {
  const m = runtime.threadOf(thread.tid);
  if (m === undefined || m.curg !== 0) return false;
  let count = 0;
  for (const { found } of runtime.unwindThread(thread).frames()) {
    if (found !== undefined && IDLE.has(found.func.name)) return true;
    if (++count >= IDLE_FRAMES) return false;
  }
  return false;
}

/** Stack pointer of the innermost frame on the goroutine's own stack. */
function firstOnStack(runtime: GoRuntime, goroutine: Goroutine): number | undefined {
  for (const frame of runtime.unwind(goroutine).frames()) if (frame.stack === 'goroutine') return frame.sp;
  return undefined;
}
