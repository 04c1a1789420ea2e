import { auxv, fileNote, prstatus, siginfo, writeCore, writeElf, type CoreSpec } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import type { FileFinder } from '../bytes/file-finder.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { parseElf } from '../elf/elf-file.ts';
import { CoreTarget, type CoreOptions } from './core-target.ts';

const PAGE = 4096;
const filled = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);
const parse = (bytes: Uint8Array, name = 'core') => parseElf(new MemorySource(name, bytes));

function open(spec: CoreSpec, exe?: Uint8Array, options?: CoreOptions): CoreTarget {
  return new CoreTarget(parse(writeCore(spec)), exe && parse(exe, 'exe'), options);
}

/** An executable of three pages whose bytes beyond the first page are `value`. */
function executable(value: number, type = 2): Uint8Array {
  const head = writeElf({ type, entry: 0x401000, segments: [{ type: 1, vaddr: 0x400000, filesz: 3 * PAGE }] });
  const bytes = filled(3 * PAGE, value);
  bytes.fill(0, 0, PAGE);
  bytes.set(head);
  return bytes;
}

const MAPPINGS = [
  { start: 0x400000, end: 0x400000 + 3 * PAGE, offset: 0, path: '/app/exe' },
  { start: 0x7000000, end: 0x7000000 + 2 * PAGE, offset: 0, path: '/lib/libc.so.6' },
];
const NOTES = [
  prstatus(10, { 128: 0x401000 }, 6),
  prstatus(11),
  siginfo(11, 1, 0x1234),
  auxv([3, 0x400040], [9, 0x401000]),
  fileNote(MAPPINGS),
];

