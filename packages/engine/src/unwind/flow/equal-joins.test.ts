import { describe, expect, it } from 'vitest';
import { EqualJoins } from './equal-joins.ts';
import { ValueNumbers, type ValueNumber } from './value-number.ts';

const numbers = new ValueNumbers();
const [x, y] = [numbers.entry(0), numbers.entry(1)];

/** Values that came together, by name: what each way brought, by name as well. */
function joinsOf(ways: Readonly<Record<string, readonly (string | undefined)[]>>): (name: string) => ValueNumber {
  const names = Object.keys(ways);
  const named = (name: string): ValueNumber =>
    name === 'x' ? x : name === 'y' ? y : numbers.site(-1 - names.indexOf(name), 0);
  const equal = new EqualJoins((join) => {
    const name = names.find((each) => named(each) === join) ?? '';
    return (ways[name] ?? []).map((each) => (each === undefined ? undefined : named(each)));
  });
  return (name) => equal.of(named(name));
}

describe('a value that came together', () => {
  it('is what every way brought', () => expect(joinsOf({ a: ['x', 'x'] })('a')).toBe(x));
  it('is what came into a loop that brings it back', () => expect(joinsOf({ a: ['x', 'a'] })('a')).toBe(x));
  it('is what came into loops within loops', () => {
    const of = joinsOf({ a: ['x', 'c'], b: ['a', 'b', 'c'], c: ['b', 'a'] });
    expect(['a', 'b', 'c'].map(of)).toEqual([x, x, x]);
  });
  it('is one of its own where ways differ', () => {
    const of = joinsOf({ a: ['x', 'y'], b: ['a', 'b'] });
    expect(of('a')).not.toBe(x);
    expect(of('b')).toBe(of('a'));
  });
  it('is one of its own within others that rest on each other', () => {
    // A loop that changes between x and y, and a loop within it that changes nothing.
    const of = joinsOf({ outer: ['x', 'y', 'last'], inner: ['outer', 'back'], back: ['inner'], last: ['back'] });
    expect(of('inner')).toBe(of('outer'));
    expect(of('last')).toBe(of('outer'));
    expect(of('outer')).not.toBe(x);
  });
  it('is itself where a way had nothing', () => {
    const of = joinsOf({ a: ['x', undefined] });
    expect(of('a')).not.toBe(x);
  });
  it('keeps what did not come together', () => expect(joinsOf({})('x')).toBe(x));
});
