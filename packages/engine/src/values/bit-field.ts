import { attempt } from '../base/errors.ts';
import type { Field } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import { bytesOf, type Value } from './handle.ts';
import { bytesPlace, partOf } from './place.ts';
import { bitsOf, isInteger } from './scalars.ts';

/** A C bit field, cut out of its storage; undefined where that cannot be read or is no integer. */
export function bitFieldValue(
  context: ValueContext,
  storage: Value,
  bits: { readonly at: number; readonly size: number },
): Value | undefined {
  const { type } = storage;
  if (!isInteger(type.kind)) return undefined;
  const bytes = attempt(() => bitsOf(type.kind, bytesOf(context, storage), bits));
  return bytes && { type, place: bytesPlace(bytes) };
}

/** A field of a struct. */
export function fieldValue(context: ValueContext, struct: Value, { type, offset, bits }: Field): Value {
  const part = { type, place: partOf(struct.place, offset, type.size) };
  return (bits && bitFieldValue(context, part, bits)) ?? part;
}
