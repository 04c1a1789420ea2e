import { BytesWriter, note, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { attempt, DebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { parseElf, rawSection, type ElfFile } from './elf-file.ts';
import { parseNotes, readNotes } from './notes.ts';
import { findSymbols, functionSymbols } from './symbols.ts';

const parse = (bytes: Uint8Array): ElfFile => parseElf(new MemorySource('file', bytes));
const set = (bytes: Uint8Array, offset: number, value: bigint): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setBigUint64(offset, value, true);
  return copy;
};

describe('files that are not ELF', () => {
  const cases: readonly (readonly [RegExp, readonly number[]])[] = [
    [/^file is zstd-compressed: decompress it first \(zstd -d\)$/, [0x28, 0xb5, 0x2f, 0xfd]],
    [/^file is gzip-compressed: .*gunzip/, [0x1f, 0x8b, 8]],
    [/^file is xz-compressed: .*xz -d/, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    [/^file is lz4-compressed: .*lz4 -d/, [0x04, 0x22, 0x4d, 0x18]],
    [/^file is a Windows minidump/, [0x4d, 0x44, 0x4d, 0x50]],
    [/^file is a Windows program/, [0x4d, 0x5a, 0x90, 0]],
    [/^file is a macOS \(Mach-O\) file/, [0xcf, 0xfa, 0xed, 0xfe]],
    [/^file is a macOS \(Mach-O\) file/, [0xca, 0xfe, 0xba, 0xbe]],
    [/^file is a script/, [0x23, 0x21, 0x2f]],
    [/^file is not an ELF file \(it starts with 7f 45 4c\)$/, [0x7f, 0x45, 0x4c]],
    [/^file is empty$/, []],
  ];
  it.each(cases)('%s', (message, bytes) => {
    expect(() => parse(Uint8Array.from(bytes))).toThrow(message);
    expect(() => parse(Uint8Array.from(bytes))).toThrow(DebugError);
  });

  it('names the machine of a 32-bit or big-endian file', () => {
    const bytes = writeElf({ type: 2, machine: 40 });
    expect(() => parse(bytes.with(4, 1))).toThrow(/32-bit ELF file \(arm\)/);
    expect(() => parse(writeElf({ type: 2, machine: 8 }).with(5, 2))).toThrow(/big-endian \(mips\)/);
    expect(parse(writeElf({ type: 2, machine: 0x1234 })).machineName).toBe('machine 4660');
  });
});

describe('damaged ELF files', () => {
  const symbols = new BytesWriter().zeros(24).u32(1).u8(2, 0).u16(1).u64(0x1000).u64(16).finish();
  const whole = writeElf({
    type: 2,
    segments: [
      { type: 4, data: note('Go', 4, Uint8Array.of(1, 2, 3)) },
      { type: 1, vaddr: 0x400000, data: new Uint8Array(40) },
    ],
    sections: [
      { name: '.symtab', type: 2, link: 2, data: symbols },
      { name: '.strtab', type: 3, data: new BytesWriter().u8(0).cstring('main').finish() },
    ],
  });

  /** Everything that reads a file's tables. Only a DebugError may come out. */
  function readAll(bytes: Uint8Array): void {
    attempt(() => {
      const elf = parse(bytes);
      readNotes(elf, () => {});
      for (const section of elf.sections) attempt(() => rawSection(elf, section));
      attempt(() => findSymbols(elf, ['main', 'absent']));
      attempt(() => functionSymbols([elf]).nameAt(0x1004));
    });
  }

  it('are read as far as they go, wherever they are cut', () => {
    for (let size = 0; size <= whole.length; size++) readAll(whole.subarray(0, size));
    for (let size = 64; size < whole.length; size++) {
      expect(parse(whole.subarray(0, size)).diagnostics.join()).toMatch(/cut off|cannot be read/);
    }
    expect(parse(whole).diagnostics).toEqual([]);
  });

  it('are survived whatever any one byte is', () => {
    for (let at = 0; at < whole.length; at++) for (const value of [0, 1, 0x7f, 0xff]) readAll(whole.with(at, value));
  });

  it('may have headers anywhere', () => {
    for (const far of [0x10000n, 2n ** 53n, 2n ** 64n - 1n]) {
      expect(parse(set(whole, 32, far)).diagnostics.join()).toMatch(/only 0 of 2 program headers/);
      expect(parse(set(whole, 40, far)).diagnostics.join()).toMatch(/section headers cannot be read/);
    }
  });

  it('of many notes segments give the notes of all, in order', () => {
    const segments = Array.from({ length: 50 }, (_, i) => ({ type: 4, data: note('CORE', i, Uint8Array.of(i)) }));
    expect(readNotes(parse(writeElf({ type: 4, segments }))).map(({ type }) => type)).toEqual(
      segments.map((_, i) => i),
    );
  });

  it('may hold more notes than a call may have arguments', () => {
    const elf = parse(writeElf({ type: 4, segments: [{ type: 4, data: new Uint8Array(12 * 200_000) }] }));
    expect(readNotes(elf)).toHaveLength(200_000);
  });

  it('tell which notes are cut off and which are damaged', () => {
    const said: string[] = [];
    const complain = (what: string): void => void said.push(what);
    const good = note('CORE', 1, Uint8Array.of(1, 2, 3, 4));
    readNotes(parse(writeElf({ type: 4, segments: [{ type: 4, data: good, filesz: 0x10000 }] })), complain);
    readNotes(parse(writeElf({ type: 4, segments: [{ type: 4, data: good.with(4, 0xff) }] })), complain);
    expect(said).toEqual([
      expect.stringMatching(/^the notes at file offset 0x\w+ are cut off$/),
      expect.stringMatching(/^the notes at file offset 0x\w+ are damaged$/),
    ]);
    for (let size = 0; size < good.length; size++) expect(parseNotes(good.subarray(0, size)).notes).toEqual([]);
  });
});

describe('findSymbols', () => {
  it('finds names that only the dynamic table has, all of them', () => {
    const symbol = (name: number, address: number): Uint8Array =>
      new BytesWriter().u32(name).u8(1, 0).u16(1).u64(address).u64(8).finish();
    const elf = parse(
      writeElf({
        type: 2,
        sections: [
          { name: '.symtab', type: 2, link: 2, data: symbol(1, 0x10) },
          { name: '.strtab', type: 3, data: new BytesWriter().u8(0).cstring('a').finish() },
          {
            name: '.dynsym',
            type: 11,
            link: 4,
            data: new BytesWriter().bytes(symbol(1, 0x20)).bytes(symbol(3, 0x30)).finish(),
          },
          { name: '.dynstr', type: 3, data: new BytesWriter().u8(0).cstring('b').cstring('c').finish() },
        ],
      }),
    );
    const found = findSymbols(elf, ['a', 'b', 'c']);
    expect(['a', 'b', 'c'].map((name) => found.get(name)?.address)).toEqual([0x10, 0x20, 0x30]);
  });

  it.each([
    ['in the order of their names', ['first', 'second', 'third']],
    ['in another order', ['third', 'first', 'second']],
  ])('finds names in a table whose records are %s', (_, order) => {
    const names = ['first', 'second', 'third'];
    const strings = new BytesWriter().u8(0);
    for (const name of names) strings.cstring(name);
    const placeOf = (name: string): number =>
      1 + names.slice(0, names.indexOf(name)).join('').length + names.indexOf(name);
    const table = new BytesWriter().zeros(24);
    const record = (name: string, section: number, address: number): void =>
      void table.u32(placeOf(name)).u8(1, 0).u16(section).u64(address).u64(8);
    // Of several with one name that which is defined counts.
    record(order[0] as string, 0, 0);
    order.forEach((name, i) => record(name, 1, 0x1000 * (i + 1)));
    const elf = parse(
      writeElf({
        type: 2,
        sections: [
          { name: '.symtab', type: 2, link: 2, data: table.finish() },
          { name: '.strtab', type: 3, data: strings.finish() },
        ],
      }),
    );
    for (const name of names)
      expect(findSymbols(elf, [name, 'absent']).get(name)).toEqual({
        name,
        address: 0x1000 * (order.indexOf(name) + 1),
        size: 8,
      });
    expect(findSymbols(elf, names).size).toBe(3);
    expect(findSymbols(elf, ['econd', 'absent']).size).toBe(0);
  });
});
