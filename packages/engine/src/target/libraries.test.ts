import {
  auxv,
  fileNote,
  note,
  prstatus,
  writeCore,
  writeElf,
  type MappingSpec,
  type MemorySpec,
} from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import type { FileFinder } from '../bytes/file-finder.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { parseElf, type ElfFile } from '../elf/elf-file.ts';
import { CoreTarget } from './core-target.ts';

const PAGE = 0x1000;
const BASE = 0x7000000;
const PATH = '/lib/libx.so';

const gnuId = (hex: string): Uint8Array => note('GNU', 3, Uint8Array.from(Buffer.from(hex, 'hex')));

// The testkit puts the first of two segments at file offset 0xb0, an only one at 0x80.

/** A library of two pages: its build ID, and `fill` in the second. */
function library(id: string, fill: number, text = 1): Uint8Array {
  const bytes = new Uint8Array(2 * PAGE).fill(fill, PAGE);
  bytes.set(
    writeElf({
      type: 3,
      segments: [
        { type: 1, vaddr: 0xb0, filesz: 2 * PAGE, memsz: 2 * PAGE },
        { type: 4, data: gnuId(id) },
      ],
      sections: [{ name: '.text', type: text, addr: PAGE, data: new Uint8Array(0) }],
    }),
  );
  return bytes;
}

const MAPPINGS: readonly MappingSpec[] = [
  { start: 0x400000, end: 0x400000 + PAGE, offset: 0, path: '/app/exe' },
  { start: BASE, end: BASE + 2 * PAGE, offset: 0, path: PATH },
];

function core(memory: readonly MemorySpec[], mappings = MAPPINGS, extra: [number, number][] = []): ElfFile {
  const notes = [prstatus(1), auxv([3, 0x400040], [9, 0x400100], ...extra), fileNote(mappings)];
  return parseElf(new MemorySource('core', writeCore({ notes: [notes], memory })));
}

/** The page of the right library, as the kernel dumps it. */
const DUMPED: MemorySpec = { vaddr: BASE, data: library('abcd', 7).subarray(0, PAGE), memsz: 2 * PAGE, flags: 5 };

function finder(...files: readonly (readonly [string, Uint8Array])[]): FileFinder {
  return { library: () => files.map(([name, bytes]) => new MemorySource(name, bytes)), debugFile: () => [] };
}

