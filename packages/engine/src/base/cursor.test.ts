import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor, readCString, readU64, readU64Big } from './cursor.ts';
import { DebugError } from './errors.ts';

const cursor = (...bytes: number[]): Cursor => new Cursor(Uint8Array.from(bytes), '.debug_test');

/** LEB128 as DWARF 5, appendix C, encodes it, with `padding` redundant bytes at the end. */
function leb(value: bigint, signed: boolean, padding = 0): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    const left = rest >> 7n;
    const done = signed ? left === (low & 0x40 ? -1n : 0n) : left === 0n;
    out.push(done ? low : low | 0x80);
    if (done) break;
  }
  const fill = signed && value < 0n ? 0x7f : 0;
  for (let i = 0; i < padding && out.length < 10; i++) {
    out[out.length - 1] = (out.at(-1) as number) | 0x80;
    out.push(fill);
  }
  return out;
}

describe('Cursor', () => {
  it('reads little-endian integers and advances', () => {
    const at = cursor(0xff, 0xfe, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff);
    expect([at.u8(), at.i8(), at.u16(), at.u32(), at.u16(), at.i32()]).toEqual([
      255, -2, 0x0201, 0x06050403, 0x0807, -1,
    ]);
    expect(at.done).toBe(true);
  });

  it('reads integers of every size', () => {
    const bytes = [1, 2, 3, 4, 5, 6, 0, 0];
    expect([1, 2, 3, 4, 8].map((size) => cursor(...bytes).uint(size))).toEqual([
      1, 0x0201, 0x030201, 0x04030201, 0x060504030201,
    ]);
    expect(() => cursor(...bytes).uint(5)).toThrow(/integer of 5 bytes at \.debug_test\+0x0/);
  });

  it('reads 64 bits exactly as bigint', () => {
    expect(cursor(1, 0, 0, 0, 0, 0, 0, 0x80).u64big()).toBe(0x8000000000000001n);
    const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0);
    expect(readU64(bytes, 0)).toBe(Number.MAX_SAFE_INTEGER);
    expect(readU64Big(bytes, 0)).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('reads LEB128 exactly, also when it is longer than it need be', () => {
    const safe = fc.maxSafeInteger();
    fc.assert(
      fc.property(safe, fc.nat(9), (value, padding) => {
        const signed = cursor(...leb(BigInt(value), true, padding));
        expect(signed.sleb()).toBe(value);
        expect(signed.done).toBe(true);
        expect(cursor(...leb(BigInt(value), true, padding)).slebBig()).toBe(BigInt(value));
        const positive = Math.abs(value);
        const unsigned = cursor(...leb(BigInt(positive), false, padding));
        expect(unsigned.uleb()).toBe(positive);
        expect(unsigned.done).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(cursor(...leb(value, true)).slebBig()).toBe(value);
        const positive = BigInt.asUintN(64, value);
        expect(cursor(...leb(positive, false)).ulebBig()).toBe(positive);
      }),
    );
    // Negative numbers of eight bytes have 56 bits until the sign is taken off, more than a double holds.
    expect(cursor(...leb(-(2n ** 53n - 1n), true)).sleb()).toBe(-Number.MAX_SAFE_INTEGER);
    expect(cursor(...leb(-1n, true, 9)).sleb()).toBe(-1);
  });

  it('refuses LEB128 numbers without an end', () => {
    const endless = Array.from({ length: 20 }, () => 0x80);
    const reads = [
      (at: Cursor) => at.uleb(),
      (at: Cursor) => at.sleb(),
      (at: Cursor) => at.ulebBig(),
      (at: Cursor) => at.slebBig(),
    ];
    for (const read of reads) {
      expect(() => read(cursor(...endless))).toThrow(/longer than ten bytes at \.debug_test/);
      expect(() => read(cursor(0x80, 0x80))).toThrow(/unexpected end of \.debug_test/);
    }
  });

  it('throws a DebugError wherever the bytes end, and stays where it was', () => {
    const reads: ((at: Cursor) => unknown)[] = [
      (at) => at.u8(),
      (at) => at.u16(),
      (at) => at.u32(),
      (at) => at.u64(),
      (at) => at.u64big(),
      (at) => at.take(5),
      (at) => at.skip(5),
      (at) => at.take(-1),
      (at) => at.take(Number.NaN),
      (at) => at.cstring(),
    ];
    for (const read of reads) {
      const at = new Cursor(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 'x', 8);
      expect(() => read(at)).toThrow(DebugError);
      expect(at.at).toBe(8);
    }
  });

  it('honours an end before the end of the bytes', () => {
    const at = new Cursor(Uint8Array.of(1, 2, 0x41, 0, 5), 'x', 2, 3);
    expect(() => at.cstring()).toThrow(/unterminated string at x\+0x2/);
    expect(at.u8()).toBe(0x41);
    expect(() => at.u8()).toThrow(/unexpected end of x at 0x3/);
    expect(new Cursor(Uint8Array.of(1), 'x', 0, 100).end).toBe(1);
    expect(() => new Cursor(Uint8Array.of(1), 'x', 2)).toThrow(/offset 0x2 is outside x \(0x1 bytes\)/);
    expect(() => new Cursor(Uint8Array.of(1), 'x', -1)).toThrow(DebugError);
  });

  it('reads zero-terminated strings', () => {
    const at = cursor(0x61, 0x62, 0, 0, 0xc3, 0xa9, 0);
    expect([at.cstring(), at.cstring(), at.cstring(), at.done]).toEqual(['ab', '', 'é', true]);
    expect(readCString(Uint8Array.of(0x61, 0x62), 0)).toBe('ab');
    expect(readCString(Uint8Array.of(0x61, 0, 0x62), 1)).toBe('');
  });
});
