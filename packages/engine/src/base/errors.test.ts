import { describe, expect, it } from 'vitest';
import { hex } from './errors.ts';

describe('hex', () => {
  it('writes numbers of all sizes as toString does', () => {
    for (let bits = 0; bits < 64; bits++) {
      for (const value of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1, Math.floor(2 ** bits * 1.37)])
        expect(hex(value)).toBe(`0x${value.toString(16)}`);
    }
  });

  it('writes signs and bigints', () => {
    expect(hex(-0x1234_5678_9abc)).toBe('-0x123456789abc');
    expect(hex(0xffff_ffff_ffff_ffffn)).toBe('0xffffffffffffffff');
  });
});
