import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLatin1, decodeRune, decodeUtf8, encodeUtf8, isAscii } from './text.ts';

const bad = '\ufffd';
const decode = (...bytes: number[]): string => decodeUtf8(Uint8Array.from(bytes));

describe('decodeUtf8', () => {
  it('is the inverse of encodeUtf8, which agrees with the host', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const bytes = encodeUtf8(text);
        expect([...bytes]).toEqual([...new TextEncoder().encode(text)]);
        expect(decodeUtf8(bytes)).toBe(text);
      }),
    );
  });

  it('gives U+FFFD for each byte that is in no valid sequence, as Go does', () => {
    expect(decode(0x61, 0xff, 0x62)).toBe(`a${bad}b`);
    expect(decode(0xc0, 0x80)).toBe(bad + bad); // overlong zero
    expect(decode(0xe0, 0x80, 0x80)).toBe(bad.repeat(3)); // overlong
    expect(decode(0xed, 0xa0, 0x80)).toBe(bad.repeat(3)); // surrogate
    expect(decode(0xf4, 0x90, 0x80, 0x80)).toBe(bad.repeat(4)); // above U+10FFFF
    expect(decode(0xe2, 0x82)).toBe(bad + bad); // cut off
    expect(decode(0xe2, 0x82, 0x41)).toBe(`${bad}${bad}A`);
    expect(decode(0x80)).toBe(bad);
    expect(decode(0xf4, 0x8f, 0xbf, 0xbf)).toBe('\u{10ffff}');
  });

  it('takes any bytes, and uses at least one at a time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        for (let at = 0; at < bytes.length;) {
          const [point, size] = decodeRune(bytes, at);
          expect(size).toBeGreaterThanOrEqual(1);
          expect(at + size).toBeLessThanOrEqual(bytes.length);
          expect(point).toBeLessThanOrEqual(0x10ffff);
          at += size;
        }
        expect(decodeUtf8(bytes).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('decodeLatin1', () => {
  it('maps each byte to one character, however many there are', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 256);
    const text = decodeLatin1(bytes);
    expect(text).toHaveLength(300_000);
    expect(text.charCodeAt(299_999)).toBe(299_999 % 256);
    expect(decodeLatin1(new Uint8Array(0))).toBe('');
  });
});

describe('isAscii', () => {
  it('looks at every byte', () => {
    expect(isAscii(Uint8Array.of(0, 0x7f))).toBe(true);
    expect(isAscii(Uint8Array.of(0x41, 0x80))).toBe(false);
  });
});
