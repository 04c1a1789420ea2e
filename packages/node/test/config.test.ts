import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration, type ConfigurationFlags } from '../src/config/load.ts';
import { updateConfigText } from '../src/config/store.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-config-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function write(path: string, text: string): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

const NO_FLAGS: ConfigurationFlags = { substitutePath: [], debugInfoDirectories: [], settings: [], files: true };

function load(
  flags: Partial<ConfigurationFlags> = {},
  env: NodeJS.ProcessEnv = {},
): ReturnType<typeof loadConfiguration> {
  return loadConfiguration({ ...NO_FLAGS, ...flags }, { HOME: home, ...env }, join(home, 'work/app/cmd'));
}

describe('loadConfiguration', () => {
  it('reads every place, and tells which is which', () => {
    const user = write('.config/inquest/config.yml', 'max-string-len: 100\nmax-array-values: 10\nprompt: "u> "\n');
    const project = write(
      'work/.inquest.yml',
      'max-array-values: 20\nsubstitute-path:\n  - {from: /build, to: ./src}\n',
    );
    write('.config/dlv/config.yml', 'aliases:\n  print: [pp]\nmax-string-len: 7\nsubstitute-path:\n');
    const { configuration, problems } = load(
      { substitutePath: ['/x=/y=z'], settings: ['tab=..'] },
      { INQUEST_MAX_STRING_LEN: '300', INQUEST_PAGER: 'less' },
    );
    expect(problems).toEqual([]);
    expect(configuration.settings).toMatchObject({
      maxStringLen: 300,
      maxArrayValues: 20,
      prompt: 'u> ',
      tab: '..',
      aliases: { print: ['pp'] },
      substitutePath: [
        { from: '/x', to: '/y=z' },
        { from: '/build', to: join(home, 'work/src') },
      ],
    });
    expect(configuration.sources('max-string-len')[0]?.place).toBe('$INQUEST_MAX_STRING_LEN');
    expect(configuration.sources('max-array-values')[0]?.place).toBe(project);
    expect(configuration.sources('prompt')[0]?.place).toBe(user);
    expect(load({ files: false }, { INQUEST_MAX_STRING_LEN: '300' }).configuration.settings.maxStringLen).toBe(64);
  });

  it('says what is wrong and goes on with the rest', () => {
    const user = write('.config/inquest/config.yml', 'nonsense: 1\nmax-string-len: many\nmax-array-values: 9\n');
    const project = write('work/app/.inquest.yml', 'tab: [\n');
    const { configuration, problems } = load({}, { INQUEST_POSITION: 'here' });
    expect(configuration.settings).toMatchObject({ maxArrayValues: 9, maxStringLen: 64 });
    expect(problems).toEqual([
      `${user}: there is no setting nonsense`,
      `${user}: max-string-len must be a number, not negative`,
      `${project}:1: ] is missing`,
      '$INQUEST_POSITION: position must be one of default, source, disassembly',
    ]);
  });

  it('takes no alias of a command that runs or writes something from the file of a project', () => {
    const text = 'aliases:\n  source: [bt]\n';
    write('.config/inquest/config.yml', text);
    const project = write('work/.inquest.yml', text.replace('bt', 'ls'));
    const { configuration, problems } = load();
    expect(configuration.settings.aliases).toEqual({ source: ['bt'] });
    expect(problems).toEqual([`${project}: source cannot have an alias here, since it runs or writes something`]);
  });

  it.each([
    'aliases: x',
    'aliases: {__proto__: [x]}',
    'aliases: {bt: {a: b}}',
    'substitute-path: {a: b}',
    'substitute-path: [a]',
    'substitute-path: [{from: [a]}]',
    'debug-info-directories: {a: b}',
    'max-string-len: [1]',
    'just text',
    '- a list',
  ])('does not fall over %s', (text) => {
    write('.config/inquest/config.yml', text);
    const { configuration, problems } = load();
    expect(problems).toHaveLength(1);
    expect(configuration.settings.maxStringLen).toBe(64);
  });

  it('refuses flags that are wrong', () => {
    expect(() => load({ substitutePath: ['/x'] })).toThrow('it must be FROM=TO');
    expect(() => load({ settings: ['aliases=x'] })).toThrow('it must be KEY=VALUE');
    expect(() => load({ settings: ['max-string-len=x'] })).toThrow('must be a number');
  });

  it('saves into the file of the user, and reads that back', () => {
    const path = write('.config/inquest/config.yml', '# mine\nprompt: "> " # short\naliases:\n  stack: [k]\n# end\n');
    const { configuration } = load();
    configuration.set('prompt', '$f ');
    configuration.set('aliases', { stack: ['k'], print: ['pp', 'p2'] });
    configuration.set('substitute-path', [{ from: '/a b', to: '' }]);
    expect(configuration.save()).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(
      '# mine\nprompt: "$f "\naliases:\n  stack: [k]\n  print: [pp, p2]\n# end\nsubstitute-path:\n  - {from: /a b, to: ""}\n',
    );
    expect(load().configuration.settings).toMatchObject({
      prompt: '$f ',
      aliases: { stack: ['k'], print: ['pp', 'p2'] },
      substitutePath: [{ from: '/a b', to: '' }],
    });
  });

  it('makes a file where there was none', () => {
    expect(updateConfigText('', new Map<string, number>([['max-string-len', 5]]))).toBe('max-string-len: 5\n');
    const { configuration } = load();
    configuration.set('max-string-len', 5);
    expect(readFileSync(configuration.save(), 'utf8')).toMatch(/^# .*\nmax-string-len: 5\n$/);
  });
});
