import { readFileSync } from 'node:fs';
import {
  crashTextReport,
  operations,
  readCrashTexts,
  Redactor,
  type CrashTextResult,
  type ReportResult,
} from '@inquest/engine';
import { openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';

const NO_SOURCES = { read: () => undefined };

function textOf(id: string): string {
  return readFileSync(openFixture(id).stderr, 'utf8');
}

function reportOnText(text: string): CrashTextResult {
  const crash = readCrashTexts(text);
  if (crash === undefined) throw new Error('nothing was read');
  return crashTextReport(crash, 'text', NO_SOURCES);
}

function reportOnCore(id: string): ReportResult {
  const { exe, core } = openFixture(id);
  const { session } = openCore({ paths: [exe, core] });
  return operations.find(({ name }) => name === 'report')?.run(session, {}) as ReportResult;
}

const fixtures = listFixtures().filter(({ committed }) => committed);

/**
 * A text has no threads: a deadlock is reported by the runtime, on no goroutine, and so is what the collector finds. Where there was no
 * code to run it has the line of the caller to which that would have returned.
 */
const TELLS_LESS: ReadonlySet<string> = new Set(['deadlock', 'lastgoexit', 'badheap', 'wildpc', 'zeropc']);

/** What is the same in a text and in a core: the cause, its signal, and where the user's code failed. */
function gist(report: ReportResult): unknown {
  const frame = report.stack?.frames[report.userFrame ?? -1];
  const place = frame && { function: frame.function, line: frame.line };
  return { kind: report.cause.kind, goroutine: report.cause.goroutine, place };
}

describe.skipIf(fixtures.length === 0)('a crash text tells what its core tells', () => {
  // The values of structs and numbers are printed in the runtime's way, which the report does better.
  // Of C it has no frames.
  const cases = fixtures.filter(
    ({ program, scenario }) => program !== 'cgocrash' && program !== 'ckinds' && scenario !== 'struct',
  );
  it.each(cases)('$id', ({ id, scenario }) => {
    const ours = reportOnText(textOf(id));
    const theirs = reportOnCore(id);
    if (!TELLS_LESS.has(scenario ?? '')) expect(gist(ours)).toEqual(gist(theirs));
    if (!['int', 'float'].includes(scenario ?? '')) expect(ours.cause.headline).toBe(theirs.cause.headline);
    expect(ours.cause.signal?.address ?? '0x0').toBe(theirs.cause.signal?.address ?? '0x0');
    expect(ours.goroutineCount).toBe(theirs.goroutineCount);
  });
});

/** The crashes without the lines' numbers. */
function stacks(text: string): unknown {
  return readCrashTexts(text)?.crashes.map(({ goroutines, ...crash }) => ({
    ...crash,
    textLine: 0,
    goroutines: goroutines.map((each) => ({ ...each, textLine: 0 })),
  }));
}

describe.skipIf(fixtures.length === 0)('logs around and between', () => {
  const text = textOf('blocked/go1.27/default');
  const expected = stacks(text);

  it('a prefix on every line', () => {
    for (const prefix of ['Nov 26 10:00:07 host-1 app[4711]: ', 'web_1  | ', '2026-11-26T10:00:07.123Z ']) {
      const prefixed = text.split('\n').map((line, i) => `${prefix.replace('07', String(10 + (i % 50)))}${line}`);
      expect(stacks(prefixed.join('\n'))).toEqual(expected);
    }
  });

  it('lines of other threads between all lines', () => {
    const noise = ['2026/11/26 10:00:07 served GET /x (200)', '{"level":"info","msg":"f(x)"}', '  indented: 12 things'];
    // Directly behind a message they would be taken for more of it.
    const begin = text.split('\n').findIndex((line) => line.startsWith('goroutine '));
    const lines = text.split('\n').flatMap((line, i) => (i < begin ? [line] : [line, noise[i % noise.length] ?? '']));
    expect(stacks(lines.join('\n'))).toEqual(expected);
  });

  it('line ends of other systems', () => {
    expect(stacks(text.replaceAll('\n', '\r\n'))).toEqual(expected);
  });
});

describe('other texts', () => {
  it('a goroutine profile in text', () => {
    const report = reportOnText(
      'goroutine profile: total 4\n3 @ 0x43ad2e 0x40661d 0x46f3c1\n# labels: {"k":"v"}\n' +
        '#\t0x43ad2d\truntime.gopark+0xcd\t/usr/lib/go-1.24/src/runtime/proc.go:424\n#\t0x46f3c0\tmain.worker+0x20\t/app/main.go:12\n\n' +
        '1 @ 0x4011a5\n#\t0x4011a5\tmain.main+0x25\t/app/main.go:8\n',
    );
    expect(report.goroutineCount).toBe(4);
    expect(report.cause.kind).toBe('none');
    expect(report.program.goVersion).toBe('go1.24');
    expect(report.others.map(({ count, location }) => [count, location?.function])).toEqual([
      [3, 'main.worker'],
      [1, 'main.main'],
    ]);
  });

  it('a panic that a web server recovered', () => {
    const report = reportOnText(
      '2026/11/26 10:00:00 http: panic serving 127.0.0.1:4711: boom\ngoroutine 19 [running]:\nnet/http.(*conn).serve.func1()\n' +
        '\t/usr/lib/go/src/net/http/server.go:1947 +0xbe\npanic({0x6a0b40?, 0x7e5d30?})\n\t/usr/lib/go/src/runtime/panic.go:787 +0x132\n' +
        'main.handle({0x7f0e88, 0xc000122000}, 0xc00011a000)\n\t/app/main.go:10 +0x25\n',
    );
    expect(report.cause.headline).toBe('panic: boom');
    expect(report.stack?.frames[report.userFrame ?? -1]).toMatchObject({ function: 'main.handle', line: 10 });
  });

  it('several crashes: the last is told, and the others are listed', () => {
    const [first, second] = [textOf('crash/go1.27/default/index'), textOf('crash/go1.27/default/error')];
    const texts = readCrashTexts(`start\n${first}start\n${second}`);
    if (texts === undefined) throw new Error('nothing was read');
    const told = crashTextReport(texts, 'log', NO_SOURCES);
    const whole = [first, second].map((text) => reportOnText(text));
    expect(told.crash).toBe(2);
    expect(gist(told)).toEqual(gist(whole[1] as CrashTextResult));
    expect(gist(crashTextReport(texts, 'log', NO_SOURCES, { crash: 1 }))).toEqual(gist(whole[0] as CrashTextResult));
    expect(told.crashes.map(({ number, headline, goroutineCount }) => [number, headline, goroutineCount])).toEqual(
      whole.map((each, i) => [i + 1, each.cause.headline, each.goroutineCount]),
    );
    const before = first.split('\n').length + second.slice(0, second.indexOf('panic: ')).split('\n').length;
    expect(told.health[0]).toBe(`this is crash 2 of 2 in the text; it begins in line ${before + 1}`);
    expect(() => crashTextReport(texts, 'log', NO_SOURCES, { crash: 3 })).toThrow('log has no crash 3');
    const redacted = new Redactor(NO_SOURCES).redact(told);
    expect(JSON.stringify(redacted)).not.toContain(whole[1]?.cause.panics.at(-1)?.text);
    expect(redacted.crashes.map(({ headline }) => headline)).toEqual([
      whole[0]?.cause.headline,
      redacted.cause.headline,
    ]);
  });

  it('a test that took too long: which one, and where it was', () => {
    const go = '/usr/lib/go-1.24/src/testing/testing.go';
    const report = reportOnText(
      'panic: test timed out after 1s\n\trunning tests:\n\t\tTestSlow (1s)\n\t\tTestSlow/sub (1s)\n\n' +
        `goroutine 17 [running]:\ntesting.(*M).startAlarm.func1()\n\t${go}:2484 +0x394\n\n` +
        `goroutine 6 [chan receive]:\ntesting.(*T).Run(0x1, {0x2?, 0x3?}, 0x4)\n\t${go}:1859 +0x431\n` +
        `example.com/t.TestSlow(0x1?)\n\t/t/x_test.go:4 +0x26\ntesting.tRunner(0x1, 0x2)\n\t${go}:1792 +0xf4\n\n` +
        'goroutine 7 [chan receive]:\nexample.com/t.slow(...)\n\t/t/x.go:3\nexample.com/t.TestSlow.func1(0x1?)\n\t/t/x_test.go:4 +0x25\n' +
        `testing.tRunner(0x1, 0x2)\n\t${go}:1792 +0xf4\nFAIL\texample.com/t\t1.005s\n`,
    );
    expect(report.cause.death).toBe('test-timeout');
    expect(report.cause.findings.map(({ text }) => text)).toEqual([
      'example.com/t.TestSlow.func1 was still running: goroutine 7 [chan receive], in example.com/t.slow at x.go:3',
    ]);
    expect(report.health.at(-1)).toBe('1 line of other origin passed over (line 25)');
  });

  it('says nothing about what is no crash', () => {
    expect(readCrashTexts('')).toBeUndefined();
    expect(readCrashTexts('all is well\nmain.go:12: f(x)\n\tat a:1\n')).toBeUndefined();
  });
});

describe.skipIf(fixtures.length === 0)('damaged texts', () => {
  it('are read as far as they go, quickly', () => {
    const text = textOf('crash/go1.27/default/nil');
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed % below;
    };
    const started = performance.now();
    for (let round = 0; round < 500; round++) {
      const characters = Array.from(text);
      for (let i = 0; i < 1 + random(40); i++) {
        const at = random(characters.length);
        if (random(2) === 0) characters.splice(at, random(60));
        else characters.splice(at, 0, '\n\t()[]{}: 0x+…panic: '[random(20)] ?? '');
      }
      const crash = readCrashTexts(characters.join(''));
      if (crash !== undefined) JSON.stringify(crashTextReport(crash, 'text', NO_SOURCES));
    }
    for (const unit of ['[', ' labels:{', '] {', ':1', '(', 'goroutine 1 [', '{', '0x', ' ', '\t']) {
      const long = unit.repeat(100_000);
      for (const line of [
        long,
        `goroutine 1 [${long}`,
        `\t${long}`,
        `${long})`,
        `panic: ${long}`,
        `# labels: {${long}`,
      ])
        readCrashTexts(`goroutine 1 [running]:\n${line}\n${line}:`);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
