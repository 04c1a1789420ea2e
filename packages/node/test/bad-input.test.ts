import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebugError, operations, type ReportResult } from '@inquest/engine';
import { openCore, type OpenedCore } from '@inquest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFixture, type Fixture } from '../../../fixtures/fixtures.mjs';

const folder = mkdtempSync(join(tmpdir(), 'inquest-bad-'));
let good: Fixture;

beforeAll(() => {
  good = openFixture('sum/go1.24/default');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function report({ session }: OpenedCore): ReportResult {
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

/** The complaint about inputs that cannot be opened. */
function complaint(...paths: string[]): DebugError {
  try {
    openCore({ paths });
  } catch (error) {
    expect(error).toBeInstanceOf(DebugError);
    const complaint_ = error as DebugError;
    expect(complaint_.message).not.toMatch(/undefined|NaN|\[object/);
    return complaint_;
  }
  throw new Error('it was accepted');
}

describe('inputs that are not what they should be', () => {
  it('takes executable and core in either order', () => {
    expect(report(openCore({ paths: [good.core, good.exe] })).cause.headline).toBe('panic: :(');
  });

  it('says what a file is that is not ELF', () => {
    expect(complaint(good.exe, file('text', 'hello world, this is no core')).message).toMatch(/is not an ELF file/);
    expect(complaint(good.exe, file('empty', '')).message).toMatch(/is empty/);
    expect(complaint(good.exe, file('short', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1))).message).toMatch(
      /ends inside the ELF header/,
    );
    expect(complaint(good.exe, file('zst', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0))).message).toMatch(
      /zstd-compressed/,
    );
    expect(complaint(good.exe, file('gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0))).message).toMatch(/gzip/);
    expect(complaint(good.exe, folder).message).toMatch(/directory/);
    expect(complaint(good.exe, join(folder, 'nowhere')).message).toMatch(/no such file/);
  });

  it('says so when a file is given for the wrong thing', () => {
    expect(complaint(good.exe, good.exe).message).toMatch(/neither .* is a core/);
    expect(complaint(good.core, good.core).message).toMatch(/both core files/);
    expect(complaint(good.exe).message).toMatch(/is an executable, not a core/);
  });

  it('refuses another machine and 32-bit files', () => {
    const bytes = readFileSync(good.core);
    bytes.writeUInt16LE(8, 18);
    expect(complaint(good.exe, file('mips', bytes.subarray(0, 1 << 16))).message).toMatch(/mips/);
    bytes.writeUInt16LE(62, 18);
    bytes[4] = 1;
    expect(complaint(good.exe, file('32', bytes.subarray(0, 1 << 16))).message).toMatch(/32-bit/);
  });

  it('refuses the executable of another build, unless forced', () => {
    const other = openFixture('sum/go1.24/noopt');
    const error = complaint(other.exe, good.core);
    expect(error.detail.code).toBe('mismatch');
    expect(error.message).toMatch(/build ID/);
    expect(error.detail.hint).toMatch(/--force/);
    const forced = openCore({ paths: [other.exe, good.core], force: true });
    expect(report(forced).health.join('\n')).toMatch(/is not the file that crashed/);
  });

  it('refuses a program that is not Go', () => {
    expect(complaint(process.execPath, good.core).detail.code).toMatch(/mismatch|bad-data/);
  });

  it('survives a core that is cut anywhere', () => {
    const cut = join(folder, 'core.cut');
    copyFileSync(good.core, cut);
    const whole = readFileSync(good.core).length;
    let shown = 0;
    for (let i = 100; i >= 1; i--) {
      const size = i > 90 ? Math.floor((whole * i) / 101) : i > 40 ? i * 4096 * 11 : i * 97;
      truncateSync(cut, Math.min(size, whole));
      try {
        const result = report(openCore({ paths: [good.exe, cut] }));
        expect(result.health.join(' ')).toMatch(/cut off|damaged|no threads/);
        if (result.cause.headline === 'panic: :(') shown++;
      } catch (error) {
        expect(error).toBeInstanceOf(DebugError);
      }
    }
    expect(shown).toBeGreaterThan(0);
  });

  it('survives random damage to the core and to the executable', () => {
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const executable = readFileSync(good.exe);
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(executable);
      for (let i = 0; i < 20; i++) bytes[round % 2 === 0 ? random(4096) : random(bytes.length)] = random(256);
      try {
        report(openCore({ paths: [file('damaged', bytes), good.core], force: true }));
      } catch (error) {
        if (!(error instanceof DebugError)) throw error;
      }
    }
  });
});
