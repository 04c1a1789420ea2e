import { readU64Big } from '../base/cursor.ts';
import { floatOf, formatShortFloat, readInteger } from '../values/scalars.ts';

/** A bit field of a flag register: name, lowest bit, width. */
type Field = readonly [name: string, bit: number, width?: number];

/** RFLAGS (Intel SDM volume 1, 3.4.3). */
const RFLAGS: readonly Field[] = [
  ['CF', 0],
  ['PF', 2],
  ['AF', 4],
  ['ZF', 6],
  ['SF', 7],
  ['TF', 8],
  ['IF', 9],
  ['DF', 10],
  ['OF', 11],
  ['IOPL', 12, 2],
  ['NT', 14],
  ['RF', 16],
  ['VM', 17],
  ['AC', 18],
  ['VIF', 19],
  ['VIP', 20],
  ['ID', 21],
];

/** MXCSR (10.2.3), the highest bit first. */
const MXCSR: readonly Field[] = [
  ['FZ', 15],
  ['RZ/RN', 13, 2],
  ['PM', 12],
  ['UM', 11],
  ['OM', 10],
  ['ZM', 9],
  ['DM', 8],
  ['IM', 7],
  ['DAZ', 6],
  ['PE', 5],
  ['UE', 4],
  ['OE', 3],
  ['ZE', 2],
  ['DE', 1],
  ['IE', 0],
];

/** `[PF ZF IF IOPL=0]`: the flags that are set, and fields of several bits with their values. */
export function flagNames(register: 'flags' | 'mxcsr', value: bigint): string {
  const names: string[] = [];
  for (const [name, bit, width] of register === 'flags' ? RFLAGS : MXCSR) {
    const field = (value >> BigInt(bit)) & ((1n << BigInt(width ?? 1)) - 1n);
    if (width !== undefined) names.push(`${name}=${field.toString(16)}`);
    else if (field !== 0n) names.push(name);
  }
  return `[${names.join(' ')}]`;
}

/** The lanes of a vector register of 16 bytes, in each width, as Delve writes them. */
export function vectorLanes(bytes: Uint8Array): string[] {
  const lanes = (size: number): Uint8Array[] =>
    Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  const integers = (size: number): string =>
    lanes(size)
      .map((lane) =>
        readInteger(lane, size, false)
          .toString(16)
          .padStart(size * 2, '0'),
      )
      .join(' ');
  const floats = (size: number): string =>
    lanes(size)
      .map((lane) => formatShortFloat(floatOf(lane), size))
      .join(' ');
  return [
    ...[8, 4, 2, 1].map((size) => `v${bytes.length / size}_int={ ${integers(size)} }`),
    ...[8, 4].map((size) => `v${bytes.length / size}_float={ ${floats(size)} }`),
  ];
}

/** The number in an 80-bit register: sign and exponent of 16 bits above a significand of 64, of which a double keeps 53. */
export function extendedFloat(bytes: Uint8Array): number {
  const significand = readU64Big(bytes, 0);
  const high = (bytes[8] as number) | ((bytes[9] as number) << 8);
  const sign = (high & 0x8000) === 0 ? 1 : -1;
  const exponent = high & 0x7fff;
  if (exponent === 0x7fff) return (significand & ((1n << 63n) - 1n)) === 0n ? sign * Infinity : NaN;
  // 2^-1074 is the least that a double holds: below it, the power would be zero before it is multiplied.
  const scale = (exponent === 0 ? 1 : exponent) - 16383 - 63;
  const half = Math.trunc(scale / 2);
  return sign * Number(significand) * 2 ** half * 2 ** (scale - half);
}
