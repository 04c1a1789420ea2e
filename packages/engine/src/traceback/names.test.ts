import { describe, expect, it } from 'vitest';
import { isShown, printedName } from './names.ts';

describe('names in tracebacks', () => {
  it.each([
    ['runtime.gopanic', 24, 'panic'],
    ['main.main', 15, 'main.main'],
    ['main.F[...]', 19, 'main.F[...]'],
    ['main.F[go.shape.int]', 21, 'main.F[...]'],
    ['main.(*P[go.shape.[]int]).M', 24, 'main.(*P[...]).M'],
    ['main.F[go.shape.int].func1', 26, 'main.F[...].func1'],
    ['main.(*P[go.shape.int]).M[go.shape.string]', 26, 'main.(*P[...]'],
    ['main.(*P[go.shape.int]).M[go.shape.string]', 27, 'main.(*P[...]).M[...]'],
    ['main.(*P[go.shape.[]int]).M[go.shape.[]string].func1', 27, 'main.(*P[...]).M[...].func1'],
    ['main.F[go.shape.map[string]int]', 27, 'main.F[...]'],
    ['main.F]x[', 27, 'main.F]x['],
  ])('%s in Go 1.%d', (name, minor, text) => {
    // One list of arguments to the last bracket: that is how Go 1.26 cut generic methods.
    expect(printedName(name, minor)).toBe(minor === 26 && name.includes('.M[') ? 'main.(*P[...]' : text);
  });

  const shown = (
    name: string,
    minor = 24,
    more: { first?: boolean; callee?: string; wrapper?: boolean } = {},
  ): boolean => isShown({ name, first: false, callee: '', wrapper: false, ...more }, minor);

  it('shows what is not the runtime, and what the runtime exports', () => {
    expect(shown('main.main')).toBe(true);
    expect(shown('runtime.goexit')).toBe(false);
    expect(shown('runtime.GC')).toBe(true);
    expect(shown('crosscall2')).toBe(false);
    expect(shown('runtime/debug.Stack')).toBe(true);
    expect(shown('runtime.(*Func).Name', 22)).toBe(false);
    expect(shown('runtime.(*Func).Name', 23)).toBe(true);
    expect(shown('runtime.(*scavengerState).Park', 23)).toBe(false);
    expect(shown('runtime.runFinalizers', 24)).toBe(false);
    expect(shown('runtime.runFinalizers', 25)).toBe(true);
  });

  it('shows panic but not as the first frame', () => {
    expect(shown('runtime.gopanic')).toBe(true);
    expect(shown('runtime.gopanic', 24, { first: true })).toBe(false);
  });

  it('hides wrappers unless they panic themselves', () => {
    expect(shown('main.(*T).M', 24, { wrapper: true, callee: 'main.T.M' })).toBe(false);
    expect(shown('main.(*T).M', 24, { wrapper: true, callee: 'runtime.panicwrap' })).toBe(true);
  });
});
