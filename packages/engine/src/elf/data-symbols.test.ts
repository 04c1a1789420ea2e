import { BytesWriter, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../bytes/memory-source.ts';
import { findDataSymbols } from './data-symbols.ts';
import { parseElf, type ElfFile } from './elf-file.ts';

/** STT_OBJECT, STT_FUNC, STT_NOTYPE */
const OBJECT = 1;
const FUNC = 2;
const NOTYPE = 0;

function elfWith(symbols: readonly (readonly [name: string, type: number, address: number, size: number])[]): ElfFile {
  const strings = new BytesWriter().u8(0);
  const table = new BytesWriter().zeros(24);
  let at = 1;
  for (const [name, type, address, size] of symbols) {
    table.u32(at).u8(type, 0).u16(1).u64(address).u64(size);
    strings.cstring(name);
    at += name.length + 1;
  }
  const sections = [
    { name: '.symtab', type: 2, link: 2, data: table.finish() },
    { name: '.strtab', type: 3, data: strings.finish() },
  ];
  return parseElf(new MemorySource('test', writeElf({ type: 2, sections })));
}

describe('findDataSymbols', () => {
  const elf = elfWith([
    ['main.out', OBJECT, 0x1000, 24],
    ['go:string.*', OBJECT, 0x2000, 0x100],
    ['runtime.rodata', NOTYPE, 0x2000, 0],
    ['go:itab.T,I', OBJECT, 0x2010, 32],
    ['main.f', FUNC, 0x3000, 64],
    ['label', NOTYPE, 0x4000, 0],
    ['whole', OBJECT, 0x4000, 64],
  ]);
  const find = (address: number): unknown => findDataSymbols(elf, [address]).get(address);

  it.each([
    [0x1000, { name: 'main.out', offset: 0 }],
    [0x1008, { name: 'main.out', offset: 8 }],
    [0x2010, { name: 'go:itab.T,I', offset: 0 }],
    [0x4000, { name: 'whole', offset: 0 }],
    [0x4010, { name: 'whole', offset: 16 }],
  ])('%i is in a variable', (address, expected) => {
    expect(find(address)).toEqual(expected);
  });

  it.each([0xfff, 0x1018, 0x2000, 0x2050, 0x3000, 0x5000])('%i is in none', (address) => {
    expect(find(address)).toBeUndefined();
  });

  it('answers for many at once', () => {
    expect([...findDataSymbols(elf, [0x4010, 0x1000, 0x1000, 0x9999]).keys()].sort((a, b) => a - b)).toEqual([
      0x1000, 0x4010,
    ]);
  });
});
