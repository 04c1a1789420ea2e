import { describe, expect, it } from 'vitest';
import type { GoroutineResult, LibraryResult, Parameters } from '@inquest/engine';
import { createStyle } from '../src/output/style.ts';
import { renderResult } from '../src/render/index.ts';
import { waitText } from '../src/render/place.ts';
import { frame, group, place, HEALTH, REPORT, tree, variable } from './results.ts';

const PLAIN = createStyle(false, 100, '/work');
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;]*m/g;

function text(operation: string, result: unknown, parameters: Parameters = {}): string {
  return renderResult(operation, result, PLAIN, parameters).join('\n');
}

describe('report', () => {
  it('tells why, where, with what values, and how it came there', () => {
    expect(`\n${text('report', REPORT)}\n`).toBe(`
panic: :(

goroutine 1 died in main.explode at app/main.go:11

    10:          if sum%42 == 0 {
=>  11:              panic(":(")
    12:          }

  Locals
    sum = 7163186  (may be stale: last written at line 9)
    n = (not available: optimised away at this point)

  Stack of goroutine 1
  =>  2  main.explode  app/main.go:11
      3  main.main     app/main.go:20
        (3 runtime frames folded; bt shows all)

  Other goroutines: 3, all of the runtime (goroutines lists them)

core of exe (go1.26.10, amd64, pid 5457) · the executable matches
`);
  });

  it('shows the signal behind a panic, earlier panics, other goroutines, and what is doubtful', () => {
    const report = {
      ...REPORT,
      cause: {
        ...REPORT.cause,
        kind: 'nil-dereference',
        headline: 'panic: runtime error: invalid memory address or nil pointer dereference',
        panics: [
          { text: 'first', value: undefined, recovered: true, repanicked: false, goexit: false },
          { text: 'second', value: undefined, recovered: false, repanicked: false, goexit: false },
        ],
        signal: { name: 'SIGSEGV', code: '0x1', address: '0x0', pc: '0x484905' },
      },
      source: { file: '/x.go', line: 1, lines: undefined, problem: 'the source is not on this machine: /x.go' },
      arguments: [variable('~r0', undefined)],
      locals: Array.from({ length: 11 }, (_, i) => variable(`v${i}`, String(i))),
      others: [
        group(100, 'chan receive', false, place('main.worker', '/work/app/main.go', 30)),
        group(1, 'select', false, place('net/http.serve', '/go/src/net/http/server.go', 7)),
        group(4, 'GC worker (idle)', true, place('runtime.gopark', '/go/src/runtime/proc.go', 463)),
      ],
      health: ['the core is cut: 12 MB are missing'],
    };
    expect(`\n${text('report', report)}\n`).toBe(`
panic: runtime error: invalid memory address or nil pointer dereference
  after panic: first [recovered]
  SIGSEGV (code 0x1) at address 0x0, pc 0x484905

goroutine 1 died in main.explode at app/main.go:11
  (the source is not on this machine: /x.go)

  Locals
    v0 = 0
    v1 = 1
    v2 = 2
    v3 = 3
    v4 = 4
    v5 = 5
    v6 = 6
    v7 = 7
    (3 more: frame 2 locals)

  Stack of goroutine 1
  =>  2  main.explode  app/main.go:11
      3  main.main     app/main.go:20
        (3 runtime frames folded; bt shows all)

  Other goroutines: 105, 4 of them of the runtime
    100 × [chan receive]  main.worker  app/main.go:30  (2 3 4 …)
      1 × [select]        net/http.serve  server.go:7  (2)

core of exe (go1.26.10, amd64, pid 5457) · the executable matches
note: the core is cut: 12 MB are missing
`);
  });

  it('says the same in colour', () => {
    const coloured = renderResult('report', REPORT, createStyle(true, 100, '/work'), {}).join('\n');
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replace(ESCAPES, '')).toBe(text('report', REPORT));
  });

  it('lets no control character through', () => {
    const evil = '\u001b]0;x\u0007\u009b2J\u202e';
    const report = {
      ...REPORT,
      program: { ...REPORT.program, executable: evil, goVersion: evil, build: [evil], proof: evil },
      cause: { ...REPORT.cause, headline: `panic: ${evil}\n\tmore` },
      stack: { ...REPORT.stack, problem: evil, frames: [frame(2, evil, evil, 1)] },
      source: { ...REPORT.source, lines: [{ number: 11, text: evil, current: true }] },
      locals: [variable(evil, undefined, { absent: evil })],
      others: [group(1, evil, false, place(evil, evil, 1))],
      health: [evil],
    };
    // eslint-disable-next-line no-control-regex
    expect(text('report', report)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('health', () => {
  it('tells shares, proof, and for each loss what would have kept it', () => {
    expect(`\n${text('health', HEALTH)}\n`).toBe(`
core        /work/core, 3.0 MiB of 4.0 GiB
memory      0.1% of 5.0 GiB is there: 1.0 MiB in the core, 512 KiB in files, 5.0 GiB missing
executable  /work/exe: nothing can be compared
missing: the disk was full (2.0 GiB)
    to have it: more room
            or: a larger disk
note: the notes are damaged
`);
    expect(text('report', { ...REPORT, input: HEALTH })).toMatch(/· 0.1% of memory present$/);
  });

  it('lets no control character through', () => {
    const evil = '\u001b]0;x\u0007\u009b2J\u202e';
    const health = {
      ...HEALTH,
      core: { ...HEALTH.core, path: evil },
      executable: { ...HEALTH.executable, path: evil, how: evil },
      missing: [{ kind: 'file', what: evil, bytes: undefined, fixes: [evil] }],
      doubts: [`${evil}!`],
    };
    // eslint-disable-next-line no-control-regex
    expect(text('health', health)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('stack', () => {
  it("has Delve's layout", () => {
    expect(text('stack', REPORT.stack).split('\n').slice(0, 4)).toEqual([
      '0  0x000000000047d6c1 in runtime.raise',
      '   at /go/src/runtime/sys_linux_amd64.s:154',
      '1  0x000000000047d6c1 in runtime.gopanic',
      '   at /go/src/runtime/panic.go:879',
    ]);
  });

  it('shows variables, and how it ends', () => {
    const full = frame(0, 'main.f', '', 0, {
      arguments: [variable('a', '1')],
      locals: [variable('b', '2', { shadowed: true })],
    });
    expect(
      text('stack', {
        goroutine: 1,
        thread: 1,
        frames: [full],
        truncated: true,
        problem: 'no memory at 0x10',
        selected: 0,
      }),
    ).toBe(
      `0  0x000000000047d6c1 in main.f
   at ?
       a = 1
       (b) = 2

(truncated: bt N shows N frames, bt -bottom N the outermost)
(the stack ends here: no memory at 0x10)`,
    );
  });
});

const GOROUTINE: GoroutineResult = {
  id: 7,
  status: 'chan receive',
  waitSince: 5,
  waitedAtLeast: 150e9,
  stackTruncated: false,
  thread: 5457,
  system: false,
  selected: true,
  crashed: false,
  userLocation: place('main.main', '/work/main.go', 11),
  currentLocation: place('runtime.gopark', '/go/proc.go', 463),
  goLocation: undefined,
  startLocation: undefined,
  parent: 1,
  labels: { key: 'a\u001bb' },
  stack: undefined,
};

describe('goroutines', () => {
  const list = {
    goroutines: [GOROUTINE],
    groups: undefined,
    total: 3,
    truncated: true,
    diagnostics: ['allgs is damaged'],
  };

  it("has Delve's layout", () => {
    expect(text('goroutines', list))
      .toBe(`* Goroutine 7 - User: ./main.go:11 main.main (0x484905) (thread 5457) [chan receive, 2 minutes]
[3 goroutines]
(truncated: 1 of 3 shown)
note: allgs is damaged`);
  });

  it('shows the place that was asked for, and labels', () => {
    expect(text('goroutines', list, { r: true, l: true }).split('\n').slice(0, 2)).toEqual([
      '* Goroutine 7 - Runtime: /go/proc.go:463 runtime.gopark (0x484905) (thread 5457) [chan receive, 2 minutes]',
      '\tLabels: "key":"a\\x1bb"',
    ]);
  });

  it('shows groups', () => {
    const groups = [group(9, 'select', false, place('main.f', '/work/a.go', 1))];
    const result = { goroutines: [], groups, groupCount: 2, total: 10, truncated: true, diagnostics: [] };
    expect(text('goroutines', result)).toBe(
      `9 × [select] ./a.go:1 main.f (0x484905)
\tgoroutines 2 3 4 5 6 …
[10 goroutines in 2 groups; goroutines -all lists each]
(truncated: the 1 largest of 2 groups shown; -limit N shows more)`,
    );
    const [first] = groups;
    const members = [
      { ...first, key: 'worker=1', members: [{ ...GOROUTINE, stack: [] }] },
      { ...first, members: [] },
    ];
    expect(
      text('goroutines', { ...result, groups: members })
        .split('\n')
        .slice(0, 7),
    ).toEqual([
      'worker=1',
      '\t* Goroutine 7 - User: ./main.go:11 main.main (0x484905) (thread 5457) [chan receive, 2 minutes]',
      '\t…',
      '\tTotal: 9',
      '',
      'select',
      '\t…',
    ]);
  });

  it('shows what a command answered for each', () => {
    const exec = { operation: 'funcs', parameters: {}, error: undefined };
    const answered = { ...GOROUTINE, exec: { ...exec, result: { items: ['f'], total: 1, truncated: false } } };
    const error = { code: 'not-found', message: 'no x here', hint: 'look there' };
    const failed = { ...GOROUTINE, exec: { ...exec, result: undefined, error } };
    const lines = text('goroutines', { ...list, goroutines: [answered, failed] }).split('\n');
    expect([lines[1], lines[3]]).toEqual(['f', '(no x here; look there)']);
  });

  it.each([
    [5e8, ''],
    [1e9, '1 second'],
    [119e9, '119 seconds'],
    [120e9, '2 minutes'],
    [7300e9, '2 hours'],
    [2e15, '23 days'],
  ])('%d ns are %s', (nanoseconds, expected) => {
    expect(waitText(nanoseconds)).toBe(expected);
  });

  it('shows one', () => {
    expect(text('goroutine', GOROUTINE)).toBe(`Goroutine 7 [chan receive, 2 minutes], thread 5457
  Runtime: /go/proc.go:463 runtime.gopark (0x484905)
  User:    ./main.go:11 main.main (0x484905)
  Parent:  goroutine 1
  Labels: "key":"a\\x1bb"`);
  });
});

describe('variables', () => {
  const variables = [
    variable('x', '1', { from: 'register rax', line: 9 }),
    variable('x', '2', { shadowed: true }),
    variable('y', undefined),
  ];

  it('are a line each', () => {
    expect(text('locals', { frame: undefined, variables, problem: undefined })).toBe(
      'x = 1\n(x) = 2\ny = (not available: optimised away at this point)',
    );
    expect(text('args', { frame: undefined, variables: [], problem: undefined })).toBe('(no args)');
    expect(text('vars', { frame: undefined, variables: [], problem: 'no DWARF' })).toBe('(no DWARF)');
  });

  it('tell where they are from with -v', () => {
    expect(
      text('locals', { frame: undefined, variables: variables.slice(0, 1), problem: undefined }, { v: true }),
    ).toBe('x = 1\n    int, from register rax, declared at line 9');
  });

  it('print alone', () => {
    expect(text('print', { expression: 'x', variable: variable('x', '1', { stale: 'old' }) })).toBe(
      '1\n(may be stale: old)',
    );
    expect(text('print', { expression: 's', variable: variable('s', '', { value: tree('a\nb', 'string') }) })).toBe(
      '"a\\nb"',
    );
  });
});

describe('the rest', () => {
  it('frames and source', () => {
    expect(text('up', frame(3, 'main.main', '/work/main.go', 20, { inlined: true }))).toBe(
      'Frame 3: main.main at ./main.go:20 (PC: 0x47d6c1, inlined)',
    );
    expect(text('list', REPORT.source).split('\n')[2]).toBe('=>  11:              panic(":(")');
    expect(text('list', { file: '', line: 0, lines: undefined, problem: 'no line' })).toBe('(no line)');
  });

  it('threads, registers, libraries, names', () => {
    const thread = {
      id: 5,
      selected: true,
      crashed: true,
      signal: 'SIGABRT',
      goroutine: 1,
      location: place('f', '/a.s', 3),
    };
    expect(text('threads', [thread])).toBe('* Thread 5 at 0x484905 /a.s:3 f (goroutine 1) [SIGABRT] (crashed)');
    expect(
      text('regs', {
        frame: 2,
        registers: [
          { name: 'Rip', value: '0x1', meaning: [], note: 'f+0x2' },
          { name: 'R8', value: '0x2', meaning: ['[ZF]'], note: undefined },
        ],
        unknown: ['R9'],
        reason: 'calls do not save them',
      }),
    ).toBe('Rip = 0x1  f+0x2\n R8 = 0x2\t[ZF]\n(not known in frame 2, as calls do not save them: R9)');
    const library: LibraryResult = {
      path: '/lib/libc.so',
      kind: 'library',
      start: '0x10',
      end: '0x20',
      opened: false,
      buildId: 'ab12',
      found: undefined,
      debugFile: undefined,
      has: [],
      problem: 'no file of the right build was found',
      rejected: ['/x/libc.so is another'],
      hint: 'copy it',
    };
    const found = { path: '/x/libc.so', found: '/x/libc.so', opened: true, has: ['symbols'], rejected: [] };
    const data = { kind: 'data', path: '/usr/share/zone', buildId: undefined, start: '0x1', end: '0x2' } as const;
    const good = { ...library, ...found, path: '/lib/libc.so', problem: undefined, hint: undefined };
    expect(text('libraries', [library, { ...good, debugFile: '/d' }, { ...good, ...data }]).split('\n')).toEqual([
      '0x10-0x20  /lib/libc.so',
      '             build ID ab12',
      '             /x/libc.so is another',
      '             no file of the right build was found',
      '             copy it',
      '0x10-0x20  /lib/libc.so',
      '             build ID ab12, symbols, /x/libc.so',
      '             debugging information in /d',
      '0x1-0x2    /usr/share/zone',
      '             data',
    ]);
    expect(text('libraries', [])).toBe('(no mapped files)');
    expect(text('funcs', { items: ['a', 'b'], total: 9, truncated: true })).toBe('a\nb\n(2 of 9 functions shown)');
    expect(text('types', { items: [], total: 0, truncated: false })).toBe('(no types match)');
  });

  it('shows an operation without a renderer as JSON', () => {
    expect(text('novel', { a: 1 })).toBe('{\n  "a": 1\n}');
  });
});
