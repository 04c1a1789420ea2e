import { describe, expect, it } from 'vitest';
import { DebugError } from '../base/errors.ts';
import { parseLocation } from './location-spec.ts';

describe('parseLocation', () => {
  it.each([
    ['*0x48a000', { kind: 'address', expression: '0x48a000' }],
    ['* f + 4', { kind: 'address', expression: 'f + 4' }],
    ['42', { kind: 'line', line: 42 }],
    ['+3', { kind: 'offset', offset: 3 }],
    ['-3', { kind: 'offset', offset: -3 }],
    ['/main\\.(a|b)/', { kind: 'regex', pattern: 'main\\.(a|b)' }],
    ['/src/main.go:3', { kind: 'name', name: '/src/main.go', line: 3 }],
    ['/src/main.go', { kind: 'name', name: '/src/main.go', line: undefined }],
    ['main.go:3', { kind: 'name', name: 'main.go', line: 3 }],
    ['a:b.go:3', { kind: 'name', name: 'a:b.go', line: 3 }],
    ['main.main', { kind: 'name', name: 'main.main', line: undefined }],
    ['main.(*T).M:2', { kind: 'name', name: 'main.(*T).M', line: 2 }],
    ['  main.main ', { kind: 'name', name: 'main.main', line: undefined }],
    ['main.f[go.shape.int]:0', { kind: 'name', name: 'main.f[go.shape.int]', line: 0 }],
    ['type:.eq.main.T', { kind: 'name', name: 'type:.eq.main.T', line: undefined }],
    ['go:buildid', { kind: 'name', name: 'go:buildid', line: undefined }],
  ])('%s', (text, expected) => {
    expect(parseLocation(text)).toEqual(expected);
  });

  it.each([
    ['', 'the location is empty', 0],
    ['*', 'an expression must follow *', 1],
    ['+x', 'a number of lines must follow +', 1],
    ['-', 'a number of lines must follow -', 1],
    ['main.main:x', 'a line is a number, not x', 10],
    ['main.main:-3', 'a line is a number, not -3', 10],
    ['main.go:', 'a line must follow the colon', 8],
    ['99999999999999999999', 'there is no line 99999999999999999999', 0],
    ['main.go:4294967296', 'there is no line 4294967296', 8],
  ])('refuses %j', (text, message, position) => {
    let caught: unknown;
    try {
      parseLocation(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DebugError);
    expect(caught).toMatchObject({ message, detail: { code: 'syntax', position } });
  });
});
