import { describe, expect, it } from 'vitest';
import { functionMatcher, withoutTypeArguments } from './function-name.ts';

describe('withoutTypeArguments', () => {
  it.each([
    ['main.f', 'main.f'],
    ['main.f[go.shape.int]', 'main.f'],
    ['main.(*pair[go.shape.string,go.shape.int]).show', 'main.(*pair).show'],
    ['main.f[go.shape.struct { A []int }].func1', 'main.f.func1'],
    ['main.f]', 'main.f]'],
  ])('%s', (name, expected) => {
    expect(withoutTypeArguments(name)).toBe(expected);
  });
});

describe('functionMatcher', () => {
  const METHOD = 'example.com/mod/pkg.(*T).M';
  it.each([
    ['M', METHOD],
    ['T.M', METHOD],
    ['(*T).M', METHOD],
    ['pkg.T.M', METHOD],
    ['pkg.(*T).M', METHOD],
    ['mod/pkg.(*T).M', METHOD],
    [METHOD, METHOD],
    ['scale', 'main.scale[go.shape.float64]'],
    ['main.scale[go.shape.float64]', 'main.scale[go.shape.float64]'],
    ['pair.show', 'main.(*pair[go.shape.string,go.shape.int]).show'],
    ['f.func1', 'main.f.func1'],
    ['yaml.v3.Marshal', 'gopkg.in/yaml%2ev3.Marshal'],
    ['gopkg.in/yaml.v3.Marshal', 'gopkg.in/yaml%2ev3.Marshal'],
    ['abort', 'abort'],
  ])('%s is %s', (wanted, name) => {
    expect(functionMatcher(wanted)(name)).toBe(true);
  });

  it.each([
    ['M', 'main.NM'],
    ['ain.f', 'main.f'],
    ['(*T).M', 'main.T.M'],
    ['main.scale[int]', 'main.scale[go.shape.float64]'],
    ['main.f', 'main.f.func1'],
    ['M', 'main.M.func1'],
  ])('%s is not %s', (wanted, name) => {
    expect(functionMatcher(wanted)(name)).toBe(false);
  });
});
