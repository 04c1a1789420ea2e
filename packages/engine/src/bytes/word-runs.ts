import type { Memory } from './memory.ts';

/** Bytes read at once. */
const CHUNK = 1 << 20;
/** Runs that are remembered. */
const MOST_RUNS = 16;
/** Shorter ones are found again as quickly. */
const FEWEST_WORDS = 1000;

interface Run {
  readonly stride: number;
  readonly word: number;
  readonly start: number;
  /** Address of the first slot that has another word. */
  readonly end: number;
}

/**
 * How often the same word stands in memory at equal distances: the return addresses of a function that calls itself. Long runs are
 * remembered.
 */
export class WordRuns {
  private readonly memory: Memory;
  private readonly runs: Run[] = [];

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Slots at `slot`, `slot + stride` and so on, below `top`, that hold `word`, up to the first that does not. */
  count(slot: number, stride: number, top: number, word: number): number {
    if (stride <= 0) return 0;
    for (const run of this.runs) {
      const isIn = slot >= run.start && slot < run.end && (slot - run.start) % stride === 0;
      if (isIn && run.stride === stride && run.word === word && run.end <= top) return (run.end - slot) / stride;
    }
    const count = this.read(slot, stride, top, word);
    if (count >= FEWEST_WORDS) {
      this.runs.push({ stride, word, start: slot, end: slot + count * stride });
      if (this.runs.length > MOST_RUNS) this.runs.shift();
    }
    return count;
  }

  private read(slot: number, stride: number, top: number, word: number): number {
    const [low, high] = [word >>> 0, Math.floor(word / 2 ** 32)];
    const perChunk = Math.max(1, Math.floor(CHUNK / stride));
    let count = 0;
    // The first of the slots is most often the only one.
    for (let most = 1; slot + count * stride + 8 <= top; most = perChunk) {
      const at = slot + count * stride;
      const bytes = this.memory.readSome(at, Math.min((most - 1) * stride + 8, top - at));
      if (bytes.length < 8) return count;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let offset = 0; offset + 8 <= bytes.length; offset += stride) {
        if (view.getUint32(offset, true) !== low || view.getUint32(offset + 4, true) !== high) return count;
        count++;
      }
    }
    return count;
  }
}
