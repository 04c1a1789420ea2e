import {
  operations,
  type GoroutinesResult,
  type Parameters,
  type ResultStream,
  type StackResult,
} from '@inquest/engine';
import { describe, expect, it } from 'vitest';
import { openSession, say } from './session-text.ts';

const session = openSession('blocked/go1.27/default');

function lines(command: string, on = session): string[] {
  return say(on, command).split('\n');
}

/** Numbers of the goroutines that a command lists. */
function ids(command: string, on = session): number[] {
  return lines(command, on)
    .flatMap((line) => /^\t?[* ] Goroutine (\d+) /.exec(line)?.[1] ?? [])
    .map(Number);
}

function count(command: string): string {
  return lines(command).at(-1) ?? '';
}

describe('goroutines', () => {
  it('are filtered by place, state and owner', () => {
    expect(ids('goroutines -with user')).not.toContain(2);
    expect(ids('goroutines -without user')).toEqual([2, 3, 4, 5, 52, 53]);
    expect(ids('goroutines -with running')).toEqual([1, 51]);
    expect(ids('goroutines -w userloc blocked.go:30')).toEqual([41]);
    expect(ids('goroutines -with curloc runtime.gopark -wo goloc main.blocked')).toEqual([2, 3, 4, 5, 52, 53]);
    expect(ids('goroutines -with startloc "in main.spin"')).toEqual([50]);
    expect(ids('goroutines -with startloc "in main.deep"')).toEqual([40]);
    expect(ids('goroutines -with startloc gowrap')).toEqual([]);
    expect(count('goroutines -with userloc nowhere')).toBe('[0 goroutines]');
  });

  it('are grouped as in Delve, the largest group first', () => {
    const grouped = lines('goroutines -group running');
    expect(grouped[0]).toBe('running=false');
    expect(grouped.slice(-3)).toEqual([
      expect.stringMatching(/^\t {2}Goroutine 51 /),
      '\tTotal: 2',
      '[52 goroutines in 2 groups; goroutines -all lists each]',
    ]);
    const places = lines('goroutines -group userloc -with user');
    expect(places[0]).toMatch(/blocked\.go:19 in main\.receive$/);
    expect(places[5]).toMatch(/^\t {2}Goroutine 22 - User: /);
    expect(places.slice(6, 9)).toEqual(['\t…', '\tTotal: 22', '']);
    expect(lines('goroutines -group -with user')[0]).toMatch(/^20 × \[chan receive\] .*main\.receive \(0x[0-9a-f]+\)$/);
    expect(lines('goroutines -group userloc -limit 1').at(-1)).toMatch(/^\(truncated: the 1 largest of \d+ groups/);
  });

  it('show stacks, truncated as asked', () => {
    const [head, ...stack] = lines('goroutines -t 2 -with userloc blocked.go:30');
    expect(head).toMatch(/^ {2}Goroutine 41 /);
    expect(stack[0]).toMatch(/^\t0 {2}0x[0-9a-f]{16} in runtime\.gopark$/);
    expect(stack[1]).toMatch(/^\t {4}at .*proc\.go:474$/);
    expect(stack.slice(4)).toEqual(['\t(truncated)', '[1 goroutines]']);
    expect(lines('goroutines -t -with userloc blocked.go:30').length).toBeGreaterThan(8);
  });

  it('run a command on each, and go on when it fails for one', () => {
    const answers = lines('goroutines -with userloc main.deep -exec frame 3 frame');
    expect(answers).toEqual([
      expect.stringMatching(/^ {2}Goroutine 40 /),
      expect.stringMatching(/^Frame 3: main\.deep at /),
      '[1 goroutines]',
    ]);
    expect(lines('goroutines -with running -exec print nope')).toHaveLength(5);
    expect(say(session, 'goroutines -exec goroutines')).toBe('goroutines cannot be run on each of many');
    expect(say(session, 'goroutines -exec')).toBe('-exec needs a command');
  });

  it.each([
    ['goroutines -with', '-with needs a word behind it'],
    ['goroutines -with userloc', '-with needs another word behind it'],
    [
      'goroutines -with foo bar',
      'there is no filter foo | userloc TEXT, curloc TEXT, goloc TEXT, startloc TEXT, label KEY[=VALUE], running, user',
    ],
    ['goroutines -chan nope', expect.stringContaining('nope')],
    ['goroutines -chan main.mu', expect.stringMatching(/^main\.mu is a sync\.Mutex, not a channel$/)],
  ])('%s', (command, expected) => {
    expect(say(session, command)).toEqual(expected);
  });

  it('are told one by one, with the same result', () => {
    const operation = operations.find(({ name }) => name === 'goroutines');
    const whole = operation?.run(session, { limit: 7, t: 1 }) as GoroutinesResult;
    const stream = operation?.stream?.(session, { limit: 7, t: 1 }) as ResultStream;
    const items = [...stream.items];
    expect(items).toHaveLength(7);
    expect({ ...stream.rest(), [stream.field]: items }).toEqual(whole);
    expect(whole).toMatchObject({ total: 52, truncated: true });
    expect(operation?.stream?.(session, { group: 'user' })).toBeUndefined();
    // So few are listed by default.
    expect(operation?.forReader?.(session, {})).toEqual({});
  });
});

describe('places in a list', () => {
  it.each(['blocked/go1.15/default', 'blocked/go1.19/default', 'blocked/go1.24/default', 'sum/go1.27/cgo'])(
    '%s: are those of the stacks',
    (id) => {
      const own = openSession(id);
      const run = (name: string, parameters: Parameters): unknown =>
        operations.find((operation) => operation.name === name)?.run(own, parameters);
      const { goroutines } = run('goroutines', {}) as GoroutinesResult;
      expect(goroutines.length).toBeGreaterThan(3);
      for (const { id: number, currentLocation, userLocation } of goroutines) {
        const { frames } = own.within({ goroutine: number }, () => run('stack', { depth: 30 })) as StackResult;
        const places = frames.map(({ pc, function: name, file, line }) => ({ pc, function: name, file, line }));
        expect(places[0], `goroutine ${number}`).toEqual(currentLocation);
        expect(places, `goroutine ${number}`).toContainEqual(userLocation);
      }
    },
  );
});

describe('pprof labels', () => {
  it.each(['1.15', '1.19', '1.24', '1.27'])('of Go %s are read', (go) => {
    const own = openSession(`stacks/go${go}/default`);
    expect(ids('goroutines -with label role=reader', own)).toHaveLength(2);
    expect(ids('goroutines -with label role', own)).toHaveLength(3);
    expect(lines('goroutines -l -with label role=writer', own)[1]).toBe('\tLabels: "role":"writer", "shard":"\\"7\\""');
  });
});

describe('-chan', () => {
  const own = openSession('stacks/go1.27/default');

  it('lists who waits to send or to receive', () => {
    expect(ids('goroutines -chan main.queue', own)).toHaveLength(2);
    expect(ids('goroutines -chan main.never', own)).toHaveLength(1);
    expect(ids('goroutines -chan main.queue -with userloc main.reader', own)).toHaveLength(1);
    expect(lines('goroutines -chan main.queue -group label role', own)[0]).toBe('role=reader');
  });
});
