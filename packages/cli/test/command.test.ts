import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMPILED_IN, openFixture } from '../../../fixtures/fixtures.mjs';
import { useCommand, type Run } from './command-process.ts';
import { HAS_TMUX, Terminal } from './terminal.ts';

const command = useCommand();
const { folder } = command;
let exe = '';
let core = '';

beforeAll(() => {
  ({ exe, core } = openFixture('sum/go1.27/default'));
});

function inquest(args: readonly string[], input?: string, env: NodeJS.ProcessEnv = {}): Run {
  return command.run(args, { ...(input === undefined ? {} : { input }), env });
}

function errorOf(line: string): { code?: string } {
  return (JSON.parse(line) as { error: { code?: string } }).error;
}

describe('inquest EXE CORE', () => {
  it('reports, in any order of the files and in any spelling', () => {
    const first = inquest([exe, core]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^panic: :\(\n\ngoroutine 1 died in main\.main at main\.go:11\n/);
    for (const args of [
      [core, exe],
      ['core', exe, core],
      ['-c', core, exe],
      ['--exe', exe, '--core', core],
    ]) {
      expect(inquest(args)).toEqual(first);
    }
  });

  it('runs commands instead, all of them, and fails if one failed', () => {
    const run = inquest([exe, core, '-e', 'bt 1', '-e', 'nonsense', '-e', 'goroutine 1 frame 0 frame']);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(
      /^0 {2}0x[0-9a-f]{16} in runtime\.raise\n {3}at .*\n\(truncated.*\)\nFrame 0: runtime\.raise/,
    );
    expect(run.err).toBe('inquest: there is no command nonsense\n  help lists the commands\n');
  });

  it('takes commands from files and from standard input', () => {
    const script = join(folder, 'script');
    writeFileSync(script, '# a comment\n\nversion\nexit\nbt\n');
    expect(inquest([exe, core, '--init', script]).out).toMatch(/^inquest \d.*\n$/);
    expect(inquest([exe, core], 'version\nq\nbt\n').out).toMatch(/^inquest \d.*\n$/);
    expect(inquest([exe, core, '--init', '-'], 'version\n').out).toMatch(/^inquest \d.*\n$/);
    expect(inquest([exe, core], '').out).toMatch(/^panic: /);
    expect(inquest([exe, core, '--init', join(folder, 'none')])).toMatchObject({ code: 2, out: '' });
  });

  it('is configured by files, variables, flags and commands', () => {
    const settings = join(folder, '.config/inquest/config.yml');
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, 'aliases:\n  version: [ver]\nmax-string-len: 9\nnonsense: 1\n');
    const run = inquest([exe, core, '--set', 'tab=..', '-e', 'ver', '-e', 'config max-string-len', '-e', 'config tab']);
    expect(run.err).toBe(`inquest: ${settings}: there is no setting nonsense\n`);
    expect(run.out).toMatch(/^inquest \d.*\nmax-string-len  9  \(.*config\.yml\)\ntab  \.\.  \(--set\)\n$/);
    const changed = inquest([
      exe,
      core,
      '-q',
      '-e',
      'config alias bt k',
      '-e',
      'k 1',
      '-e',
      'help k',
      '-e',
      'config -save',
      '-e',
      'config alias k',
      '-e',
      'k',
    ]);
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(/^aliases:\n {2}version: ver\n {2}stack: k\n0 {2}0x.*\n.*\n.*\nPrint the stack/);
    expect(changed.err).toContain('there is no command k');
    expect(readFileSync(settings, 'utf8')).toContain('aliases:\n  version: [ver]\n  stack: [k]\n');
    expect(inquest([exe, core, '--no-config', '-e', 'ver']).code).toBe(0);
    const from = dirname(dirname(exe));
    expect(inquest([exe, core, '-q', '-e', `config substitute-path ${from} /somewhere`, '-e', 'config']).out).toContain(
      `"${from}" → "/somewhere"`,
    );
    rmSync(settings);
  });

  it('has colour when it is forced, and then says the same', () => {
    // eslint-disable-next-line no-control-regex
    const strip = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');
    const coloured = inquest([exe, core, '--color', 'always']).out;
    expect(coloured).toContain('\u001b[');
    expect(strip(coloured)).toBe(inquest([exe, core]).out);
    expect(inquest([exe, core], undefined, { FORCE_COLOR: '1' }).out).toBe(coloured);
    expect(inquest([exe, core, '--no-color'], undefined, { FORCE_COLOR: '1' }).out).not.toContain('\u001b[');
  });

  it('answers in JSON, a document a line', () => {
    const run = inquest([exe, core, '--json', '-e', 'bt 2', '-e', 'nonsense']);
    expect(run).toMatchObject({ code: 1, err: '' });
    const [stack, error] = run.out.trimEnd().split('\n') as [string, string];
    expect(JSON.parse(stack)).toMatchObject({
      schemaVersion: 1,
      tool: { name: 'inquest' },
      core: { path: core, executable: exe },
      command: 'bt 2',
      operation: 'stack',
      data: { goroutine: 1, truncated: true },
    });
    expect(errorOf(error)).toMatchObject({ code: 'not-found' });
    expect(JSON.parse(inquest([exe, core, '--json']).out)).toMatchObject({
      command: 'report',
      data: { cause: { kind: 'panic' } },
    });
  });

  it('tells on standard error what it did, if asked', () => {
    const run = inquest([exe, core, '--stats', '-e', 'bt']);
    expect(run.err).toMatch(
      /^inquest: start [\d.]+ ms, open .* ms, commands .* ms, \d+ MB\ninquest: read [\d,]+ bytes, /,
    );
    expect(run.err).toMatch(/; inflated 0 bytes of 0 sections; 0 units, 0 entries, .*; [1-9]\d* frames; /);
    const { err } = inquest([exe, core, '--stats', '--json', '--no-cache', '-e', 'types']);
    const { stats } = JSON.parse(err) as { stats: { counts: Record<string, number> } };
    expect(stats.counts['entriesRead']).toBeGreaterThan(1000);
  });

  it('is silent when its reader goes away', () => {
    const line = `"${process.execPath}" "${command.launcher}" "${exe}" "${core}" -e funcs -e funcs -e sources | head -1`;
    const run = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8', cwd: folder });
    expect(run.stderr).toBe('');
    expect(run.stdout.split('\n')).toHaveLength(2);
  });
});

