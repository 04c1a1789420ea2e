/**
 * The constant of a logical immediate: a run of ones, rotated, in an element that is repeated (DecodeBitMasks of the ARM Architecture
 * Reference Manual). Undefined for reserved encodings.
 */
export function decodeBitMask(n: number, imms: number, immr: number, wide: boolean): bigint | undefined {
  const pattern = (n << 6) | (~imms & 0x3f);
  const length = 31 - Math.clz32(pattern);
  if (length < 1 || (!wide && n === 1)) return undefined;
  const size = 1 << length;
  const levels = size - 1;
  const ones = (imms & levels) + 1;
  const rotate = immr & levels;
  if (ones === size) return undefined;
  const run = (1n << BigInt(ones)) - 1n;
  const mask = (1n << BigInt(size)) - 1n;
  const element = ((run >> BigInt(rotate)) | (run << BigInt(size - rotate))) & mask;
  let value = 0n;
  for (let at = 0; at < (wide ? 64 : 32); at += size) value |= element << BigInt(at);
  return value;
}

/** True if the constant can be made by one MOVZ or MOVN, which are then what `mov` stands for. */
export function isMoveWide(value: bigint, wide: boolean): boolean {
  const width = wide ? 64 : 32;
  for (let shift = 0; shift < width; shift += 16) {
    const hole = ~(0xffffn << BigInt(shift));
    if ((value & hole) === 0n) return true;
    if ((BigInt.asUintN(width, ~value) & hole) === 0n) return true;
  }
  return false;
}
