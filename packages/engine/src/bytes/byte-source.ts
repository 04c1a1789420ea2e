import type { GrowingBytes } from './growing-bytes.ts';

/**
 * Random-access bytes of one file or buffer. Offsets are file offsets in bytes.
 * Reading outside 0..size throws a `bad-data` error that names the file.
 */
export interface ByteSource {
  /** For messages: a file's path, or what the bytes are. */
  readonly name: string;
  readonly size: number;
  u8(offset: number): number;
  u32(offset: number): number;
  /** 64 bits as a number: exact below 2^53. */
  u64(offset: number): number;
  /** `length` bytes from `offset`. May be a view: do not write to it, do not keep it past the next read; copy if you must. */
  view(offset: number, length: number): Uint8Array;
  /** `length` bytes from `offset`, as a copy of the caller's own. */
  bytes(offset: number, length: number): Uint8Array;
}

/** What a host opens: a file that can be read at any place. */
export interface HostFile {
  readonly name: string;
  readonly size: number;
  /** Fills `into` from the file offset `position`; returns how many bytes were there (short only at the end of the file). */
  readInto(into: Uint8Array, position: number): number;
}

/** A zlib stream in a file: `length` bytes from `offset` on give `size` bytes. */
export interface ZlibStream {
  readonly offset: number;
  readonly length: number;
  readonly size: number;
}

/** What a host lends for compressed sections and files. Each returns exactly `size` bytes or throws a `DebugError`. */
export interface Decompressors {
  zlib(data: Uint8Array, size: number): Uint8Array;
  /** As `zlib`, from a part of a file, and no further than is asked for: damage behind that is not seen. Undefined where the host cannot. */
  growingZlib?(source: ByteSource, stream: ZlibStream): GrowingBytes;
  /** What `growingZlib` gives for each, filled by another thread from now on. Undefined where the host cannot. */
  zlibBeside?(source: ByteSource, streams: readonly ZlibStream[]): readonly GrowingBytes[] | undefined;
  zstd(data: Uint8Array, size: number): Uint8Array;
  /** xz tells no size ahead. Undefined where the host cannot: then the symbols in .gnu_debugdata are not read. */
  xz?(data: Uint8Array): Uint8Array;
}
