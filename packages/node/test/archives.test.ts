import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DebugError, operations, type ReportResult } from '@inquest/engine';
import { openCore, readyInput, readyInputs, type InputFile } from '@inquest/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFixture, type Fixture } from '../../../fixtures/fixtures.mjs';
import { tidyCache } from '../src/cache/cache-folder.ts';
import { LZ4, PAYLOAD, XZ, ZSTD } from './archive-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-archives-'));
const cache = join(folder, 'inquest/cores');
const before = process.env['XDG_CACHE_HOME'];
let fixture: Fixture;

beforeAll(() => {
  process.env['XDG_CACHE_HOME'] = folder;
  fixture = openFixture('sum/go1.24/default');
});
beforeEach(() => rmSync(cache, { recursive: true, force: true }));
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(folder, { recursive: true, force: true });
});

/** Each file is another one, even if it is written again at once. */
let written = 0;
function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  utimesSync(path, 1e9, 1e9 + ++written);
  return path;
}

const SAMPLES: readonly (readonly [string, Uint8Array])[] = [
  ['zstd', ZSTD],
  ['lz4', LZ4],
  ['xz', XZ],
  ['gzip', gzipSync(PAYLOAD)],
];

async function complaint(path: string): Promise<DebugError> {
  const error: unknown = await readyInput(path, { force: false }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DebugError);
  return error as DebugError;
}

