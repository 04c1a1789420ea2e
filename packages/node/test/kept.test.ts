import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEPT_BLOCK, operations } from '@inquest/engine';
import { KeptFiles, openCore } from '@inquest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { writeCompressed, writeHollow } from './compressed-exe.ts';

const { exe: plain, core } = openFixture('truth/go1.26/default');
const scratch = mkdtempSync(join(tmpdir(), 'inquest-kept-'));
const exe = join(scratch, 'exe');
beforeAll(() => writeCompressed(plain, exe));
afterAll(() => rmSync(scratch, { recursive: true }));

const VERSION = '9';
const freshFolder = (): string => mkdtempSync(join(scratch, 'cache-'));
const keeperOf = (folder: string, version = VERSION): KeptFiles =>
  new KeptFiles({ version, folders: [folder], smallest: 0 });

/** What is asked of each session: of everything that can be kept something. */
const QUESTIONS: readonly [string, Readonly<Record<string, string | number | boolean>>][] = [
  ['stack', { full: true }],
  ['types', { regex: '^runtime\\.[a-h]' }],
  ['funcs', { regex: 'main' }],
  ['vars', { regex: '^main\\.' }],
  ['packages', {}],
  ['sources', {}],
  ['list', { location: 'main.main' }],
];

/** Answers with what was found in a cache, and what was kept at the end. */
function answers(keeper: KeptFiles | undefined, executable = exe): string {
  const { session } = openCore({
    paths: [],
    executable,
    core,
    force: true,
    ...(keeper === undefined ? {} : { keeper }),
  });
  const out = QUESTIONS.map(([name, parameters]) => {
    const operation = operations.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return JSON.stringify(operation.run(session, parameters));
  });
  const dwarf = session.program.dwarf;
  const named = [
    dwarf?.typeNamed('runtime.g'),
    dwarf?.functionNamed('main.main').map(({ lowPc }) => lowPc),
    dwarf?.variableNamed('runtime.allgs').map(({ typeOffset }) => typeOffset),
    dwarf?.constantNamed('runtime._Grunning').map(({ offset }) => offset),
    dwarf?.runtimeTypeCount,
    dwarf?.typeAtRuntimeOffset(session.program.modules[0]?.data.types ?? 0),
    session.program.modules[0]?.pclntab.count,
    dwarf?.unitAt(session.program.main?.modules[0]?.data.text ?? 0)?.name,
    dwarf?.diagnostics,
    session.program.main?.diagnostics.map((text) => text.replace(executable, 'exe')),
  ];
  keeper?.settle();
  return [...out, JSON.stringify(named)].join('\n').replaceAll(executable, 'exe');
}

