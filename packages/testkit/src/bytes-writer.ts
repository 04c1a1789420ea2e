/** Puts bytes together, little-endian, so that a test reads as the bytes it feeds. */
export class BytesWriter {
  private readonly parts: number[] = [];

  /** Bytes written so far. */
  get length(): number {
    return this.parts.length;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.parts.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value, value >> 8);
  }

  u32(value: number): this {
    return this.u8(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** 64 bits: a number up to 2^53, or a bigint. */
  u64(value: number | bigint): this {
    const big = BigInt.asUintN(64, BigInt(value));
    return this.u32(Number(big & 0xffffffffn)).u32(Number(big >> 32n));
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.parts.push(byte);
    return this;
  }

  /** ASCII text without a terminator. */
  text(text: string): this {
    return this.bytes(Array.from(text, (char) => char.charCodeAt(0)));
  }

  /** ASCII text and a zero. */
  cstring(text: string): this {
    return this.text(text).u8(0);
  }

  /** Zeros up to the next multiple of `size`. */
  align(size: number): this {
    while (this.parts.length % size !== 0) this.parts.push(0);
    return this;
  }

  zeros(count: number): this {
    for (let i = 0; i < count; i++) this.parts.push(0);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}
