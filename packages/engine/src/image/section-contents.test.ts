import { deflateSync } from 'node:zlib';
import { BytesWriter, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { decompressors } from '../../../node/src/decompress.ts';
import { counters } from '../base/counters.ts';
import type { Decompressors } from '../bytes/byte-source.ts';
import { whole, type GrowingBytes } from '../bytes/growing-bytes.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import type { KeepSection } from '../elf/compressed-section.ts';
import { parseElf } from '../elf/elf-file.ts';
import { SectionContents } from './section-contents.ts';

const SHF_COMPRESSED = 0x800;
/** Enough that another thread is worth it, and of what is not. */
const LONG = Uint8Array.from({ length: 9 << 20 }, (_, i) => (i >> 10) & 0xff);
const SHORT = LONG.subarray(0, 1000);
const NAMES = ['.debug_loc', '.debug_loclists'];

interface Opened {
  readonly contents: SectionContents;
  /** What was told of damage. */
  readonly told: string[];
  /** How many streams were begun with together. */
  readonly begun: number[];
}

function open(data: Uint8Array, stream: Uint8Array = deflateSync(data), keep?: KeepSection): Opened {
  const chdr = new BytesWriter().u32(1).u32(0).u64(data.length).u64(1).bytes(stream).finish();
  const sections = [{ name: '.debug_loclists', flags: SHF_COMPRESSED, data: chdr }];
  const elf = parseElf(new MemorySource('exe', writeElf({ type: 2, sections })));
  const told: string[] = [];
  const begun: number[] = [];
  /** As another thread does it that never comes to anything. */
  const beside: Decompressors = {
    ...decompressors,
    zlibBeside(source, streams) {
      begun.push(streams.length);
      return streams.map((each) => {
        const inner = decompressors.growingZlib?.(source, each) as GrowingBytes;
        return { bytes: inner.bytes, inflated: each.size, fill: (end) => inner.fill(end) };
      });
    },
  };
  const contents = new SectionContents(
    () => elf,
    beside,
    (name, error) => told.push(`${name}: ${error.message}`),
    () => keep,
  );
  return { contents, told, begun };
}

const isSame = (found: Uint8Array | undefined, data: Uint8Array): boolean =>
  found !== undefined && Buffer.compare(found, data) === 0;

describe('sections that another thread inflates', () => {
  it('are those that are inflated when they are asked for, and counted once', () => {
    const { contents, begun } = open(LONG);
    const { bytesInflated, sectionsInflated } = counters;
    contents.ahead(NAMES);
    contents.ahead(NAMES);
    expect(begun).toEqual([1]);
    expect(isSame(contents.whole('.debug_loclists'), LONG)).toBe(true);
    expect(counters.bytesInflated - bytesInflated).toBe(LONG.length);
    expect(counters.sectionsInflated - sectionsInflated).toBe(1);
  });

  it('are not begun where it does not pay, and where they were asked for before', () => {
    const short = open(SHORT);
    short.contents.ahead(NAMES);
    expect(short.begun).toEqual([]);
    const opened = open(LONG);
    opened.contents.growing('.debug_loclists');
    opened.contents.ahead(NAMES);
    expect(opened.begun).toEqual([]);
  });

  it('tell of damage when they are asked for', () => {
    const stream = deflateSync(LONG);
    for (const data of [stream.with(stream.length >> 1, 0), stream.with(stream.length - 1, 0), deflateSync(SHORT)]) {
      const { contents, told } = open(LONG, data);
      contents.ahead(NAMES);
      expect(told).toEqual([]);
      expect(contents.whole('.debug_loclists')).toBeUndefined();
      expect(told.join()).toMatch(/^\.debug_loclists: the zlib data is damaged/);
    }
  });

  it('are absent where their beginning is damaged, as without', () => {
    for (const isAhead of [false, true]) {
      const { contents, told } = open(LONG, deflateSync(LONG).with(0, 0xff));
      if (isAhead) contents.ahead(NAMES);
      expect(contents.growing('.debug_loclists')).toBeUndefined();
      expect(told).toHaveLength(1);
    }
  });

  it('are kept like others, and not inflated where they were kept', () => {
    const kept: GrowingBytes[] = [];
    const keep: KeepSection = {
      find: () => kept[0] && whole(kept[0].bytes),
      keep: (_identity, _size, contents) => {
        kept.push(contents);
        return contents;
      },
    };
    open(LONG, undefined, keep).contents.ahead(NAMES);
    expect(kept).toHaveLength(1);
    kept[0]?.fill(LONG.length);
    const { contents, begun } = open(LONG, undefined, keep);
    contents.ahead(NAMES);
    expect(begun).toEqual([]);
    expect(isSame(contents.whole('.debug_loclists'), LONG)).toBe(true);
    expect(kept).toHaveLength(1);
  });
});