describe('what cannot be opened', () => {
  it('is told in a sentence, with exit code 2 or 3', () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'not an ELF file\n');
    const other = openFixture('sum/go1.24/default').exe;
    expect(inquest([join(folder, 'none'), core])).toMatchObject({
      code: 3,
      err: `inquest: cannot open ${folder}/none: no such file\n`,
    });
    expect(inquest([text, core]).code).toBe(3);
    expect(inquest([exe])).toMatchObject({
      code: 2,
      err: expect.stringContaining('not a core file\n  usage: ') as string,
    });
    expect(inquest([other, core])).toMatchObject({
      code: 3,
      err: expect.stringContaining('is not the file that crashed') as string,
    });
    expect(errorOf(inquest([other, core, '--json']).out)).toMatchObject({ code: 'mismatch' });
    for (const { err } of [inquest([text, core]), inquest([other, core])]) expect(err).not.toMatch(/^\s+at /m);
  });

  it('is told for bad usage', () => {
    expect(inquest([exe, core, '--nonsense'])).toMatchObject({ code: 2, out: '' });
    expect(inquest(['help', 'nonsense'])).toMatchObject({ code: 2, out: '' });
    expect(inquest(['completion', 'tcsh']).code).toBe(2);
  });
});

describe('what needs no core', () => {
  it('answers', () => {
    expect(inquest([]).out).toContain('Usage: inquest');
    expect(inquest(['help', 'bt']).out).toContain('stack [-full] [-offsets]');
    expect(inquest(['help', 'config', 'max-string-len']).out).toContain('by default 64');
    expect(inquest(['help', 'stepi']).out).toContain('Needs a live process');
    expect(inquest(['-V']).out).toBe(inquest(['version']).out);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s that the shell accepts, where it is there', (shell) => {
    const script = inquest(['completion', shell]);
    expect(script.code).toBe(0);
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, script.out);
    const check = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    if (check.error === undefined) expect(check.stderr).toBe('');
  });
});

