import { note, writeElf } from '@inquest/testkit';
import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { parseElf, type ElfFile } from '../elf/elf-file.ts';
import { compareExecutable, type ExecutableProof } from './core-identity.ts';

const START = 0x400000;
const PAGE = 4096;

interface Ids {
  readonly gnu?: string;
  readonly go?: string;
}

/** Two pages of an executable with these build IDs in the first, and `rest` in the second. */
function executable({ gnu, go }: Ids, rest = 0): Uint8Array {
  const notes: Uint8Array[] = [];
  if (gnu !== undefined) notes.push(note('GNU', 3, Uint8Array.from(Buffer.from(gnu, 'hex'))));
  if (go !== undefined) notes.push(note('Go', 4, Uint8Array.from(Buffer.from(go))));
  const bytes = new Uint8Array(2 * PAGE).fill(rest, PAGE);
  bytes.set(writeElf({ type: 2, segments: notes.map((data) => ({ type: 4, data })) }));
  return bytes;
}

const parse = (name: string, bytes: Uint8Array): ElfFile => parseElf(new MemorySource(name, bytes));

/** A core that holds `page` where the executable was, or that much of it. */
function coreWith(page: Uint8Array): ElfFile {
  return parse('core', writeElf({ type: 4, segments: [{ type: 1, vaddr: START, data: page, memsz: PAGE }] }));
}

function compare(exe: Uint8Array, core: ElfFile, force = false): { proof: ExecutableProof; said: string[] } {
  const said: string[] = [];
  const file = { path: '/app/exe', elf: parse('/app/exe', exe), bias: 0 };
  const proof = compareExecutable(file, core, START, force, (what) => void said.push(what));
  return { proof, said };
}

describe('compareExecutable', () => {
  const crashed = executable({ gnu: 'abcd', go: 'one/two' });
  const core = coreWith(crashed.subarray(0, PAGE));

  it('proves the file by its first page', () => {
    expect(compare(crashed, core)).toEqual({ proof: 'proven', said: [] });
    expect(compare(executable({ gnu: 'abcd', go: 'one/two' }, 7), core).proof).toBe('proven');
  });

  it.each<[string, Ids, RegExp]>([
    ['GNU', { gnu: 'ef01', go: 'one/two' }, /its build ID is ef01, the core's is abcd$/],
    ['no GNU', { go: 'one/two' }, /its build ID is absent, the core's is abcd$/],
    ['Go', { gnu: 'abcd', go: 'one/six' }, /its Go build ID is one\/six, the core's is one\/two$/],
    ['no Go', { gnu: 'abcd' }, /its Go build ID is absent, the core's is one\/two$/],
  ])('refuses another %s build ID and names both, unless forced', (_, ids, message) => {
    const other = executable(ids);
    let error: unknown;
    try {
      compare(other, core);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DebugError);
    const { message: text, detail } = error as DebugError;
    expect(text).toMatch(/^\/app\/exe is not the file that crashed: /);
    expect(text).toMatch(message);
    expect(detail.code).toBe('mismatch');
    expect(detail.hint).toMatch(/--force/);
    expect(compare(other, core, true)).toEqual({ proof: 'differs', said: [text] });
  });

  it('refuses other bytes under the same build IDs', () => {
    expect(() => compare(crashed.with(PAGE - 1, 1), core)).toThrow(/its first page differs from the one in the core/);
    expect(() => compare(crashed.subarray(0, PAGE - 1), core)).toThrow(/or is cut off: it has only 4095 bytes/);
  });

  it('proves nothing where the core has nothing to compare with', () => {
    expect(compare(crashed, coreWith(new Uint8Array(0))).proof).toBe('unproven');
    expect(compare(crashed, parse('core', writeElf({ type: 4 }))).proof).toBe('unproven');
  });

  it('proves nothing by part of the page, but still finds it different', () => {
    // The ELF header and what follows it are equal in two builds whose build IDs differ.
    for (const size of [63, 64, 200, PAGE - 1]) {
      expect(compare(crashed, coreWith(crashed.subarray(0, size))).proof).toBe('unproven');
    }
    expect(() => compare(crashed.with(100, 0xff), coreWith(crashed.subarray(0, 200)))).toThrow(
      /not the file that crashed/,
    );
  });

  it('survives a first page whose program headers are nonsense', () => {
    for (let at = 0; at < 400; at++) {
      const page = crashed.slice(0, PAGE);
      page[at] = (page[at] as number) ^ 0xff;
      expect(compare(crashed, coreWith(page), true).proof).toBe('differs');
    }
  });
});
