import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, type GoroutineResult, type ReportResult, type ThreadResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { placesIn } from './core-places.ts';

/*
 * A core of a process that goes on, as debuggers make them: a crash's core without the marks of the runtime that it is
 * dying, and with another signal in the notes of its threads.
 */

const folder = mkdtempSync(join(tmpdir(), 'inquest-living-'));
const fixture = openFixture('sum/go1.26/noopt');
const SIGABRT = 6;
const SIGXCPU = 24;
const SIGSTOP = 19;
/** Of a thread's status: its name and type as they stand before it, and where in it the signal is. */
const STATUS = Buffer.from('CORE\0\0\0\0', 'latin1');
const SIGNAL = [0, 12];
const SIGINFO = 0x5349_4749;

let bytes: Buffer;
beforeAll(() => {
  bytes = readFileSync(fixture.core);
  const { session } = openCore({ paths: [fixture.exe, fixture.core] });
  const { runtime } = session;
  const offsets = placesIn(bytes);
  for (const { address } of runtime.threads) {
    for (const field of ['dying', 'throwing', 'caughtsig']) {
      const at = offsets(address + runtime.layout.get('m', field));
      bytes.fill(0, at, at + (field === 'caughtsig' ? 8 : 4));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy whose threads took another signal; the note about the signal itself is taken away. */
function withSignal(name: string, signo: number): string {
  const core = Buffer.from(bytes);
  for (let at = core.indexOf(STATUS); at >= 0 && at < 0x10_000; at = core.indexOf(STATUS, at + 1)) {
    const type = core.readUInt32LE(at - 4);
    const content = at + STATUS.length;
    if (type === 1) {
      expect(core.readUInt16LE(content + 12)).toBe(SIGABRT);
      core.writeUInt32LE(signo, content);
      for (const offset of SIGNAL) core.writeUInt16LE(signo, content + offset);
    } else if (type === SIGINFO) core.writeUInt32LE(0, at - 4);
  }
  const path = join(folder, name);
  writeFileSync(path, core);
  return path;
}

function ask(core: string): { report: ReportResult; threads: readonly ThreadResult[]; crashed: readonly number[] } {
  const { session } = openCore({ paths: [fixture.exe, core] });
  const run = (name: string): unknown => operations.find((each) => each.name === name)?.run(session, {});
  const goroutines = (run('goroutines') as { goroutines: readonly GoroutineResult[] }).goroutines;
  return {
    report: run('report') as ReportResult,
    threads: run('threads') as readonly ThreadResult[],
    crashed: goroutines.filter(({ crashed }) => crashed).map(({ id }) => id),
  };
}

describe('a core of a process that did not die by its runtime', () => {
  it.each([
    ['no signal', 0],
    ['the signal of a debugger', SIGSTOP],
  ])('has no crashed thread with %s', (name, signo) => {
    const { report, threads, crashed } = ask(withSignal(name, signo));
    expect(report.cause.kind).toBe('none');
    expect(threads.length).toBeGreaterThan(2);
    expect(threads.filter((thread) => thread.crashed || thread.signal !== undefined)).toEqual([]);
    expect(crashed).toEqual([]);
  });

  it('marks the first thread where the kernel ended the process', () => {
    const { report, threads, crashed } = ask(withSignal('limit', SIGXCPU));
    expect(report.cause).toMatchObject({ kind: 'signal', signal: { name: 'SIGXCPU' } });
    expect(threads.filter((thread) => thread.crashed)).toMatchObject([{ signal: 'SIGXCPU', goroutine: 1 }]);
    expect(crashed).toEqual([1]);
  });
});

/** Offset of rip in a thread's status: behind its head, the seventeenth register. */
const RIP = 112 + 16 * 8;

describe('a program that a debugger stopped before it was marked as dying', () => {
  it('dies of its panic all the same', () => {
    const { session } = openCore({ paths: [fixture.exe, fixture.core] });
    const path = withSignal('stopped', 0);
    const core = readFileSync(path);
    const name = 'runtime.fatalpanic';
    const [{ pclntab } = { pclntab: undefined }] = session.program.modules;
    if (pclntab === undefined) throw new Error('no functions');
    const index = Array.from({ length: pclntab.count }, (_, i) => i).find((i) => pclntab.nameOf(i) === name);
    core.writeBigUInt64LE(BigInt(pclntab.entryOf(index ?? -1)), core.indexOf(STATUS) + STATUS.length + RIP);
    writeFileSync(path, core);
    const { report, threads, crashed } = ask(path);
    expect(report.cause).toMatchObject({ kind: 'panic', headline: 'panic: :(', goroutine: 1 });
    expect(report.cause.evidence[0]).toMatch(/^thread \d+ stood at runtime\.fatalpanic, about to die$/);
    expect(threads.filter((thread) => thread.crashed)).toHaveLength(1);
    expect(crashed).toEqual([1]);
  });
});

const idle = listFixtures().filter(({ program, committed }) => program === 'idle' && committed);

describe.skipIf(idle.length === 0)('a program that no goroutine of ran when SIGQUIT came', () => {
  it.each(idle)('is told by the signal and its thread: $id', ({ id }) => {
    const { exe, core } = openFixture(id);
    const { session } = openCore({ paths: [exe, core] });
    const report = operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
    const { stack, cause, others, userFrame } = report;
    expect(cause).toMatchObject({ kind: 'signal', death: 'quit', headline: 'SIGQUIT: quit', confidence: 'proven' });
    expect(cause.goroutine).toBeUndefined();
    expect(stack).toMatchObject({ thread: cause.thread, goroutine: undefined });
    expect(stack?.frames[userFrame ?? 0]?.function).toMatch(/^runtime\.epollwait$|\.Syscall6$/);
    expect(others.filter(({ system }) => !system).map(({ status, count }) => [status, count])).toEqual([
      ['chan receive', 3],
      ['sleep', 1],
    ]);
  });
});