function report(core: InputFile | string): ReportResult {
  const { session } = openCore({ paths: [fixture.exe, core] });
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

/** What is the same for every copy of a core. */
function withoutNames({ input, source, ...rest }: ReportResult): unknown {
  // Sources are looked for beside the core as well.
  expect(source?.line).toBeGreaterThan(0);
  return { ...rest, program: undefined, input: { ...input, core: { ...input?.core, path: undefined } } };
}

describe.each(SAMPLES)('a file compressed by %s', (format, bytes) => {
  it('is decompressed once, into a file of its own with holes', async () => {
    const path = file('misleading.txt', bytes);
    const ready = await readyInput(path, { force: false });
    expect(ready.name).toBe(path);
    expect(readFileSync(ready.path).equals(PAYLOAD)).toBe(true);
    const { mode, blocks, size } = lstatSync(ready.path);
    expect(mode & 0o777).toBe(0o600);
    expect(blocks * 512).toBeLessThan(size / 2);
    utimesSync(ready.path, 1e9, 1e9);
    expect((await readyInput(path, { force: false })).path).toBe(ready.path);
    expect(lstatSync(ready.path).mtimeMs).toBeGreaterThan(1e12);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('says so when it is cut off, anywhere', async () => {
    for (let i = 1; i <= 25; i++) {
      // A magic must be left, or it is no archive; the last cut takes one byte.
      const size = i === 25 ? bytes.length - 1 : 8 + Math.floor(((bytes.length - 8) * i) / 26);
      const path = file('cut', bytes.subarray(0, size));
      // Between two frames nothing shows that there was another.
      const outcome = await readyInput(path, { force: false }).catch((reason: unknown) => reason);
      if (!(outcome instanceof DebugError)) {
        expect(readFileSync((outcome as InputFile).path).length).toBe(Math.floor(PAYLOAD.length / 2));
        continue;
      }
      expect(outcome.message).toMatch(new RegExp(`cut is cut off: ${format} data, at byte \\d+`));
      expect(readdirSync(cache).filter((name) => name.endsWith('.part'))).toEqual([]);
    }
  });

  it('is never taken for sound when it is damaged', async () => {
    let told = 0;
    for (let i = 0; i < 60; i++) {
      const damaged = Uint8Array.from(bytes);
      const at = 6 + Math.floor(((bytes.length - 6) * i) / 60);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (i % 8));
      const path = file('bad', damaged);
      const outcome = await readyInput(path, { force: false }).catch((reason: unknown) => reason);
      if (outcome instanceof DebugError) {
        expect(outcome.message).toMatch(/bad is (cut off|damaged): \w+ data, at byte \d+: .*decompressed\)$/);
        told++;
      } else {
        // What is damaged is a field that says nothing about the contents, such as gzip's time.
        expect(readFileSync((outcome as InputFile).path).equals(PAYLOAD)).toBe(true);
      }
    }
    expect(told).toBeGreaterThan(50);
  });

  it('gives what could be decompressed when that is insisted on', async () => {
    const path = file('cut', bytes.subarray(0, bytes.length - 3));
    const { detail } = await complaint(path);
    expect(detail.hint).toMatch(/^(--force opens the \d+ KiB|nothing could)/);
    const forced: unknown = await readyInput(path, { force: true }).catch((reason: unknown) => reason);
    if (forced instanceof DebugError) return expect(forced.detail.hint).toMatch(/nothing/);
    const { path: partial, problem } = forced as InputFile;
    const got = readFileSync(partial);
    expect(got.length).toBeGreaterThan(0);
    expect(got.equals(PAYLOAD.subarray(0, got.length))).toBe(true);
    expect(problem).toMatch(/cut off/);
    // It is not kept as if it were the whole.
    expect((await complaint(path)).message).toMatch(/cut off/);
    return undefined;
  });
});

describe('compressed cores and executables', () => {
  it('give the same report, by gzip', async () => {
    const plain = report(fixture.core);
    const core = await readyInput(file('core.1.gz', gzipSync(readFileSync(fixture.core), { level: 1 })), {
      force: false,
    });
    const compressed = report(core);
    expect(compressed.program.core).toBe(join(folder, 'core.1.gz'));
    expect(withoutNames(compressed)).toEqual(withoutNames(plain));
    const executable = file('exe.gz', gzipSync(readFileSync(fixture.exe), { level: 1 }));
    const ready = await readyInputs({ paths: [executable], core: fixture.core }, { force: false });
    const { session, executablePath } = openCore(ready);
    expect(executablePath).toBe(executable);
    expect(session.program.target.proof).toBe('proven');
  });

  const tools = ['zstd', 'lz4', 'xz'].filter((tool) => spawnSync(tool, ['--version']).error === undefined);
  it.skipIf(tools.length === 0)('give the same report, by the tools that are at hand', async () => {
    const plain = report(fixture.core);
    for (const tool of tools) {
      const bytes = execFileSync(tool, ['-1', '-c', fixture.core], { maxBuffer: 1 << 28 });
      const compressed = report(await readyInput(file(`core.${tool}`, bytes), { force: false }));
      expect(withoutNames(compressed)).toEqual(withoutNames(plain));
    }
  });

  it('say in the report that the archive was cut off', async () => {
    const whole = gzipSync(readFileSync(fixture.core), { level: 1 });
    const path = file('core.cut.gz', whole.subarray(0, Math.floor(whole.length * 0.9)));
    const { health } = report(await readyInput(path, { force: true }));
    expect(health.join('\n')).toMatch(/core\.cut\.gz is cut off: gzip data/);
    expect(health.join('\n')).toMatch(/the core is cut off/);
  });
});

describe('archives that no one should trust', () => {
  it('a format that is not known, a dictionary, a window that is too large', async () => {
    const lz4 = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x40 | 1, 0x40, 0, 0, 0, 0, 0]);
    expect((await complaint(file('a', lz4))).message).toMatch(/needs a dictionary/);
    expect((await complaint(file('b', Uint8Array.from([4, 0x22, 0x4d, 0x18, 0x80, 0x40, 0])))).message).toMatch(
      /version 2/,
    );
    const zstd = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x00, 0x07, 1, 0, 0]);
    expect((await complaint(file('c', zstd))).message).toMatch(/needs a dictionary/);
    const wide = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 1, 0, 0]);
    expect((await complaint(file('d', wide))).message).toMatch(/window of 2048 MiB is too large.*--long/);
  });

  it('a folder that cannot be written is a clear error', async () => {
    process.env['XDG_CACHE_HOME'] = join(file('plainfile', Uint8Array.of(1)), 'x');
    const tmp = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(folder, 'plainfile');
    try {
      const { message, detail } = await complaint(file('e.gz', gzipSync(PAYLOAD)));
      expect(message).toMatch(/can be written/);
      expect(detail.hint).toMatch(/XDG_CACHE_HOME/);
    } finally {
      process.env['XDG_CACHE_HOME'] = folder;
      if (tmp === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = tmp;
    }
  });
});

describe('the cache', () => {
  it('loses the oldest first, what is very old, and the halves of the dead', () => {
    const own = mkdtempSync(join(folder, 'cache-'));
    const now = Date.now();
    const put = (name: string, ageInDays: number): string => {
      const path = join(own, name);
      writeFileSync(path, Buffer.alloc(100_000, 1));
      const time = new Date(now - ageInDays * 86_400_000);
      utimesSync(path, time, time);
      return path;
    };
    put('ancient', 15);
    put('old', 3);
    put('recent', 2);
    const kept = put('kept', 20);
    put(`mine.${process.pid}.part`, 5);
    put('theirs.4194303.part', 5);
    put('stdin.4194303.spooled', 5);
    tidyCache(own, kept, 350_000, now);
    expect(readdirSync(own).sort()).toEqual(['kept', `mine.${process.pid}.part`, 'old', 'recent'].sort());
    tidyCache(own, kept, 250_000, now);
    expect(readdirSync(own).sort()).toEqual(['kept', `mine.${process.pid}.part`, 'recent'].sort());
  });
});
