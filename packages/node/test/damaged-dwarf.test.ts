import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemorySource, operations, type Parameters, type Session, type StackResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { parseElf } from '../../engine/src/elf/elf-file.ts';
import { writeCompressed } from './compressed-exe.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = openFixture('truth/go1.26/default');
const compressed = join(folder, 'compressed');
writeCompressed(good.exe, compressed);

/** What an executable with one section damaged must still answer: it has a function table, and the core. */
const QUESTIONS: readonly (readonly [name: string, parameters: Parameters])[] = [
  ['report', {}],
  ['stack', { full: true }],
  ['goroutines', { trace: 3 }],
  ['traceback', {}],
  ['waiting', {}],
  ['health', {}],
  ['threads', {}],
];

/** How a section is damaged: where, counted from its beginning or its end, and how far. */
const DAMAGES = {
  'all nonsense': (bytes: Uint8Array) => bytes.fill(0xee, 24, bytes.length - 4),
  'nonsense in the middle': (bytes: Uint8Array) => bytes.fill(0xee, bytes.length >> 1, (bytes.length >> 1) + 64),
  'nonsense soon': (bytes: Uint8Array) => bytes.fill(0xee, 100, 164),
  'a wrong checksum': (bytes: Uint8Array) => bytes.fill(0x55, bytes.length - 4),
  zeros: (bytes: Uint8Array) => bytes.fill(0, 24),
};

function damaged(exe: string, name: string, damage: (bytes: Uint8Array) => void): string {
  const bytes = readFileSync(exe);
  const section = parseElf(new MemorySource(exe, bytes)).sections.find((each) => each.name === name);
  if (section === undefined) throw new Error(`no ${name}`);
  damage(bytes.subarray(section.offset, section.offset + section.size));
  const path = join(folder, 'damaged');
  writeFileSync(path, bytes);
  return path;
}

const names = parseElf(new MemorySource(compressed, readFileSync(compressed)))
  .sections.filter(({ name, size }) => name.startsWith('.debug_') && size > 300)
  .map(({ name }) => name);

describe('an executable with a damaged section', () => {
  it('has several', () => {
    expect(names).toEqual(expect.arrayContaining(['.debug_info', '.debug_line', '.debug_loclists', '.debug_rnglists']));
  });

  it.each(
    names.flatMap((name) => Object.keys(DAMAGES).map((damage) => [name, damage as keyof typeof DAMAGES] as const)),
  )('answers what needs none of %s: %s', (name, damage) => {
    for (const exe of [compressed, good.exe]) {
      const { session } = openCore({
        core: good.core,
        executable: damaged(exe, name, DAMAGES[damage]),
        paths: [],
        force: true,
      });
      for (const [operation, parameters] of QUESTIONS) {
        const run = (): unknown => operations.find((each) => each.name === operation)?.run(session, parameters);
        expect(run, operation).not.toThrow();
      }
      const stack = operations.find((each) => each.name === 'stack')?.run(session, { full: true }) as StackResult;
      expect(stack.frames.some((frame) => frame.function.startsWith('main.'))).toBe(true);
    }
  });

  it('tells why variables are not there', () => {
    const open = (name: string): Session => {
      const executable = damaged(compressed, name, DAMAGES['all nonsense']);
      return openCore({ core: good.core, executable, paths: [], force: true }).session;
    };
    const without = open('.debug_rnglists');
    const problems = without.stack.first(100).map((call) => without.variables.problem(call) ?? '');
    expect(problems.join('\n')).toMatch(/^what DWARF says of \S+ cannot be read: .*\.debug_rnglists/m);
    const unplaced = open('.debug_loclists');
    const absent = unplaced.stack.first(100).flatMap((call) => unplaced.variables.of(call) ?? []);
    expect(absent.map((each) => each.absent).join('\n')).toContain('.debug_loclists');
  });
});
