import { describe, expect, it } from 'vitest';
import type { Memory } from './memory.ts';
import { WordRuns } from './word-runs.ts';

const BASE = 0xc000000000;
const WORD = 0x123456789abc;

/** Memory with `WORD` at `count` slots from `BASE + first` on, `stride` apart; counts what is read of it. */
function memoryWith(first: number, stride: number, count: number, size: number) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setBigUint64(first + i * stride, BigInt(WORD), true);
  const read = { bytes: 0 };
  const memory: Pick<Memory, 'readSome'> = {
    readSome(address, length) {
      const there = bytes.subarray(address - BASE, address - BASE + length);
      read.bytes += there.length;
      return there;
    },
  };
  return { runs: new WordRuns(memory as Memory), read };
}

describe('a word at equal distances', () => {
  it.each([
    [8, 8, 1],
    [24, 32, 5],
    [0, 48, 3000],
    [16, 24, 200_000],
  ])('from %i on, every %i bytes, is counted to its end: %i', (first, stride, count) => {
    const size = first + count * stride + 64;
    const { runs } = memoryWith(first, stride, count, size);
    expect(runs.count(BASE + first, stride, BASE + size, WORD)).toBe(count);
    expect(runs.count(BASE + first + stride, stride, BASE + size, WORD)).toBe(count - 1);
    expect(runs.count(BASE + first, stride, BASE + size, WORD + 1)).toBe(0);
  });

  it('ends at the top, and where memory ends', () => {
    const { runs } = memoryWith(0, 16, 64, 1024);
    expect(runs.count(BASE, 16, BASE + 16 * 10, WORD)).toBe(10);
    expect(runs.count(BASE, 16, BASE + 16 * 10 + 7, WORD)).toBe(10);
    expect(runs.count(BASE, 16, BASE + 4096, WORD)).toBe(64);
    expect(runs.count(BASE + 2048, 16, BASE + 4096, WORD)).toBe(0);
    expect(runs.count(BASE, 0, BASE + 1024, WORD)).toBe(0);
  });

  it('is read once where it is long', () => {
    const { runs, read } = memoryWith(0, 32, 10_000, 32 * 10_001);
    const top = BASE + 32 * 10_001;
    expect(runs.count(BASE, 32, top, WORD)).toBe(10_000);
    const before = read.bytes;
    expect(runs.count(BASE + 32 * 4000, 32, top, WORD)).toBe(6000);
    expect(read.bytes).toBe(before);
    // Another distance, and a nearer top, are other questions.
    expect(runs.count(BASE, 64, top, WORD)).toBe(5000);
    expect(runs.count(BASE, 32, BASE + 32 * 100, WORD)).toBe(100);
  });

  it('costs one word where there is no run', () => {
    const { runs, read } = memoryWith(0, 32, 0, 1 << 21);
    expect(runs.count(BASE, 32, BASE + (1 << 21), WORD)).toBe(0);
    expect(read.bytes).toBe(8);
  });
});
