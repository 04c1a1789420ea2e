import { counters } from '../base/counters.ts';
import { DebugError } from '../base/errors.ts';

/** Bytes that are there from the front on as far as they were asked for. */
export interface GrowingBytes {
  /** All of them; behind those that are there are zeros. */
  readonly bytes: Uint8Array;
  /** How many are there. */
  readonly filled: number;
  /** Makes those before `end` be there, or more. Throws `bad-data` where they cannot be had. */
  fill(end: number): void;
}

/** Bytes that are all there. */
export function whole(bytes: Uint8Array): GrowingBytes {
  return { bytes, filled: bytes.length, fill: () => undefined };
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

  get filled(): number {
    return this.inner.filled;
  }

  fill(end: number): void {
    const { inner } = this;
    const before = inner.filled;
    try {
      inner.fill(end);
    } catch (error) {
      if (error instanceof DebugError) this.tell(error);
      throw error;
    } finally {
      counters.bytesInflated += inner.filled - before;
    }
  }
}
