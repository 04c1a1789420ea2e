import { describe, expect, it } from 'vitest';
import { frameOf, openRunner } from './open-runner.ts';

describe('symbol', () => {
  const { run, runner } = openRunner('truth/go1.27/default');
  run(`frame ${frameOf(runner, 'main.text2')}`);
  const entry = Number(/^0x[0-9a-f]+/.exec(run('symbol main.text2'))?.[0]);

  it.each([
    ['symbol main.text2', /^0x[0-9a-f]+ is main\.text2 at .*\/main\.go:\d+\n0x[0-9a-f]+ is in \/.*\/truth\n$/],
    [`symbol ${entry + 9}`, /^0x[0-9a-f]+ is main\.text2\+0x9 at /],
    ['symbol &main.mapNine', /^0x[0-9a-f]+ is main\.mapNine, map\[int\]int\n/],
    ['info symbol RSP', /^0x[0-9a-f]+ is in the stack of goroutine 1\n$/],
    ['symbol 0x10', /^0x10 is not in memory \(symbol &x/],
    ['symbol main.mapNine', /main\.mapNine is no address: it is of type map\[int\]int/],
    ['symbol', /symbol needs an expression; usage: symbol expression/],
    ['info address main.mapNine', /^\(\*map\[int\]int\)\(0x[0-9a-f]+\)\n$/],
  ])('%s', (line, expected) => {
    expect(run(line)).toMatch(expected);
  });
});

describe('substitute-path', () => {
  it('changes what is shown, and is understood where a location is typed', () => {
    const { run } = openRunner('truth/go1.27/default');
    const before = run('list main.last');
    const folder = /^Showing (.*)\/main\.go:/.exec(before)?.[1] ?? '';
    run(`config substitute-path ${folder} /somewhere`);
    expect(run('bt')).toContain('at /somewhere/main.go:');
    expect(run('list /somewhere/main.go:5')).toMatch(/^Showing \/somewhere\/main\.go:5/);
    expect(run('list /nowhere/main.go:5')).not.toMatch(/^Showing/);
    run('config substitute-path -clear');
    expect(run('list main.last')).toBe(before);
  });
});

describe('aliases', () => {
  it('are known where commands run commands', () => {
    const { run, runner } = openRunner('truth/go1.27/default');
    run('config alias print pp');
    expect(run('goroutines -with user -exec pp 7')).toContain('\n7\n');
    expect(run(`goroutine 1 frame ${frameOf(runner, 'main.text2')} pp utf8`)).toContain('"héllo 世界"');
    expect(run('config alias pp bt')).toContain('bt');
    expect(run('bt 1')).not.toContain('runtime.raise');
    expect(run('config alias locals args')).toContain('args is a command, and cannot be an alias');
  });
});
