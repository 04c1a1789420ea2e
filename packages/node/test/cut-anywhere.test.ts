import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebugError, operations, type HealthResult, type ReportResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFixture, type Fixture } from '../../../fixtures/fixtures.mjs';

/*
 * Whatever is cut off or damaged: a report or a clear sentence, soon. `INQUEST_CUTS` and `INQUEST_FLIPS` set how often
 * (acceptance: 200 and 10000), `INQUEST_SEED` where.
 */

const CUTS = Number(process.env['INQUEST_CUTS'] ?? 200);
const FLIPS = Number(process.env['INQUEST_FLIPS'] ?? 200);
const SEED = Number(process.env['INQUEST_SEED'] ?? 20261126);
/** Milliseconds and bytes that no input may take more than. */
const LONGEST = 10_000;
const LARGEST = 2 ** 30;
/** Headers and notes are here: damage to them is what leads astray. */
const HEADERS = 0x6000;

const folder = mkdtempSync(join(tmpdir(), 'inquest-cut-'));
let good: Fixture;
let core: string;
let exe: string;
beforeAll(() => {
  good = openFixture('sum/go1.26/noopt');
  core = join(folder, 'core');
  exe = join(folder, 'exe');
  copyFileSync(good.core, core);
  copyFileSync(good.exe, exe);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b_79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What is asked of every input: what a user sees first, and what looks furthest. */
const QUESTIONS: readonly (readonly [string, Record<string, boolean | string>])[] = [
  ['report', {}],
  ['health', {}],
  ['goroutines', {}],
  ['stack', { full: true }],
  ['traceback', { level: 'system' }],
  ['waiting', {}],
];

/** The report; undefined if there was a clear sentence instead. Anything else is an error of ours and thrown. */
function ask(what: string): ReportResult | undefined {
  const started = performance.now();
  let report: ReportResult | undefined;
  const session = told(what, () => openCore({ paths: [], core, executable: exe, force: true }).session);
  if (session !== undefined) {
    for (const [name, parameters] of QUESTIONS) {
      const result = told(`${what}: ${name}`, () =>
        operations.find((operation) => operation.name === name)?.run(session, parameters),
      );
      const text = JSON.stringify(result, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect(text ?? '', what).not.toMatch(/:(?:NaN|Infinity)\b/);
      if (name === 'report') report = result as ReportResult | undefined;
      if (name === 'health' && result !== undefined) checkHealth(result as HealthResult, what);
    }
  }
  expect(performance.now() - started, what).toBeLessThan(LONGEST);
  return report;
}

/** What `action` answers; undefined if it failed with one clear sentence. */
function told<T>(what: string, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DebugError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
    expect(error.message, what).toMatch(/^[^\n]{8,2000}$/);
    expect(error.message, what).not.toMatch(/undefined|NaN|\[object/);
    return undefined;
  }
}

function checkHealth({ memory }: HealthResult, what: string): void {
  expect(memory.presentPercent, what).toBeGreaterThanOrEqual(0);
  expect(memory.presentPercent, what).toBeLessThanOrEqual(100);
  for (const bytes of [memory.total, memory.inCore, memory.inFiles, memory.missing])
    expect(bytes, what).toBeGreaterThanOrEqual(0);
}

/** Offsets of pages that hold more than zeros: there damage may matter. */
function pagesOf(bytes: Buffer): number[] {
  const zeros = Buffer.alloc(4096);
  const pages: number[] = [];
  for (let at = 0; at + 4096 <= bytes.length; at += 4096)
    if (bytes.compare(zeros, 0, 4096, at, at + 4096) !== 0) pages.push(at);
  return pages;
}

describe('cut and damaged anywhere', () => {
  it.each(['core', 'exe'] as const)(
    'a cut %s',
    (which) => {
      const random = makeRandom(SEED);
      const whole = readFileSync(good[which]);
      const path = which === 'core' ? core : exe;
      let told = 0;
      for (let i = 0; i < CUTS / 2; i++) {
        // Each part gets its share: headers, what a stack needs, and the rest.
        const size = [random(HEADERS), random(whole.length >> 3), random(whole.length)][i % 3] ?? 0;
        const fd = openSync(path, 'r+');
        ftruncateSync(fd, size);
        closeSync(fd);
        const report = ask(`${which} cut at ${size}`);
        if (report !== undefined) {
          if (which === 'core') expect(report.health.join('\n'), String(size)).toMatch(/cut off|no threads/);
          told++;
        }
        copyFileSync(good[which], path);
      }
      expect(told).toBeGreaterThan(CUTS / 20);
      expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(LARGEST);
    },
    3_600_000,
  );

  it.each(['core', 'exe'] as const)(
    'a damaged %s',
    (which) => {
      const random = makeRandom(SEED + 1);
      const whole = readFileSync(good[which]);
      const pages = pagesOf(whole);
      const path = which === 'core' ? core : exe;
      const fd = openSync(path, 'r+');
      let told = 0;
      for (let i = 0; i < FLIPS / 2; i++) {
        const places = Array.from({ length: 1 + random(4) }, () =>
          i % 2 === 0 ? random(HEADERS) : (pages[random(pages.length)] ?? 0) + random(4096),
        );
        for (const at of places) writeSync(fd, Uint8Array.of((whole[at] ?? 0) ^ (1 << random(8))), 0, 1, at);
        if (ask(`${which} damaged at ${places.join(' ')}, round ${i}`) !== undefined) told++;
        for (const at of places) writeSync(fd, whole, at, 1, at);
      }
      closeSync(fd);
      expect(statSync(path).size).toBe(whole.length);
      expect(told).toBeGreaterThan(FLIPS / 8);
      expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(LARGEST);
    },
    3_600_000,
  );
});
