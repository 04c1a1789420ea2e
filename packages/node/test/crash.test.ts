import { readFileSync } from 'node:fs';
import { operations, type ReportResult, type Session } from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { parseCrashText } from './crash-text.ts';

function reportOf(session: Session): ReportResult {
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

/** What the runtime printed as the last panic, fatal error or signal, without the marks of later releases. */
function printedHeadline(text: string): string | undefined {
  const lines = text.split('\n');
  const fatal = lines.find((line) => line.startsWith('fatal error: '));
  if (fatal !== undefined) return fatal;
  const panics = lines.filter((line) => /^\t*panic: /.test(line)).map((line) => line.trim());
  const signal = lines.find((line) => /^SIG[A-Z]+: /.test(line));
  return panics.at(-1)?.replace(/ \[recovered.*\]$/, '') ?? signal;
}

const NUMBER = /^panic: ([+-]?\d.*)$/;

/** Where the user's code is, by the text: the frame of package main nearest to the failure. */
function printedPlace(text: string): { function: string; line: number } | undefined {
  const [crashed] = parseCrashText(text);
  const frames = crashed?.frames ?? [];
  // A re-panicked value leads back to the first panic.
  const repanicked = /repanicked|\[recovered\]/.test(text);
  const panics = frames.flatMap((frame, i) => (frame.function === 'runtime.gopanic' ? [i] : []));
  const start = (repanicked ? panics.at(-1) : panics[0]) ?? -1;
  return frames.slice(start + 1).find((frame) => frame.function.startsWith('main.'));
}

const fixtures = listFixtures().filter(({ program }) => program === 'crash');

describe.skipIf(fixtures.length === 0)('why it died, against what the runtime printed', () => {
  it.each(fixtures)('$id', ({ id, scenario }) => {
    const fixture = openFixture(id);
    const text = readFileSync(fixture.stderr, 'utf8');
    const { session } = openCore({ paths: [fixture.exe, fixture.core] });
    const report = reportOf(session);
    const printed = printedHeadline(text);
    expect(printed).toBeDefined();
    if (scenario === 'struct') expect(report.cause.headline).toBe('panic: main.pair {a: 1, b: "two"}');
    else if (scenario === 'int' || scenario === 'float') {
      const [, theirs = ''] = NUMBER.exec(printed?.replace('main.', '') ?? '') ?? [];
      expect(Number(NUMBER.exec(report.cause.headline)?.[1])).toBe(Number(theirs.replace(/^goexit.*/, '')));
    } else expect(report.cause.headline).toBe(printed?.replace(/^panic: &.*$/, ''));

    const signal = /^\[signal (SIG\w+): .* code=(0x\w+) addr=(0x\w+) pc=(0x\w+)\]$/m.exec(text);
    if (signal !== null) {
      expect(report.cause.signal).toMatchObject({ name: signal[1], address: signal[3], pc: signal[4] });
    }
    const place = scenario === 'deadlock' ? undefined : printedPlace(text);
    const frame = report.stack?.frames[report.userFrame ?? -1];
    if (place !== undefined) expect(frame).toMatchObject({ function: place.function, line: place.line });
  });
});
