import type { Inflate } from 'node:zlib';
import { badData, type DebugError, type ZlibStream } from '@inquest/engine';

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
/** Compressed bytes that are read at once. */
const READ = 512 << 10;

/** What is inflated from: bytes of a file, which need not stay past the next read. */
export type ReadCompressed = (offset: number, length: number) => Uint8Array;

/** Inflates a stream from the front on. */
export class Inflater {
  /** How many bytes were made. */
  made = 0;
  private readonly handle: ZlibHandle;
  private readonly state: Uint32Array;
  private readonly readAt: ReadCompressed;
  /** How many bytes the stream should give. */
  private readonly size: number;
  /** What is left of the stream in the file. */
  private offset: number;
  private left: number;
  private input: Uint8Array = new Uint8Array(0);
  private problem: string | undefined;

  private constructor(handle: ZlibHandle, state: Uint32Array, readAt: ReadCompressed, stream: ZlibStream) {
    this.handle = handle;
    this.state = state;
    this.readAt = readAt;
    this.size = stream.size;
    this.offset = stream.offset;
    this.left = stream.length;
    handle.onerror = (message) => (this.problem = message);
  }

  /** Undefined where Node does not let zlib be driven so. */
  static open(create: () => Inflate, readAt: ReadCompressed, stream: ZlibStream): Inflater | undefined {
    const { _handle: handle, _writeState: state } = create() as unknown as Internals;
    if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array)) return undefined;
    return new Inflater(handle, state, readAt, stream);
  }

  /** Puts the next bytes into `output` from `at` on, at least one and at most `room`. Throws `bad-data` where there are none. */
  next(output: Uint8Array, at: number, room: number): void {
    if (this.problem !== undefined) throw this.damaged(this.problem);
    for (;;) {
      if (this.input.length === 0) this.input = this.read(READ);
      const left = this.input.length;
      const made = this.step(Z_SYNC_FLUSH, output, at, room);
      this.made += made;
      if (made > 0) return;
      if (this.input.length === left) throw this.damaged(`it gives ${this.made} bytes, not ${this.size}`);
    }
  }

  /** Once all bytes are made: has zlib compare its checksum, and sees that nothing more comes. Throws `bad-data`. */
  finish(): void {
    if (this.problem !== undefined) throw this.damaged(this.problem);
    const had = this.input.slice();
    this.input = Buffer.concat([had, this.read(this.left)]);
    if (this.step(Z_FINISH, new Uint8Array(1), 0, 1) > 0) throw this.damaged(`it gives more than ${this.size} bytes`);
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

  /** What the file has next. */
  private read(most: number): Uint8Array {
    const count = Math.min(this.left, most);
    const next = this.readAt(this.offset, count);
    this.offset += count;
    this.left -= count;
    return next;
  }

  private damaged(problem: string): DebugError {
    this.problem = problem;
    return badData(`the zlib data is damaged: ${problem}`);
  }
}
