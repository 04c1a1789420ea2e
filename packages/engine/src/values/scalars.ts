import { readU64Big } from '../base/cursor.ts';
import type { Kind } from '../types/go-type.ts';

/** Integer kinds: size in bytes and sign. */
const INTEGERS: Readonly<Partial<Record<Kind, readonly [number, boolean]>>> = {
  int: [8, true],
  int8: [1, true],
  int16: [2, true],
  int32: [4, true],
  int64: [8, true],
  uint: [8, false],
  uint8: [1, false],
  uint16: [2, false],
  uint32: [4, false],
  uint64: [8, false],
  uintptr: [8, false],
};

/** True for Go's integer kinds, uintptr among them. */
export function isInteger(kind: Kind): boolean {
  return INTEGERS[kind] !== undefined;
}

/** True for float32 and float64. */
export function isFloat(kind: Kind): boolean {
  return kind === 'float32' || kind === 'float64';
}

/** True for complex64 and complex128. */
export function isComplex(kind: Kind): boolean {
  return kind === 'complex64' || kind === 'complex128';
}

/** An integer of `size` bytes (1 to 8), little-endian. */
export function readInteger(bytes: Uint8Array, size: number, signed: boolean): bigint {
  let value = 0n;
  if (size === 8) value = readU64Big(bytes, 0);
  else for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return signed ? BigInt.asIntN(size * 8, value) : value;
}

/** The integer that the bytes of a value of that kind hold. */
export function integerOf(kind: Kind, bytes: Uint8Array): bigint {
  const [, signed] = INTEGERS[kind] ?? [8, false];
  return readInteger(bytes, bytes.length, signed);
}

/** The bytes of an integer of that kind that is a bit field: `bits.at` counts from the lowest bit of `bytes`. */
export function bitsOf(
  kind: Kind,
  bytes: Uint8Array,
  bits: { readonly at: number; readonly size: number },
): Uint8Array {
  const [, signed] = INTEGERS[kind] ?? [8, false];
  const raw = readInteger(bytes, bytes.length, false) >> BigInt(bits.at);
  const value = signed ? BigInt.asIntN(bits.size, raw) : BigInt.asUintN(bits.size, raw);
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigInt64(0, BigInt.asIntN(64, value), true);
  return word.subarray(0, bytes.length);
}

/** The float that 4 or 8 bytes hold, little-endian. */
export function floatOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

/** A float as Go's strconv prints it with format 'f' and the shortest digits that read back the same (as Delve does). */
export function formatFloat(value: number, size: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  return plainDecimal(size === 4 ? shortestFloat32(value) : String(value));
}

/** The shortest decimal that rounds to the same 32-bit float. */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** Rewrites 1e+21 and 1e-7 without an exponent. */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = '', exponentText = '0'] = match;
  const digits = first + rest;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const pad = exponent + 1 - digits.length;
  if (pad >= 0) return `${sign}${digits}${'0'.repeat(pad)}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** A float as Go's fmt prints it with %g: shortest digits, and an exponent below 1e-4 and from 1e+06 on. */
export function formatShortFloat(value: number, size: number): string {
  if (!Number.isFinite(value) || value === 0) return formatFloat(value, size);
  const [mantissa = '', exponentText = '0'] = (size === 4 ? Number(shortestFloat32(value)) : value)
    .toExponential()
    .split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return formatFloat(value, size);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
