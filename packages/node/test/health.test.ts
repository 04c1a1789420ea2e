import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, type HealthResult, type ReportResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFixtures, openFixture, type Fixture } from '../../../fixtures/fixtures.mjs';

const folder = mkdtempSync(join(tmpdir(), 'inquest-health-'));
/** The kernel's own page at the end of a core is no memory of the process. */
const VSYSCALL = 4096;
let good: Fixture;
beforeAll(() => {
  good = openFixture('sum/go1.24/default');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ask<T>(name: string, paths: readonly string[]): T {
  const { session } = openCore({ paths });
  return operations.find((operation) => operation.name === name)?.run(session, {}) as T;
}

const health = (...paths: string[]): HealthResult => ask<HealthResult>('health', paths);

/** A copy of the core with other program headers: `change` gets those of memory, by offset in the file. */
function withSegments(name: string, change: (core: Buffer, header: number, flags: number) => void): string {
  const core = readFileSync(good.core);
  const start = Number(core.readBigUInt64LE(32));
  for (let i = 0; i < core.readUInt16LE(56); i++) {
    const header = start + i * 56;
    if (core.readUInt32LE(header) === 1) change(core, header, core.readUInt32LE(header + 4));
  }
  const path = join(folder, name);
  writeFileSync(path, core);
  return path;
}

const leaveOut = (core: Buffer, header: number): void => void core.writeBigUInt64LE(0n, header + 32);

describe('the health of what was given', () => {
  it('is complete where nothing is missing, in every fixture of a sound core', () => {
    for (const { id } of listFixtures().filter(({ program }) => program === 'sum' || program === 'crash')) {
      const { exe, core } = openFixture(id);
      const { memory, executable, missing, doubts } = health(exe, core);
      expect({ id, percent: memory.presentPercent, proof: executable.proof, missing, doubts }).toEqual({
        id,
        percent: 100,
        proof: 'proven',
        missing: [],
        doubts: [],
      });
      expect(memory.inCore + memory.inFiles).toBe(memory.total);
    }
  });

  it('tells how much a cut took, and what limits', () => {
    const cut = join(folder, 'core.cut');
    copyFileSync(good.core, cut);
    truncateSync(cut, 20_000_000);
    const { memory, core, missing } = health(good.exe, cut);
    expect(memory.presentPercent).toBeGreaterThan(40);
    expect(memory.presentPercent).toBeLessThan(60);
    expect(core).toMatchObject({ size: 20_000_000, wholeSize: readFileSync(good.core).length });
    expect(missing).toMatchObject([{ kind: 'cut off', bytes: memory.missing + VSYSCALL }]);
    expect(ask<ReportResult>('report', [good.exe, cut]).health.join('\n')).toMatch(/next time: ulimit -c unlimited/);
  });

  it('tells the filter that would have kept private memory', () => {
    const path = withSegments('core.private', (core, header, flags) => {
      if ((flags & 2) !== 0) leaveOut(core, header);
    });
    const { memory, missing } = health(good.exe, path);
    expect(memory.presentPercent).toBeLessThan(10);
    expect(missing).toMatchObject([
      { kind: 'left out', fixes: [expect.stringMatching(/^echo 0x33 > .*coredump_filter/), expect.anything()] },
    ]);
    expect(ask<ReportResult>('report', [good.exe, path]).health.filter((line) => line.includes('bit 0'))).toHaveLength(
      1,
    );
  });

  it('does not count what was never touched: the kernel does not dump it, and it is no loss', () => {
    let first = true;
    const path = withSegments('core.untouched', (core, header, flags) => {
      const size = core.readBigUInt64LE(header + 40);
      if (first && (flags & 2) !== 0 && size > 0x100_0000n) {
        leaveOut(core, header);
        first = false;
      }
    });
    const { memory, missing } = health(good.exe, path);
    expect(missing).toEqual([]);
    expect(memory).toMatchObject({ presentPercent: 100, missing: 0 });
    expect(memory.total).toBeLessThan(health(good.exe, good.core).memory.total - 0x100_0000);
  });

  it('tells why nothing proves the executable', () => {
    const path = withSegments('core.headers', (core, header, flags) => {
      if ((flags & 2) === 0) leaveOut(core, header);
    });
    const { executable, missing } = health(good.exe, path);
    expect(executable).toMatchObject({ proof: 'unproven', how: expect.stringMatching(/does not hold its first page/) });
    expect(missing.map(({ kind }) => kind)).toContain('proof');
  });

  it('counts the executable as missing where it is not given', () => {
    const lonely = join(folder, 'core.lonely');
    const core = readFileSync(good.core);
    // Its path is made one that does not exist.
    const name = Buffer.from('/sum\0');
    for (let at = core.indexOf(name); at >= 0 && at < 100_000; at = core.indexOf(name, at + 1)) core[at + 1] = 0x5f;
    writeFileSync(lonely, core);
    const { memory, executable, missing } = health(lonely);
    expect(executable.proof).toBeUndefined();
    expect(missing).toMatchObject([{ kind: 'executable', bytes: memory.missing }]);
    expect(memory.missing).toBeGreaterThan(0x8_0000);
  });
});
