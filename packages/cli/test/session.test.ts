import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '@inquest/engine';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { withDoorOperations } from '../src/door-operations.ts';
import { describeTable } from '../src/help.ts';
import { promptText } from '../src/prompt/prompt-text.ts';
import { renderedOperations } from '../src/render/index.ts';
import { linesOf, useCommand, type Run } from './command-process.ts';
import { openRunner } from './open-runner.ts';

/** The source is where the fixtures are, not where they were built. */
const SOURCES = join(import.meta.dirname, '../../../fixtures/programs/sum');
const command = useCommand();
const { folder } = command;
let exe = '';
let core = '';
beforeAll(() => {
  ({ exe, core } = openFixture('sum/go1.27/default'));
});

/** Runs the command with `-e` for each line. */
function inquest(lines: readonly string[], flags: readonly string[] = []): Run {
  return command.run([exe, core, ...flags, ...linesOf(...lines)], { env: { INQUEST_SOURCE_PATH: SOURCES } });
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('files of commands', () => {
  it('run to their end, tell the line of what fails, and may end the session', () => {
    const inner = write('inner', 'nonsense\necho inner\n');
    write('outer', `# comment\n\nsource ${inner}\necho outer\nexit\necho never\n`);
    const run = inquest(['source outer', 'echo neither']);
    expect(run).toEqual({
      code: 1,
      out: 'inner\nouter\n',
      err: `inquest: ${inner}:1: there is no command nonsense\n  help lists the commands\n`,
    });
    expect(inquest(['echo after'], ['--init', inner]).out).toBe('inner\nafter\n');
    expect(inquest(['source none']).err).toBe('inquest: cannot read the commands in none: no such file\n');
    const loop = write('loop', 'source loop\n');
    expect(inquest([`source ${loop}`]).err).toContain('more than 20 deep');
  });
});

describe('where answers go', () => {
  it('into files, through commands of the shell, into a transcript', () => {
    const run = inquest(
      [
        'bt 1 > a.txt',
        'bt 1 >> a.txt',
        'bt | grep -c " in "',
        'version > /nowhere/x',
        'transcript -x b.txt',
        'bt 1',
        'nonsense',
        'transcript -off',
        'echo end',
      ],
      ['--color', 'always'],
    );
    const frames = readFileSync(join(folder, 'a.txt'), 'utf8');
    expect(frames).toMatch(/^(0 {2}0x[0-9a-f]{16} in runtime\.raise\n {3}at .*\n\(truncated.*\)\n){2}$/);
    expect(run.out).toMatch(/^\d+\nthe transcript b\.txt ends\nend\n$/);
    expect(run.err).toBe('inquest: cannot write /nowhere/x: no such file\n');
    const transcript = readFileSync(join(folder, 'b.txt'), 'utf8');
    expect(transcript).toContain('(inquest) bt 1\n0  0x');
    expect(transcript).toContain('inquest: there is no command nonsense\n');
    expect(transcript).not.toContain('\u001b');
    expect(inquest(['transcript -off']).err).toBe('inquest: there is no transcript to end\n');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('display', () => {
  it('shows values at each place that is selected, one line each', () => {
    const { run, runner } = openRunner('truth/go1.27/default');
    expect(run('display -a %x 255')).toBe('0: 255 = ff\n');
    expect(run('display -a nothing')).toMatch(/^1: nothing = \(.*nothing.*\)\n$/);
    expect(run('bt 1')).not.toContain('255');
    for (const move of ['frame 3', 'up', 'down', 'goroutine 1'])
      expect(run(move), move).toMatch(/^0: 255 = ff\n1: nothing = \(.*\)\n$/m);
    expect(run('display -d 1')).toBe('');
    expect(run('display')).toBe('0: 255 = ff\n');
    expect(run('display -d 1')).toContain('there is no display 1');
    expect(run('display 7')).toContain('did you mean display -a 7?');
    expect(runner.displays.count).toBe(1);
  });
});

describe('help', () => {
  const table = withDoorOperations(operations);

  it('has a page for every command, live ones too, and for every topic', () => {
    for (const { name } of table) expect(describeTable(table, name).command?.usage, name).toContain(name);
    expect(describeTable(table, 'stepi').command?.summary).toBe('Needs a live process, where it runs one instruction');
    expect(describeTable(table, 'cont').command?.name).toBe('continue');
    for (const { name } of describeTable(table, undefined).topics)
      expect(describeTable(table, name).topic?.text.length, name).toBeGreaterThan(100);
    expect(describeTable(table, 'live').topic?.text).toContain('continue');
    expect(describeTable(table, 'config max-string-len').topic?.text).toContain('by default 64');
    expect(() => describeTable(table, 'nonsense')).toThrow('there is no command nonsense');
    expect(() => describeTable(table, 'config nonsense')).toThrow('no help on the setting nonsense');
  });

  it('and every command has a form as text', () => {
    const silent = ['exit', 'source'];
    expect(
      table.map(({ name }) => name).filter((name) => !renderedOperations().includes(name) && !silent.includes(name)),
    ).toEqual([]);
  });
});

describe('colours and tabs', () => {
  it('are those of the settings, and only where there is colour', () => {
    const set = [
      'tab=> ',
      'source-list-tab-color=90',
      'source-list-line-color=35',
      'source-list-arrow-color=bold red',
      'stacktrace-function-color=36',
      'stacktrace-basename-color=4',
      'source-list-keyword-color=\\x1b[93m',
    ];
    const flags = set.flatMap((each) => ['--set', each]);
    const coloured = inquest(['list main.main', 'bt 1'], ['--color', 'always', ...flags]).out;
    for (const part of [
      '\u001b[90m> \u001b[0m',
      '\u001b[35m   ',
      '\u001b[1;31m=>\u001b[0m',
      '\u001b[36mruntime.raise\u001b[0m',
      '\u001b[93mfunc\u001b[0m',
    ])
      expect(coloured).toContain(part);
    expect(coloured.replaceAll('\u001b', '^')).toMatch(/\^\[4m[^/]*\.s:\d+\^\[0m/);
    const plain = inquest(['list main.main', 'bt 1'], flags).out;
    expect(plain).not.toContain('\u001b');
    expect(plain).toMatch(/^ +\d+: {2}> sum := 0$/m);
  });
});

describe('the prompt', () => {
  it('is what the settings say', () => {
    const { run, runner } = openRunner('sum/go1.27/default');
    expect(promptText(runner)).toBe('(inquest) ');
    run('frame 3');
    run('config prompt "g$g f$f t$t p$p $d{2006} $x> "');
    expect(promptText(runner)).toMatch(/^g1 f3 t\d+ p\d+ 20\d\d \$x> $/);
  });

  it('repeats the last command, and goes on with list', () => {
    const { run } = openRunner('sum/go1.27/default');
    expect(run('echo x')).toBe('x\n');
    expect(run('')).toBe('x\n');
    run(`source ${write('two', 'echo y\n\necho z\n')}`);
    expect(run('')).toBe('y\nz\n');
  });
});
