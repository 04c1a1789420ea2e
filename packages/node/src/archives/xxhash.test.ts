import { describe, expect, it } from 'vitest';
import { xxh32, Xxh32, Xxh64 } from './xxhash.ts';

/** The bytes with which the xxHash project tests its implementations ("sanity buffer"). */
function sanity(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let generator = 2654435761n;
  for (let i = 0; i < length; i++) {
    bytes[i] = Number(generator >> 56n);
    generator = BigInt.asUintN(64, generator * 11400714785074694797n);
  }
  return bytes;
}

function xxh64(bytes: Uint8Array): bigint {
  const hash = new Xxh64();
  hash.update(bytes);
  return hash.digest();
}

describe('xxHash', () => {
  it('gives the known hashes of short inputs', () => {
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    expect(xxh32(text(''))).toBe(0x02cc5d05);
    expect(xxh32(text('a'))).toBe(0x550d7456);
    expect(xxh32(text('abc'))).toBe(0x32d153ff);
    expect(xxh64(text(''))).toBe(0xef46db3751d8e999n);
    expect(xxh64(text('a'))).toBe(0xd24ec4f1a98c6e5bn);
    expect(xxh64(text('abc'))).toBe(0x44bc2cf5ad770999n);
  });

  it('gives the hashes of the sanity buffer that the project lists', () => {
    expect(xxh32(sanity(222))).toBe(0x5bd11dbd);
    expect(xxh64(sanity(222))).toBe(0xb641ae8cb691c174n);
  });

  it('does not depend on how a stream is cut', () => {
    const bytes = sanity(5000);
    for (const step of [1, 7, 16, 31, 33, 999]) {
      const small = new Xxh32();
      const large = new Xxh64();
      for (let at = 0; at < bytes.length; at += step) {
        small.update(bytes.subarray(at, at + step));
        large.update(bytes.subarray(at, at + step));
      }
      expect(small.digest()).toBe(xxh32(bytes));
      expect(large.digest()).toBe(xxh64(bytes));
    }
  });
});
