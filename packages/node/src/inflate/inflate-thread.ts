import { createInflate } from 'node:zlib';
import { workerData } from 'node:worker_threads';
import { readFully } from '../host-file.ts';
import { Inflater, type ReadCompressed } from './inflater.ts';
import { HELPER, SharedStream, type InflateOrder } from './shared-stream.ts';

/** Bytes that are inflated before the other thread is told. */
const STEP = 256 << 10;

/** Inflates the streams that the thread was told of: those that are waited for, else all of them evenly. */
export function runInflating(): void {
  const { fd, streams } = workerData as InflateOrder;
  let left = streams.flatMap((data) => {
    const inflater = Inflater.open(createInflate, readerOf(fd), data.stream);
    return inflater === undefined ? [] : [new Help(new SharedStream(data), inflater)];
  });
  for (let help = next(left); help !== undefined; help = next(left)) {
    if (!help.advance()) left = left.filter((each) => each !== help);
  }
}

function next(left: readonly Help[]): Help | undefined {
  const wanted = left.find(({ shared }) => shared.isWanted);
  return (
    wanted ?? left.reduce<Help | undefined>((best, each) => (best && best.part <= each.part ? best : each), undefined)
  );
}

/** The bytes that the other thread inflated alone so far go here again, to get where it is. */
const scratch = new Uint8Array(STEP);

/** What a thread does for a stream that it shares. */
export class Help {
  readonly shared: SharedStream;
  private readonly inflater: Inflater;

  constructor(shared: SharedStream, inflater: Inflater) {
    this.shared = shared;
    this.inflater = inflater;
  }

  /** How much of it was inflated, from 0 to 1. */
  get part(): number {
    return this.inflater.made / this.shared.bytes.length;
  }

  /** Inflates a bit more; false if there is nothing more to do. */
  advance(): boolean {
    const { shared, inflater } = this;
    if (shared.made === shared.bytes.length) return false;
    try {
      const behind = shared.made - inflater.made;
      if (behind > 0) inflater.next(scratch, 0, Math.min(STEP, behind));
      else if (shared.hold(HELPER)) this.make();
      return inflater.made < shared.bytes.length;
    } catch {
      // The other thread meets the damage itself, and tells it.
      shared.release(HELPER);
      return false;
    }
  }

  /** Makes bytes for the other thread, unless it made some meanwhile. */
  private make(): void {
    const { shared, inflater } = this;
    const { bytes } = shared;
    if (shared.made > inflater.made) return shared.release(HELPER);
    inflater.next(bytes, inflater.made, Math.min(STEP, bytes.length - inflater.made));
    if (inflater.made === bytes.length) inflater.finish();
    shared.made = inflater.made;
  }
}

/** Reads a file into the same memory each time. */
function readerOf(fd: number): ReadCompressed {
  let room = new Uint8Array(0);
  return (offset, length) => {
    if (room.length < length) room = new Uint8Array(length);
    const next = room.subarray(0, length);
    if (readFully(fd, next, offset) < length) throw new Error('the file ends too early');
    return next;
  };
}