describe('libraries of a core', () => {
  it('takes the first file of the right build ID, and names the others', () => {
    const target = new CoreTarget(core([DUMPED]), undefined, {
      finder: finder(
        ['/a', library('ef01', 1)],
        ['/b', new Uint8Array(10)],
        ['/c', library('abcd', 7)],
        ['/d', library('abcd', 9)],
      ),
    });
    expect(target.memory.u8(BASE + PAGE)).toBe(7);
    const found = target.library(PATH);
    expect(found).toMatchObject({ buildId: 'abcd', proof: 'proven', isCode: true, start: BASE, end: BASE + 2 * PAGE });
    expect(found?.file).toMatchObject({ path: '/c', bias: BASE });
    expect(found?.rejected).toEqual([
      "/a is not the file that was mapped: its build ID is ef01, the core's is abcd",
      expect.stringMatching(/^\/b is not an ELF file/),
    ]);
  });

  it('uses a wrong one only if forced, and says so', () => {
    const wrong = finder(['/a', library('ef01', 1)]);
    const plain = new CoreTarget(core([DUMPED]), undefined, { finder: wrong });
    expect(() => plain.memory.u8(BASE + PAGE)).toThrow(/libx\.so, which is not at hand/);
    expect(plain.library(PATH)).toMatchObject({ file: undefined, buildId: 'abcd' });
    expect(plain.diagnostics.join()).toMatch(/\/a is not the file that was mapped/);
    const forced = new CoreTarget(core([DUMPED]), undefined, { finder: wrong, force: true });
    expect(forced.memory.u8(BASE + PAGE)).toBe(1);
    expect(forced.library(PATH)?.proof).toBe('differs');
  });

  it('accepts a file that was stripped since, but not one that has only debugging information', () => {
    const stripped = library('abcd', 7);
    // e_shoff is in the first page and changes when sections go.
    stripped.fill(0, 40, 48);
    const open = (bytes: Uint8Array): CoreTarget =>
      new CoreTarget(core([DUMPED]), undefined, { finder: finder(['/a', bytes]) });
    expect(open(stripped).library(PATH)?.proof).toBe('proven');
    const debug = open(library('abcd', 7, 8)).library(PATH);
    expect(debug?.file).toBeUndefined();
    expect(debug?.rejected.join()).toMatch(/only debugging information/);
  });

  it('says that nothing is proven where the core lacks the page', () => {
    const code: MemorySpec = { vaddr: BASE, data: new Uint8Array(0), memsz: 2 * PAGE, flags: 5 };
    const target = new CoreTarget(core([code]), undefined, { finder: finder(['/a', library('ef01', 1)]) });
    expect(target.library(PATH)).toMatchObject({ proof: 'unproven', buildId: undefined });
    expect(target.diagnostics.join()).toMatch(/whether \/a is the file that was mapped cannot be proven/);
  });

  it('leaves files alone that were mapped as data', () => {
    let asked = 0;
    const counting: FileFinder = { library: () => ((asked += 1), []), debugFile: () => [] };
    const data: MemorySpec = { vaddr: BASE, data: new Uint8Array(PAGE), flags: 4 };
    const target = new CoreTarget(core([data]), undefined, { finder: counting });
    expect(target.library(PATH)).toMatchObject({ isCode: false, file: undefined });
    expect(asked).toBe(0);
  });

  it('finds its way among thousands of mappings, in any order', () => {
    const many = Array.from({ length: 5000 }, (_, i): MappingSpec => {
      const start = 0x10000000 + ((i * 7919) % 5000) * PAGE;
      return { start, end: start + PAGE, offset: 0, path: `/lib/${(i * 7919) % 5000}` };
    });
    const target = new CoreTarget(core([DUMPED], [...many, ...MAPPINGS]), undefined, {});
    for (const i of [0, 1, 77, 4999]) {
      expect(target.mappedFileAt(0x10000000 + i * PAGE + 5)?.path).toBe(`/lib/${i}`);
    }
    expect(target.mappedFileAt(0x10000000 + 5000 * PAGE)).toBeUndefined();
    expect(target.libraries.paths).toHaveLength(5001);
  });

  it('does not take what was written from a file if the kernel left private memory out', () => {
    const writable: MemorySpec = { vaddr: BASE + PAGE, data: new Uint8Array(0), memsz: PAGE, flags: 6 };
    const stack = (filled: boolean): MemorySpec => ({
      vaddr: 0x9000000,
      data: new Uint8Array(filled ? PAGE : 0),
      memsz: PAGE,
      flags: 6,
    });
    const page = { ...DUMPED, memsz: PAGE };
    const files = finder(['/a', library('abcd', 7)]);
    const lacking = new CoreTarget(core([page, writable, stack(false)]), undefined, { finder: files });
    lacking.library(PATH);
    expect(() => lacking.memory.u8(BASE + PAGE)).toThrow(/coredump_filter/);
    expect(lacking.diagnostics.join()).toMatch(/no private memory.*bit 0/);
    // With it, what was not dumped was not written.
    const whole = new CoreTarget(core([page, writable, stack(true)]), undefined, { finder: files });
    whole.library(PATH);
    expect(whole.memory.u8(BASE + PAGE)).toBe(7);
    expect(whole.diagnostics).toEqual([]);
  });

  it("reads the kernel's own library from memory", () => {
    const vdso = writeElf({ type: 3, segments: [{ type: 1, vaddr: 0x80 }] });
    const at = 0x7fff0000;
    const target = new CoreTarget(core([{ vaddr: at, data: vdso, flags: 5 }], MAPPINGS, [[33, at]]), undefined, {});
    expect(target.vdso).toMatchObject({ path: '[vdso]', bias: at });
    expect(new CoreTarget(core([], MAPPINGS, [[33, at]]), undefined, {}).vdso).toBeUndefined();
    const damaged = { vaddr: at, data: vdso.subarray(0, 20), flags: 5 };
    expect(new CoreTarget(core([damaged], MAPPINGS, [[33, at]]), undefined, {}).vdso).toBeUndefined();
  });

  it('keeps address 0 free of an executable that is linked at 0', () => {
    const exe = new Uint8Array(PAGE);
    exe.set(writeElf({ type: 3, entry: 0x100, segments: [{ type: 1, vaddr: 0x80, filesz: PAGE, memsz: PAGE }] }));
    const page = { vaddr: 0x400000, data: exe, flags: 5 };
    const target = new CoreTarget(core([page]), parseElf(new MemorySource('exe', exe)), {});
    expect(target.executable?.bias).toBe(0x400000);
    expect(target.memory.u8(0x400001)).toBe(0x45);
    for (const address of [0, 8, 0x40]) expect(() => target.memory.u64(address)).toThrow(/nil pointer/);
    // Without NT_FILE the program headers place it, moved as well.
    const notes = [prstatus(1), auxv([3, 0x400040], [9, 0x400100])];
    const bare = parseElf(new MemorySource('core', writeCore({ notes: [notes], memory: [] })));
    const placed = new CoreTarget(bare, parseElf(new MemorySource('exe', exe)), {});
    expect(placed.memory.has(0x400080)).toBe(true);
    expect(() => placed.memory.u64(8)).toThrow(/nil pointer/);
  });
});
