import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { useCommand, type Run } from './command-process.ts';

const command = useCommand();
const { folder } = command;
const program = join(folder, 'sum');

beforeAll(() => {
  copyFileSync(openFixture('sum/go1.27/default').exe, program);
  spawnSync('chmod', ['+x', program]);
});

function run(args: readonly string[], { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}): Run {
  return command.run(['run', ...args], { input, env });
}

/** Cores go to files in the working directory here, and may be large: what is known then is more. */
const plainCores =
  existsSync('/proc/sys/kernel/core_pattern') &&
  readFileSync('/proc/sys/kernel/core_pattern', 'utf8').startsWith('core') &&
  spawnSync('sh', ['-c', 'ulimit -H -c'], { encoding: 'utf8' }).stdout.trim() === 'unlimited';

if (!plainCores)
  console.log('skipped: cores of programs do not go to files of any size here (core_pattern, ulimit -H -c)');

function removeCores(): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/(^|\/)core(\.\d+)?$/.test(name)) rmSync(join(folder, name));
}

describe.skipIf(process.platform !== 'linux')('inquest run, of a program that lives', () => {
  it('is silent, and passes on streams and exit status', () => {
    expect(run(['cat'], { input: 'some\ninput\n' })).toEqual({ code: 0, out: 'some\ninput\n', err: '' });
    expect(run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ code: 7, out: 'out\n', err: 'err\n' });
    expect(run(['--', 'sh', '-c', 'printf "%s;" "$@"', '-x', 'a b', '', "it's"]).out).toBe("a b;;it's;");
  });

  it('tells by its exit status which signal ended it', () => {
    expect(run(['sh', '-c', 'kill -KILL $$'])).toEqual({ code: 137, out: '', err: '' });
    expect(run(['sh', '-c', 'kill -TERM $$'])).toEqual({ code: 143, out: '', err: '' });
  });

  it('sets GOTRACEBACK unless it is set', () => {
    expect(run(['sh', '-c', 'echo $GOTRACEBACK']).out).toBe('crash\n');
    expect(run(['sh', '-c', 'echo $GOTRACEBACK'], { env: { GOTRACEBACK: 'single' } }).out).toBe('single\n');
  });

  it('says what cannot be run, with the exit status of shells', () => {
    expect(run(['nonesuch'])).toEqual({ code: 127, out: '', err: 'inquest: there is no program nonesuch in PATH\n' });
    expect(run(['./nonesuch'])).toMatchObject({ code: 127, err: 'inquest: cannot run ./nonesuch: no such file\n' });
    expect(run(['./']).code).toBe(126);
    writeFileSync(join(folder, 'script'), '#!/nonesuch/sh\n', { mode: 0o755 });
    expect(run(['./script'])).toEqual({
      code: 126,
      out: '',
      err: 'inquest: cannot run ./script: its interpreter /nonesuch/sh is not there\n',
    });
    writeFileSync(join(folder, 'bare'), 'echo $1; exit 3\n', { mode: 0o755 });
    expect(run(['./bare', 'one'])).toEqual({ code: 3, out: 'one\n', err: '' });
    writeFileSync(join(folder, 'plain'), '');
    expect(run(['./plain'])).toMatchObject({ code: 126, err: 'inquest: cannot run ./plain: it is not executable\n' });
  });

  it('passes signals on', async () => {
    const script =
      'trap "echo got usr1" USR1; trap "echo got term; exit 9" TERM; echo ready; while :; do sleep 0.02; done';
    const child = spawn(process.execPath, [command.launcher, 'run', 'sh', '-c', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const guard = setTimeout(() => child.kill('SIGKILL'), 20_000);
    let out = '';
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', resolve);
    });
    child.on('exit', () => clearTimeout(guard));
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (chunk.toString().includes('ready')) child.kill('SIGUSR1');
      if (chunk.toString().includes('usr1')) child.kill('SIGTERM');
    });
    expect(await ended).toBe(9);
    expect(out).toBe('ready\ngot usr1\ngot term\n');
  });
});

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'inquest run, of a Go program that dies',
  () => {
    it('reports on standard error, and leaves standard input and output to the program', () => {
      const { code, out, err } = run(['--batch', './sum'], { input: 'nonsense\n' });
      expect(code).toBe(134);
      expect(out).toBe('');
      expect(err).toContain('inquest: sum (process ');
      expect(err).toMatch(/\n\ngoroutine 1 died in main\.main at main\.go:11\n/);
      expect(err).not.toContain('there is no command nonsense');
      removeCores();
    });

    it('reads what it printed where GOTRACEBACK leaves no core', () => {
      const { code, err } = run(['./sum'], { env: { GOTRACEBACK: 'all' } });
      expect(code).toBe(2);
      expect(err).toContain('ended with exit status 2, and no core of it was found\n');
      expect(err).toContain('inquest:   GOTRACEBACK is all: a panic ends with exit status 2');
      expect(err).toMatch(
        /inquest: what follows is from what it printed\npanic: :\(\n\ngoroutine 1 died in main\.main at main\.go:11\n/,
      );
      const quiet = run(['-q', '--json', '-o', 'report.json', './sum'], { env: { GOTRACEBACK: 'all' } });
      expect(quiet.err).not.toContain('inquest:');
      expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({
        operation: 'report',
        data: { cause: { headline: 'panic: :(' } },
      });
    });

    it.skipIf(!plainCores)('runs commands on the core, and writes into a file', () => {
      const { code, err } = run(['-o', 'report', '-e', 'version', '-e', 'bt 1', './sum']);
      expect(code).toBe(134);
      expect(err).toMatch(/inquest: sum \(process \d+\) died by SIGABRT; its core is .*core/);
      expect(readFileSync(join(folder, 'report'), 'utf8')).toMatch(
        /^inquest .*\n0 {2}0x[0-9a-f]{16} in runtime\.raise\n/,
      );
      expect(run(['-o', 'none/report', './sum']).err).toContain('inquest: cannot write none/report: no such file\n');
      removeCores();
    });

    // On a machine that is very busy a process can come and go unseen.
    it.skipIf(!plainCores)(
      'finds the cores of its children, where they worked, also of executables that are gone',
      { retry: 3 },
      () => {
        mkdirSync(join(folder, 'elsewhere'), { recursive: true });
        const script = 'cp sum gone; cd elsewhere; ../gone; rm ../gone; exit 3';
        const { code, err } = run(['sh', '-c', script]);
        expect(code).toBe(3);
        expect(err).toMatch(
          /inquest: sh \(process \d+\) ended with exit status 3; process \d+( \(gone\))?, which it started, died; its core is .*elsewhere\/core/,
        );
        expect(err).toMatch(/panic: :\(\n\ngoroutine 1 died in main\.main at main\.go:11\n/);
        removeCores();
      },
    );
  },
);
