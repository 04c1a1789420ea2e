import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPILED_IN, openFixture, PROGRAMS } from '../../../fixtures/fixtures.mjs';
import { useCommand, type Run } from './command-process.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples/scripts');
const command = useCommand();
const { folder } = command;
/** The sources as they were compiled, wherever this checkout is. */
const WITH_SOURCES = ['--substitute-path', `${COMPILED_IN}=${PROGRAMS}`];

function inquest(id: string, args: readonly string[]): Run {
  const { exe, core } = openFixture(id);
  return command.run([exe, core, ...WITH_SOURCES, ...args]);
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Runs the body of a script, with `q` for the session. */
function script(body: string): Run {
  return inquest('truth/go1.27/default', ['--script', write('body.js', `export default (q) => {\n${body}\n};\n`)]);
}

describe('values', () => {
  it("are JavaScript's own", () => {
    const names =
      'arrayArr chanBuffered chanStructs floatInf floatNaN funcNil funcValue ifaceErr ifaceNil mapNested mapNil mapUint64 ptrPtr';
    const run = script(`
      const out = {};
      for (const name of '${names}'.split(' ')) out[name] = q.eval('main.' + name).value;
      q.print(JSON.stringify(out, (_key, each) => {
        if (each instanceof Map) return { map: [...each] };
        return typeof each === 'bigint' ? each + 'n' : typeof each === 'number' && !Number.isFinite(each) ? String(each) : each;
      }));
      const bytes = q.eval('main.out').value;
      q.print(bytes instanceof Uint8Array, bytes.length, q.eval('main.mapThousand').value.size);`);
    expect(run).toMatchObject({ code: 0, err: '' });
    const [values = '', counts] = run.out.split('\n');
    expect(JSON.parse(values)).toEqual({
      arrayArr: [
        [1, 2, 3],
        [-1, -2, -3],
      ],
      chanBuffered: [2, 3, 40, 50, 60],
      chanStructs: [{ a: 1, b: 'c' }],
      floatInf: '-Infinity',
      floatNaN: 'NaN',
      funcValue: 'main.itoa',
      ifaceErr: { msg: 'bad', code: 4 },
      mapNested: {
        map: [
          ['x', { map: [[1, 'one']] }],
          ['y', { map: [] }],
        ],
      },
      mapUint64: { map: [['18446744073709551615n', 0.5]] },
      ptrPtr: { a: 8, b: 'eight' },
    });
    expect(counts).toBe('true 34776 1000');
  });

  it('can be gone through, and lead on', () => {
    const run = script(`
      const map = q.eval('main.mapStruct');
      for (const [key, value] of map.entries()) q.print(key.field('a').value, value.text(), value.type);
      q.print(q.eval('main.arrayArr').at(1).at(2).value, [...q.eval('main.chanBuffered')].length, q.eval('main.ptrPtr').target().target().field('b').value);
      q.print(q.eval('main.mapNil').isNil(), map.length, map.kind, q.eval('main.ifaceNil').target());
      const where = q.eval('main.mapNine').address;
      q.print(Buffer.from(q.memory(where, 8)).equals(Buffer.from(q.memory('0x' + where.toString(16), 8))));`);
    expect(run.err).toBe('');
    expect(run.out).toBe('1 10 int\n2 20 int\n-3 5 eight\ntrue 2 map undefined\ntrue\n');
  });
});

describe('the session', () => {
  it('answers as its commands do, anywhere', () => {
    const run = script(`
      const frames = q.stack(1);
      const main = frames.find((frame) => frame.function === 'main.main');
      q.print(q.goroutines().length > 3, q.goroutines({ with: ['user'] }).length, main.goroutine, q.stack(1, 2).length);
      const text = frames.find((frame) => frame.function === 'main.text2');
      for (const { name, value } of [...q.args(text), ...q.locals(text)]) if (name === 'utf8') q.print(name, value);
      q.print(q.eval('utf8', text).value, q.eval('utf8', { goroutine: 1, frame: text.index }).stale);
      q.print(q.text('frame').split('\\n')[0] === q.text('goroutine 1 frame ' + q.ask('frame').index + ' frame').split('\\n')[0]);
      q.select({ frame: text.index });
      q.print(q.ask('frame').function, q.frame().index === text.index, q.list('main.main').line > 0);
      q.setting('max-string-len', 3);
      q.print(q.eval('utf8').text() !== q.text('p utf8').trim(), q.setting('max-string-len'), q.program.goVersion);
      q.print(q.command('echo said'), q.command('nonsense'));`);
    expect(run.err).toBe('inquest: there is no command nonsense\n  help lists the commands\n');
    const lines = run.out.split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'true 1 1 2',
      'utf8 héllo 世界',
      'héllo 世界 undefined',
      'true',
      'main.text2 true true',
      expect.stringMatching(/^true 3 go1\.27/),
    ]);
    expect(lines.slice(6)).toEqual(['said', 'true false', '']);
  });

  it('takes new commands', () => {
    write(
      'cmd.ts',
      `export default (q: any): void => {
  q.registerCommand('double', { help: 'Double a number\\ndouble 4', aliases: ['dbl'], run: ([n]: string[]) => String(Number(n) * 2) });
};\n`,
    );
    const run = inquest('sum/go1.27/default', [
      '-e',
      'source cmd.ts',
      '-e',
      'double 21',
      '-e',
      'dbl 4 > out.txt',
      '-e',
      'help double',
      '-e',
      'source cmd.ts',
      '-e',
      'dbl 1',
    ]);
    expect(run.err).toBe('');
    expect(run.out).toMatch(/^42\nDouble a number\.\n[^]*also: dbl[^]*double 4\n2\n$/);
    expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('8\n');
    const taken = script(`q.registerCommand('bt', { run() {} });`);
    expect(taken.err).toBe('inquest: body.js:2: bt is a command already\n');
  });
});

