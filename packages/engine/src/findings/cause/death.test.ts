import { describe, expect, it } from 'vitest';
import { deathByFatalError, deathByFault, deathByPanic, type DeathKind } from './death.ts';

const PANICS: readonly (readonly [string, DeathKind])[] = [
  ['runtime error: invalid memory address or nil pointer dereference', 'nil-dereference'],
  ['runtime error: index out of range [5] with length 3', 'index-out-of-range'],
  ['runtime error: slice bounds out of range [:9] with capacity 3', 'slice-out-of-range'],
  ['runtime error: integer divide by zero', 'division-by-zero'],
  ['runtime error: negative shift amount', 'negative-shift'],
  ['assignment to entry in nil map', 'nil-map-write'],
  ['interface conversion: interface {} is int, not string', 'type-assertion'],
  ['close of closed channel', 'closed-channel'],
  ['send on closed channel', 'closed-channel'],
  ['runtime error: makeslice: len out of range', 'bad-make-size'],
  ['runtime error: hash of unhashable type []int', 'uncomparable'],
  ['sync: negative WaitGroup counter', 'negative-wait-group'],
  ['nil', 'panic-of-nil'],
  ['test timed out after 10m0s\nrunning tests:\n\tTestSlow (10m0s)', 'test-timeout'],
  ['runtime error: something of a later release', 'runtime-error'],
  ['disk full', 'panic'],
];

describe('the kind of a panic', () => {
  it.each(PANICS)('%s', (text, kind) => expect(deathByPanic(text, true)).toBe(kind));

  it("is the program's own where the program raised it, whatever it says", () => {
    expect(deathByPanic('runtime error: index out of range [5] with length 3', false)).toBe('panic');
    expect(deathByPanic('close of closed channel', false)).toBe('panic');
    expect(deathByPanic('sync: negative WaitGroup counter', false)).toBe('negative-wait-group');
  });
});

describe('the kind of a fault', () => {
  const NIL = 'runtime error: invalid memory address or nil pointer dereference';
  it.each([
    [11, 1, 0x18, 'nil-dereference'],
    [11, 1, 0x1234567000, 'bad-address'],
    [11, 128, undefined, 'bad-address'],
    [7, 2, 0, 'bad-address'],
  ] as const)('signal %i, code %i, at %s, is the same with and without a panic', (signo, code, address, death) => {
    expect(deathByPanic(NIL, true, { signo, code, address })).toBe(death);
    expect(deathByFault({ signo, code, address })).toBe(death);
  });

  it('is a division only if the code says so', () => {
    expect(deathByFault({ signo: 8, code: 1, address: 0x400000 })).toBe('division-by-zero');
    expect(deathByFault({ signo: 8, code: 3, address: 0x400000 })).toBe('signal');
    expect(deathByFault({ signo: 4, code: 2, address: 0x400000 })).toBe('signal');
  });
});

describe('the kind of a fatal error', () => {
  it.each([
    ['stack overflow', 'stack-overflow'],
    ['concurrent map read and map write', 'concurrent-map'],
    ['concurrent map iteration and map write', 'concurrent-map'],
    ['all goroutines are asleep - deadlock!', 'deadlock'],
    ['no goroutines (main called runtime.Goexit) - deadlock!', 'deadlock'],
    ['sync: unlock of unlocked mutex', 'unlock-of-unlocked'],
    ['sync: Unlock of unlocked RWMutex', 'unlock-of-unlocked'],
    ['runtime: out of memory', 'out-of-memory'],
    ['runtime: cannot allocate memory', 'out-of-memory'],
    ['fault', 'bad-address'],
    ['found bad pointer in Go heap (incorrect use of unsafe or cgo?)', 'corrupt-memory'],
    ['bad g status', 'runtime-throw'],
  ] as const)('%s', (text, kind) => expect(deathByFatalError(text)).toBe(kind));
});