/** Contents of the files of a folder. */
function contents(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

describe('what is kept of an executable', () => {
  it('is used the next time, and changes no answer', () => {
    const folder = freshFolder();
    const expected = answers(undefined);
    expect(answers(keeperOf(folder))).toBe(expected);
    const kept = contents(folder);
    const what = [...kept.keys()].map((name) => /\.(debug_\w+|units|names|addresses|files)\./.exec(name)?.[1]);
    expect(what).toEqual(expect.arrayContaining(['debug_info', 'debug_line', 'units', 'names', 'addresses', 'files']));
    expect(answers(keeperOf(folder))).toBe(expected);
    expect(contents(folder)).toEqual(kept);
    // Where only what was kept can have answered.
    const hollow = join(scratch, 'hollow');
    writeHollow(exe, hollow, ['.debug_info', '.debug_line']);
    expect(answers(keeperOf(folder), hollow)).toBe(expected);
    expect(answers(undefined, hollow)).not.toBe(expected);
  });

  it('is that of the same contents and of the same version', () => {
    const folder = freshFolder();
    const expected = answers(keeperOf(folder));
    const count = readdirSync(folder).length;
    answers(keeperOf(folder, '10'));
    expect(readdirSync(folder)).toHaveLength(count * 2);
    // The same build ID, and another checksum behind .debug_info.
    const bytes = readFileSync(exe);
    const other = join(scratch, 'other');
    const hollow = join(scratch, 'hollow-other');
    writeHollow(exe, hollow, ['.debug_info']);
    const at = readFileSync(hollow).lastIndexOf(Buffer.alloc(1000, 0xee)) + 1000;
    bytes.writeUInt32LE(bytes.readUInt32LE(at) ^ 1, at);
    writeFileSync(other, bytes);
    expect(answers(keeperOf(folder), other)).not.toBe(expected);
    expect(answers(keeperOf(folder))).toBe(expected);
  });

  it('is made again where it is damaged, cut off or nonsense', () => {
    const folder = freshFolder();
    const expected = answers(keeperOf(folder));
    const kept = contents(folder);
    const heads: readonly ((path: string, size: number) => void)[] = [
      (path) => flip(path, 3),
      (path) => flip(path, 20),
      (path) => flip(path, 36),
      (path, size) => truncateSync(path, size - 1),
      (path) => truncateSync(path, 10),
      (path) => truncateSync(path, 0),
      (path) => writeFileSync(path, Buffer.alloc(70_000, 0xff)),
    ];
    for (const spoil of heads) {
      for (const name of kept.keys()) spoil(join(folder, name), statSync(join(folder, name)).size);
      expect(answers(keeperOf(folder))).toBe(expected);
      expect(contents(folder)).toEqual(kept);
    }
    for (const part of [0.3, 1]) {
      for (const name of kept.keys())
        flip(join(folder, name), Math.floor(statSync(join(folder, name)).size * part) - 1);
      expect(answers(keeperOf(folder))).toBe(expected);
      expect(answers(keeperOf(folder))).toBe(expected);
      // What nobody read is still damaged, and is not believed either.
      for (const [name, bytes] of contents(folder)) {
        const read = (): unknown =>
          readAll(keeperOf(folder), name.slice(0, name.lastIndexOf(`-${VERSION}`)).replace(/\.\d+$/, ''));
        if (bytes !== kept.get(name)) expect(read).toThrow(/is damaged/);
      }
      for (const name of kept.keys()) writeFileSync(join(folder, name), Buffer.from(kept.get(name) ?? '', 'base64'));
    }
  });

  it('needs no folder that can be written, or read', () => {
    const expected = answers(undefined);
    const folder = freshFolder();
    answers(keeperOf(folder));
    chmodSync(folder, 0o500);
    for (const name of readdirSync(folder)) flip(join(folder, name), 100);
    expect(answers(keeperOf(folder))).toBe(expected);
    chmodSync(folder, 0o700);
    const file = join(scratch, 'no-folder');
    writeFileSync(file, '');
    expect(answers(keeperOf(file))).toBe(expected);
    expect(answers(keeperOf(join(file, 'below')))).toBe(expected);
    const open = freshFolder();
    chmodSync(open, 0o777);
    expect(answers(keeperOf(open))).toBe(expected);
    expect(readdirSync(open)).toEqual([]);
  });

  it('is whole for others at any time', () => {
    const folder = freshFolder();
    const first = keeperOf(folder);
    const second = keeperOf(folder);
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) % 251);
    let seen: unknown = 'nobody looked';
    first.keep('thing', bytes.length, () => [bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
    second.keep('thing', bytes.length, () => {
      first.settle();
      seen = readAll(keeperOf(folder), 'thing');
      return [bytes];
    });
    expect(keeperOf(folder).find('thing')).toBeUndefined();
    second.settle();
    expect(seen).toEqual(bytes);
    expect(readAll(keeperOf(folder), 'thing')).toEqual(bytes);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is nothing that is small', () => {
    const folder = freshFolder();
    answers(new KeptFiles({ version: VERSION, folders: [folder], smallest: 2 ** 40 }));
    expect(readdirSync(folder)).toEqual([]);
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const place = Math.min(at, bytes.length - 1);
  bytes[place] = (bytes[place] ?? 0) ^ 0x40;
  writeFileSync(path, bytes);
}

function readAll(keeper: KeptFiles, name: string): Uint8Array | undefined {
  const file = keeper.find(name);
  if (file === undefined) return undefined;
  const out = new Uint8Array(file.size);
  for (let at = 0; at < file.size; at += KEPT_BLOCK) file.readInto(out.subarray(at, at + KEPT_BLOCK), at);
  return out;
}
