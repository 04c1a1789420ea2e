import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../base/text.ts';
import type { CrashText } from './crash-text.ts';
import { mainCrash, readCrashTexts } from './read-crash-text.ts';

/** A crash as Go 1.24 prints it; `what` and `at` tell one from another. */
function crash(what: string, at = 7, goroutine = 1): string {
  return (
    `panic: ${what}\n\ngoroutine ${goroutine} [running]:\nmain.fail({0x49abc0?, 0x5?})\n\t/app/main.go:${at} +0x1d\n` +
    `main.main()\n\t/app/main.go:20 +0x25\n\ngoroutine ${goroutine + 5} [chan receive, 3 minutes]:\nmain.worker(0xc000012345)\n` +
    '\t/app/work.go:9 +0x2c\ncreated by main.main in goroutine 1\n\t/app/main.go:18 +0x1f\nexit status 2\n'
  );
}

const BOOM = crash('boom');

function crashesOf(text: string): readonly CrashText[] {
  return readCrashTexts(text)?.crashes ?? [];
}

/** What a crash says, without where it stands. */
function gist({ panics, fatal, signal, goroutines }: CrashText): unknown {
  return { panics, fatal, signal, goroutines: goroutines.map((each) => ({ ...each, textLine: 0 })) };
}

const EXPECTED = crashesOf(BOOM).map(gist);

/** Puts something before each line but the last, which is empty. */
function prefixed(text: string, prefix: (line: number) => string, end = '\n'): string {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, i) => `${prefix(i)}${line}${end}`).join('');
}

const two = (number: number): string => String(number % 60).padStart(2, '0');

