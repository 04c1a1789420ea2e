import { describe, expect, it } from 'vitest';
import { ipText } from './network-address.ts';

/** 16 bytes from eight groups. */
function groups(...words: readonly number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

describe('IP addresses', () => {
  it('of four bytes, and of sixteen that stand for four, have dots', () => {
    expect(ipText(Uint8Array.of(192, 0, 2, 1))).toBe('192.0.2.1');
    expect(ipText(groups(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1))).toBe('127.0.0.1');
  });

  it('of IPv6 leave out the longest zeros, the first of two as long, and never a single one', () => {
    expect(ipText(groups(0, 0, 0, 0, 0, 0, 0, 1))).toBe('::1');
    expect(ipText(groups(0, 0, 0, 0, 0, 0, 0, 0))).toBe('::');
    expect(ipText(groups(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1))).toBe('2001:db8::1:0:0:1');
    expect(ipText(groups(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1))).toBe('2001:db8:0:1:1:1:1:1');
    expect(ipText(groups(0xfe80, 0, 0, 0, 1, 0, 0, 0))).toBe('fe80::1:0:0:0');
  });

  it('of other lengths are none', () => {
    expect(ipText(new Uint8Array(0))).toBe('');
    expect(ipText(new Uint8Array(5))).toBeUndefined();
  });
});
