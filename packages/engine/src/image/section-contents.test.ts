import { deflateSync } from 'node:zlib';
import { BytesWriter, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { decompressors } from '../../../node/src/decompress.ts';
import { counters } from '../base/counters.ts';
import { whole } from '../bytes/growing-bytes.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import type { KeepSection } from '../elf/compressed-section.ts';
import { parseElf } from '../elf/elf-file.ts';
import { SectionContents } from './section-contents.ts';

const SHF_COMPRESSED = 0x800;
/** Enough that another thread is worth it, and of what is not. */
const LONG = Uint8Array.from({ length: 1 << 20 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 0xff);
const SHORT = LONG.subarray(0, 1000);

interface Opened {
  readonly contents: SectionContents;
  /** What was told of damage. */
  readonly told: string[];
}

function open(data: Uint8Array, stream: Uint8Array = deflateSync(data), keep?: KeepSection): Opened {
  const chdr = new BytesWriter().u32(1).u32(0).u64(data.length).u64(1).bytes(stream).finish();
  const sections = [{ name: '.debug_loclists', flags: SHF_COMPRESSED, data: chdr }];
  const elf = parseElf(new MemorySource('exe', writeElf({ type: 2, sections })));
  const told: string[] = [];
  const contents = new SectionContents(
    () => elf,
    decompressors,
    (name, error) => told.push(`${name}: ${error.message}`),
    () => keep,
  );
  return { contents, told };
}

const ahead = ({ contents }: Opened): Promise<unknown> | undefined => contents.ahead(['.debug_loc', '.debug_loclists']);
const isSame = (found: Uint8Array | undefined, data: Uint8Array): boolean =>
  found !== undefined && Buffer.compare(found, data) === 0;

describe('sections that are inflated ahead', () => {
  it('are those that are inflated when they are asked for, and counted once', async () => {
    const opened = open(LONG);
    const { bytesInflated, sectionsInflated } = counters;
    await ahead(opened);
    expect(isSame(opened.contents.whole('.debug_loclists'), LONG)).toBe(true);
    expect(counters.bytesInflated - bytesInflated).toBe(LONG.length);
    expect(counters.sectionsInflated - sectionsInflated).toBe(1);
    expect(ahead(opened)).toBeUndefined();
  });

  it('are not waited for where it does not pay, and where they were asked for before', () => {
    expect(ahead(open(SHORT))).toBeUndefined();
    const opened = open(LONG);
    opened.contents.growing('.debug_loclists');
    expect(ahead(opened)).toBeUndefined();
  });

  it('tell of damage when they are asked for', async () => {
    const stream = deflateSync(LONG);
    for (const data of [stream.with(stream.length >> 1, 0), stream.with(stream.length - 1, 0), deflateSync(SHORT)]) {
      const opened = open(LONG, data);
      await ahead(opened);
      expect(opened.told).toEqual([]);
      expect(opened.contents.whole('.debug_loclists')).toBeUndefined();
      expect(opened.told.join()).toMatch(/^\.debug_loclists: the zlib data is damaged/);
    }
  });

  it('are kept like others, and not inflated where they were kept', async () => {
    const kept: Uint8Array[] = [];
    const keep: KeepSection = {
      find: () => (kept[0] === undefined ? undefined : whole(kept[0])),
      keep: (_identity, _size, contents) => {
        kept.push(contents.bytes);
        return contents;
      },
    };
    await ahead(open(LONG, undefined, keep));
    expect(isSame(kept[0], LONG)).toBe(true);
    const opened = open(LONG, undefined, keep);
    expect(ahead(opened)).toBeUndefined();
    expect(isSame(opened.contents.whole('.debug_loclists'), LONG)).toBe(true);
    expect(kept).toHaveLength(1);
  });
});
