import { badData, hex } from './errors.ts';
import { decodeLatin1, decodeUtf8, isAscii } from './text.ts';

/**
 * A reading position over little-endian bytes. Every read is bounds-checked and advances.
 * Reading past `end` throws a `bad-data` error that names `name` and the offset.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  /** What the bytes are, for messages: a section or file name. */
  readonly name: string;
  /** Offset of the next byte. */
  at: number;
  /** One past the last readable offset. */
  end: number;

  constructor(bytes: Uint8Array, name: string, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.name = name;
    this.at = at;
    this.end = Math.min(end, bytes.length);
    if (at < 0 || at > this.end) throw badData(`offset ${hex(at)} is outside ${name} (${hex(this.end)} bytes)`);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  private need(count: number): number {
    const at = this.at;
    if (!(count >= 0) || at + count > this.end) {
      throw badData(`unexpected end of ${this.name} at ${hex(at)}: ${count} more bytes wanted`);
    }
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.bytes[this.need(1)] as number;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    const at = this.need(2);
    return readU16(this.bytes, at);
  }

  u32(): number {
    const at = this.need(4);
    return readU32(this.bytes, at);
  }

  i32(): number {
    return this.u32() | 0;
  }

  /** 64 bits as a number: exact below 2^53, which holds for every address and size. */
  u64(): number {
    const at = this.need(8);
    return readU64(this.bytes, at);
  }

  /** 64 bits, exact. */
  u64big(): bigint {
    const at = this.need(8);
    return readU64Big(this.bytes, at);
  }

  /** An unsigned integer of `size` bytes (1, 2, 4 or 8). */
  uint(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u16() | (this.u8() << 16);
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        throw badData(`integer of ${size} bytes at ${this.name}+${hex(this.at)}`);
    }
  }

  /** ULEB128 as a number: exact below 2^53. */
  uleb(): number {
    let b = this.u8();
    if (b < 0x80) return b;
    let value = b & 0x7f;
    let scale = 128;
    for (let i = 0; i < 9; i++) {
      b = this.u8();
      value += (b & 0x7f) * scale;
      if (b < 0x80) return value;
      scale *= 128;
    }
    throw badData(`LEB128 number longer than ten bytes at ${this.name}+${hex(this.at)}`);
  }

  /** SLEB128 as a number: exact within +-2^53. */
  sleb(): number {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++) {
      const b = this.u8();
      value += (b & 0x7f) * scale;
      scale *= 128;
      if (b < 0x80) return b & 0x40 ? value - scale : value;
    }
    // Eight bytes and more hold 56 bits before the sign is taken off: too many for a double.
    this.at = start;
    return Number(this.slebBig());
  }

  /** ULEB128, exact to 64 bits. */
  ulebBig(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const b = this.u8();
      value |= BigInt(b & 0x7f) << shift;
      if (b < 0x80) return BigInt.asUintN(64, value);
    }
    throw badData(`LEB128 number longer than ten bytes at ${this.name}+${hex(this.at)}`);
  }

  /** SLEB128, exact to 64 bits. */
  slebBig(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const b = this.u8();
      value |= BigInt(b & 0x7f) << shift;
      if (b < 0x80) return b & 0x40 ? BigInt.asIntN(64, value - (1n << (shift + 7n))) : BigInt.asIntN(64, value);
    }
    throw badData(`LEB128 number longer than ten bytes at ${this.name}+${hex(this.at)}`);
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    const at = this.need(count);
    return this.bytes.subarray(at, at + count);
  }

  skip(count: number): void {
    this.need(count);
  }

  /** A zero-terminated string, without the zero, which is skipped. */
  cstring(): string {
    const zero = this.bytes.indexOf(0, this.at);
    if (zero < 0 || zero >= this.end) throw badData(`unterminated string at ${this.name}+${hex(this.at)}`);
    const raw = this.bytes.subarray(this.at, zero);
    this.at = zero + 1;
    return isAscii(raw) ? decodeLatin1(raw) : decodeUtf8(raw);
  }
}

/** Little-endian reads at a known-good offset; the caller has checked the bounds. */
export function readU16(b: Uint8Array, at: number): number {
  return (b[at] as number) | ((b[at + 1] as number) << 8);
}

export function readU32(b: Uint8Array, at: number): number {
  return (
    ((b[at] as number) |
      ((b[at + 1] as number) << 8) |
      ((b[at + 2] as number) << 16) |
      ((b[at + 3] as number) << 24)) >>>
    0
  );
}

export function readU64(b: Uint8Array, at: number): number {
  return readU32(b, at) + readU32(b, at + 4) * 0x1_0000_0000;
}

export function readU64Big(b: Uint8Array, at: number): bigint {
  return BigInt(readU32(b, at)) | (BigInt(readU32(b, at + 4)) << 32n);
}

/** The zero-terminated string that starts at `at`, or as much of it as there is. */
export function readCString(b: Uint8Array, at: number): string {
  let zero = b.indexOf(0, at);
  if (zero < 0) zero = b.length;
  return decodeUtf8(b.subarray(at, zero));
}
