import { badData } from '../base/errors.ts';
import type { GrowingBytes } from '../bytes/growing-bytes.ts';

/** A table is kept by its columns. Numbers are as this machine has them: what is kept does not leave it. */
export type Column = Uint8Array | Uint32Array | Float64Array;

/** Each column begins at a multiple of this. */
const ALIGN = 8;

const aligned = (at: number): number => Math.ceil(at / ALIGN) * ALIGN;

/** Columns as bytes, in parts: how long each is (float64, in bytes), then what is in them. */
export function packColumns(columns: readonly Column[]): readonly Uint8Array[] {
  const lengths = Float64Array.from(columns, ({ byteLength }) => byteLength);
  return [lengths, ...columns].flatMap(({ buffer, byteOffset, byteLength }) => [
    new Uint8Array(buffer, byteOffset, byteLength),
    new Uint8Array(aligned(byteLength) - byteLength),
  ]);
}

/** Columns that were packed, each read when it is asked for. */
export class KeptColumns {
  private readonly bytes: GrowingBytes;
  private readonly spans: readonly { readonly at: number; readonly end: number }[];

  /** Throws `bad-data` unless there are that many. */
  constructor(bytes: GrowingBytes, count: number) {
    this.bytes = bytes;
    let at = count * ALIGN;
    if (bytes.bytes.length < at) throw badData(`${count} columns were kept, but there are fewer`);
    bytes.fill(at);
    this.spans = Array.from(new Float64Array(bytes.bytes.buffer, 0, count), (length) => {
      const span = { at, end: at + length };
      at = aligned(span.end);
      return span;
    });
    if (at !== bytes.bytes.length) throw badData('columns that were kept have not the length that they should have');
  }

  u8(column: number): Uint8Array {
    const { at, end } = this.load(column);
    return this.bytes.bytes.subarray(at, end);
  }

  u32(column: number): Uint32Array {
    const { at, end } = this.load(column);
    return new Uint32Array(this.bytes.bytes.buffer, at, (end - at) / 4);
  }

  f64(column: number): Float64Array {
    const { at, end } = this.load(column);
    return new Float64Array(this.bytes.bytes.buffer, at, (end - at) / 8);
  }

  /** Bytes of a column. */
  sizeOf(column: number): number {
    const { at, end } = this.spans[column] ?? { at: 0, end: 0 };
    return end - at;
  }

  /** A column as bytes, of which `count` at `offset` are there. */
  part(column: number, offset: number, count: number): Uint8Array {
    const { at, end } = this.spans[column] ?? { at: 0, end: 0 };
    const start = Math.min(at + offset, end);
    const stop = Math.min(start + count, end);
    this.bytes.fill(stop, start);
    return this.bytes.bytes.subarray(start, stop);
  }

  private load(column: number): { readonly at: number; readonly end: number } {
    const span = this.spans[column] ?? { at: 0, end: 0 };
    this.bytes.fill(span.end, span.at);
    return span;
  }
}
