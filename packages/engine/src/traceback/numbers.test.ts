import { describe, expect, it } from 'vitest';
import { formatPrintedComplex, formatPrintedFloat } from './numbers.ts';

describe('floats as the runtime prints them', () => {
  it.each([
    [1.5, '+1.500000e+000'],
    [0, '+0.000000e+000'],
    [-0, '-0.000000e+000'],
    [-1234567.89, '-1.234568e+006'],
    [9.9999999, '+1.000000e+001'],
    [1e-300, '+1.000000e-300'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('seven digits of %d until Go 1.25', (value, text) => {
    expect(formatPrintedFloat(value, 64, 24)).toBe(text);
  });

  it.each([
    [1.5, '1.5'],
    [0, '0'],
    [-0, '-0'],
    [100000, '100000'],
    [1234567, '1.234567e+06'],
    [1e6, '1e+06'],
    [123456.789, '123456.789'],
    [0.0001, '0.0001'],
    [0.00001234, '1.234e-05'],
    [1e-300, '1e-300'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
  ])('the shortest form of %d since Go 1.26', (value, text) => {
    expect(formatPrintedFloat(value, 64, 26)).toBe(text);
  });

  it('the shortest form of a 32-bit float', () => {
    expect(formatPrintedFloat(Math.fround(0.1), 32, 27)).toBe('0.1');
    expect(formatPrintedFloat(Math.fround(16777216), 32, 27)).toBe('1.6777216e+07');
  });

  it('complex numbers', () => {
    expect(formatPrintedComplex(1, -2, 64, 24)).toBe('(+1.000000e+000-2.000000e+000i)');
    expect(formatPrintedComplex(1, 2, 64, 26)).toBe('(1+2i)');
    expect(formatPrintedComplex(1.5, -2, 64, 27)).toBe('(1.5-2i)');
    expect(formatPrintedComplex(NaN, Infinity, 64, 27)).toBe('(NaN+Infi)');
  });
});