describe('one crash', () => {
  it('has its panic and its goroutines', () => {
    expect(EXPECTED).toHaveLength(1);
    const [only] = crashesOf(BOOM);
    expect(only?.panics).toEqual([{ text: 'boom', recovered: false, repanicked: false }]);
    expect(only?.goroutines.map(({ id, status, minutes, frames }) => [id, status, minutes, frames.length])).toEqual([
      [1, 'running', undefined, 2],
      [6, 'chan receive', 3, 1],
    ]);
    expect(only).toMatchObject({ textLine: 1, startsInside: false, endsInside: false });
    expect(readCrashTexts(BOOM)?.strange).toEqual([]);
  });

  const logs: Readonly<Record<string, (line: number) => string>> = {
    'time stamps of Docker': (i) => `2026-11-26T10:00:${two(i)}.123456789Z `,
    'CRI, whose fractions have no zeros at their end': (i) =>
      `2026-11-26T10:00:${two(i)}${i % 3 === 0 ? '' : `.${i}`}Z stderr F `,
    'CRI in another zone': (i) => `2026-11-26T10:00:${two(i)}.5+02:00 stderr F `,
    'journalctl, over the end of a month': (i) => `${i < 4 ? 'Nov 30' : 'Dec  1'} 10:00:${two(i)} host-1 app[4711]: `,
    'kubectl logs --prefix': () => '[pod/web-7f9c/server] ',
    'docker compose': () => 'web_1  | ',
    blanks: () => '    ',
  };
  it.each(Object.entries(logs))('behind %s', (_name, prefix) => {
    expect(crashesOf(prefixed(BOOM, prefix)).map(gist)).toEqual(EXPECTED);
    expect(crashesOf(prefixed(BOOM, prefix, '\r\n')).map(gist)).toEqual(EXPECTED);
    // Lines that another process writes between; behind blanks they could be the program's.
    if (prefix(0).trim() === '') return;
    const mixed = prefixed(BOOM, prefix).replaceAll('\n', '\n2026/11/26 10:00:00 served /x in 3 ms\n');
    expect(crashesOf(mixed).map(gist)).toEqual(EXPECTED);
  });

  it('where a log drops empty lines, or the blanks before lines', () => {
    expect(crashesOf(BOOM.replaceAll('\n\n', '\n')).map(gist)).toEqual(EXPECTED);
    expect(crashesOf(BOOM.replaceAll('\t', '')).map(gist)).toEqual(EXPECTED);
    expect(crashesOf(BOOM.replaceAll('\t', '    ')).map(gist)).toEqual(EXPECTED);
  });

  it('in colours', () => {
    const coloured = BOOM.replace('panic:', '\x1b[1;31mpanic:').replace('boom', 'boom\x1b[0m');
    expect(crashesOf(`\x1b]0;title\x07${coloured}`).map(gist)).toEqual(EXPECTED);
  });

  it('in objects of JSON, a line each', () => {
    const lines = BOOM.split('\n').slice(0, -1);
    const objects = (make: (line: string, i: number) => unknown): string =>
      lines.map((line, i) => `${JSON.stringify(make(line, i))}\n`).join('');
    const docker = objects((line, i) => ({ log: `${line}\n`, stream: 'stderr', time: `2026-11-26T10:00:${two(i)}Z` }));
    const journal = objects((line, i) => ({ __CURSOR: `s=${i}`, _PID: '4711', MESSAGE: line }));
    const codes = (line: string): number[] => Array.from(encodeUtf8(`\x1b[1m${line}\x1b[0m`));
    const bytes = objects((line, i) => ({ MESSAGE: i === 0 ? codes(line) : line, _PID: '1' }));
    const collected = objects((line) => ({ time: 'now', kubernetes: { pod_name: 'web-1' }, event: { message: line } }));
    for (const text of [docker, journal, bytes, collected]) expect(crashesOf(text).map(gist)).toEqual(EXPECTED);
    expect(crashesOf(docker)[0]?.goroutines.map(({ textLine }) => textLine)).toEqual([3, 9]);
    const others = docker.replaceAll('\n', '\n{"log":"served /x\\n","stream":"stdout","time":"t"}\n');
    expect(crashesOf(others).map(gist)).toEqual(EXPECTED);
    const cut = objects((line) => ({ log: `${line}\n`, stream: 'stderr' })).replace('boom\\n"', 'bo"');
    expect(crashesOf(cut.replace('\n', '\n{"log":"om\\n","stream":"stderr"}\n')).map(gist)).toEqual(EXPECTED);
  });

  it('whole in a field of a structured log', () => {
    const stack = BOOM.slice(BOOM.indexOf('goroutine'), BOOM.indexOf('exit status'));
    const slog = JSON.stringify({ level: 'ERROR', msg: 'panic: boom', stack });
    const logfmt = `time=2026-11-26T10:00:00Z level=ERROR msg="panic: boom" stack=${JSON.stringify(stack)}`;
    for (const line of [slog, logfmt, `2026-11-26T10:00:00Z stderr F ${slog}`]) {
      const text = `{"level":"INFO","msg":"hello"}\n${line}\n{"level":"INFO","msg":"bye"}\n`;
      expect(crashesOf(text).map(gist)).toEqual(EXPECTED);
      expect(crashesOf(text)[0]?.textLine).toBe(2);
    }
  });

  it('of which the start is missing', () => {
    const text = BOOM.slice(BOOM.indexOf('main.fail'));
    const [only, ...others] = crashesOf(text);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ startsInside: true, panics: [] });
    expect(only?.goroutines.map(({ id, frames }) => [id, frames.length])).toEqual([
      [undefined, 2],
      [6, 1],
    ]);
    const behind = prefixed(text, logs['CRI in another zone'] ?? String);
    expect(crashesOf(behind).map(gist)).toEqual([only].map((each) => each && gist(each)));
  });

  it.each([
    ['behind a head', 'goroutine 6 [chan receive, 3 minutes]:\n'],
    ['behind a call', 'main.worker(0xc000012345)\n'],
    ['behind the word of who made it', 'created by main.main in goroutine 1\n'],
  ])('of which the end is missing, %s', (_name, last) => {
    const [only, ...others] = crashesOf(BOOM.slice(0, BOOM.indexOf(last) + last.length));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ endsInside: true, panics: [{ text: 'boom' }] });
  });
});

