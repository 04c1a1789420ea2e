import { describe, expect, it } from 'vitest';
import { parseArguments, type CoreRequest, type Request } from './arguments.ts';
import { COMPLETED } from './completion-scripts.ts';

function parse(line: string): Request & { out: string; err: string } {
  let out = '';
  let err = '';
  const write = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { ...parseArguments(line === '' ? [] : line.split(' '), write), out, err };
}

function core(line: string): Partial<CoreRequest> {
  const request = parse(line);
  if (request.kind !== 'core') throw new Error(`${line}: ${request.kind} ${request.err}`);
  return request;
}

describe('inquest core', () => {
  it.each(['core exe core.1', 'exe core.1', '--json exe core.1', 'exe core.1 --json', 'exe --json core.1'])(
    '%s',
    (line) => {
      expect(core(line).files).toEqual(['exe', 'core.1']);
    },
  );

  it('takes files by flag, too', () => {
    expect(core('-c core.1 --exe prog')).toMatchObject({ files: [], core: 'core.1', exe: 'prog' });
    expect(core('prog -c core.1')).toMatchObject({ files: ['prog'], core: 'core.1' });
  });

  it('collects commands in order', () => {
    expect(core('a b -e bt --ex locals -ex args').commands).toEqual(['bt', 'locals', 'args']);
    expect(core('a b --init x --init -').init).toEqual(['x', '-']);
  });

  it('has defaults', () => {
    expect(core('x')).toMatchObject({
      color: 'auto',
      pager: true,
      json: false,
      batch: false,
      force: false,
      quiet: false,
      commands: [],
    });
    expect(core('x --no-color --no-pager')).toMatchObject({ color: 'never', pager: false });
    expect(core('x --color always').color).toBe('always');
  });
});

describe('inquest traceback', () => {
  it('takes the files and a level', () => {
    expect(parse('traceback core exe')).toMatchObject({ kind: 'traceback', files: ['core', 'exe'], level: 'all' });
    expect(parse('traceback --level crash core --json')).toMatchObject({ level: 'crash', json: true });
    expect(
      parse('traceback --coredump last --debuginfod --sysroot r --libs l --substitute-path a=b --debug-info-dir d'),
    ).toMatchObject({
      coredump: 'last',
      debuginfod: true,
      sysroot: 'r',
      libs: ['l'],
      substitutePath: ['a=b'],
      debugInfoDir: ['d'],
      config: true,
      color: 'auto',
    });
    expect(parse('help traceback').out).toContain('inquest traceback ./server core.4711');
  });
});

describe('inquest doctor', () => {
  it('takes a process', () => {
    expect(parse('doctor')).toMatchObject({ kind: 'doctor', pid: undefined, root: '/', json: false, color: 'auto' });
    expect(parse('doctor --pid 12 --json --no-color')).toMatchObject({ pid: 12, json: true, color: 'never' });
    expect(parse('doctor -p 0')).toMatchObject({ kind: 'done', usageError: true });
    expect(parse('doctor -p x').err).toContain('it is not the number of a process');
    expect(parse('help doctor').out).toContain('Exit status: 0 a core would be kept');
  });
});

describe('--memory', () => {
  it('is a size in units of 1024', () => {
    expect(parse('core a b')).toMatchObject({ memory: undefined });
    for (const [text, size] of [
      ['1M', 2 ** 20],
      ['64MiB', 2 ** 26],
      ['2g', 2 ** 31],
      ['2048k', 2 ** 21],
      ['1048576', 2 ** 20],
    ] as const)
      expect(parse(`core --memory ${text} a b`)).toMatchObject({ memory: size });
    for (const text of ['0', '1023K', 'much', '-1M', '1.5G', '1T', '9999999999G'])
      expect(parse(`core --memory ${text} a b`).err).toContain('it is not a size from 1M on, as 64M or 1G.');
  });
});

describe('inquest cache', () => {
  it('tells, or clears', () => {
    expect(parse('cache')).toMatchObject({ kind: 'cache', clear: false });
    expect(parse('cache clear')).toMatchObject({ kind: 'cache', clear: true });
    expect(parse('cache empty').err).toContain('Allowed choices are clear');
    expect(parse('help cache').out).toContain('14 days');
    expect(parse('core --no-cache a b')).toMatchObject({ kind: 'core', cache: false });
    expect(parse('core a b')).toMatchObject({ kind: 'core', cache: true });
  });
});

describe('inquest run', () => {
  it('leaves to the program what is behind its name', () => {
    expect(parse('run --batch -e bt ./server -e x --json -- y')).toMatchObject({
      kind: 'run',
      words: ['./server', '-e', 'x', '--json', '--', 'y'],
      commands: ['bt'],
      batch: true,
      json: false,
    });
    expect(parse('run -o out --json -- -odd --help')).toMatchObject({
      words: ['-odd', '--help'],
      output: 'out',
      json: true,
    });
    expect(parse('run')).toMatchObject({ kind: 'done', usageError: true });
    expect(parse('run --nonsense ./server').err).toContain("unknown option '--nonsense'");
    expect(parse('run --help').out).toContain('128+N if signal N ended it');
  });
});

describe('usage', () => {
  it('names what is wrong', () => {
    expect(parse('a b --jsn')).toMatchObject({
      kind: 'done',
      usageError: true,
      err: "inquest: unknown option '--jsn'\n(Did you mean --json?)\n",
    });
    expect(parse('a --color blue').err).toContain('Allowed choices are auto, always, never');
    expect(parse('completion tcsh')).toMatchObject({ kind: 'done', usageError: true });
  });

  it('prints help', () => {
    expect(parse('--help')).toMatchObject({ kind: 'done', usageError: false });
    expect(parse('-h').out).toContain('Examples:');
    expect(parse('core -h').out).toContain('--init <file>');
    expect(parse('help core').out).toContain('Exit status');
    expect(parse('help bt')).toMatchObject({ kind: 'help', topic: 'bt' });
  });

  it('prints the version', () => {
    expect(parse('-V').kind).toBe('version');
    expect(parse('--version').kind).toBe('version');
    expect(parse('version').kind).toBe('version');
  });
});

describe('completion', () => {
  it('offers exactly the flags that there are', () => {
    const help = [
      'core --help',
      'traceback --help',
      'doctor --help',
      'run --help',
      'cache --help',
      'dap --help',
      'connect --help',
      '--help',
    ]
      .map((line) => parse(line).out)
      .join('');
    const known = [...help.matchAll(/^\s+(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1]);
    expect([...new Set(known)].sort()).toEqual([...COMPLETED.flags].sort());
  });
});
