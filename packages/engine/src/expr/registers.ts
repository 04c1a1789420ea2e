import { DebugError } from '../base/errors.ts';
import { encodeUtf8 } from '../base/text.ts';
import { BASIC_TYPES } from '../types/go-type.ts';
import { arrayOf } from '../types/synthetic.ts';
import type { Value } from '../values/handle.ts';
import { basicType, stringValue } from '../values/make.ts';
import { bytesPlace } from '../values/place.ts';
import type { Scratch } from '../values/scratch.ts';

/** A register by itself: up to 64 bits an unsigned number, wider ones as hexadecimal text. */
export function registerValue(scratch: Scratch, { bytes }: { readonly bytes: Uint8Array }): Value {
  if (bytes.length <= 8) return { type: basicType('uint64'), place: bytesPlace(bytes) };
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).reverse();
  return stringValue(scratch, encodeUtf8(`0x${digits.join('')}`));
}

const LANES = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64'];

/** `XMM0.float32`, `RAX.int8`: the register's bytes as an array, the lowest first. */
export function registerLane(
  { name: register, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  name: string,
): Value {
  const type = LANES.includes(name) ? BASIC_TYPES.get(name) : undefined;
  if (type === undefined)
    throw new DebugError(`${register} has no ${name}`, { code: 'not-found', hint: `it has ${LANES.join(', ')}` });
  return { type: arrayOf(type, Math.floor(bytes.length / type.size)), place: bytesPlace(bytes) };
}
