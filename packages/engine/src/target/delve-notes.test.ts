import { BytesWriter, note, prstatus } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { amd64 } from '../arch/amd64.ts';
import type { Arch } from '../arch/arch.ts';
import { arm64 } from '../arch/arm64.ts';
import { AT_ENTRY } from '../elf/constants.ts';
import { parseNotes } from '../elf/notes.ts';
import { readCoreNotes, type CoreNotes } from './core-notes.ts';
import { DELVE_HEADER, DELVE_THREAD } from './delve-notes.ts';

function read(notes: readonly Uint8Array[], arch: Arch): CoreNotes & { said: string[] } {
  const said: string[] = [];
  const all = notes.flatMap((bytes) => parseNotes(bytes).notes);
  return { ...readCoreNotes(all, arch, (what) => void said.push(what)), said };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A thread as Delve writes it elsewhere than on linux/amd64. */
function delveThread(registers: readonly (readonly [string, Uint8Array])[], count = registers.length): Uint8Array {
  const out = new BytesWriter().u64(77).u64(0x1000).u64(0x2000).u64(0x3000).u64(0x4000);
  out.bytes(Uint8Array.of(1)).u64(0xc0_0000).u32(count);
  for (const [name, value] of registers)
    out
      .bytes(Uint8Array.of(name.length, 0))
      .text(name)
      .bytes(Uint8Array.of(value.length & 255, value.length >> 8))
      .bytes(value);
  return out.finish();
}

const word = (value: number): Uint8Array => new BytesWriter().u64(value).finish();

describe("the notes of Delve's dumps", () => {
  it('are taken for those of the kernel under an empty name', () => {
    const unnamed = prstatus(7, { 128: 0x401000 }).slice();
    // The name CORE with its zero takes eight bytes: without it the descriptor follows at once.
    const bare = new BytesWriter().u32(0).bytes(unnamed.subarray(4, 12)).bytes(unnamed.subarray(20)).finish();
    const { threads, said } = read([bare], amd64);
    expect(threads[0]?.tid).toBe(7);
    expect(threads[0]?.registers.get(amd64.pc)).toBe(0x401000n);
    expect(said).toEqual([]);
  });

  it('name process and entry point in their header', () => {
    const header = text('linux/amd64\nVersion: 1.27.1\nBuild: x\nTarget Pid: 12142\nEntry Point: 0x47e360\n');
    const { pid, auxv } = read([note('Delve Header', DELVE_HEADER, header)], amd64);
    expect(pid).toBe(12142);
    expect(auxv.get(AT_ENTRY)).toBe(0x47e360);
    const nonsense = read([note('Delve Header', DELVE_HEADER, text('Target Pid: x\nEntry Point: 0xzz\n'))], amd64);
    expect(nonsense.pid).toBeUndefined();
    expect(nonsense.auxv.size).toBe(0);
  });

  it('hold threads with named registers', () => {
    const wide = new Uint8Array(16).fill(9);
    const { threads } = read(
      [
        note(
          '',
          DELVE_THREAD,
          delveThread([
            ['X19', word(19)],
            ['X30', word(30)],
            ['V2', wide],
            ['Unknown', word(1)],
            ['SP', word(5)],
          ]),
        ),
      ],
      arm64,
    );
    const [thread] = threads;
    expect(thread?.tid).toBe(77);
    expect(thread?.registers.get(19)).toBe(19n);
    expect(thread?.registers.get(30)).toBe(30n);
    expect(thread?.registers.get(arm64.pc)).toBe(0x1000n);
    expect(thread?.registers.get(arm64.sp)).toBe(0x2000n);
    expect(thread?.registers.get(arm64.g)).toBe(0xc0_0000n);
    expect(thread?.registers.getWide(66)).toEqual(wide);
  });

  it('keep the TLS of amd64 in fs_base', () => {
    const { threads } = read([note('', DELVE_THREAD, delveThread([['Rax', word(8)]]))], amd64);
    expect(threads[0]?.registers.get(58)).toBe(0x4000n);
    expect(threads[0]?.registers.get(0)).toBe(8n);
  });

  it('are read as far as they go', () => {
    const whole = delveThread(
      [
        ['X1', word(1)],
        ['X2', word(2)],
      ],
      0xffff_ffff,
    );
    for (let length = 0; length < whole.length; length++) {
      const { threads, said } = read([note('', DELVE_THREAD, whole.subarray(0, length))], arm64);
      expect(threads.length + said.length).toBe(1);
      if (threads.length === 1) expect(threads[0]?.registers.get(arm64.pc)).toBe(0x1000n);
    }
  });
});
