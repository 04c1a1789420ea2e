import { DebugError, type GrowingBytes, type ZlibStream } from '@inquest/engine';
import { ASKER, SharedStream, shareStream, type InflateOrder, type SharedStreamData } from './shared-stream.ts';

/** The other thread makes something every millisecond: after so many it is not waited for any longer. */
const PATIENCE = 30_000;

/**
 * The bytes of streams in a file that another thread, which `start` begins, helps to inflate. `alone` gives those of a stream, in
 * memory that is there, without help. Undefined if there can be no other thread, or not so much memory.
 */
export function inflateTogether(
  fd: number,
  streams: readonly ZlibStream[],
  start: (order: InflateOrder) => void,
  alone: (stream: ZlibStream, into: Uint8Array) => GrowingBytes,
): readonly GrowingBytes[] | undefined {
  let data: readonly SharedStreamData[];
  try {
    data = streams.map(shareStream);
    start({ fd, streams: data });
  } catch {
    return undefined;
  }
  return data.map((each) => new SharedZlib(new SharedStream(each), alone));
}

class SharedZlib implements GrowingBytes {
  readonly bytes: Uint8Array;
  /** The other thread goes on to the end. */
  readonly inflated: number;
  private readonly shared: SharedStream;
  private readonly alone: () => GrowingBytes;
  private own: GrowingBytes | undefined;
  /** How many bytes are known to be there. */
  private there = 0;

  constructor(shared: SharedStream, alone: (stream: ZlibStream, into: Uint8Array) => GrowingBytes) {
    this.shared = shared;
    this.bytes = shared.bytes;
    this.inflated = shared.bytes.length;
    this.alone = () => alone(shared.stream, shared.bytes);
  }

  fill(end: number): void {
    const { shared } = this;
    const wanted = Math.min(end, shared.bytes.length);
    while (this.there < wanted) {
      const { changes } = shared;
      if (shared.hold(ASKER)) this.inflate(wanted);
      this.there = shared.made;
      if (this.there < wanted && !shared.wait(changes, PATIENCE))
        throw new DebugError(`the thread that inflates made nothing in ${PATIENCE / 1000} seconds`, { code: 'io' });
    }
  }

  /** Until the other thread has come so far, or where it meets damage. */
  private inflate(wanted: number): void {
    const { shared } = this;
    try {
      this.own ??= this.alone();
      const end = Math.max(wanted, shared.made);
      this.own.fill(end);
      shared.made = Math.max(end, this.own.inflated);
    } finally {
      shared.release(ASKER);
    }
  }
}
