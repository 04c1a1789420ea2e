import type { Memory } from './memory.ts';

/** More than this is not held. */
const MOST = 64 << 20;

/** Memory of which one stretch was read at once, for a pass over all of it; what lies elsewhere is read where it was. */
export class HeldMemory implements Memory {
  private readonly memory: Memory;
  private readonly start: number;
  private readonly size: number;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;

  /** Holds what can be read from `start` on, as far as `end`. */
  constructor(memory: Memory, start: number, end: number) {
    this.memory = memory;
    this.start = start - (start % 8);
    const size = Math.ceil((end - this.start) / 8) * 8;
    const bytes = memory.readSome(this.start, size > MOST ? 0 : size);
    this.size = bytes.length;
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  }

  /** The place of `length` bytes in what is held, or a negative number. */
  private placeOf(address: number, length: number): number {
    const at = address - this.start;
    return at + length <= this.size ? at : -1;
  }

  u8(address: number): number {
    const at = this.placeOf(address, 1);
    return at >= 0 ? (this.bytes[at] as number) : this.memory.u8(address);
  }

  u16(address: number): number {
    const at = this.placeOf(address, 2);
    return at >= 0 ? (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8) : this.memory.u16(address);
  }

  u32(address: number): number {
    const at = address - this.start;
    const isHeld = at >= 0 && at + 4 <= this.size && (at & 3) === 0;
    return isHeld ? (this.words[at >>> 2] as number) : this.memory.u32(address);
  }

  u64(address: number): number {
    const at = address - this.start;
    if (!(at >= 0 && at + 8 <= this.size) || (at & 3) !== 0) return this.memory.u64(address);
    const low = this.words[at >>> 2] as number;
    const high = this.words[(at >>> 2) + 1] as number;
    // Most are small, and small numbers make no garbage.
    return high === 0 ? low : low + high * 0x1_0000_0000;
  }

  read(address: number, length: number): Uint8Array {
    const at = this.placeOf(address, length);
    return at >= 0 && length > 0 ? this.bytes.slice(at, at + length) : this.memory.read(address, length);
  }

  readSome(address: number, length: number): Uint8Array {
    return this.memory.readSome(address, length);
  }

  has(address: number): boolean {
    return this.memory.has(address);
  }
}
