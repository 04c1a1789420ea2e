/** Where `wanted`, which is not empty, begins in `bytes`, not before `start`; -1 if nowhere. */
export type ByteSearch = (bytes: Uint8Array, wanted: Uint8Array, start: number) => number;

let search: ByteSearch = searchBytes;

/** Lends a search that is quicker than what the engine can do; hosts have one. */
export function lendByteSearch(lent: ByteSearch): void {
  search = lent;
}

/** The places from `start` on and before `end` where `wanted` is in `bytes`, ascending. */
export function* iterMatches(bytes: Uint8Array, wanted: Uint8Array, start: number, end: number): Generator<number> {
  const part = bytes.subarray(0, end);
  for (let at = search(part, wanted, start); at >= 0; at = search(part, wanted, at + 1)) yield at;
}

/** Looks at one byte in as many as there are in `wanted`, mostly (Horspool's way). */
export function searchBytes(bytes: Uint8Array, wanted: Uint8Array, start: number): number {
  const last = wanted.length - 1;
  /** How far to go on by the byte that stands under the last one. */
  const jumps = new Int32Array(256).fill(wanted.length);
  for (let i = 0; i < last; i++) jumps[wanted[i] as number] = last - i;
  for (let at = start + last; at < bytes.length; at += jumps[bytes[at] as number] as number) {
    let i = last;
    while (i >= 0 && bytes[at - last + i] === wanted[i]) i--;
    if (i < 0) return at - last;
  }
  return -1;
}
