import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { formatUsage, parseCommandLine } from './command-line.ts';
import { nearest } from './nearest.ts';
import { defineOperation, type Operation, type Parameter } from './operation.ts';
import { splitWords } from './words.ts';

function operation(name: string, aliases: readonly string[], parameters: readonly Parameter[]): Operation {
  return defineOperation({ name, aliases, group: 'look', summary: name, parameters, run: () => undefined });
}

const regex: Parameter = { name: 'regex', kind: 'regex', positional: true, summary: '' };
const verbose: Parameter = { name: 'v', kind: 'flag', summary: '' };

const TABLE: readonly Operation[] = [
  operation('report', [], []),
  operation(
    'stack',
    ['bt'],
    [
      { name: 'depth', kind: 'number', positional: true, summary: '' },
      { name: 'full', kind: 'flag', summary: '' },
    ],
  ),
  operation(
    'goroutines',
    ['grs'],
    [
      { name: 't', kind: 'number', summary: '' },
      {
        name: 'with',
        aliases: ['w'],
        kind: 'phrase',
        repeated: true,
        summary: '',
        wordCount: (first) => (first === 'user' ? 1 : 2),
      },
      { name: 'group', kind: 'phrase', summary: '', wordCount: (first) => (first === 'user' ? 1 : 0) },
      { name: 'exec', kind: 'rest', summary: '' },
      { name: 'limit', kind: 'number', aliases: ['n'], summary: '' },
    ],
  ),
  operation('goroutine', ['gr'], [{ name: 'id', kind: 'number', positional: true, summary: '' }]),
  operation('frame', [], [{ name: 'index', kind: 'number', positional: true, summary: '' }]),
  operation('threads', [], [{ name: 'exec', kind: 'rest', summary: '' }]),
  operation('locals', [], [verbose, regex]),
  operation(
    'examinemem',
    ['x'],
    [
      { name: 'fmt', kind: 'string', summary: '' },
      { name: 'count', kind: 'number', aliases: ['len'], summary: '' },
      { name: 'size', kind: 'number', summary: '' },
      { name: 'x', kind: 'flag', summary: '' },
      { name: 'address', kind: 'expression', positional: true, summary: '' },
    ],
  ),
  operation('args', [], [verbose, regex]),
  operation('vars', [], [verbose, regex]),
  operation(
    'print',
    ['p'],
    [
      { name: 'format', kind: 'string', summary: '' },
      { name: 'expression', kind: 'expression', positional: true, required: true, summary: '' },
    ],
  ),
  operation('list', ['ls', 'l'], [{ name: 'location', kind: 'string', positional: true, summary: '' }]),
  operation('threads', [], []),
  operation('thread', ['tr'], [{ name: 'id', kind: 'number', positional: true, summary: '' }]),
  operation(
    'regs',
    [],
    [
      { name: 'a', kind: 'flag', summary: '' },
      { name: 'names', kind: 'rest', positional: true, summary: '' },
    ],
  ),
  operation('funcs', [], [regex]),
  operation('types', [], [regex]),
  operation('libraries', [], []),
  operation('help', ['h'], [{ name: 'command', kind: 'string', positional: true, summary: '' }]),
  operation('exit', ['quit', 'q'], []),
];

/** The line as one word for each part: what a reader of the tests wants to compare. */
function parse(line: string): unknown {
  const command = parseCommandLine(line, TABLE);
  if (command === undefined) return undefined;
  const {
    scope,
    operation: { name },
    parameters,
  } = command;
  return [...Object.entries(scope).flat(), name, parameters];
}

function failure(line: string): string {
  try {
    parseCommandLine(line, TABLE);
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return error.detail.hint === undefined ? error.message : `${error.message} | ${error.detail.hint}`;
  }
  return 'no error';
}

