/** Start value for `hashName`. */
export const HASH_SEED = 0x811c9dc5;

/** FNV-1a of the bytes from `at` up to a zero or `end`, as an unsigned number. */
export function hashName(bytes: Uint8Array, at = 0, end: number = bytes.length, seed: number = HASH_SEED): number {
  let hash = seed;
  for (let i = at; i < end; i++) {
    const b = bytes[i] as number;
    if (b === 0) break;
    hash = Math.imul(hash ^ b, 0x01000193);
  }
  return hash >>> 0;
}
