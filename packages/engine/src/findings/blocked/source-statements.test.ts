import { describe, expect, it } from 'vitest';
import { statementFrom, type SourceLines } from './source-statements.ts';

function lines(text: string): SourceLines {
  const all = text.split('\n');
  return { start: 1, end: all.length, code: (line) => all[line - 1] ?? '' };
}

const SEND = /out\s*<-/;

describe('statements to which execution goes on', () => {
  const straight = lines('func f(out chan int) {\n\tout <- 1\n\twait()\n\tout <- 2\n}');

  it('stand behind the place', () => {
    expect(statementFrom(straight, 3, SEND)).toEqual({ number: 4, text: 'out <- 2' });
  });

  it('do not stand before it, or on it', () => {
    expect(statementFrom(straight, 4, SEND)).toBeUndefined();
  });

  const loop = lines('func f(out chan int) {\n\tfor {\n\t\tout <- 1\n\t\twait()\n\t}\n}');

  it('stand before it in a loop around both', () => {
    expect(statementFrom(loop, 4, SEND)).toEqual({ number: 3, text: 'out <- 1' });
  });

  it('do not stand in a loop that has been left', () => {
    expect(statementFrom(lines('func f() {\n\tfor {\n\t\tout <- 1\n\t}\n\twait()\n}'), 5, SEND)).toBeUndefined();
  });

  it('are the head of a loop that goes round', () => {
    const ranged = lines('func f(in chan int) {\n\tfor x := range in {\n\t\twait(x)\n\t}\n}');
    expect(statementFrom(ranged, 3, /range in\b/)).toEqual({ number: 2, text: 'for x := range in' });
  });

  const literal = lines('func f() {\n\twait()\n\tgo func() {\n\t\tout <- 1\n\t}()\n}');

  it('do not stand in a function literal that runs at another time', () => {
    expect(statementFrom(literal, 2, SEND)).toBeUndefined();
  });

  it('stand in the literal that execution is in', () => {
    const inside = lines('func f() {\n\tgo func() {\n\t\twait()\n\t\tout <- 1\n\t}()\n}');
    expect(statementFrom(inside, 3, SEND)).toEqual({ number: 4, text: 'out <- 1' });
  });
});
