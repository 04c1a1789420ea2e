import { deflateSync } from 'node:zlib';
import { BytesWriter, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { decompressors } from '../../../node/src/decompress.ts';
import type { GrowingBytes } from '../bytes/growing-bytes.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { sectionContents } from './compressed-section.ts';
import { parseElf } from './elf-file.ts';

const plain = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
const SHF_COMPRESSED = 0x800;

/** An Elf64_Chdr before the stream. */
const chdr = (type: number, size: number, stream: Uint8Array): Uint8Array =>
  new BytesWriter().u32(type).u32(0).u64(size).u64(1).bytes(stream).finish();

/** A zstd frame that stores its bytes in one raw block (RFC 8878, 3.1.1): magic, descriptor, content size, block. */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const out = new BytesWriter().u32(0xfd2fb528).u8(0xa0).u32(bytes.length);
  const block = (bytes.length << 3) | 1; // last block, raw
  return out
    .u8(block, block >> 8, block >> 16)
    .bytes(bytes)
    .finish();
}

const zdebug = (size: number, stream: Uint8Array): Uint8Array =>
  new BytesWriter()
    .text('ZLIB')
    .u32(0)
    .u8(size >> 24, size >> 16, size >> 8, size)
    .bytes(stream)
    .finish();

function contents(name: string, stored: string, data: Uint8Array, flags = SHF_COMPRESSED): Uint8Array | undefined {
  const elf = parseElf(new MemorySource('exe', writeElf({ type: 2, sections: [{ name: stored, flags, data }] })));
  const found = sectionContents(elf, name, decompressors);
  found?.fill(found.bytes.length);
  return found && Uint8Array.from(found.bytes); // zlib gives a Buffer, which is not equal to an array of the same bytes
}

/** Bytes that zlib cannot make much smaller, more than are inflated at once. */
const long = Uint8Array.from({ length: 1 << 20 }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 13) & 0xff);

function growing(data: Uint8Array, stream: Uint8Array): GrowingBytes | undefined {
  const section = { name: '.debug_info', flags: SHF_COMPRESSED, data: chdr(1, data.length, stream) };
  return sectionContents(
    parseElf(new MemorySource('exe', writeElf({ type: 2, sections: [section] }))),
    section.name,
    decompressors,
  );
}

describe('sections that are inflated as far as they are asked for', () => {
  it('are inflated no further, and then on from there', () => {
    const found = growing(long, deflateSync(long));
    found?.fill(100_000);
    expect(found?.inflated).toBeGreaterThanOrEqual(100_000);
    expect(found?.inflated).toBeLessThan(300_000);
    const end = found?.inflated ?? 0;
    expect(found && Buffer.compare(found.bytes.subarray(0, end), long.subarray(0, end))).toBe(0);
    found?.fill(long.length);
    expect(found?.inflated).toBe(long.length);
    expect(found && Buffer.compare(found.bytes, long)).toBe(0);
  });

  it('tell of damage whenever more is asked for than lies before it', () => {
    const stream = deflateSync(long);
    for (const at of [stream.length - 1, stream.length >> 1]) {
      const found = growing(long, stream.with(at, (stream[at] ?? 0) ^ 0x10));
      expect(() => found?.fill(1000)).not.toThrow();
      for (let again = 0; again < 2; again++) expect(() => found?.fill(long.length)).toThrow(/zlib data is damaged/);
      expect(() => found?.fill(1000)).not.toThrow();
    }
  });
});

describe('sectionContents with the decompressors of the command', () => {
  it('inflates zlib, zstd and .zdebug sections', () => {
    expect(contents('.debug_info', '.debug_info', chdr(1, plain.length, deflateSync(plain)))).toEqual(plain);
    expect(contents('.debug_info', '.debug_info', chdr(2, plain.length, zstdStored(plain)))).toEqual(plain);
    expect(contents('.debug_info', '.zdebug_info', zdebug(plain.length, deflateSync(plain)), 0)).toEqual(plain);
  });

  it('takes a .zdebug section without the magic as it is', () => {
    expect(contents('.debug_info', '.zdebug_info', plain, 0)).toEqual(plain);
  });

  it('gives sections that are not compressed as they are', () => {
    expect(contents('.text', '.text', plain, 0)).toEqual(plain);
    expect(contents('.text', '.ztext', plain, 0)).toBeUndefined();
  });

  it('refuses streams that do not give what the header says', () => {
    const zlib = deflateSync(plain);
    for (const size of [0, plain.length - 1, plain.length + 1]) {
      expect(() => contents('.debug_info', '.debug_info', chdr(1, size, zlib))).toThrow(/zlib data/);
    }
    for (let cut = 0; cut < zlib.length; cut += 97) {
      expect(() => contents('.debug_info', '.debug_info', chdr(1, plain.length, zlib.subarray(0, cut)))).toThrow(
        /zlib/,
      );
    }
    const zstd = zstdStored(plain);
    for (let cut = 0; cut < zstd.length; cut += 97) {
      expect(() => contents('.debug_info', '.debug_info', chdr(2, plain.length, zstd.subarray(0, cut)))).toThrow(
        /zstd/,
      );
    }
    expect(() => contents('.debug_info', '.debug_info', chdr(2, plain.length, plain))).toThrow(/zstd/);
  });

  it('refuses short headers, unknown methods and sizes that no section has', () => {
    expect(() => contents('.debug_info', '.debug_info', new Uint8Array(23))).toThrow(/too short/);
    expect(() => contents('.debug_info', '.debug_info', chdr(3, 1, plain))).toThrow(/unknown method 3/);
    expect(() => contents('.debug_info', '.debug_info', chdr(1, 2 ** 40, plain))).toThrow(/claims 0x10000000000 bytes/);
  });
});