describe('CoreTarget', () => {
  it('reads threads, signal and mappings from several PT_NOTE segments', () => {
    const target = open({ notes: [NOTES.slice(0, 2), NOTES.slice(2)], memory: [] });
    expect(target.threads.map(({ tid }) => tid)).toEqual([10, 11]);
    expect(target.threads[0]?.registers.get(16)).toBe(0x401000n);
    expect(target.signal).toMatchObject({ signo: 11, code: 1, address: 0x1234 });
    expect(target.executablePath).toBe('/app/exe');
  });

  it('answers from the core first, then from the right file, and never from another', () => {
    const exe = executable(0xee);
    const memory = [
      { vaddr: 0x400000, data: exe.subarray(0, PAGE) },
      { vaddr: 0x400000 + 2 * PAGE, data: filled(PAGE, 0xcc) },
    ];
    const target = open({ notes: [NOTES], memory }, exe);
    expect(target.proof).toBe('proven');
    expect(target.memory.u8(0x400000 + PAGE)).toBe(0xee);
    expect(target.memory.u8(0x400000 + 2 * PAGE)).toBe(0xcc);
    // The library's pages are in no file at hand: the executable has bytes at that file offset, which are not theirs.
    expect(() => target.memory.u8(0x7000000 + PAGE)).toThrow(/libc\.so\.6, which is not at hand/);
    expect(() => target.memory.u8(0x10)).toThrow(/nil pointer/);
    expect(() => target.memory.u64(0x400000 + 3 * PAGE - 4)).toThrow(DebugError);
  });

  it('opens a library only when its bytes are wanted, and only if its first page is the same', () => {
    const library = filled(2 * PAGE, 0x1b);
    library.set(writeElf({ type: 3, segments: [{ type: 1, vaddr: 0 }] }));
    const memory = [{ vaddr: 0x7000000, data: library.subarray(0, PAGE) }];
    let opened = 0;
    const finderOf = (bytes: Uint8Array): FileFinder => ({
      library(path) {
        opened++;
        return path === '/lib/libc.so.6' ? [new MemorySource(path, bytes)] : [];
      },
      debugFile: () => [],
    });
    const target = open({ notes: [NOTES], memory }, undefined, { finder: finderOf(library) });
    expect(opened).toBe(0);
    expect(target.memory.u8(0x7000000 + PAGE)).toBe(0x1b);
    expect(opened).toBe(1);

    const other = Uint8Array.from(library);
    other[100] = 1;
    const wrong = open({ notes: [NOTES], memory }, undefined, { finder: finderOf(other) });
    expect(() => wrong.memory.u8(0x7000000 + PAGE)).toThrow(/not at hand/);
  });

  it('faults where the kernel left memory out (p_memsz above p_filesz): that is not zero', () => {
    const target = open({ notes: [NOTES], memory: [{ vaddr: 0xc000000, data: filled(8, 1), memsz: PAGE }] });
    expect(target.memory.u32(0xc000004)).toBe(0x01010101);
    expect(() => target.memory.u8(0xc000008)).toThrow(/coredump_filter/);
    expect(target.memory.readSome(0xc000000, 100)).toHaveLength(8);
  });

  it('tells what a core that is cut off lacks', () => {
    const bytes = writeCore({ notes: [NOTES], memory: [{ vaddr: 0xc000000, data: filled(PAGE, 1) }] });
    const target = new CoreTarget(parse(bytes.subarray(0, bytes.length - 100)), undefined);
    expect(target.missingBytes).toBe(100);
    expect(target.diagnostics.join()).toMatch(/cut off: 5212 of 5312 bytes are there \(98%\)/);
    expect(() => target.memory.u8(0xc000000 + PAGE - 1)).toThrow(/cut off before it/);
    expect(target.memory.u8(0xc000000)).toBe(1);
  });

  it('does not take what the program wrote from the executable when the core is cut off before it', () => {
    const data = filled(PAGE, 5);
    const cutAt = 0x400000 + PAGE + PAGE - 100;
    const cut = (memory: CoreSpec['memory'], exe = executable(0xee)): CoreTarget => {
      const bytes = writeCore({ notes: [NOTES], memory });
      return new CoreTarget(parse(bytes.subarray(0, bytes.length - 100)), parse(exe, 'exe'));
    };
    const written = cut([{ vaddr: 0x400000 + PAGE, data }]);
    expect(written.memory.u8(cutAt - 1)).toBe(5);
    expect(() => written.memory.u8(cutAt)).toThrow(/cut off before it/);
    // The next page is in no segment of the core, so it was not written: the file has it.
    expect(written.memory.u8(0x400000 + 2 * PAGE)).toBe(0xee);
    // Nor was what could only be read and executed.
    const code = cut([{ vaddr: 0x400000 + PAGE, data: filled(PAGE, 0xee), flags: 5 }]);
    expect(code.memory.u8(cutAt)).toBe(0xee);
    // Read-only data is relocated before it becomes so, if the executable is position-independent.
    const readOnly = [{ vaddr: 0x400000 + PAGE, data, flags: 4 }];
    expect(cut(readOnly).memory.u8(cutAt)).toBe(0xee);
    expect(() => cut(readOnly, executable(0xee, 3)).memory.u8(cutAt)).toThrow(/cut off before it/);
  });

  it('refuses an executable of another build or machine', () => {
    const memory = [{ vaddr: 0x400000, data: executable(1).subarray(0, PAGE) }];
    const other = executable(1);
    other[200] = 7;
    expect(() => open({ notes: [NOTES], memory }, other)).toThrow(/is not the file that crashed/);
    expect(open({ notes: [NOTES], memory }, other, { force: true }).proof).toBe('differs');
    expect(() => open({ notes: [NOTES], memory }, writeElf({ type: 2, machine: 183 }))).toThrow(/arm64/);
    expect(() => open({ notes: [NOTES], memory, machine: 8 })).toThrow(/core of a mips program/);
  });

  it('lays later segments over earlier ones', () => {
    const memory = [
      { vaddr: 0x1000, data: filled(0x3000, 1) },
      { vaddr: 0x2000, data: filled(0x1000, 2) },
    ];
    const target = open({ notes: [NOTES], memory });
    expect([0x1fff, 0x2000, 0x2fff, 0x3000].map((address) => target.memory.u8(address))).toEqual([1, 2, 2, 1]);
    expect(target.memory.u32(0x1ffe)).toBe(0x02020101);
    expect([...target.memory.read(0x2ffe, 4)]).toEqual([2, 2, 1, 1]);
  });
});
