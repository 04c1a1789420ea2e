import {
  operations,
  type GoroutinesResult,
  type Parameters,
  type ResultStream,
  type Session,
  type StackResult,
} from '@inquest/engine';
import { describe, expect, it } from 'vitest';
import { openSession, say } from './session-text.ts';

function list(session: Session, parameters: Parameters): GoroutinesResult {
  return operations.find(({ name }) => name === 'goroutines')?.run(session, parameters) as GoroutinesResult;
}

/** The goroutine of the program `stacks` that waits below deferred calls, and the numbers of some of its frames. */
function place(session: Session): { prefix: string; looped: string; open: string } {
  const { goroutines } = list(session, {});
  const found = goroutines.find(({ userLocation }) => userLocation?.function === 'main.stop.func1');
  const prefix = `goroutine ${found?.id ?? 0}`;
  const lines = say(session, `${prefix} bt`).split('\n');
  const frame = (name: string): string => {
    const line = lines.find((each) => each.endsWith(` in main.${name}`));
    return `${prefix} frame ${/^ *(\d+)/.exec(line ?? '')?.[1] ?? '?'}`;
  };
  return { prefix, looped: frame('looped'), open: frame('open') };
}

/** The deferred calls of a frame: function, its line, and the line of the `defer` statement. */
function deferred(session: Session, where: string): string[] {
  const number = /frame (\d+)/.exec(where)?.[1] ?? '';
  const text = say(session, `${where} bt -defer -from ${number} 1`);
  return [
    ...text.matchAll(/defer \d: 0x[0-9a-f]{16} in (\S+)\n *at \S+:(\d+)\n *deferred by (\S+)(?: at \S+:(\d+))?/g),
  ].map((match) => match.slice(1).join(' ').trim());
}

describe.each(['1.15', '1.19', '1.24', '1.27'])('deferred calls of Go %s', (go) => {
  const session = openSession(`stacks/go${go}/default`);
  const { looped, open, prefix } = place(session);

  it('are the records of the runtime', () => {
    expect(deferred(session, looped)).toEqual([
      'main.plain 25 main.looped 59',
      'main.note 22 main.looped 57',
      'main.note 22 main.looped 57',
      'main.note 22 main.looped 57',
    ]);
  });

  it('are those that the compiler keeps in the frame, as far as they were reached', () => {
    expect(deferred(session, open)).toEqual([
      'main.(*account).close 19 main.open',
      'main.open.func1 38 main.open',
      'main.note 22 main.open',
    ]);
  });

  it('can be looked into', () => {
    expect(say(session, `${looped} deferred 2 args`)).toBe('what = "loop"\nn = 20');
    expect(say(session, `${looped} deferred 4 print n + 1`)).toBe('1');
    expect(say(session, `${looped} deferred 1 args`)).toBe('(no args)');
    expect(say(session, `${looped} deferred 2 bt`)).toMatch(
      /^0 {2}0x[0-9a-f]{16} in main\.note\n {3}at .*main\.go:22$/,
    );
    expect(say(session, `${looped} deferred 9 args`)).toMatch(/^frame \d+ has 4 deferred calls: bt -defer lists them$/);
    expect(say(session, `${prefix} frame 0 deferred 1 args`)).toMatch(/^frame 0 has 0 deferred calls/);
    expect(say(session, `${looped} deferred 2`)).toMatch(/^deferred needs a command/);
    expect(say(session, `${looped} deferred 2 goroutines`)).toBe('goroutines cannot be run on each of many');
  });

  it('get what the source says, or nothing is said', () => {
    // The first call of open: note("first", n) with n = 5, made through a wrapper since Go 1.17.
    const first = say(session, `${open} deferred 3 args`);
    if (go === '1.15') expect(first).toMatch(/^what = \(not available: .*\)\nn = \(not available: .*\)$/);
    else expect(first).toBe('what = "first"\nn = 5');
    // Go 1.23 and later record where a closure's variables are.
    const captured = say(session, `${open} deferred 2 print a.balance + n`);
    if (Number(go.slice(2)) >= 23) expect(captured).toBe('46');
    else expect(captured).toMatch(/^(there is no variable a here|a is not available)/);
  });
});

