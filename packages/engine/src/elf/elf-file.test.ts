import { deflateSync } from 'node:zlib';
import { BytesWriter, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { sectionContents } from './compressed-section.ts';
import { findSection, parseElf } from './elf-file.ts';
import { buildIdsOf, parseNotes } from './notes.ts';
import { findSymbols, functionSymbols } from './symbols.ts';

const parse = (bytes: Uint8Array) => parseElf(new MemorySource('test', bytes));
const complaint = (bytes: Uint8Array): string => {
  try {
    parse(bytes);
  } catch (error) {
    if (error instanceof DebugError) return error.message;
    throw error;
  }
  return '';
};
const decompress = {
  zlib: (data: Uint8Array, size: number): Uint8Array => new Uint8Array(size).fill(data.length % 256),
  zstd: (_: Uint8Array, size: number): Uint8Array => new Uint8Array(size).fill(2),
};

describe('parseElf', () => {
  const bytes = writeElf({
    type: 2,
    entry: 0x401000,
    segments: [{ type: 1, flags: 5, vaddr: 0x400000, data: Uint8Array.of(1, 2, 3), memsz: 0x1000 }],
    sections: [{ name: '.text', addr: 0x401000, data: Uint8Array.of(0x90) }],
  });

  it('reads header, segments and sections', () => {
    const elf = parse(bytes);
    expect(elf).toMatchObject({ type: 2, machineName: 'amd64', entry: 0x401000, diagnostics: [] });
    expect(elf.segments[0]).toMatchObject({ type: 1, flags: 5, vaddr: 0x400000, filesz: 3, memsz: 0x1000 });
    expect(findSection(elf, '.text')).toMatchObject({ addr: 0x401000, size: 1 });
  });

  it('counts more than 65,535 program headers through section 0 (PN_XNUM)', () => {
    const segments = Array.from({ length: 70_000 }, (_, i) => ({ type: 1, vaddr: i * 0x1000 }));
    const elf = parse(writeElf({ type: 4, segments, xnum: true }));
    expect(elf.segments.length).toBe(70_000);
    expect(elf.segments.at(-1)?.vaddr).toBe(69_999 * 0x1000);
  });

  it('tells about program and section headers that are cut off', () => {
    expect(parse(bytes.subarray(0, 70)).diagnostics.join()).toMatch(/only 0 of 1 program headers/);
    expect(parse(bytes.subarray(0, bytes.length - 10)).diagnostics.join()).toMatch(/section headers cannot be read/);
  });

  it('says what is wrong with what is no 64-bit little-endian ELF file', () => {
    expect(complaint(new Uint8Array(0))).toBe('test is empty');
    expect(complaint(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toMatch(/not an ELF file \(it starts with 01 02 03 04\)/);
    expect(complaint(Uint8Array.from([...bytes].with(4, 1)))).toMatch(/32-bit/);
    expect(complaint(Uint8Array.from([...bytes].with(5, 2)))).toMatch(/big-endian/);
  });
});

describe('sectionContents', () => {
  it('inflates SHF_COMPRESSED sections by their method, and .zdebug_*', () => {
    const chdr = (type: number): Uint8Array => new BytesWriter().u32(type).u32(0).u64(5).u64(1).u8(7, 7, 7).finish();
    const old = new BytesWriter().text('ZLIB').u8(0, 0, 0, 0, 0, 0, 0, 4).u8(9).finish();
    const elf = parse(
      writeElf({
        type: 2,
        sections: [
          { name: '.debug_info', flags: 0x800, data: chdr(1) },
          { name: '.debug_line', flags: 0x800, data: chdr(2) },
          { name: '.debug_odd', flags: 0x800, data: chdr(9) },
          { name: '.zdebug_loc', data: old },
          { name: '.plain', data: Uint8Array.of(1, 2) },
        ],
      }),
    );
    expect(sectionContents(elf, '.debug_info', decompress)?.bytes).toEqual(new Uint8Array(5).fill(3));
    expect(sectionContents(elf, '.debug_line', decompress)?.bytes).toEqual(new Uint8Array(5).fill(2));
    expect(sectionContents(elf, '.debug_loc', decompress)?.bytes).toEqual(new Uint8Array(4).fill(1));
    expect(sectionContents(elf, '.plain', decompress)?.bytes).toEqual(Uint8Array.of(1, 2));
    expect(sectionContents(elf, '.none', decompress)).toBeUndefined();
    expect(() => sectionContents(elf, '.debug_odd', decompress)).toThrow(/unknown method 9/);
    expect(deflateSync(new Uint8Array(10)).length).toBeGreaterThan(0);
  });
});

describe('notes and symbols', () => {
  it('stops at a note that is longer than its segment', () => {
    const good = new BytesWriter().u32(4).u32(2).u32(4).cstring('GNU').u8(0xab, 0xcd).align(4);
    const { notes, damaged } = parseNotes(good.u32(4).u32(1000).u32(1).finish());
    expect(notes).toHaveLength(1);
    expect(damaged).toBe(true);
  });

  it('reads build IDs', () => {
    const gnu = { name: 'GNU', type: 3, data: Uint8Array.of(0xab, 0x01) };
    const go = { name: 'Go', type: 4, data: Uint8Array.from('id/x', (char) => char.charCodeAt(0)) };
    expect(buildIdsOf([gnu, go])).toEqual({ gnu: 'ab01', go: 'id/x' });
  });

  it('finds symbols by name in one pass and functions by address', () => {
    const strings = new BytesWriter().u8(0).cstring('runtime.allgs').cstring('runtime.allgsx').cstring('main').finish();
    const symbol = (name: number, info: number, address: number, size: number): BytesWriter =>
      new BytesWriter().u32(name).u8(info, 0).u16(1).u64(address).u64(size);
    const table = new BytesWriter().zeros(24);
    table
      .bytes(symbol(15, 1, 0x20, 8).finish())
      .bytes(symbol(1, 1, 0x10, 24).finish())
      .bytes(symbol(30, 2, 0x1000, 16).finish());
    const elf = parse(
      writeElf({
        type: 2,
        sections: [
          { name: '.symtab', type: 2, link: 2, data: table.finish() },
          { name: '.strtab', type: 3, data: strings },
        ],
      }),
    );
    expect(findSymbols(elf, ['runtime.allgs', 'absent']).get('runtime.allgs')).toMatchObject({
      address: 0x10,
      size: 24,
    });
    expect(functionSymbols([elf]).nameAt(0x1004)).toEqual({ name: 'main', offset: 4, size: 16 });
    expect(functionSymbols([elf]).nameAt(0x1010)).toBeUndefined();
  });
});
