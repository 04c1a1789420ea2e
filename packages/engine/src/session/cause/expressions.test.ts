import { describe, expect, it } from 'vitest';
import { expressionIn, selectionsIn } from './expressions.ts';

/** What is gone through, and what is wanted behind it. */
function selections(line: string): string[] {
  return selectionsIn(line).map(({ text, selector }) =>
    selector === undefined ? `*${text}` : `${text} . ${selector}`,
  );
}

describe('the expressions that a line goes through', () => {
  it.each([
    ['return acct.limits[key] - amount', ['acct . limits']],
    ['x := a.b[i].c', ['a . b', 'a.b[i] . c']],
    ['*to = *from', ['*to', '*from']],
    ['return *p + a * b', ['*p']],
    ['log.Print("a.b", s.names["x.y"].z)', ['log . Print', 's . names', 's.names["x.y"] . z']],
    ['f(x).y', []],
    ['go func() { c.run(d.e) }()', ['c . run', 'd . e']],
  ])('%s', (line, wanted) => expect(selections(line)).toEqual(wanted));
});

describe('an expression with what follows it', () => {
  it.each([
    ['return acct.limits[key] - amount', 'acct', 'acct.limits[key]'],
    ['*to = *from', 'from', '*from'],
    ['n := a *b', 'b', 'b'],
    ['h.done(v, (x))', 'h.done', 'h.done(v, (x))'],
    ['other.acct.limits', 'acct', undefined],
  ])('%s: %s', (line, text, wanted) => expect(expressionIn(line, text)).toBe(wanted));
});
