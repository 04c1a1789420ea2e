import { readU16, readU32, readU64 } from '../base/cursor.ts';
import { DebugError, fault } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import type { Memory } from '../bytes/memory.ts';
import type { AbsentPart } from './place.ts';

/** What is placed lies from here on, below what expressions make: no process has memory there. */
const BASE = 2 ** 51;
const END = 2 ** 52;
/** Bytes kept at most; the oldest are given up. */
const MOST_BYTES = 16 << 20;

interface Placed {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly absent: readonly AbsentPart[];
}

/**
 * A process's memory, with places for values that are in registers: for clients that know values by their addresses alone, and
 * come back with them. What is not known of a value cannot be read there.
 */
export class RegisterMemory implements Memory {
  private readonly process: Memory;
  private readonly placed: Placed[] = [];
  private readonly starts: number[] = [];
  private next = BASE;
  private kept = 0;

  constructor(process: Memory) {
    this.process = process;
  }

  /** Gives bytes an address. */
  place(bytes: Uint8Array, absent: readonly AbsentPart[]): number {
    const start = this.next;
    this.next += Math.ceil((bytes.length + 1) / 16) * 16;
    this.placed.push({ start, bytes, absent });
    this.starts.push(start);
    this.kept += bytes.length;
    while (this.kept > MOST_BYTES && this.placed.length > 1) {
      this.kept -= this.placed.shift()?.bytes.length ?? 0;
      this.starts.shift();
    }
    return start;
  }

  u8(address: number): number {
    return this.at(address, 1)?.[0] ?? this.process.u8(address);
  }

  u16(address: number): number {
    const own = this.at(address, 2);
    return own === undefined ? this.process.u16(address) : readU16(own, 0);
  }

  u32(address: number): number {
    const own = this.at(address, 4);
    return own === undefined ? this.process.u32(address) : readU32(own, 0);
  }

  u64(address: number): number {
    const own = this.at(address, 8);
    return own === undefined ? this.process.u64(address) : readU64(own, 0);
  }

  read(address: number, length: number): Uint8Array {
    return this.at(address, length)?.slice() ?? this.process.read(address, length);
  }

  readSome(address: number, length: number): Uint8Array {
    if (!isPlaced(address)) return this.process.readSome(address, length);
    const value = this.holding(address);
    if (value === undefined) return new Uint8Array(0);
    const from = address - value.start;
    const known = Math.min(...value.absent.filter(({ end }) => end > from).map(({ start }) => start), from + length);
    return value.bytes.slice(from, Math.max(from, known));
  }

  has(address: number): boolean {
    return isPlaced(address) ? this.readSome(address, 1).length > 0 : this.process.has(address);
  }

  /** The bytes of a placed value; undefined for the process's own addresses. Throws where there are none. */
  private at(address: number, length: number): Uint8Array | undefined {
    if (!isPlaced(address)) return undefined;
    const value = this.holding(address);
    const from = address - (value?.start ?? 0);
    if (value === undefined || from + length > value.bytes.length) throw fault(address, 'no value is kept there');
    const missing = value.absent.find(({ start, end }) => start < from + length && end > from);
    if (missing !== undefined) throw new DebugError(missing.reason, { code: 'not-found' });
    return value.bytes.subarray(from, from + length);
  }

  private holding(address: number): Placed | undefined {
    const value = this.placed[lastAtMost(this.starts, address)];
    return value !== undefined && address < value.start + Math.max(1, value.bytes.length) ? value : undefined;
  }
}

function isPlaced(address: number): boolean {
  return address >= BASE && address < END;
}
