import type { Inflate } from 'node:zlib';
import { badData, type ByteSource, type DebugError, type GrowingBytes } from '@inquest/engine';

/**
 * What Node keeps behind its streams: zlib itself, to be driven step by step, which its public interface does only
 * asynchronously. Where a release has it no more, sections are inflated whole.
 */
interface ZlibHandle {
  /** Bytes that were left of the output and of the input go to the state. */
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  close(): void;
  onerror: (message: string) => void;
}

interface Internals {
  readonly _handle?: ZlibHandle;
  readonly _writeState?: Uint32Array;
}

const Z_SYNC_FLUSH = 2;
const Z_FINISH = 4;
/** Compressed bytes that are read at once, and inflated ones that are made at least. */
const READ = 512 << 10;
const MAKE = 64 << 10;

/** Inflates from the front on, as far as is asked for. Undefined where Node does not let zlib be driven so. */
export function growingZlib(
  create: () => Inflate,
  source: ByteSource,
  offset: number,
  length: number,
  size: number,
): GrowingBytes | undefined {
  const { _handle: handle, _writeState: state } = create() as unknown as Internals;
  if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array)) return undefined;
  return new ZlibBytes(handle, state, source, offset, length, size);
}

class ZlibBytes implements GrowingBytes {
  readonly bytes: Uint8Array;
  inflated = 0;
  private readonly handle: ZlibHandle;
  private readonly state: Uint32Array;
  private readonly source: ByteSource;
  /** What is left of the stream in the file. */
  private offset: number;
  private left: number;
  private input: Uint8Array = new Uint8Array(0);
  private problem: string | undefined;
  private isDone = false;

  constructor(
    handle: ZlibHandle,
    state: Uint32Array,
    source: ByteSource,
    offset: number,
    length: number,
    size: number,
  ) {
    this.handle = handle;
    this.state = state;
    this.source = source;
    this.offset = offset;
    this.left = length;
    this.bytes = new Uint8Array(size);
    handle.onerror = (message) => (this.problem = message);
  }

  fill(end: number): void {
    const { bytes } = this;
    if (end < bytes.length ? end <= this.inflated : this.isDone) return;
    if (this.problem !== undefined) throw this.damaged(this.problem);
    while (this.inflated < Math.min(end, bytes.length)) {
      if (this.input.length === 0) this.read(READ);
      const room = Math.min(bytes.length - this.inflated, Math.max(MAKE, end - this.inflated));
      const left = this.input.length;
      const made = this.step(Z_SYNC_FLUSH, bytes, this.inflated, room);
      if (made === 0 && this.input.length === left)
        throw this.damaged(`it gives ${this.inflated} bytes, not ${bytes.length}`);
      this.inflated += made;
    }
    if (this.inflated === bytes.length) this.finish();
  }

  /** Makes zlib compare its checksum, and sees that nothing more comes. */
  private finish(): void {
    this.read(this.left);
    if (this.step(Z_FINISH, new Uint8Array(1), 0, 1) > 0)
      throw this.damaged(`it gives more than ${this.bytes.length} bytes`);
    this.isDone = true;
    this.handle.close();
  }

  /** Inflates into `room` bytes of the output at most; returns how many it made. */
  private step(flush: number, output: Uint8Array, at: number, room: number): number {
    const { handle, state } = this;
    handle.writeSync(flush, this.input, 0, this.input.length, output, at, room);
    if (this.problem !== undefined) throw this.damaged(this.problem);
    this.input = this.input.subarray(this.input.length - (state[1] as number));
    return room - (state[0] as number);
  }

  /** Adds to the input what the file has next. */
  private read(most: number): void {
    const count = Math.min(this.left, most);
    const next = this.source.bytes(this.offset, count);
    this.input = this.input.length === 0 ? next : Buffer.concat([this.input, next]);
    this.offset += count;
    this.left -= count;
  }

  private damaged(problem: string): DebugError {
    this.problem = problem;
    return badData(`the zlib data is damaged: ${problem}`);
  }
}
