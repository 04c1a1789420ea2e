import { DebugError } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';

/** A part of a value in registers that is not known. Offsets in bytes within the value. */
export interface AbsentPart {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

/** Where a value is: in memory, or put together from registers. */
export type Place =
  | { readonly kind: 'memory'; readonly address: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly absent: readonly AbsentPart[] };

/** A place in memory. */
export function memoryPlace(address: number): Place {
  return { kind: 'memory', address };
}

/** Bytes that are no place in memory: from registers, or made. */
export function bytesPlace(bytes: Uint8Array, absent: readonly AbsentPart[] = []): Place {
  return { kind: 'bytes', bytes, absent };
}

/** Words of 64 bits, such as the header of a string or slice that the program does not have. */
export function wordsPlace(...words: readonly number[]): Place {
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setBigUint64(i * 8, BigInt(word), true));
  return bytesPlace(bytes);
}

/** The part of a place from `offset`, `size` bytes long. */
export function partOf(place: Place, offset: number, size: number): Place {
  if (place.kind === 'memory') return memoryPlace(place.address + offset);
  const absent = place.absent
    .filter((part) => part.start < offset + size && part.end > offset)
    .map((part) => ({ ...part, start: Math.max(0, part.start - offset), end: Math.min(size, part.end - offset) }));
  return bytesPlace(place.bytes.subarray(offset, offset + size), absent);
}

/** The first `size` bytes of a place. Throws `fault` for missing memory and `not-found` for unknown registers. */
export function readPlace(memory: Memory, place: Place, size: number): Uint8Array {
  if (place.kind === 'memory') return memory.read(place.address, size);
  const missing = place.absent.find((part) => part.start < size);
  if (missing !== undefined) throw new DebugError(missing.reason, { code: 'not-found' });
  if (place.bytes.length < size) {
    throw new DebugError(`only ${place.bytes.length} of ${size} bytes are known`, { code: 'not-found' });
  }
  return place.bytes.subarray(0, size);
}

/** The address of a place in memory; undefined for others. */
export function addressOf(place: Place): number | undefined {
  return place.kind === 'memory' ? place.address : undefined;
}
