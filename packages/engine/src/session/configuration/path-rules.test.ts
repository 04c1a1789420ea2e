import { describe, expect, it } from 'vitest';
import { substitutePath, unsubstitutePath } from './path-rules.ts';

const rule = (from: string, to: string): { from: string; to: string } => ({ from, to });

describe('substitutePath', () => {
  it.each([
    ['/a/x.go', [rule('/a', '/b')], '/b/x.go'],
    ['/a/x.go', [rule('/a/', '/b/')], '/b/x.go'],
    ['/a/x.go', [rule('/a', '/b/')], '/b/x.go'],
    ['/ab/x.go', [rule('/a', '/b')], undefined],
    ['/a', [rule('/a', '/b')], '/b'],
    ['/a/x.go', [rule('/', '/root')], '/root/a/x.go'],
    ['mod/x.go', [rule('mod', '/src/mod')], '/src/mod/x.go'],
    ['mod/x.go', [rule('', '/src')], '/src/mod/x.go'],
    ['/a/x.go', [rule('', '/src')], undefined],
    ['/a/b/x.go', [rule('/a', '/1'), rule('/a/b', '/2')], '/1/b/x.go'],
    ['/a/b/x.go', [rule('/a/c', '/1'), rule('/a/b', '/2')], '/2/x.go'],
    ['C:\\work\\x.go', [rule('C:\\work', '/w')], '/w/x.go'],
    ['C:\\work\\x.go', [rule('', '/w')], undefined],
    ['/a/x.go', [rule('/a', '')], 'x.go'],
  ])('%s by %j is %s', (path, rules, expected) => {
    expect(substitutePath(path, rules)).toBe(expected);
  });

  it('has a way back', () => {
    const rules = [rule('/build', '/here'), rule('/other', '/here')];
    expect(unsubstitutePath('/here/x.go', rules)).toEqual(['/build/x.go', '/other/x.go']);
    expect(unsubstitutePath('/there/x.go', rules)).toEqual([]);
  });
});
