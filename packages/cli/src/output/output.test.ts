import { describe, expect, it } from 'vitest';
import { DebugError } from '@inquest/engine';
import { readFileSync } from 'node:fs';
import { historyPath } from '../prompt/history.ts';
import { INTERRUPTED, runInterruptible } from '../prompt/interruptible.ts';
import { VERSION } from '../version.ts';
import { formatEnvelope, formatErrorEnvelope } from './envelope.ts';
import { describeFailure, describeInPrompt, failureCode } from './failures.ts';
import { workText } from './long-work.ts';
import { countRows, pagerCommand } from './pager.ts';
import { pathShortener, relativePath } from './paths.ts';
import { sanitize, sanitizeLines } from './sanitize.ts';
import { outputWidth, wantsColor } from './style.ts';

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ CLICOLOR_FORCE: '1' }, false, true],
    [{ CLICOLOR_FORCE: '0' }, false, false],
  ])('%j on a terminal (%s): %s', (env, terminal, expected) => {
    expect(wantsColor('auto', env, terminal)).toBe(expected);
    expect(wantsColor('always', env, terminal)).toBe(true);
    expect(wantsColor('never', env, terminal)).toBe(false);
  });

  it('width is COLUMNS, or unlimited', () => {
    expect(outputWidth({ COLUMNS: '72' }, false)).toBe(72);
    expect(outputWidth({ COLUMNS: 'x' }, false)).toBe(Infinity);
  });
});

describe('text from elsewhere', () => {
  it('cannot control the terminal', () => {
    expect(sanitize('a\u001b[31mb\nc\u009b\u007f\u202e')).toBe('a\\x1b[31mb\\nc\\x9b\\x7f\\u202e');
    expect(sanitize('żółw 世界 🙂')).toBe('żółw 世界 🙂');
    expect(sanitizeLines('\ta\n  \tb\r')).toEqual(['    a', '    b\\r']);
  });
});

describe('paths', () => {
  it('are relative below the current folder', () => {
    expect(relativePath('/w/a/b.go', { cwd: '/w' })).toBe('./a/b.go');
    expect(relativePath('/wx/b.go', { cwd: '/w' })).toBe('/wx/b.go');
    expect(relativePath('/b.go', { cwd: '/' })).toBe('/b.go');
  });

  it('are as short as tells them apart', () => {
    const shorten = pathShortener(['/go/src/net/http/server.go', '/go/src/proc.go', '/x/server.go', '/w/a/main.go'], {
      cwd: '/w',
    });
    expect(['/go/src/net/http/server.go', '/x/server.go', '/go/src/proc.go', '/w/a/main.go'].map(shorten)).toEqual([
      'http/server.go',
      'x/server.go',
      'proc.go',
      'a/main.go',
    ]);
  });
});

describe('the pager', () => {
  it('is chosen by the environment', () => {
    expect(pagerCommand({})).toBe('less -FRX');
    expect(pagerCommand({ PAGER: 'more', DELVE_PAGER: 'most' })).toBe('most');
    expect(pagerCommand({ PAGER: 'more', INQUEST_PAGER: '' })).toBeUndefined();
    expect(pagerCommand({ PAGER: 'cat' })).toBeUndefined();
  });

  it('counts rows without escape sequences', () => {
    expect(countRows('\u001b[31m1234567890\u001b[39m\n\n12345678901\n', 10)).toBe(4);
  });
});

describe('JSON', () => {
  const core = { path: 'core', executable: undefined, buildId: 'id' };

  it('has one envelope for all', () => {
    expect(JSON.parse(formatEnvelope(core, { text: 'bt 1', operation: 'stack' }, { big: 2n ** 60n }, ['w']))).toEqual({
      schemaVersion: 1,
      tool: { name: 'inquest', version: VERSION },
      core: { path: 'core', buildId: 'id' },
      command: 'bt 1',
      operation: 'stack',
      data: { big: '1152921504606846976' },
      warnings: ['w'],
    });
  });

  it('has one for errors', () => {
    const error = new DebugError('bad', { code: 'syntax', hint: 'do this', position: 3 });
    expect(JSON.parse(formatErrorEnvelope(core, 'p x', error))).toMatchObject({
      command: 'p x',
      error: { code: 'syntax', message: 'bad', hint: 'do this', position: 3 },
    });
    expect(JSON.parse(formatErrorEnvelope(undefined, undefined, new TypeError('oops')))).toMatchObject({
      error: { code: 'internal', message: 'oops' },
    });
  });
});

describe('failures', () => {
  it('show the expression and the hint', () => {
    const error = new DebugError('unexpected )', { code: 'syntax', position: 4, hint: 'see help print' });
    expect(describeFailure(error, 'a + )')).toEqual(['unexpected )', '  a + )', '      ^', '  see help print']);
    expect(describeInPrompt(error, 'a + )')).toEqual(['unexpected ); see help print', '  a + )', '      ^']);
    expect(describeInPrompt(error)).toEqual(['unexpected ); see help print']);
    expect(failureCode(error)).toBe(1);
  });

  it('own up to bugs', () => {
    expect(describeFailure(new TypeError('x is undefined'))[0]).toBe('sorry, this is a bug in inquest: x is undefined');
    expect(failureCode(new TypeError('x'))).toBe(70);
  });
});

describe('the prompt', () => {
  it('keeps its history where XDG says', () => {
    expect(historyPath({ XDG_STATE_HOME: '/s' })).toBe('/s/inquest/history');
    expect(historyPath({ XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/state/inquest/history');
  });

  it('runs what can be interrupted, and lets errors through', () => {
    expect(runInterruptible(() => 7)).toBe(7);
    expect(() =>
      runInterruptible(() => {
        throw new RangeError('no');
      }),
    ).toThrow('no');
    expect(INTERRUPTED).toBeTypeOf('symbol');
  });
});

it('tells how far a work is, how fast, and how long it will take', () => {
  const goroutines = { what: 'going through goroutines', unit: 'goroutines', total: 1_000_000 };
  expect(workText(goroutines, 300_000, 2000)).toBe(
    'going through goroutines: 300,000 of 1,000,000 goroutines, 150,000 a second, 5 seconds left',
  );
  expect(workText(goroutines, 999_999, 1000)).toMatch(/ 1 second left$/);
  expect(workText({ what: 'unwinding a stack', unit: 'calls', total: undefined }, 4096, 1000)).toBe(
    'unwinding a stack: 4,096 calls, 4,096 a second',
  );
});

it('has the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});
