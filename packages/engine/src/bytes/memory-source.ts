import { readU32, readU64 } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** A `ByteSource` over bytes that are in memory already. */
export class MemorySource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly data: Uint8Array;

  constructor(name: string, data: Uint8Array) {
    this.name = name;
    this.data = data;
    this.size = data.length;
  }

  private check(offset: number, length: number): void {
    if (!(offset >= 0) || !(length >= 0) || offset + length > this.size) {
      throw badData(`${this.name} ends at ${hex(this.size)}, but ${length} bytes at ${hex(offset)} are wanted`);
    }
  }

  u8(offset: number): number {
    this.check(offset, 1);
    return this.data[offset] as number;
  }

  u32(offset: number): number {
    this.check(offset, 4);
    return readU32(this.data, offset);
  }

  u64(offset: number): number {
    this.check(offset, 8);
    return readU64(this.data, offset);
  }

  view(offset: number, length: number): Uint8Array {
    this.check(offset, length);
    return this.data.subarray(offset, offset + length);
  }

  bytes(offset: number, length: number): Uint8Array {
    return this.view(offset, length).slice();
  }
}