describe('parseCommandLine', () => {
  it.each([
    ['bt', ['stack', {}]],
    ['  bt 10 -full ', ['stack', { depth: 10, full: true }]],
    ['bt --full 0x10', ['stack', { depth: 16, full: true }]],
    ['goroutine 5 frame 2 locals -v', ['goroutine', 5, 'frame', 2, 'locals', { v: true }]],
    ['frame 3 p x', ['frame', 3, 'print', { expression: 'x' }]],
    ['gr 5 bt 3', ['goroutine', 5, 'stack', { depth: 3 }]],
    ['goroutine 5', ['goroutine', { id: 5 }]],
    ['goroutines -t 5 -limit=3', ['goroutines', { t: 5, limit: 3 }]],
    ['goroutines -t', ['goroutines', { t: 10 }]],
    ['goroutines -t -n 3', ['goroutines', { t: 10, limit: 3 }]],
    ['goroutines -t 5 -with user', ['goroutines', { t: 5, with: ['user'] }]],
    ['goroutines -w userloc "a b" -w user', ['goroutines', { with: ['userloc a b', 'user'] }]],
    ['goroutines -group -t', ['goroutines', { group: '', t: 10 }]],
    ['goroutines -group user -exec bt -full 3', ['goroutines', { group: 'user', exec: 'bt -full 3' }]],
    ['print %x a + b', ['print', { format: '%x', expression: 'a + b' }]],
    ['print %x', ['print', { expression: '%x' }]],
    ['print -x', ['print', { expression: '-x' }]],
    ['p "a b"  +  c', ['print', { expression: '"a b"  +  c' }]],
    ['locals -v ^a b$', ['locals', { v: true, regex: '^a b$' }]],
    ['list "my file.go:3"', ['list', { location: 'my file.go:3' }]],
    ['list main.main', ['list', { location: 'main.main' }]],
    ['list -- -3', ['list', { location: '-3' }]],
    ['q', ['exit', {}]],
    ['help bt', ['help', { command: 'bt' }]],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it('takes empty lines and comments for nothing', () => {
    expect(['', '   ', '# bt', '  #x'].map(parse)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps the line as it was typed', () => {
    expect(parseCommandLine('  info  locals x ', TABLE)?.text).toBe('info  locals x');
  });

  it('completes unique beginnings, of aliases too', () => {
    expect(parse('rep')).toEqual(['report', {}]);
    expect(parse('loc')).toEqual(['locals', {}]);
    expect(parse('lib')).toEqual(['libraries', {}]);
  });
});

describe('habits of GDB', () => {
  it.each([
    ['info goroutines', ['goroutines', {}]],
    ['i lo', ['locals', {}]],
    ['info functions ^main', ['funcs', { regex: '^main' }]],
    ['info registers rip', ['regs', { names: 'rip' }]],
    ['info all-registers', ['regs', { a: true }]],
    ['info sharedlibrary', ['libraries', {}]],
    ['where', ['stack', {}]],
    ['where 3', ['stack', { depth: 3 }]],
    ['backtrace -full', ['stack', { full: true }]],
    ['bt full', ['stack', { full: true }]],
    ['f 2', ['frame', { index: 2 }]],
    ['f 2 info locals', ['frame', 2, 'locals', {}]],
    ['thread apply all bt', ['threads', { exec: 'bt' }]],
    ['thread apply all bt full', ['threads', { exec: 'bt full' }]],
    ['print/x a', ['print', { format: '%x', expression: 'a' }]],
    ['p/t a', ['print', { format: '%b', expression: 'a' }]],
    ['x/4gx 0', ['examinemem', { count: 4, size: 8, fmt: 'hex', address: '0' }]],
    ['x/s p', ['examinemem', { size: 1, fmt: 'string', address: 'p' }]],
    ['x/3 &a', ['examinemem', { count: 3, size: 4, fmt: 'hex', address: '&a' }]],
    ['x/2a $rsp', ['examinemem', { count: 2, size: 8, fmt: 'addr', address: '$rsp' }]],
    ['x -fmt oct -len 2 -x 5', ['examinemem', { fmt: 'oct', count: 2, x: true, address: '5' }]],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe('what is refused', () => {
  it.each([
    ['goroutnies', 'there is no command goroutnies | did you mean goroutines?'],
    ['xyzzy', 'there is no command xyzzy | help lists the commands'],
    ['continue', 'continue needs a live process, not a core dump | report tells how it ended'],
    ['c', 'c needs a live process, not a core dump | report tells how it ended'],
    ['cont', 'continue needs a live process, not a core dump | report tells how it ended'],
    [
      'info breakpoints',
      'info breakpoints needs a live process, not a core dump | list LOCATION shows the code, goroutines -with userloc LOCATION who was there',
    ],
    [
      't',
      't needs a live process, not a core dump | list LOCATION shows the code, goroutines -with userloc LOCATION who was there',
    ],
    ['ar x', 'no error'],
    ['g', 'g is ambiguous: goroutines, goroutine'],
    ['threads 3', 'threads takes no argument: 3 | usage: threads [-exec command]'],
    ['bt 1 2', 'stack: one argument too many: 2 | usage: stack [-full] [depth]'],
    ['bt x', 'stack: depth must be a number, not x | usage: stack [-full] [depth]'],
    ['bt -ful', 'stack has no flag -ful | did you mean -full?'],
    ['goroutines -limit', '-limit needs a number'],
    [
      'goroutines -limit x',
      'goroutines: -limit must be a number, not x | usage: goroutines [-t n] [-with what] [-group what] [-exec command] [-limit n]',
    ],
    ['print', 'print needs an expression | usage: print [-format string] expression'],
    ['goroutine bt', 'goroutine: id must be a number, not bt | usage: goroutine [id]'],
    ['x/q 0', 'x/q has other letters than sizes (b h w g) and formats (x d u o t f a c s)'],
    ['thread apply 1 bt', 'thread apply works for all threads: thread apply all COMMAND | thread N selects one'],
  ])('%s', (line, expected) => {
    expect(failure(line)).toBe(expected);
  });

  it('is always a DebugError', () => {
    const pieces = [
      'goroutine',
      '5',
      '-',
      '--',
      '"',
      "'",
      '\\',
      'p',
      '%x',
      '/',
      'info',
      '-t',
      '=',
      '\u0000',
      ' ',
      'x/',
    ];
    for (let i = 0; i < 4000; i++) {
      let line = '';
      for (let n = i, count = 0; count < 5; count++, n = Math.floor(n / 7) + i)
        line += pieces[n % pieces.length] + (n % 3 === 0 ? ' ' : '');
      failure(line);
    }
  });
});

describe('words', () => {
  it('are cut at spaces, and quotes keep them together', () => {
    expect(splitWords(`a  "b \\" c" 'd \\' e`).map(({ text }) => text)).toEqual(['a', 'b " c', 'd \\', 'e']);
    expect(splitWords('a "open')).toEqual([
      { text: 'a', quoted: false, end: 1 },
      { text: 'open', quoted: true, end: 7 },
    ]);
  });

  it('have near neighbours', () => {
    expect(nearest('lcoals', ['args', 'locals'])).toBe('locals');
    expect(nearest('zzz', ['args', 'locals'])).toBeUndefined();
  });

  it('make a usage line with flags first', () => {
    expect(formatUsage(TABLE[1] as Operation)).toBe('stack [-full] [depth]');
  });
});
