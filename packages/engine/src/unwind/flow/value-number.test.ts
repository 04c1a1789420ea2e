import { describe, expect, it } from 'vitest';
import { computeBits, extendBits, low, ValueNumbers } from './value-number.ts';

describe('value numbers', () => {
  it('are the same for the same origin', () => {
    const numbers = new ValueNumbers();
    expect(numbers.constant(5n)).toBe(numbers.constant(5n));
    expect(numbers.constant(-1n)).toBe(numbers.constant(0xffff_ffff_ffff_ffffn));
    expect(numbers.entry(3)).not.toBe(numbers.entry(4));
    const sum = numbers.operation('add', 8, [numbers.entry(0), numbers.entry(1)]);
    expect(sum).toBe(numbers.operation('add', 8, [numbers.entry(0), numbers.entry(1)]));
  });

  it('fold constants, and steps from an address or a value', () => {
    const numbers = new ValueNumbers();
    const one = numbers.constant(1n);
    expect(numbers.operation('add', 8, [numbers.frame(-16), numbers.constant(8n)])).toBe(numbers.frame(-8));
    expect(numbers.operation('sub', 8, [numbers.constant(3n), one])).toBe(numbers.constant(2n));
    const next = numbers.operation('add', 8, [numbers.entry(0), one]);
    expect(next && numbers.operation('sub', 8, [next, one])).toBe(numbers.entry(0));
    expect(numbers.operation('shl', 4, [numbers.constant(0x8000_0001n), one])).toBe(numbers.constant(2n));
  });

  it('look through extensions that do not change the lowest bytes', () => {
    const numbers = new ValueNumbers();
    const value = numbers.entry(0);
    const byte = numbers.extend(value, 1, false);
    expect(byte && low(byte, 1)).toBe(value);
    expect(byte && low(byte, 8)).toBe(byte);
    expect(numbers.extend(value, 8, true)).toBe(value);
    expect(numbers.extend(numbers.constant(0x80n), 1, true)).toBe(numbers.constant(-0x80n));
  });

  it('know which instructions they depend on, and give up on too many', () => {
    const numbers = new ValueNumbers();
    let sum = numbers.site(0, 0);
    expect(numbers.operation('add', 8, [sum, numbers.site(4, 0)])?.sites).toEqual([0, 4]);
    for (let site = 1; site < 6; site++) sum = numbers.operation('add', 8, [sum, numbers.site(site, 0)]) ?? sum;
    expect(sum.sites.length).toBe(6);
    expect(numbers.operation('add', 8, [sum, numbers.site(9, 0)])).toBeUndefined();
  });
});

describe('arithmetic of the processor', () => {
  it.each([
    ['add', 8, [0xffff_ffff_ffff_ffffn, 2n], 1n],
    ['add', 4, [0x1_ffff_ffffn, 1n], 0n],
    ['sub', 8, [0n, 1n], 0xffff_ffff_ffff_ffffn],
    ['imul', 4, [0x10000n, 0x10001n], 0x10000n],
    ['sar', 8, [-16n, 2n], 0xffff_ffff_ffff_fffcn],
    ['shr', 4, [0xf000_0000n, 28n], 0xfn],
    ['shl', 8, [1n, 65n], 2n],
    ['neg', 4, [1n], 0xffff_ffffn],
    ['not', 8, [0n], 0xffff_ffff_ffff_ffffn],
    ['and', 8, [6n, 3n], 2n],
    ['or', 8, [6n, 3n], 7n],
    ['xor', 8, [6n, 3n], 5n],
    ['fadd', 8, [0x3ff8_0000_0000_0000n, 0x3fd0_0000_0000_0000n], 0x3ffc_0000_0000_0000n],
    ['fdiv', 8, [0x3ff8_0000_0000_0000n, 0x3fd0_0000_0000_0000n], 0x4018_0000_0000_0000n],
    ['fsub', 4, [0x3fc0_0000n, 0x3f80_0000n], 0x3f00_0000n],
    ['fmul', 4, [0x3fc0_0000n, 0x4000_0000n], 0x4040_0000n],
  ] as const)('%s of %i bytes', (name, size, operands, result) => {
    expect(computeBits(name, size, operands)).toBe(result);
  });

  it('computes nothing else', () => {
    expect(computeBits('other', 8, [1n, 2n])).toBeUndefined();
    expect(extendBits(0xffn, 1, true)).toBe(0xffff_ffff_ffff_ffffn);
    expect(extendBits(0x1ffn, 1, false)).toBe(0xffn);
  });
});
