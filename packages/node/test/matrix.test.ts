import { readFileSync } from 'node:fs';
import {
  CoreTarget,
  operations,
  parseElf,
  Program,
  Session,
  type GoroutinesResult,
  type ReportResult,
  type StackResult,
} from '@inquest/engine';
import { decompressors, openCore, openSource } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture, type Fixture } from '../../../fixtures/fixtures.mjs';
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

/** A session that has nothing but the executable and the core. */
function openAlone({ exe, core }: Fixture): Session {
  const target = new CoreTarget(parseElf(openSource(core)), parseElf(openSource(exe)));
  const sources = { read: () => undefined };
  return new Session(new Program(target, { decompress: decompressors }), { corePath: core, sources });
}

const fixtures = listFixtures().filter(({ program }) => program === 'sum');

describe.skipIf(fixtures.length === 0)('the matrix: what the runtime printed', () => {
  it('has every version and every set of flags', () => {
    expect(fixtures.length).toBe(48);
  });

  // The C library of another machine is another file: stacks must not depend on it.
  const lonely = fixtures
    .filter(({ flags }) => flags === 'cgo')
    .map(({ id }) => [id, 'without the C library'] as const);
  const all = fixtures.map(({ id }) => [id, 'as it is'] as const);

  it.each([...all, ...lonely])('%s %s', (id, how) => {
    const fixture = openFixture(id);
    const session = how === 'as it is' ? openCore({ paths: [fixture.exe, fixture.core] }).session : openAlone(fixture);
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
