/**
 * Readable memory of a process, by address. Everything throws a `fault` error where nobody has the bytes:
 * an address that is not there is never read as zero.
 */
export interface Memory {
  u8(address: number): number;
  u16(address: number): number;
  u32(address: number): number;
  /** 64 bits as a number, exact below 2^53: for addresses and sizes. For values use `read` and `readU64Big`. */
  u64(address: number): number;
  /** Exactly `length` bytes, as a copy of the caller's own. */
  read(address: number, length: number): Uint8Array;
  /** The readable bytes from `address` on, `length` at most; empty if the first byte is not there. */
  readSome(address: number, length: number): Uint8Array;
  /** True if the byte at `address` can be read. */
  has(address: number): boolean;
}
