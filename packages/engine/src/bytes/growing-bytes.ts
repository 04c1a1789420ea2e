import { counters } from '../base/counters.ts';
import { DebugError } from '../base/errors.ts';

/** Bytes that are there as far as they were asked for. */
export interface GrowingBytes {
  /** All of them; zeros where they are not there. */
  readonly bytes: Uint8Array;
  /** How many were inflated so far. */
  readonly inflated: number;
  /** Makes those from `start` to `end` be there, or more. Throws `bad-data` where they cannot be had. */
  fill(end: number, start?: number): void;
}

/** Bytes that are all there. */
export function whole(bytes: Uint8Array): GrowingBytes {
  return { bytes, inflated: 0, fill: () => undefined };
}

/** Growing bytes that are counted, and of whose damage someone is told, when it is met. */
export class WatchedBytes implements GrowingBytes {
  readonly bytes: Uint8Array;
  private readonly inner: GrowingBytes;
  private readonly tell: (error: DebugError) => void;

  constructor(inner: GrowingBytes, tell: (error: DebugError) => void) {
    this.bytes = inner.bytes;
    this.inner = inner;
    this.tell = tell;
  }

  get inflated(): number {
    return this.inner.inflated;
  }

  fill(end: number, start?: number): void {
    const { inner } = this;
    const before = inner.inflated;
    try {
      inner.fill(end, start);
    } catch (error) {
      if (error instanceof DebugError) this.tell(error);
      throw error;
    } finally {
      counters.bytesInflated += inner.inflated - before;
    }
  }
}
