import type { GrowingBytes } from '@inquest/engine';
import type { Inflater } from './inflater.ts';

/** Bytes that are made at least. */
const MAKE = 64 << 10;

/** Inflates from the front on, as far as is asked for. */
export class ZlibBytes implements GrowingBytes {
  readonly bytes: Uint8Array;
  private readonly inflater: Inflater;
  private isDone = false;

  /** @param bytes has room for all */
  constructor(inflater: Inflater, bytes: Uint8Array) {
    this.inflater = inflater;
    this.bytes = bytes;
  }

  get inflated(): number {
    return this.inflater.made;
  }

  fill(end: number): void {
    const { bytes, inflater } = this;
    if (end < bytes.length ? end <= inflater.made : this.isDone) return;
    while (inflater.made < Math.min(end, bytes.length)) {
      const room = Math.min(bytes.length - inflater.made, Math.max(MAKE, end - inflater.made));
      inflater.next(bytes, inflater.made, room);
    }
    if (inflater.made < bytes.length) return;
    inflater.finish();
    this.isDone = true;
  }
}
