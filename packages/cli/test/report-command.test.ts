import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMPILED_IN, openFixture, PROGRAMS } from '../../../fixtures/fixtures.mjs';
import { useCommand, type Run } from './command-process.ts';

const command = useCommand();
const { folder } = command;
let files: readonly string[] = [];

beforeAll(() => {
  const { exe, core } = openFixture('truth/go1.27/default');
  files = [exe, core, ...WITH_SOURCES];
});

/** The sources as they were compiled, wherever this checkout is. */
const WITH_SOURCES = ['truth', 'crash'].flatMap((name) => [
  '--substitute-path',
  `${COMPILED_IN}/${name}=${join(PROGRAMS, name)}`,
]);

function inquest(...args: readonly string[]): Run {
  return inquestWith([...files, ...args]);
}

function inquestWith(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  return command.run(args, { env });
}

describe('forms of the report on the command line', () => {
  it('--html is a page with coloured source, in plain UTF-8', () => {
    const { code, out, err } = inquest('--html');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^<!doctype html>\n/);
    expect(out).toContain('<span class="string">');
    // The launcher reads its bundle as Latin-1: templates must not hold what would break.
    expect(out).not.toMatch(/[\u0080-\u00ff](?![\u00b7])[\u0080-\u00bf]/);
  });

  it('--md is Markdown, and the same as the command report -md', () => {
    const { code, out } = inquest('--md');
    expect(code).toBe(0);
    expect(out).toMatch(/^## `panic: truth: generics`\n/);
    expect(inquest('-e', 'report -md').out).toBe(out);
  });

  it('-o writes a file that only its owner can read, also over one that all could', () => {
    const path = join(folder, 'report.md');
    writeFileSync(path, 'old', { mode: 0o644 });
    expect(inquest('--md', '-o', path)).toEqual({ code: 0, out: '', err: '' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(inquest('--md').out);
    expect(inquest('-e', 'bt 1', '-e', 'args', '-o', path).out).toBe('');
    expect(readFileSync(path, 'utf8')).toMatch(/^0 {2}0x[^]*reason = "generics"\n$/);
    const nowhere = inquest('--md', '-o', join(folder, 'none', 'x'));
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toMatch(/^inquest: cannot write .*none\/x: /);
  });

  it('what does not go together is refused', () => {
    for (const args of [
      ['--md', '--html'],
      ['--json', '--html'],
      ['--md', '-e', 'bt'],
    ])
      expect(inquest(...args)).toMatchObject({ code: 2, out: '' });
    expect(inquest('--html', '-e', 'bt').err).toContain('report -html');
  });
});

describe('--redact', () => {
  it('hides contents in every form, and says so', () => {
    for (const form of [[], ['--md'], ['--html'], ['--json'], ['-e', 'report'], ['-e', 'report -redact']]) {
      const { code, out } = inquest(...form, '--redact');
      expect(code).toBe(0);
      expect(out).not.toContain('"generics"');
      expect(out).not.toContain('truth: generics');
      expect(out).toContain('(redacted: string of 15 bytes)');
      expect(out).toMatch(/redacted: the contents|Redacted: the contents/);
    }
  });

  it('holds for the other commands, and refuses what it cannot hold for', () => {
    expect(inquest('--redact', '-e', 'args').out).toBe('reason = (redacted: 8 bytes)\n');
    expect(inquest('--redact', '-e', 'print reason').out).toBe('(redacted: 8 bytes)\n');
    expect(inquest('--redact', '-e', 'bt -full').out).not.toContain('"generics"');
    expect(inquest('--redact', '-e', 'frame 11').out).not.toContain('"reason"');
    writeFileSync(join(folder, 'script.js'), 'print(1)');
    for (const line of [
      'x -fmt hex -count 8 -size 1 0xc000000000',
      'traceback',
      'print %x reason',
      'goroutines -exec args',
      'source script.js',
    ]) {
      const { code, out, err } = inquest('--redact', '-e', line);
      expect({ line, code, out }).toEqual({ line, code: 1, out: '' });
      expect(err).toContain('which are to be hidden');
    }
    expect(inquest('--redact', '-e', 'display -a reason').out).toContain('(redacted: 8 bytes)');
  });
});

describe('the report about a crash text', () => {
  const traceback = (...args: readonly string[]): Run => {
    const { stderr } = openFixture('truth/go1.27/default');
    return inquestWith(['traceback', stderr, ...args]);
  };

  it('has the same forms', () => {
    expect(traceback('--md').out).toMatch(/^## `panic: truth: generics`\n/);
    expect(traceback('--html').out).toMatch(/^<!doctype html>/);
    const path = join(folder, 'text.json');
    expect(traceback('--json', '-o', path)).toEqual({ code: 0, out: '', err: '' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ operation: 'report' });
  });

  it('is redacted as well', () => {
    for (const form of [[], ['--md'], ['--html'], ['--json']]) {
      const { code, out } = traceback('--redact', ...form);
      expect(code).toBe(0);
      expect(out).not.toContain('truth: generics');
      expect(out).toContain('(redacted: 15 bytes)');
    }
  });

  it('a traceback of a core is no report', () => {
    const { exe, core } = openFixture('truth/go1.27/default');
    const run = inquestWith(['traceback', exe, core, '--html']);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('use inquest CORE --html');
  });
});

describe('the text on a terminal of 80 columns without colour', () => {
  it.each([
    'blocked/go1.27/default',
    'truth/go1.27/noopt',
    'crash/go1.27/default/nil',
    'waits/go1.27/default/planted',
    'crash/go1.27/default/deadlock',
  ])('of %s', (id) => {
    const { exe, core } = openFixture(id);
    const { out } = inquestWith([exe, core, ...WITH_SOURCES], { COLUMNS: '80', NO_COLOR: '1', FORCE_COLOR: '1' });
    // eslint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\u001b/);
    // Lines of the source are as long as they are.
    const isWhole = (line: string): boolean => /^(?:note: |core of |goroutine |(?:=>)? *\d+: )/.test(line);
    expect(out.split('\n').filter((line) => line.length > 80 && !isWhole(line))).toEqual([]);
  });
});
