import { readFileSync } from 'node:fs';
import { operations, type GoroutinesResult, type ReportResult, type Session, type StackResult } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { parseCrashText, type PrintedFrame } from './crash-text.ts';

function run<T>(session: Session, name: string, parameters: Record<string, string | number | boolean> = {}): T {
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(session, parameters) as T;
}

/** Type arguments are elided by the runtime; the printed name of a generic function has [...]. */
function plain(name: string): string {
  const open = name.indexOf('[');
  return open < 0 ? name : `${name.slice(0, open)}[...]${name.slice(name.lastIndexOf(']') + 1)}`;
}

/** Our frames from the first printed one on; wrappers that the runtime leaves out are left out as well. */
function visible(frames: StackResult['frames'], printed: readonly PrintedFrame[]): PrintedFrame[] {
  const first = printed[0];
  const start = frames.findIndex((frame) => plain(frame.function) === first?.function && frame.line === first.line);
  return frames
    .slice(Math.max(0, start))
    .map((frame) => ({ function: plain(frame.function), file: frame.file, line: frame.line }));
}

const fixtures = listFixtures().filter(({ program }) => program === 'sum');

describe.skipIf(fixtures.length === 0)('the matrix: what the runtime printed', () => {
  it('has every version and every set of flags', () => {
    expect(fixtures.length).toBe(48);
  });

  it.each(fixtures.map(({ id }) => id))('%s', (id) => {
    const fixture = openFixture(id);
    const { session } = openCore({ paths: [fixture.exe, fixture.core] });
    const printed = parseCrashText(readFileSync(fixture.stderr, 'utf8'));
    expect(printed.length).toBeGreaterThan(0);

    const report = run<ReportResult>(session, 'report');
    expect(report.cause.headline).toBe('panic: :(');
    expect(report.cause.kind).toBe('panic');
    expect(report.cause.goroutine).toBe(1);
    const place = report.stack?.frames[report.userFrame ?? -1];
    expect(place).toMatchObject({ function: 'main.main', line: 11 });

    const list = run<GoroutinesResult>(session, 'goroutines');
    for (const goroutine of printed) {
      const ours = list.goroutines.find((each) => each.id === goroutine.id);
      expect(ours, `goroutine ${goroutine.id}`).toBeDefined();
      expect(ours?.status).toBe(goroutine.status);
      if (goroutine.createdBy !== undefined) expect(plain(ours?.goLocation?.function ?? '')).toBe(goroutine.createdBy);
      if (goroutine.createdIn !== undefined) expect(ours?.parent).toBe(goroutine.createdIn);
      session.selectGoroutine(goroutine.id);
      const stack = run<StackResult>(session, 'stack', { depth: 200 });
      expect(stack.problem).toBeUndefined();
      expect(visible(stack.frames, goroutine.frames)).toEqual(goroutine.frames);
    }
  });
});
