import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession, say } from './session-text.ts';

const session = openSession('exprs/go1.27/noopt');
const folder = mkdtempSync(join(tmpdir(), 'inquest-values-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => session.configuration.set('show-raw-strings', false));

/** The message of an error, without the hint. */
function refusal(line: string): string {
  return say(session, line).split(' | ')[0] ?? '';
}

describe('print', () => {
  // The expected texts are Delve's, byte for byte.
  it.each([
    [
      'print gTree',
      /^\(\*main\.tree\)\(0x[0-9a-f]+\)\n\*main\.tree \{\n\tLeft: \*main\.tree \{\n\t\tLeft: \*main\.tree nil,/,
    ],
    ['print gPoints', '[]main.point len: 2, cap: 2, [\n\t{X: 1, Y: 2},\n\t{X: 3, Y: 4},\n]'],
    ['print &gPoint', /^\(\*main\.point\)\(0x[0-9a-f]+\)$/],
    ['print (*main.point)(uintptr(gPointer))', /^\(\*main\.point\)\(0x[0-9a-f]+\)$/],
    ['print gNilPointer', '*main.point nil'],
    ['print %x gArray', '[5]int [a,14,1e,28,32]'],
    ['print %q gNames', '[]string len: 3, cap: 3, ["alpha","beta","gamma"]'],
    ['print %s gError', 'error(*main.myError) *{Code: %!s(int64=7), Why: seven}'],
    ['print %.3f matrix', '[2][2]float64 [\n\t[1.000,2.000],\n\t[3.000,4.000],\n]'],
    ['print/x gColor', '2'],
  ])('%s as Delve', (line, expected) => {
    const text = say(session, line);
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
  });

  it('shows no control character of a string but tabs of its own', () => {
    expect(say(session, 'print gQuote')).toBe('"tab\\tquote\\"nul\\x00bad\\xffend"');
    session.configuration.set('show-raw-strings', true);
    expect(say(session, 'print gQuote')).toBe('tab\\tquote"nul\\x00bad\ufffdend');
  });

  it('shows strings raw where the settings say so', () => {
    session.configuration.set('show-raw-strings', true);
    expect(say(session, 'print gNames')).toBe('[]string len: 3, cap: 3, [alpha,beta,gamma]');
    expect(say(session, 'print gLong')).toMatch(/^abc.*01\.\.\.\+34 more$/);
  });

  it('shows everything with -full', () => {
    expect(say(session, 'print -full gLong')).toHaveLength(100);
    expect(say(session, 'print -full gMany')).toMatch(/,9801\]$/);
    expect(say(session, 'print -full chain')).toContain('Value: 3');
  });

  it('tells who waits on a channel', () => {
    const blocked = openSession('blocked/go1.27/default');
    expect(say(blocked, 'goroutine 7 frame 3 print c')).toMatch(
      /\n\nGoroutines waiting on this channel:\n[^]* {2}Goroutine 7 waits to send 1 {2}main\.send {2}.*blocked\.go:21$/,
    );
  });
});

describe('more', () => {
  it('goes on with slices, strings, maps and channels until they end', () => {
    say(session, 'print gMany');
    expect(say(session, 'more')).toMatch(/^\[\]int len: 36, cap: 36, \[4096,.*,9801\]$/);
    expect(refusal('more')).toBe('gMany was shown to its end');
    say(session, 'print gLong');
    expect(say(session, 'more 4')).toBe('"2345...+30 more"');
    expect(say(session, 'more')).toBe('"6789abcdefghijklmnopqrstuvwxyz"');
    say(session, 'print many');
    const seen = new Set<string>();
    for (const line of `${say(session, 'print many')}\n${say(session, 'more')}\n${say(session, 'more')}\n${say(session, 'more')}`.split(
      '\n',
    ))
      if (/^\t\d+: /.test(line)) seen.add(line);
    expect(seen.size).toBe(200);
    expect(refusal('more')).toBe('many was shown to its end');
  });

  it('keeps the format, and looks through pointers', () => {
    say(session, 'print %x &gMany');
    say(session, 'print %x gMany');
    expect(say(session, 'more 2')).toBe('[]int len: 36, cap: 36, [1000,1081,...+34 more]');
    expect(refusal('more 0')).toBe('more takes a number above 0');
  });

  it('follows nothing that was whole, and nothing else', () => {
    say(session, 'print gInt');
    expect(refusal('more')).toBe('there is nothing to go on with: more follows a print that was cut');
  });
});

describe('whatis', () => {
  it('describes types as Delve does, and more', () => {
    expect(say(session, 'whatis main.point')).toBe(`struct type, size: 16 bytes, align: 8
Fields:
\tX  int  offset 0, 8 bytes
\tY  int  offset 8, 8 bytes
Methods:
\tMove  func(int, int)  (of the pointer)
\tmain.point.Sum  func() int
Implements:
\tmain.mover (by pointers to it)
\tmain.summer`);
    expect(say(session, 'whatis color')).toContain('Constants:\n\tred = 0\n\tgreen = 1\n\tblue = 2\n');
    expect(say(session, 'ptype summer')).toContain(
      'Implemented by:\n\t*main.mixed\n\t*main.point\n\tmain.mixed\n\tmain.point',
    );
    expect(say(session, 'whatis ints')).toContain('Defined as: []int');
    expect(say(session, 'whatis [3]map[string]int')).toBe('array type, size: 24 bytes, align: 8');
  });

  it('tells the type of an expression, and what an interface holds', () => {
    expect(say(session, 'whatis gAny')).toMatch(/^interface \{\}\nConcrete type: int\n/);
    expect(say(session, 'whatis gNilAny')).toMatch(/^interface \{\}\ninterface type/);
    expect(say(session, 'whatis 1.5')).toMatch(/^float64\n/);
    expect(say(session, 'whatis i8 + 1')).toMatch(/^int8\nint8 type, size: 1 byte, align: 1/);
    expect(say(session, 'whatis double')).toMatch(/^func\(int\) int\n/);
    expect(say(session, 'whatis nil')).toBe('untyped nil');
    expect(refusal('whatis nosuch')).toBe('there is no variable nosuch here');
  });

  it('lays out structs with padding, and tells where variables are if it is set to', () => {
    expect(say(session, 'whatis widths')).toContain(
      '\tB  int64   offset 8, 8 bytes\n\tC  int8    offset 16, 1 byte\n\tD  int32   offset 20, 4 bytes',
    );
    session.configuration.set('show-location-expr', true);
    expect(say(session, 'whatis i8')).toContain('location: its own stack slot');
    session.configuration.set('show-location-expr', false);
  });
});

describe('export', () => {
  it('writes bytes of strings and slices whole, and text of other values, for its owner alone', () => {
    const file = join(folder, 'bytes');
    expect(say(session, `print gLong > ${file}`)).toBe(`98 bytes written to ${file}`);
    expect(readFileSync(file, 'utf8')).toHaveLength(98);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(refusal(`export ${file} bytes`)).toBe(`${file} is already there`);
    expect(say(session, `export -f ${file} bytes`)).toBe(`4 bytes written to ${file}`);
    expect([...readFileSync(file)]).toEqual([0, 1, 254, 255]);
    say(session, `print gPoint >! ${file}`);
    expect(readFileSync(file, 'utf8')).toBe('main.point {X: 3, Y: 4}\n');
  });

  it('leaves comparisons alone, and a file that is there where the value cannot be read', () => {
    expect(say(session, 'print gInt > 5')).toBe('false');
    expect(say(session, 'print gInt>a')).toBe('false');
    const file = join(folder, 'kept');
    writeFileSync(file, 'kept');
    expect(refusal(`print nosuch >! ${file}`)).toBe('there is no variable nosuch here');
    expect(refusal(`print (*(*[9]byte)(0x10))[:] >! ${file}`)).toMatch(/^cannot read memory at 0x10/);
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(refusal(`export ${folder}/none/file gInt`)).toMatch(/^cannot write /);
  });
});

describe('a stripped program', () => {
  const stripped = openSession('sum/go1.27/stripped');

  it('still has types, functions and memory', () => {
    expect(say(stripped, 'whatis sync.Mutex')).toContain('\n\tsync.(*Mutex).Unlock  func()');
    expect(say(stripped, 'print runtime.curg.goid')).toBe('1');
    expect(say(stripped, 'print main.main')).toBe('main.main');
    expect(say(stripped, 'print 1 + len([]int{2, 3})')).toBe('3');
  });

  it('says why it has no variables', () => {
    expect(say(stripped, 'print sum')).toBe(
      'there is no variable sum here | the executable has no DWARF, so it names no variables',
    );
  });
});
