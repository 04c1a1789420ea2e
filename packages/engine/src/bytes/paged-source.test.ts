import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { PagedSource } from './paged-source.ts';

/** A file whose byte at each offset follows from the offset; larger than any memory. */
function endless(size: number) {
  const byteAt = (offset: number): number => (Math.floor(offset / 7) * 31 + offset) % 251;
  const reads: number[] = [];
  const file = {
    name: 'big',
    size,
    readInto(into: Uint8Array, position: number): number {
      reads.push(position);
      const count = Math.max(0, Math.min(into.length, size - position));
      for (let i = 0; i < count; i++) into[i] = byteAt(position + i);
      return count;
    },
  };
  return { file, byteAt, reads };
}

describe('PagedSource', () => {
  it('reads beyond 2^32, across pages and at odd offsets', () => {
    const { file, byteAt, reads } = endless(20 * 2 ** 30);
    const source = new PagedSource(file);
    for (const at of [0, 5, 0x3ffe, 0x3fff, 2 ** 31 - 2, 2 ** 32 - 3, 2 ** 34 + 1]) {
      const expected = [0, 1, 2, 3].map((i) => byteAt(at + i));
      expect([...source.bytes(at, 4)]).toEqual(expected);
      expect([...source.view(at, 4)]).toEqual(expected);
      expect(source.u32(at)).toBe(expected.reduce((sum, byte, i) => sum + byte * 256 ** i, 0));
    }
    expect(reads.length).toBeLessThan(20);
    expect(source.pagesRead).toBe(reads.length);
  });

  it('keeps within its memory, and stays right when pages come back', () => {
    const { file, byteAt } = endless(64 * 2 ** 20);
    const source = new PagedSource(file, { memoryLimit: 2 ** 20 });
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < file.size; at += 300_007) expect(source.u8(at)).toBe(byteAt(at));
    }
  });

  it('keeps little on passes over a large file, and more where pages come back soon', () => {
    const page = 2 ** 14;
    const file = { name: 'zeros', size: 256 * 2 ** 20, readInto: (into: Uint8Array) => into.length };
    const passed = new PagedSource(file);
    for (let round = 0; round < 2; round++) for (let at = 0; at < file.size; at += page) passed.u8(at);
    expect(passed.pagesRead).toBe((2 * file.size) / page);
    expect(passed.pagesKept).toBe(2 ** 9);
    // The same 2000 pages again and again, in another order than they lie.
    const walk = (source: PagedSource): void => {
      for (let step = 0; step < 2000; step++) source.u8(((step * 1237) % 2000) * 5 * page);
    };
    const walked = new PagedSource(file);
    for (let round = 0; round < 5; round++) walk(walked);
    const { pagesRead } = walked;
    expect(walked.pagesKept).toBe(2000);
    walk(walked);
    expect(walked.pagesRead).toBe(pagesRead);
    const bounded = new PagedSource(file, { memoryLimit: 16 * 2 ** 20 });
    for (let round = 0; round < 6; round++) walk(bounded);
    expect(bounded.pagesKept).toBeLessThanOrEqual(2 ** 10);
  });

  it('names the file when a read leaves it', () => {
    const source = new PagedSource(endless(1000).file);
    for (const read of [
      () => source.u8(1000),
      () => source.u32(997),
      () => source.bytes(900, 101),
      () => source.view(-1, 1),
    ]) {
      expect(read).toThrow(DebugError);
      expect(read).toThrow(/big ends at 0x3e8/);
    }
  });

  it('stays right when a read is given up in the middle', () => {
    const { file, byteAt } = endless(64 * 2 ** 20);
    let fails = false;
    const broken = {
      ...file,
      readInto(into: Uint8Array, position: number): number {
        if (!fails) return file.readInto(into, position);
        into.fill(0xee);
        throw new Error('given up');
      },
    };
    const source = new PagedSource(broken, { memoryLimit: 2 ** 20 });
    for (let at = 0; at < 2 ** 20; at += 0x4000) source.u8(at);
    for (let at = 2 ** 20; at < 2 ** 23; at += 0x4000) {
      const last = at - 1;
      expect(source.u8(last)).toBe(byteAt(last));
      fails = true;
      expect(() => source.u8(at)).toThrow('given up');
      fails = false;
      expect([last, at, at - 2 ** 19].map((each) => source.u8(each))).toEqual([last, at, at - 2 ** 19].map(byteAt));
    }
  });
});
