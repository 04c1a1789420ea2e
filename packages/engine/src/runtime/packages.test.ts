import { describe, expect, it } from 'vitest';
import type { BuildInfo } from '../pclntab/build-info.ts';
import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner, shortFunctionName } from './packages.ts';

describe('packageOf', () => {
  it.each([
    ['main.main', 'main'],
    ['net/http.(*conn).serve', 'net/http'],
    ['example.com/a%2eb/v2.F[go.shape.struct { x/y.T }]', 'example.com/a.b/v2'],
    ['gopkg.in/yaml%2ev3.(*Decoder).Decode.func1', 'gopkg.in/yaml.v3'],
    ['_cgoexp_123_callback', '_cgoexp_123_callback'],
  ])('of %s is %s', (name, expected) => {
    expect(packageOf(name)).toBe(expected);
  });

  it('shortens names to the last element of the path', () => {
    expect(shortFunctionName('example.com/a/b.(*T).M')).toBe('b.(*T).M');
    expect(shortFunctionName('a/b.F[c/d.T]')).toBe('b.F[c/d.T]');
  });
});

describe('packageOwner', () => {
  const info = {
    path: 'example.com/app/cmd/server',
    mainModule: { path: 'example.com/app', version: '(devel)' },
    deps: [{ path: 'plain/dep', version: 'v1.0.0' }],
  } as unknown as BuildInfo;

  it.each([
    ['main', 'own'],
    ['example.com/app/store', 'own'],
    ['plugin/unnamed-ab12', 'own'],
    ['_/home/me/tool', 'own'],
    ['example.com/apple', 'dependency'],
    ['plain/dep/sub', 'dependency'],
    ['net/http', 'standard'],
    ['runtime', 'runtime'],
    ['internal/runtime/maps', 'runtime'],
  ])('of %s is %s', (path, expected) => {
    expect(packageOwner(path, info)).toBe(expected);
  });

  it('takes what lies below the main package where there is no module', () => {
    const tool = { path: 'cmd/compile', mainModule: undefined, deps: [] } as unknown as BuildInfo;
    expect(packageOwner('cmd/compile/internal/gc', tool)).toBe('own');
    expect(packageOwner('cmd/internal/obj', tool)).toBe('standard');
  });
});
