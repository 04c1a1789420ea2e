import { describe, expect, it } from 'vitest';
import { extendedFloat, flagNames, vectorLanes } from './register-meaning.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).reverse();
}

describe('registers in words', () => {
  it('names flags', () => {
    expect(flagNames('flags', 0x246n)).toBe('[PF ZF IF IOPL=0]');
    expect(flagNames('flags', 0x3a17n)).toBe('[CF PF AF IF OF IOPL=3]');
    expect(flagNames('mxcsr', 0x1f80n)).toBe('[RZ/RN=0 PM UM OM ZM DM IM]');
    expect(flagNames('mxcsr', 0xffa0n)).toBe('[FZ RZ/RN=3 PM UM OM ZM DM IM PE]');
  });

  // What Delve printed for a program that had put known numbers there.
  it('cuts vectors into lanes', () => {
    expect(vectorLanes(bytes('3e7ad7f29abcaf484132d68700000000'))).toEqual([
      'v2_int={ 4132d68700000000 3e7ad7f29abcaf48 }',
      'v4_int={ 00000000 4132d687 9abcaf48 3e7ad7f2 }',
      'v8_int={ 0000 0000 d687 4132 af48 9abc d7f2 3e7a }',
      'v16_int={ 00 00 00 00 87 d6 32 41 48 af bc 9a f2 d7 7a 3e }',
      'v2_float={ 1.234567e+06 1e-07 }',
      'v4_float={ 0 11.177375 -7.803816e-23 0.24496439 }',
    ]);
    expect(vectorLanes(bytes('46293e5939a08cea4008000000000000')).slice(4)).toEqual([
      'v2_float={ 3 1e+30 }',
      'v4_float={ 0 2.125 0.00030622567 10831.587 }',
    ]);
  });

  it.each([
    ['3fff8000000000000000', 1],
    ['4000c90fdaa22168c235', Math.PI],
    ['c0008000000000000000', -2],
    ['00000000000000000000', 0],
    ['7fff8000000000000000', Infinity],
    ['ffff8000000000000000', -Infinity],
    ['7fffc000000000000000', NaN],
    ['43fe8000000000000000', 2 ** 1023],
    ['3c018000000000000000', 2 ** -1022],
    ['7ffe8000000000000000', Infinity],
  ])('%s is %d', (text, expected) => {
    expect(extendedFloat(bytes(text))).toBe(expected);
  });
});
