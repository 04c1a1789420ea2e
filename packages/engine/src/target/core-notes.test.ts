import { auxv, BytesWriter, fileNote, note, prpsinfo, prstatus, siginfo } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { amd64 } from '../arch/amd64.ts';
import type { Arch } from '../arch/arch.ts';
import { arm64 } from '../arch/arm64.ts';
import { parseNotes } from '../elf/notes.ts';
import { readCoreNotes, type CoreNotes } from './core-notes.ts';

function read(notes: readonly Uint8Array[], arch: Arch = amd64): CoreNotes & { said: string[] } {
  const said: string[] = [];
  const all = notes.flatMap((bytes) => parseNotes(bytes).notes);
  return { ...readCoreNotes(all, arch, (what) => void said.push(what)), said };
}

describe('readCoreNotes', () => {
  it('reads threads in order, with their registers', () => {
    const { threads, said } = read([prstatus(7, { 128: 0x401000, 152: 0xc000_0123_45 }, 11), prstatus(8)]);
    expect(threads.map(({ tid, signal }) => [tid, signal])).toEqual([
      [7, 11],
      [8, 0],
    ]);
    expect(threads[0]?.registers.get(amd64.pc)).toBe(0x401000n);
    expect(threads[0]?.registers.get(amd64.sp)).toBe(0xc000012345n);
    expect(said).toEqual([]);
  });

  it('reads the registers of arm64 from their own places', () => {
    const data = new BytesWriter().zeros(32).u32(5).zeros(76);
    for (let i = 0; i < 34; i++) data.u64(1000 + i);
    const { threads } = read([note('CORE', 1, data.zeros(8).finish())], arm64);
    expect(threads[0]?.registers.get(arm64.pc)).toBe(1032n);
    expect(threads[0]?.registers.get(arm64.sp)).toBe(1031n);
  });

  it('gives vector registers to the thread before them', () => {
    const fxsave = new Uint8Array(512).fill(9, 160 + 16, 160 + 32);
    const { threads } = read([note('CORE', 2, fxsave), prstatus(1), prstatus(2), note('LINUX', 0x202, fxsave)]);
    expect(threads[0]?.registers.getWide(17)).toBeUndefined();
    expect(threads[1]?.registers.getWide(18)).toEqual(new Uint8Array(16).fill(9));
  });

  it('reads process, command, arguments and auxiliary vector', () => {
    const notes = read([prpsinfo(42, 'a-very-long-command', './server -v '), auxv([9, 0x401000], [3, 0x400040])]);
    expect(notes).toMatchObject({ pid: 42, command: 'a-very-long-com', argumentsText: './server -v' });
    expect([...notes.auxv]).toEqual([
      [9, 0x401000],
      [3, 0x400040],
      [0, 0],
    ]);
  });

  it('takes the first thread for the process when nothing names it', () => {
    expect(read([prstatus(12), prstatus(13)]).pid).toBe(12);
    expect(read([]).pid).toBeUndefined();
  });

  it('knows a faulting address from a sender', () => {
    expect(read([siginfo(11, 1, 0x1234)]).signal).toEqual({
      signo: 11,
      code: 1,
      address: 0x1234,
      senderPid: undefined,
      systemCall: undefined,
    });
    // kill(2): si_code 0 (SI_USER); the union holds pid and uid.
    expect(read([siginfo(11, 0, 77)]).signal).toEqual({ signo: 11, code: 0, address: undefined, senderPid: 77 });
    expect(read([siginfo(6, -6, 77)]).signal).toMatchObject({ signo: 6, code: -6, address: undefined, senderPid: 77 });
    expect(read([siginfo(11, 1, 0x1234), siginfo(6, 0, 1)]).signal?.signo).toBe(11);
  });

  it('counts the offsets of mapped files in pages', () => {
    const { mappedFiles } = read([
      fileNote([
        { start: 0x400000, end: 0x401000, offset: 0, path: '/app/exe' },
        { start: 0x401000, end: 0x403000, offset: 0x1000, path: '/app/exe' },
        { start: 0x500000, end: 0x501000, offset: 0, path: '/lib/ü.so' },
      ]),
    ]);
    expect(mappedFiles.map(({ start, fileOffset }) => [start, fileOffset])).toEqual([
      [0x400000, 0],
      [0x401000, 0x1000],
      [0x500000, 0],
    ]);
    expect(mappedFiles[0]?.path).toBe('/app/exe');
  });

  it('passes over notes of others', () => {
    const { threads, mappedFiles } = read([
      note('VMCOREINFO', 1, new Uint8Array(400)),
      note('GNU', 1, new Uint8Array(400)),
    ]);
    expect(threads).toEqual([]);
    expect(mappedFiles).toEqual([]);
  });

  it('complains about a thread that is too short, and goes on', () => {
    const { threads, said } = read([note('CORE', 1, new Uint8Array(200)), prstatus(3)]);
    expect(threads.map(({ tid }) => tid)).toEqual([3]);
    expect(said).toEqual([expect.stringMatching(/NT_PRSTATUS of 200 bytes/)]);
  });

  it('takes notes of any length', () => {
    const file = fileNote([
      { start: 1, end: 2, offset: 0, path: '/a' },
      { start: 3, end: 4, offset: 0, path: '/b' },
    ]);
    const whole = [
      prstatus(1),
      prpsinfo(1, 'c', 'd'),
      siginfo(11, 1, 2),
      auxv([9, 1]),
      file,
      note('CORE', 2, new Uint8Array(512)),
    ];
    for (const arch of [amd64, arm64]) {
      for (const { name, type, data } of whole.flatMap((bytes) => parseNotes(bytes).notes)) {
        for (let size = 0; size <= data.length; size++) read([note(name, type, data.subarray(0, size))], arch);
      }
    }
    const rows = parseNotes(file).notes[0]?.data as Uint8Array;
    // Cut behind the rows: the names are gone.
    const cut = read([note('CORE', 0x46494c45, rows.subarray(0, 16 + 2 * 24))]);
    expect(cut.mappedFiles).toEqual([]);
    expect(cut.said).toEqual([expect.stringMatching(/NT_FILE\) is cut off/)]);
  });
});