describe('stack', () => {
  const session = openSession('stacks/go1.27/default');
  const { prefix } = place(session);

  it('shows where frames are, as Delve', () => {
    expect(say(session, `${prefix} bt -offsets 2`).split('\n')).toEqual([
      expect.stringMatching(/^0 {2}0x[0-9a-f]{16} in runtime\.gopark$/),
      expect.stringMatching(/^ {3}at .*proc\.go:474$/),
      '   frame: -0x398 frame pointer -0x3a8',
      '',
      expect.stringMatching(/^1 {2}0x[0-9a-f]{16} in runtime\.chanrecv$/),
      expect.stringMatching(/^ {3}at .*chan\.go:667$/),
      '   frame: -0x320 frame pointer -0x330',
      '',
      '(truncated: bt N shows N frames, bt -bottom N the outermost)',
    ]);
  });

  it('shows any part', () => {
    const whole = say(session, `${prefix} bt`).split('\n');
    expect(say(session, `${prefix} bt -bottom 2`).split('\n')).toEqual(whole.slice(-4));
    expect(say(session, `${prefix} bt -from 10 1`).split('\n').slice(0, 2)).toEqual(whole.slice(20, 22));
    expect(say(session, `${prefix} bt -from 99`)).toBe('(no frames)');
  });

  it('shows the goroutines that it descends from', () => {
    const lines = say(session, `${prefix} bt -a 3 1`).split('\n');
    expect(lines[3]).toBe('Created by Goroutine 1:');
    expect(lines.filter((line) => line.endsWith(' in main.main'))).toHaveLength(1);
    expect(lines[4]).toMatch(/^\t0 {2}0x[0-9a-f]{16} in runtime\.systemstack_switch$/);
    expect(say(session, `${prefix} bt -a 1 -adepth 1 1`).split('\n').at(-1)).toBe('\t(truncated)');
    expect(say(session, 'goroutine 1 bt -a 1')).toMatch(/^no ancestors of goroutine 1 are recorded \| run the program/);
    // Two generations: the reader was started by a goroutine that main started.
    const { goroutines } = list(session, { with: ['label role=reader', 'curloc gopark'] });
    const reader = goroutines.find(({ userLocation }) => userLocation?.function === 'main.reader');
    const created = say(session, `goroutine ${reader?.id ?? 0} bt -a 9 1`)
      .split('\n')
      .filter((line) => line.startsWith('Created'));
    expect(created).toEqual([`Created by Goroutine ${reader?.parent ?? 0}:`, 'Created by Goroutine 1:']);
  });

  it('is unwound in other ways on demand', () => {
    expect(say(session, `${prefix} bt -mode simple 3`)).toBe(say(session, `${prefix} bt 3`));
    expect(say(session, `${prefix} bt -mode fromg 3`)).toBe(say(session, `${prefix} bt -mode normal 3`));
    // Where the crashed goroutine was parked last, and not where it crashed.
    expect(say(session, 'goroutine 1 bt -mode fromg')).not.toContain('runtime.raise');
    expect(say(session, 'goroutine 1 bt -mode simple')).toContain('runtime.raise');
    expect(say(session, 'bt -mode foo')).toBe('there is no mode foo | the modes are normal, simple and fromg');
  });

  it('is told frame by frame where there may be many', () => {
    const operation = operations.find(({ name }) => name === 'stack');
    const { goroutine, thread } = session.selection;
    const tell = (): unknown => {
      const stream = operation?.stream?.(session, { depth: 5000 }) as ResultStream;
      const frames = [...stream.items];
      return { frames, ...stream.rest() };
    };
    const whole = session.withSelection({ goroutine, thread }, () => operation?.run(session, { depth: 5000 }));
    expect(session.withSelection({ goroutine, thread }, tell)).toEqual(whole);
    expect((whole as StackResult).truncated).toBe(false);
    expect(operation?.stream?.(session, { depth: 100 })).toBeUndefined();
  });
});

describe('frames from the end', () => {
  const session = openSession('sum/go1.27/default');
  it.each([
    ['frame -1', /^Frame 13: runtime\.goexit at /],
    ['frame -3', /^Frame 11: main\.main at /],
    ['bottom', /^Frame 13: runtime\.goexit at /],
    ['frame -3 locals', /^sum = /],
    ['goroutine 2 frame -1', /^Frame \d: runtime\.goexit at /],
  ])('%s', (command, expected) => {
    expect(say(session, command)).toMatch(expected);
  });

  it('end where the stack begins', () => {
    expect(say(session, 'frame -15')).toContain('there is no frame -15: the stack has frames 0 to 13');
  });
});
