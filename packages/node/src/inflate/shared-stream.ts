import type { ZlibStream } from '@inquest/engine';

/** What a thread that inflates is told. */
export interface InflateOrder {
  /** The file, open for reading. */
  readonly fd: number;
  readonly streams: readonly SharedStreamData[];
}

export interface SharedStreamData {
  readonly stream: ZlibStream;
  /** Room for what it gives. */
  readonly memory: SharedArrayBuffer;
  /** Words of 32 bits: `MADE`, `HOLDER`, `WANTED`, `CHANGES`. */
  readonly state: SharedArrayBuffer;
}

const MADE = 0;
const HOLDER = 1;
const WANTED = 2;
/** Counts what the asker may wait for. */
const CHANGES = 3;
const WORDS = 4;

const NOBODY = 0;
/** The two that may hold a stream: who asks for its bytes, and the thread that helps it. */
export const ASKER = 1;
export const HELPER = 2;
export type Holder = typeof ASKER | typeof HELPER;

export function shareStream(stream: ZlibStream): SharedStreamData {
  const state = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  return { stream, memory: new SharedArrayBuffer(stream.size), state };
}

/**
 * Memory that two threads inflate a stream into, one at a time. Only who holds the stream may write to the memory: behind the bytes that
 * zlib makes it leaves others for a while.
 */
export class SharedStream {
  readonly stream: ZlibStream;
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;

  constructor({ stream, memory, state }: SharedStreamData) {
    this.stream = stream;
    this.bytes = new Uint8Array(memory);
    this.words = new Int32Array(state);
  }

  /** How many bytes are there; all of them only where the checksum was right. */
  get made(): number {
    return Atomics.load(this.words, MADE);
  }

  /** For the holder. */
  set made(count: number) {
    Atomics.store(this.words, MADE, count);
    this.change();
  }

  /** To be read before what `wait` is for. */
  get changes(): number {
    return Atomics.load(this.words, CHANGES);
  }

  /** True if the asker waits. */
  get isWanted(): boolean {
    return Atomics.load(this.words, WANTED) !== 0;
  }

  /** False if the other one holds it. */
  hold(holder: Holder): boolean {
    const before = Atomics.compareExchange(this.words, HOLDER, NOBODY, holder);
    return before === NOBODY || before === holder;
  }

  /** Leaves it, if it is held, to the other one, who may be waiting. */
  release(holder: Holder): void {
    Atomics.compareExchange(this.words, HOLDER, holder, NOBODY);
    this.change();
  }

  /** For the asker: waits until more than `changes` were made. False if that takes too long. */
  wait(changes: number, milliseconds: number): boolean {
    Atomics.store(this.words, WANTED, 1);
    const outcome = Atomics.wait(this.words, CHANGES, changes, milliseconds);
    Atomics.store(this.words, WANTED, 0);
    return outcome !== 'timed-out';
  }

  private change(): void {
    Atomics.add(this.words, CHANGES, 1);
    Atomics.notify(this.words, CHANGES);
  }
}
