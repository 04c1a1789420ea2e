import { describe, expect, it } from 'vitest';
import { RegionMemory } from '../target/core-memory.ts';
import { HeldMemory } from './held-memory.ts';
import { MemorySource } from './memory-source.ts';

const bytes = Uint8Array.from({ length: 96 }, (_, i) => (i * 37 + 5) & 0xff);

/** Memory at 0x1004, whose first 64 bytes are one region and the rest another. */
function memoryOf(data: Uint8Array): RegionMemory {
  const [start, middle, end] = [0x1004, 0x1044, 0x1004 + data.length];
  const source = new MemorySource('data', data);
  return new RegionMemory([
    { start, end: middle, source, delta: -start },
    { start: middle, end, source, delta: -start },
  ]);
}

describe('HeldMemory', () => {
  it('reads as the memory does, inside, outside and across the ends of what it holds', () => {
    const memory = memoryOf(bytes);
    for (const [from, to] of [
      [0x1008, 0x1030],
      [0x1004, 0x1064],
      [0x1010, 0x5000],
      [0x1020, 0x1020],
    ] as const) {
      const held = new HeldMemory(memory, from, to);
      for (let at = 0x1004; at < 0x1004 + bytes.length; at++) {
        for (const read of ['u8', 'u16', 'u32', 'u64'] as const) {
          const size = Number(read.slice(1)) / 8;
          if (at + size <= 0x1064) expect(held[read](at)).toBe(memory[read](at));
          else expect(() => held[read](at)).toThrow(/at 0x1064/);
        }
        expect(held.read(at, 3 % (0x1065 - at))).toEqual(memory.read(at, 3 % (0x1065 - at)));
      }
      expect(() => held.u8(0x1003)).toThrow(/nothing was mapped/);
    }
  });

  it('holds what was there: what is read is a copy', () => {
    const held = new HeldMemory(memoryOf(bytes.slice()), 0x1008, 0x1020);
    held.read(0x1008, 4).fill(0);
    expect(held.u8(0x1008)).toBe(bytes[4]);
  });
});
