import { DebugError } from '../base/errors.ts';
import { BASIC_TYPES, VOID_TYPE, type GoType, type Kind } from '../types/go-type.ts';
import { bytesOf, type Value } from './handle.ts';
import { bytesPlace, wordsPlace } from './place.ts';
import { POINTER_SHAPED, type Scratch } from './scratch.ts';
import { isComplex } from './scalars.ts';

/** Larger values are not made. */
const LARGEST_VALUE = 16 << 20;

/** A predeclared type by its name. */
export function basicType(name: Kind): GoType {
  return BASIC_TYPES.get(name) ?? VOID_TYPE;
}

/** An integer of a type, wrapped around to its size. */
export function integerValue(type: GoType, number: bigint): Value {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, number), true);
  return { type, place: bytesPlace(bytes.subarray(0, type.size)) };
}

export function boolValue(value: boolean, type: GoType = basicType('bool')): Value {
  return { type, place: bytesPlace(Uint8Array.of(value ? 1 : 0)) };
}

/** The bytes of a float of 4 or 8 bytes. */
function floatBytes(number: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (size === 4) view.setFloat32(0, number, true);
  else view.setFloat64(0, number, true);
  return bytes;
}

export function floatValue(type: GoType, number: number): Value {
  return { type, place: bytesPlace(floatBytes(number, type.size)) };
}

export function complexValue(type: GoType, re: number, im: number): Value {
  const half = type.size / 2;
  return { type, place: bytesPlace(concatBytes(floatBytes(re, half), floatBytes(im, half))) };
}

/** A string of the expression's own. */
export function stringValue(scratch: Scratch, bytes: Uint8Array, type: GoType = basicType('string')): Value {
  return { type, place: wordsPlace(scratch.store(bytes), bytes.length) };
}

/** A pointer, map, channel, func or unsafe.Pointer: a word. */
export function wordValue(type: GoType, word: number): Value {
  return { type, place: wordsPlace(word) };
}

/** The zero value of a type. Throws `limit` for huge ones. */
export function zeroValue(type: GoType): Value {
  if (type.size > LARGEST_VALUE) throw new DebugError(`a ${type.name} is too large to make`, { code: 'limit' });
  return { type, place: bytesPlace(new Uint8Array(type.size)) };
}

/** An interface that holds a value; `type` is the interface's. */
export function interfaceValue(scratch: Scratch, type: GoType, held: Value): Value {
  const descriptor = scratch.descriptorOf(held.type);
  // An itab is {interface type, dynamic type, …}; only the second is ever read.
  const first = type.emptyInterface ? descriptor : scratch.store(wordBytes(0, descriptor));
  const bytes = bytesOf(scratch.context, held);
  if (!isDirect(scratch, held.type, descriptor)) return { type, place: wordsPlace(first, scratch.store(bytes)) };
  return { type, place: bytesPlace(concatBytes(wordBytes(first), bytes)) };
}

function isDirect(scratch: Scratch, type: GoType, descriptor: number): boolean {
  return type.runtimeType === undefined
    ? POINTER_SHAPED.has(type.kind)
    : scratch.context.runtimeTypes.isDirect(descriptor);
}

function wordBytes(...words: readonly number[]): Uint8Array {
  const place = wordsPlace(...words);
  return place.kind === 'bytes' ? place.bytes : new Uint8Array(0);
}

export function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** Real and imaginary part of a complex value. */
export function complexOf(bytes: Uint8Array): { readonly re: number; readonly im: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 8
    ? { re: view.getFloat32(0, true), im: view.getFloat32(4, true) }
    : { re: view.getFloat64(0, true), im: view.getFloat64(8, true) };
}

/** The type of the parts of a complex type. */
export function partType(type: GoType): GoType {
  return basicType(isComplex(type.kind) && type.size === 8 ? 'float32' : 'float64');
}