describe('several crashes', () => {
  it('of a program that is started again and again', () => {
    const text = `start\n${BOOM}start\n${crash('again', 12)}start\n${BOOM}`;
    const all = crashesOf(text);
    expect(all.map(({ textLine, panics }) => [textLine, panics.map((panic) => panic.text)])).toEqual([
      [2, ['boom']],
      [17, ['again']],
      [32, ['boom']],
    ]);
    expect([all[0], all[2]].map((each) => each && gist(each))).toEqual([...EXPECTED, ...EXPECTED]);
    expect(readCrashTexts(text)?.strange).toEqual([
      [1, 1],
      [16, 16],
      [31, 31],
    ]);
  });

  it('without stacks', () => {
    const all = crashesOf('panic: one\npanic: two [recovered]\n\tpanic: three\nfatal error: four\n');
    expect(all.map(({ panics, fatal }) => [...panics.map(({ text }) => text), fatal])).toEqual([
      ['one', undefined],
      ['two', 'three', 'four'],
    ]);
  });

  it('of processes that write at once', () => {
    const a = BOOM.split('\n');
    const b = crash('other', 30).split('\n');
    for (const prefixes of [
      ['web_1  | ', 'web_2  | '],
      ['Nov 26 10:00:00 h app[11]: ', 'Nov 26 10:00:00 h app[12]: '],
    ]) {
      const text = a.flatMap((line, i) => [`${prefixes[0]}${line}`, `${prefixes[1]}${b[i] ?? ''}`]).join('\n');
      expect(crashesOf(text).map(gist)).toEqual([BOOM, crash('other', 30)].flatMap(crashesOf).map(gist));
    }
    const docker = (line: string, id: string): string => JSON.stringify({ log: `${line}\n`, container_id: id });
    const json = a.flatMap((line, i) => [docker(line, 'a1'), docker(b[i] ?? '', 'b2')]).join('\n');
    expect(crashesOf(json).map(gist)).toEqual([BOOM, crash('other', 30)].flatMap(crashesOf).map(gist));
  });

  it('are told from threads that hand over to each other', () => {
    const relay =
      'SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\ngoroutine 0 gp=0x1 m=0 mp=0x2 [idle]:\nmain.a()\n\t/a.go:1 +0x1\n\n' +
      'goroutine 1 gp=0x3 m=nil [select]:\nmain.b()\n\t/a.go:2 +0x1\n\nrax    0x0\nrip    0x1\n-----\n\nSIGQUIT: quit\n' +
      'PC=0x2 m=1 sigcode=0\n\ngoroutine 0 gp=0x4 m=1 mp=0x5 [idle]:\nmain.a()\n\t/a.go:1 +0x1\n\n' +
      'goroutine 1 gp=0x3 m=nil [select]:\nmain.b()\n\t/a.go:2 +0x1\n\nrax    0x7\nrip    0x2\n';
    const all = crashesOf(`${relay}${relay}`);
    expect(all.map(({ goroutines, registers, signal }) => [goroutines.length, registers?.['rip'], signal?.pc])).toEqual(
      [
        [4, '0x1', '0x1'],
        [4, '0x1', '0x1'],
      ],
    );
  });

  it('what explains an error goes with that error', () => {
    const overflow =
      'runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\n' +
      'main.f()\n\t/a.go:1 +0x1\n';
    const late = 'runtime: something about a frame\n';
    const all = crashesOf(`${overflow}${late}${'noise\n'.repeat(9)}${overflow}`);
    expect(all.map(({ explanation }) => explanation)).toEqual([
      ['runtime: goroutine stack exceeds 1000000000-byte limit', late.trim()],
      ['runtime: goroutine stack exceeds 1000000000-byte limit'],
    ]);
  });

  it('the main one ended a process, is whole, and is the last', () => {
    const served =
      '2026/11/26 10:00:00 http: panic serving 127.0.0.1:4711: oops\ngoroutine 19 [running]:\nmain.handle()\n\t/a.go:3 +0x1\n';
    const own = 'goroutine 4 [running]:\nruntime/debug.Stack()\n\t/go/src/runtime/debug/stack.go:26 +0x5e\n';
    const main = (text: string): unknown => {
      const texts = readCrashTexts(text);
      return texts && mainCrash(texts).panics.map((panic) => panic.text);
    };
    expect(main(`${crash('a')}${crash('b')}${served}panic: none\n${own}`)).toEqual(['b']);
    expect(main(`${own}${served}${own}`)).toEqual(['oops']);
    expect(crashesOf(`${own}${own.replace('4', '5')}`)).toHaveLength(2);
    expect(crashesOf(`${served}${served}`)).toHaveLength(2);
  });
});

describe('what stands besides', () => {
  it('is counted, and reports of the race detector are known', () => {
    const race =
      '==================\nWARNING: DATA RACE\nRead at 0x00c00009a278 by goroutine 8:\n  main.f()\n      /a.go:7 +0x33\n' +
      '\nGoroutine 8 (running) created at:\n  main.main()\n      /a.go:3 +0x78\n==================\n';
    const texts = readCrashTexts(race + BOOM);
    expect(texts?.crashes.map(gist)).toEqual(EXPECTED);
    expect(texts?.races).toEqual([2]);
    expect(texts?.strange).toEqual([
      [1, 5],
      [7, 10],
    ]);
  });

  it('may be large: time grows with its length', () => {
    const noise = `{"level":"info","msg":"served","path":"/x","n":12}\n2026/11/26 10:00:00 f(x) took 3ms\n`.repeat(
      50_000,
    );
    const started = performance.now();
    expect(crashesOf(`${noise}${BOOM}${noise}`).map(gist)).toEqual(EXPECTED);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
