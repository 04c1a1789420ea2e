import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDebugError } from '../base/errors.ts';
import { parseCommandLine } from './command-line.ts';
import { LIVE_COMMANDS } from './live-commands.ts';
import { defineOperation, type Operation, type Parameter } from './operation.ts';

function operation(name: string, aliases: readonly string[], ...parameters: Parameter[]): Operation {
  return defineOperation({ name, aliases, group: 'look', summary: name, parameters, run: () => undefined });
}

const rest: Parameter = { name: 'value', kind: 'rest', positional: true, summary: '' };
const TABLE: readonly Operation[] = [
  operation('config', [], { name: 'key', kind: 'string', positional: true, summary: '' }, rest),
  operation('stack', ['bt'], { name: 'depth', kind: 'number', positional: true, summary: '' }),
  operation('print', ['p'], { name: 'expression', kind: 'expression', positional: true, summary: '' }),
  operation('funcs', [], { name: 'regex', kind: 'regex', positional: true, summary: '' }),
  operation('goroutines', [], { name: 't', kind: 'number', summary: '' }, { name: 'exec', kind: 'rest', summary: '' }),
  operation('threads', [], { name: 'exec', kind: 'rest', summary: '' }),
  operation('goroutine', [], { name: 'id', kind: 'number', positional: true, summary: '' }),
  operation('thread', [], { name: 'id', kind: 'number', positional: true, summary: '' }),
  operation('transcript', [], { name: 'off', kind: 'flag', summary: '' }, rest),
  operation('version', []),
];

function parse(line: string): unknown {
  const command = parseCommandLine(line, TABLE);
  if (command === undefined) return undefined;
  const { operation: found, parameters, output } = command;
  return [found.name, parameters, ...(output === undefined ? [] : [output.kind, output.target])];
}

function failure(line: string): string {
  try {
    return JSON.stringify(parse(line));
  } catch (error) {
    if (!isDebugError(error)) throw error;
    return error.message;
  }
}

describe("GDB's settings", () => {
  it.each([
    ['set print elements 20', ['config', { key: 'max-array-values', value: '20' }]],
    ['set print elements unlimited', ['config', { key: 'max-array-values', value: '1000000' }]],
    ['set listsize 11', ['config', { key: 'source-list-line-count', value: '5' }]],
    ['set disassembly-flavor att', ['config', { key: 'disassemble-flavor', value: 'gnu' }]],
    ['set substitute-path /a /b', ['config', { key: 'substitute-path', value: '/a /b' }]],
    ['unset substitute-path', ['config', { key: 'substitute-path', value: '-clear' }]],
    ['unset substitute-path /a', ['config', { key: 'substitute-path', value: '/a' }]],
    ['set debug-file-directory /d', ['config', { key: 'debug-info-directories', value: '-add /d' }]],
    ['set logging file x.txt', ['transcript', { value: 'x.txt' }]],
    ['set logging off', ['transcript', { off: true }]],
    ['show listsize', ['config', { key: 'source-list-line-count' }]],
    ['show max-string-len', ['config', { key: 'max-string-len' }]],
    ['show version', ['version', {}]],
    ['show', ['config', {}]],
    ['set pagination off', undefined],
    ['set confirm off', undefined],
    ['set print pretty on', undefined],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it.each([
    ['set x = 3', 'set needs a live process, not a core dump'],
    ['set var x = 3', 'set needs a live process, not a core dump'],
    ['show pagination', 'there is no setting pagination'],
  ])('%s is refused', (line, message) => {
    expect(failure(line)).toBe(message);
  });
});

describe('all at once', () => {
  it.each([
    ['thread apply all bt', ['threads', { exec: 'bt' }]],
    ['thread apply all -q bt 3', ['threads', { exec: 'bt 3' }]],
    ['thread apply all print x', ['threads', { exec: 'print x' }]],
    ['goroutine all bt', ['goroutines', { exec: 'bt' }]],
    ['goroutines -exec bt > out', ['goroutines', { exec: 'bt' }, 'file', 'out']],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it('but not for some', () => {
    expect(failure('thread apply 1 bt')).toBe('thread apply works for all threads: thread apply all COMMAND');
  });
});

describe('where answers go', () => {
  it.each([
    ['goroutine 1 > out.txt', ['goroutine', { id: 1 }, 'file', 'out.txt']],
    ['bt > out.txt', ['stack', {}, 'file', 'out.txt']],
    ['bt 3 >> "my file"', ['stack', { depth: 3 }, 'append', 'my file']],
    ['bt | grep -c main | cat', ['stack', {}, 'pipe', 'grep -c main | cat']],
    ['funcs a|b', ['funcs', { regex: 'a|b' }]],
    ['funcs a|b | head -3', ['funcs', { regex: 'a|b' }, 'pipe', 'head -3']],
    ['funcs " > "', ['funcs', { regex: '" > "' }]],
    ['print a > b', ['print', { expression: 'a > b' }]],
    ['print a | b', ['print', { expression: 'a | b' }]],
    ['pipe print a | grep x', ['print', { expression: 'a' }, 'pipe', 'grep x']],
    ['| bt 2 | head -1', ['stack', { depth: 2 }, 'pipe', 'head -1']],
    ['config prompt x > y', ['config', { key: 'prompt', value: 'x' }, 'file', 'y']],
    ['config prompt "> "', ['config', { key: 'prompt', value: '"> "' }]],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it.each([
    ['bt >', '> needs a file'],
    ['bt |', '| needs a command of the shell'],
    ['pipe bt', 'pipe needs a command, | and a command of the shell'],
  ])('%s is refused', (line, message) => {
    expect(failure(line)).toBe(message);
  });
});

describe('commands that need a live process', () => {
  it('are refused by every name, with what to use instead', () => {
    for (const { name, aliases, instead } of LIVE_COMMANDS) {
      expect(instead).not.toBe('');
      for (const word of [name, ...aliases]) {
        expect(failure(`${word} x`), word).toBe(`${word} needs a live process, not a core dump`);
      }
    }
  });
});

describe('any line', () => {
  it('is understood or refused by a DebugError', () => {
    const word = fc.constantFrom(
      'bt',
      'print',
      'p',
      'info',
      'set',
      'show',
      'unset',
      'pipe',
      'thread',
      'apply',
      'all',
      'goroutine',
      '1',
      '-exec',
      '-t',
      '|',
      '>',
      '>>',
      '%x',
      '/',
      'x/20gx',
      'print/x',
      '"',
      "'",
      '\\',
      '-',
      '--',
      '$',
      '#',
      'config',
      'listsize',
      'substitute-path',
      '\t',
      '🙂',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          parseCommandLine(words.join(' '), TABLE);
        } catch (error) {
          if (!isDebugError(error)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
