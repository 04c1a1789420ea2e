import { describe, expect, it } from 'vitest';
import { MemorySource } from '../bytes/memory-source.ts';
import { RegionMemory } from '../target/core-memory.ts';
import { readArgumentInfo, type ArgumentPart } from './argument-info.ts';
import type { GoFunc } from './pclntab.ts';
import { funcNumbers } from './func-id.ts';

const func: GoFunc = {
  index: 0,
  name: 'main.f',
  entry: 0x1000,
  end: 0x1100,
  args: 0,
  funcId: 0,
  flags: 0,
  startLine: 0,
  deferReturn: 0,
  record: 0,
};

/** Reads a table of arguments, with a table of liveness behind it if there is one. */
function read(info: readonly number[], live: readonly number[] = [], bitmap = -1): readonly ArgumentPart[] | undefined {
  const bytes = Uint8Array.from([...info, ...live]);
  const source = new MemorySource('tables', bytes);
  const memory = new RegionMemory([{ start: 0x5000, end: 0x5000 + bytes.length, source, delta: -0x5000 }]);
  const numbers = funcNumbers(24);
  return readArgumentInfo(
    memory,
    {
      numbers,
      funcData: (_func, kind) =>
        kind === numbers.argInfo && info.length > 0
          ? 0x5000
          : kind === numbers.argLiveInfo && live.length > 0
            ? 0x5000 + info.length
            : undefined,
      pcData: () => bitmap,
    },
    func,
    0x1010,
  );
}

describe('argument info', () => {
  it('has nothing to say without a table', () => {
    expect(read([])).toBeUndefined();
  });

  it('reads words, groups and what is left out', () => {
    expect(read([0xfe, 0, 8, 0xfe, 8, 1, 0xfd, 0xfd, 0xfb, 0xfc, 0xff, 16, 8])).toEqual([
      { kind: 'open' },
      { kind: 'word', offset: 0, size: 8, live: true },
      { kind: 'open' },
      { kind: 'word', offset: 8, size: 1, live: true },
      { kind: 'close' },
      { kind: 'close' },
      { kind: 'too-far' },
      { kind: 'more' },
    ]);
  });

  it('tells live spill slots by the bitmap at the pc', () => {
    // Slots begin at offset 8; the bitmap at index 1 has the second of them.
    const live = (bitmap: number): boolean[] | undefined =>
      read([0, 8, 8, 8, 16, 8, 0xff], [8, 0b10], bitmap)?.map((part) => part.kind === 'word' && part.live);
    expect(live(1)).toEqual([true, false, true]);
    expect(live(-1)).toEqual([true, true, true]);
    expect(live(0)).toEqual([true, true, true]);
  });

  it('stops at the longest table that a compiler writes', () => {
    expect(read(Array.from({ length: 400 }, () => 0xfe))?.length).toBe(171);
  });
});