// tmux is a Debian package; where it is not installed the prompt is tested by hand.
describe.skipIf(!HAS_TMUX)('the prompt (needs tmux)', () => {
  it('reports, completes, repeats, cancels, remembers, and leaves', async () => {
    const environment = `env -u NO_COLOR -u INQUEST_PAGER PAGER= TERM=screen HOME='${folder}' XDG_STATE_HOME='${folder}/state'`;
    const start = `${environment} '${process.execPath}' '${command.launcher}' '${exe}' '${core}'; echo "left with $?"; sleep 60`;
    writeFileSync(join(folder, 'endless.js'), 'inquest.print("going on");\nfor (;;);\n');
    const terminal = new Terminal(start);
    try {
      await terminal.until(/^\(inquest\)$/m);
      const report = await terminal.until('is selected: locals, args and print look there');
      expect(report).toMatch(/^panic: :\($/m);
      terminal.type('loc');
      terminal.key('Tab');
      await terminal.until('(inquest) locals');
      terminal.key('C-c');
      await terminal.until('locals ^C');
      terminal.type('contniue');
      terminal.key('Enter');
      await terminal.until('there is no command contniue');
      terminal.type('continue');
      terminal.key('Enter');
      await terminal.until('continue needs a live process, not a core dump; report tells how it ended');
      terminal.type('.help');
      terminal.key('Enter');
      await terminal.until('there is no command .help');
      terminal.type('frame 0');
      terminal.key('Enter');
      await terminal.until('Frame 0: runtime.raise');
      terminal.type('up');
      terminal.key('Enter');
      await terminal.until('Frame 1: ');
      terminal.key('Enter');
      await terminal.until('Frame 2: ');
      terminal.type(`source ${folder}/endl`);
      terminal.key('Tab');
      await terminal.until('endless.js');
      terminal.key('Enter');
      await terminal.until('going on');
      terminal.key('C-c');
      await terminal.until('cancelled');
      terminal.type('config prompt "f$f> "');
      terminal.key('Enter');
      await terminal.until(/^f2>/m);
      terminal.key('C-c');
      await terminal.until('(Ctrl-D or exit leaves)');
      terminal.key('C-d');
      await terminal.until('left with 0');
    } finally {
      terminal.end();
    }
    const again = new Terminal(start);
    try {
      await again.until(/^\(inquest\)$/m);
      again.key('Up');
      again.key('Up');
      again.key('Up');
      await again.until('(inquest) up');
      again.key('Enter');
      again.type('q');
      again.key('Enter');
      await again.until('left with 0');
    } finally {
      again.end();
    }
  });
});

describe('inquest traceback', () => {
  it("prints the runtime's text alone, at the level that is asked for", () => {
    const run = inquest(['traceback', exe, core]);
    expect(inquest(['traceback', core, '--exe', exe, '--libs', folder, '--sysroot', folder])).toEqual(run);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(
      /^panic: :\(\n\ngoroutine 1 \[running\]:\nmain\.main\(\)\n\t\S+main\.go:11 \+0x[0-9a-f]+\n$/,
    );
    expect(inquest(['traceback', '--level', 'none', core, exe]).out).toBe('panic: :(\n');
    expect(inquest(['traceback', '-l', 'system', exe, core]).out).toMatch(/^goroutine 2 gp=0x[0-9a-f]+ m=nil \[/m);
  });

  it('answers in JSON', () => {
    const { out } = inquest(['traceback', '--json', '--level', 'none', exe, core]);
    expect(JSON.parse(out)).toMatchObject({ operation: 'traceback', data: { level: 'none', text: 'panic: :(\n' } });
  });

  it('says what is wrong', () => {
    expect(inquest(['traceback', '--level', 'wide', exe, core])).toMatchObject({ code: 2, out: '' });
    expect(inquest(['traceback'])).toMatchObject({ code: 2, out: '' });
    expect(inquest(['traceback', '--coredump', 'last', '-c', core]).err).toMatch(/--core and --coredump both name/);
    expect(inquest(['traceback', join(folder, 'missing')])).toMatchObject({ code: 3, out: '' });
    const refused = inquest([exe, core, '-e', 'traceback -level wide']);
    expect(refused.err).toBe(
      'inquest: wide is no level of GOTRACEBACK\n  the levels are none, single, all, system, crash\n',
    );
  });

  it('is a command of the prompt as well', () => {
    expect(inquest([exe, core, '-e', 'traceback -level none']).out).toBe('panic: :(\n');
  });

  it('reads back what a program printed, from a file or from standard input', () => {
    const { stderr } = openFixture('sum/go1.27/default');
    const fromFile = inquest(['traceback', stderr]);
    expect(fromFile).toMatchObject({ code: 0, err: '' });
    expect(fromFile.out).toMatch(/^panic: :\(\n\ngoroutine 1 died in main\.main at main\.go:11\n/);
    const text = inquest(['traceback', '--level', 'all', exe, core]).out;
    expect(inquest(['traceback'], text).out).toMatch(/^panic: :\(\n/);
    expect(inquest(['traceback', '-'], text).out).toContain('crash text standard input');
    const { data } = JSON.parse(inquest(['traceback', '-', '--json'], text).out) as { data: unknown };
    expect(data).toMatchObject({ cause: { kind: 'panic' }, goroutines: [{ id: 1, status: 'running' }] });
    const program = mkdtempSync(join(folder, 'moved-'));
    writeFileSync(join(program, 'main.go'), '// one\n'.repeat(20));
    const rule = `${COMPILED_IN}/sum=${program}`;
    const elsewhere = ['traceback', stderr, '--no-config', '--substitute-path'];
    expect(inquest([...elsewhere, rule]).out).toMatch(/=> +11:\s*\/\/ one/);
    expect(inquest([...elsewhere, 'nonsense'])).toMatchObject({ code: 2, out: '' });
    expect(inquest(['traceback', '-'], 'all is well')).toMatchObject({
      code: 3,
      err: expect.stringContaining('standard input has no stack and no message of a Go program') as string,
    });
  });
});
