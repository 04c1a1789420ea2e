import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  formatTraceback,
  operations,
  TRACEBACK_LEVELS,
  type TracebackLevel,
  type TracebackResult,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { placesIn } from './core-places.ts';
import { normaliseRun, runtimeText } from '../../../scripts/traceback-text.mjs';

/** The text at a level, one character to a byte. */
function textOf(id: string, level: TracebackLevel): string {
  const { exe, core } = openFixture(id);
  const { session } = openCore({ paths: [exe, core] });
  return Buffer.from(formatTraceback(session.runtime, level).bytes).toString('latin1');
}

/** Where a thread of C's dies that has nothing to do with Go, the kernel ends the process before the runtime prints. */
const SILENT: ReadonlySet<string> = new Set(['ckinds/go1.26/cgo/cthread']);
const fixtures = listFixtures().filter(({ committed, id }) => committed && !SILENT.has(id));

describe.skipIf(fixtures.length === 0)('the text of the runtime, byte for byte, at the level it died with', () => {
  it.each(fixtures)('$id', ({ id, scenario }) => {
    // In a busy server timers wake goroutines after the runtime has printed how they wait, and before the kernel looks.
    const told = (text: string): string =>
      scenario === 'healthy' ? text.replace(/^(goroutine .*) \[.*\]:$/gm, '$1') : text;
    const printed = runtimeText(readFileSync(openFixture(id).stderr, 'latin1'));
    expect(printed).not.toBe('');
    expect(told(textOf(id, 'crash'))).toBe(told(printed));
  });
});

describe.skipIf(fixtures.length === 0)('threads that begin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-threads-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const relayed = fixtures.filter(({ id }) => /^cgocrash\/.*\/illegal$/.test(id));

  it.each(relayed)('and have not written down their number are found all the same: $id', ({ id }) => {
    const { exe, core, stderr } = openFixture(id);
    const bytes = readFileSync(core);
    const { runtime } = openCore({ paths: [exe, core] }).session;
    const last = [...runtime.threads].sort((a, b) => a.tid - b.tid).at(-1);
    if (last === undefined) throw new Error('there are no threads');
    bytes.writeBigUInt64LE(0n, placesIn(bytes)(last.address + runtime.layout.get('m', 'procid')));
    const starting = join(folder, id.replaceAll('/', '-'));
    writeFileSync(starting, bytes);
    const printed = runtimeText(readFileSync(stderr, 'latin1'));
    expect(printed).toContain(`m=${last.id} sigcode`);
    const { session } = openCore({ paths: [exe, starting] });
    expect(Buffer.from(formatTraceback(session.runtime, 'crash').bytes).toString('latin1')).toBe(printed);
    expect(session.runtime.threadOf(last.tid)?.address).toBe(last.address);
  });
});

/** Programs whose runs are the same every time, on one release of each way to print. */
const repeatable = fixtures.filter(
  ({ program, go, scenario }) =>
    (program === 'sum' && go === '1.15') ||
    (program === 'crash' && ['index', 'repanic', 'nested', 'layered', 'inlined', 'float'].includes(scenario ?? '')),
);

/** The program's own text at another level: the executable is run again. */
function run(id: string, scenario: string | undefined, level: TracebackLevel): string {
  const { exe } = openFixture(id);
  const { stderr } = spawnSync(exe, scenario === undefined ? [] : [scenario], { env: { GOTRACEBACK: level } });
  return runtimeText(stderr.toString('latin1'));
}

const here = process.platform === 'linux' && process.arch === 'x64';
const cases = repeatable.flatMap(({ id, scenario }) =>
  TRACEBACK_LEVELS.filter((level) => level !== 'crash').map((level) => ({ id, scenario, level })),
);

describe.skipIf(!here || cases.length === 0)('the same program run at another level, addresses aside', () => {
  it.each(cases)('$id at $level', ({ id, scenario, level }) => {
    const ours = normaliseRun(textOf(id, level));
    let theirs = '';
    // The scheduler may let other goroutines run in one run than in another.
    for (let tries = 0; tries < 5 && theirs !== ours; tries++) theirs = normaliseRun(run(id, scenario, level));
    expect(ours).toBe(theirs);
  });
});

describe.skipIf(fixtures.length === 0)('the operation traceback', () => {
  const { exe, core } = openFixture('crash/go1.27/default/layered');
  const operation = operations.find(({ name }) => name === 'traceback');
  const { session } = openCore({ paths: [exe, core] });

  it('prints all goroutines of the user unless told otherwise', () => {
    const result = operation?.run(session, {}) as TracebackResult;
    expect(result).toMatchObject({ level: 'all', base64: undefined, unknown: [] });
    expect(result.goVersion).toMatch(/^go1\.27/);
    expect(result.text).toMatch(/^panic: /);
    expect(result.text).not.toMatch(/^runtime\./m);
  });

  it('refuses a level that is none', () => {
    expect(() => operation?.run(session, { level: 'wide' })).toThrow('wide is no level of GOTRACEBACK');
  });

  it('prints the message alone at the lowest level', () => {
    const result = operation?.run(session, { level: 'none' }) as TracebackResult;
    expect(result.text).not.toContain('goroutine ');
  });
});