describe('what goes wrong in a script', () => {
  it.each([
    ["\nq.eval('nothing');", 'body.js:3: there is no variable nothing here'],
    ['const x = undefined; x.y;', "body.js:2: TypeError: Cannot read properties of undefined (reading 'y')"],
    ["throw new Error('too bad');", 'body.js:2: too bad'],
    ['q.nothing();', 'body.js:2: TypeError: q.nothing is not a function'],
    ["q.eval('main.ptrPtr').field('z');", 'body.js:2: **main.mapKey has no field z'],
    ["q.eval('main.arrayArr').at(9);", 'body.js:2: index 9 is out of range'],
    ['q.memory(8, 8);', 'body.js:2: '],
    ['q.memory(0, 1e12);', 'body.js:2: cannot read 1000000000000 bytes'],
    ["q.ask('list', { nonsense: 1 });", 'body.js:2: list has no parameter nonsense'],
    ["q.stack('x');", 'body.js:2: where must be the number of a goroutine'],
    ['q.stack(99999);', 'body.js:2: there is no goroutine 99999'],
    ['const = 3;', 'body.js:2: '],
    ["require('./none.js');", 'body.js:2: '],
    ['q.source = 3; return Promise.resolve();', "body.js: the script's function must not be async"],
  ])('%j is told with its line', (body, message) => {
    const run = script(body);
    expect(run.err.startsWith(`inquest: ${message}`), run.err).toBe(true);
    expect(run).toMatchObject({ code: 1, out: '' });
  });

  it('such as files that are not there, and scripts that export nothing', () => {
    expect(inquest('sum/go1.27/default', ['--script', 'none.js']).err).toContain(
      'cannot read the script none.js: no such file',
    );
    write('bare.cjs', 'inquest.print("top level", typeof module.exports, __filename.endsWith("bare.cjs"));\n');
    expect(inquest('sum/go1.27/default', ['--script', 'bare.cjs']).out).toBe('top level object true\n');
    expect(inquest('sum/go1.27/default', ['-e', 'source plain.txt word']).err).toContain(
      'is no script: it takes no arguments',
    );
  });

  it('also in files beside it, which are imported', () => {
    write(
      'helper.ts',
      'export const twice = (n: number): number => {\n  if (n > 5) throw new RangeError("too large");\n  return n * 2;\n};\n',
    );
    write(
      'uses.mjs',
      'import { twice } from "./helper.js";\nimport { EOL } from "node:os";\nexport default (q) => q.print(twice(4) + EOL.length, twice(Number(q.arguments[0])));\n',
    );
    expect(inquest('sum/go1.27/default', ['-e', 'source uses.mjs 5']).out).toBe('9 10\n');
    expect(inquest('sum/go1.27/default', ['-e', 'source uses.mjs 6']).err).toBe(
      'inquest: helper.ts:2: RangeError: too large\n',
    );
  });
});

describe('the examples', () => {
  const blocked = 'truth/go1.27/default';

  it('waiting.js', () => {
    const run = inquest(blocked, [
      '-e',
      `source ${EXAMPLES}/waiting.js`,
      '-e',
      `source ${EXAMPLES}/waiting.js nothing`,
    ]);
    expect(run).toEqual({ code: 0, out: '     1  running in main.last line 429  (1)\nno goroutine waits\n', err: '' });
  });

  it('find.ts', () => {
    const run = inquest(blocked, [
      '-e',
      `source ${EXAMPLES}/find.ts utf8`,
      '-e',
      'find "héllo"',
      '-e',
      'find nothing',
      '-e',
      'find',
    ]);
    expect(run.out).toMatch(
      /^goroutine 1 frame \d+ main\.text2: utf8 string = "héllo 世界"\n1 found\n(goroutine .*\n)+2 found\n0 found\n$/,
    );
    expect(run.err).toEqual(expect.stringMatching(/find\.ts:\d+: find needs a type, a name, or a text in quotes\n$/));
  });

  it('export-json.mjs', () => {
    const run = inquest(blocked, [
      '-e',
      `source ${EXAMPLES}/export-json.mjs main.mapStruct out.ndjson`,
      '-e',
      `source ${EXAMPLES}/export-json.mjs`,
    ]);
    expect(run.out).toBe('2 lines of map[main.mapKey]int in out.ndjson\n');
    expect(readFileSync(join(folder, 'out.ndjson'), 'utf8')).toBe(
      '{"key":{"a":1,"b":"x"},"value":10}\n{"key":{"a":2,"b":"y"},"value":20}\n',
    );
    expect(run.err).toContain('usage: source export-json.mjs EXPRESSION FILE');
  });
});
