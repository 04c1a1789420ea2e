import { readU64 } from '../base/cursor.ts';
import type { GoType } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import { partOf, readPlace, type Place } from './place.ts';

/** A typed value at a place: a cheap handle, read when asked. */
export interface Value {
  readonly type: GoType;
  readonly place: Place;
  /** Entries of a map that are left out at its start: `m[64:]`. */
  readonly skip?: number;
  /** A pointer of which only the address is asked for: `&x`. */
  readonly unfollowed?: boolean;
}

/** The value's bytes. Throws `fault` or `not-found` where they are not to be had. */
export function bytesOf(context: ValueContext, value: Value): Uint8Array {
  return readPlace(context.memory, value.place, value.type.size);
}

/** The word at `offset` (bytes) of a value; the first is what pointers, maps, channels and functions are. */
export function wordOf(context: ValueContext, value: Value, offset = 0): number {
  return readU64(readPlace(context.memory, partOf(value.place, offset, 8), 8), 0);
}
