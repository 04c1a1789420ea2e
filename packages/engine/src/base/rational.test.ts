import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactRational, nearestFloat, rational } from './rational.ts';

describe('rational', () => {
  it('keeps fractions in lowest terms with a positive denominator', () => {
    expect(rational(6n, -4n)).toEqual({ num: -3n, den: 2n });
  });

  it('gives back every double and every float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(nearestFloat(exactRational(value), 8)).toBe(value === 0 ? 0 : value);
        const float = Math.fround(value);
        if (Number.isFinite(float)) expect(nearestFloat(exactRational(float), 4)).toBe(float === 0 ? 0 : float);
      }),
    );
  });

  it('rounds to the nearest, ties to even, also between the smallest numbers', () => {
    expect(nearestFloat(rational(1n, 3n), 8)).toBe(1 / 3);
    expect(nearestFloat(rational((1n << 53n) + 1n), 8)).toBe(2 ** 53);
    expect(nearestFloat(rational((1n << 53n) + 3n), 8)).toBe(2 ** 53 + 4);
    expect(nearestFloat(rational(1n, 1n << 1075n), 8)).toBe(0);
    expect(nearestFloat(rational(3n, 1n << 1075n), 8)).toBe(2 ** -1073);
    expect(nearestFloat(rational(1n << 2000n), 8)).toBe(Infinity);
    expect(nearestFloat(rational(1n << 128n), 4)).toBe(Infinity);
  });
});
