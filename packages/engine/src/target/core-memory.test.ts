import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { RegionMemory, type Region } from './core-memory.ts';

/** A region of `length` bytes at `start`, all of them `value`. */
function region(start: number, length: number, value: number): Region {
  const source = new MemorySource(`of ${value}`, new Uint8Array(length).fill(value));
  return { start, end: start + length, source, delta: -start };
}

describe('RegionMemory', () => {
  it('reads across regions that touch, and faults at the first byte that is nowhere', () => {
    const memory = new RegionMemory([region(0x2000, 4, 2), region(0x2004, 4, 3)]);
    expect(memory.u16(0x2003)).toBe(0x0302);
    expect(memory.u32(0x2002)).toBe(0x03030202);
    expect(memory.u64(0x2000)).toBe(0x03030303 * 2 ** 32 + 0x02020202);
    expect([...memory.read(0x2002, 4)]).toEqual([2, 2, 3, 3]);
    expect([...memory.readSome(0x2006, 100)]).toEqual([3, 3]);
    expect(memory.readSome(0x1000, 1)).toHaveLength(0);
    for (const read of [() => memory.read(0x2006, 4), () => memory.u32(0x2006), () => memory.u64(0x2004)]) {
      expect(read).toThrow(/cannot read memory at 0x2008: nothing was mapped there/);
    }
    expect(memory.size).toBe(8);
  });

  it('says why: nil, a hole, or nothing', () => {
    const memory = new RegionMemory([], [{ start: 0x5000, end: 0x6000, why: 'left out' }]);
    expect(() => memory.u8(8)).toThrow(/nil pointer/);
    expect(() => memory.u8(0x5fff)).toThrow(/at 0x5fff: left out/);
    expect(() => memory.u8(0x6000)).toThrow(/nothing was mapped/);
    expect(memory.describe(0x5000)).toBe('0x5000: left out');
  });

  it('faults at addresses that no process has', () => {
    const memory = new RegionMemory([region(0x2000, 4, 2)]);
    for (const address of [-1, Number.NaN, Infinity, 2 ** 64, 0x2000 + 2 ** 32]) {
      expect(() => memory.u8(address)).toThrow(DebugError);
      expect(memory.has(address)).toBe(false);
    }
  });

  it('asks once for a miss, and tries again when told so', () => {
    const memory = new RegionMemory([]);
    const asked: number[] = [];
    memory.onMiss = (address) => {
      asked.push(address);
      if (address < 0x4000) return false;
      memory.setRegions([region(0x4000, 8, 4)], []);
      return true;
    };
    expect(() => memory.u8(0x3000)).toThrow(DebugError);
    expect(memory.u8(0x4001)).toBe(4);
    expect(memory.u8(0x4002)).toBe(4);
    expect(asked).toEqual([0x3000, 0x4001]);
  });

  it('shows the last of the regions that overlap, byte for byte', () => {
    const piece = fc.record({ start: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const memory = new RegionMemory(pieces.map(({ start, length }, i) => region(0x2000 + start, length, i + 1)));
        for (let at = 0; at < 64; at++) {
          const top = pieces.findLastIndex(({ start, length }) => at >= start && at < start + length);
          if (top < 0) expect(memory.has(0x2000 + at)).toBe(false);
          else expect(memory.u8(0x2000 + at)).toBe(top + 1);
        }
      }),
    );
  });

  it('takes many regions that lie over each other', () => {
    const source = new MemorySource('all', new Uint8Array(1 << 20));
    const count = 200_000;
    const nested = Array.from({ length: count }, (_, i) => ({ start: 0, end: 0x100000 - i, source, delta: 0 }));
    const began = performance.now();
    expect(new RegionMemory(nested).size).toBe(0x100000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
