import { DebugError } from '../base/errors.ts';
import { exactRational, nearestFloat } from '../base/rational.ts';
import { decodeRune, encodeUtf8 } from '../base/text.ts';
import { pointerTo, VOID_TYPE, type GoType, type Kind } from '../types/go-type.ts';
import { sameType } from '../values/equality.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import {
  basicType,
  boolValue,
  complexOf,
  complexValue,
  concatBytes,
  floatValue,
  integerValue,
  interfaceValue,
  stringValue,
  wordValue,
  zeroValue,
} from '../values/make.ts';
import { readPlace, wordsPlace } from '../values/place.ts';
import { floatOf, integerOf, isComplex, isFloat, isInteger } from '../values/scalars.ts';
import type { Scratch } from '../values/scratch.ts';
import { sequenceOf } from '../values/value.ts';
import { complexParts, describeConstant, realPart, typeError, wholePart, type Constant } from './constants.ts';

const NILABLE: ReadonlySet<Kind> = new Set(['pointer', 'unsafe.Pointer', 'slice', 'map', 'chan', 'func', 'interface']);
/** Longest string or slice that is copied to convert it. */
const LONGEST_COPY = 16 << 20;

/** True for types that nil belongs to. */
export function isNilable(type: GoType): boolean {
  return NILABLE.has(type.kind);
}

function isUnsigned(kind: Kind): boolean {
  return kind.startsWith('uint');
}

/** The type that a constant has where nothing else gives it one. */
export function defaultType(constant: Constant): GoType {
  switch (constant.kind) {
    case 'rune':
      return basicType('int32');
    case 'float':
      return basicType('float64');
    case 'complex':
      return basicType('complex128');
    case 'nil':
      throw typeError('nil has no type here');
    default:
      return basicType(constant.kind);
  }
}

/** A constant as a value of its default type. Throws `type` for nil, and for integers that fit into no int. */
export function defaultValue(scratch: Scratch, constant: Constant): Value {
  return assignConstant(scratch, constant, defaultType(constant));
}

/** A constant as a value of `type`, as by assignment: it must be representable. Throws `type`. */
export function assignConstant(scratch: Scratch, constant: Constant, type: GoType): Value {
  const { kind } = type;
  if (kind === 'interface' && constant.kind !== 'nil')
    return interfaceValue(scratch, type, defaultValue(scratch, constant));
  if (isInteger(kind)) {
    const whole = wholePart(constant);
    if (whole !== undefined) {
      if (wrapped(type, whole) !== whole) throw typeError(`the constant ${whole} does not fit into ${type.name}`);
      return integerValue(type, whole);
    }
    if (realPart(constant) !== undefined)
      throw typeError(`the constant is no whole number, so it is no ${type.name}; int(x) cuts it`);
  }
  return convertOtherConstant(scratch, constant, type);
}

/** Constants of the kinds for which assignment and conversion are the same. */
function convertOtherConstant(scratch: Scratch, constant: Constant, type: GoType): Value {
  const { kind } = type;
  const parts = complexParts(constant);
  if (isFloat(kind)) {
    const real = realPart(constant);
    if (real !== undefined) return floatValue(type, nearestFloat(real, type.size === 4 ? 4 : 8));
  }
  if (isComplex(kind) && parts !== undefined) {
    const size = type.size === 8 ? 4 : 8;
    return complexValue(type, nearestFloat(parts.re, size), nearestFloat(parts.im, size));
  }
  if (constant.kind === 'bool' && kind === 'bool') return boolValue(constant.value, type);
  if (constant.kind === 'string' && kind === 'string') return stringValue(scratch, constant.value, type);
  if (constant.kind === 'nil' && isNilable(type)) return zeroValue(type);
  throw cannotConvert(describeConstant(constant), type);
}

function cannotConvert(what: string, type: GoType): DebugError {
  return typeError(`cannot convert ${what} to ${type.name}`);
}

/** A whole number as its type holds it. */
export function wrapped(type: GoType, number: bigint): bigint {
  const bits = type.size * 8;
  return isUnsigned(type.kind) ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number);
}

/** `T(constant)`. Unlike Go it wraps numbers around and cuts fractions, as a debugger's user expects. */
export function convertConstant(scratch: Scratch, constant: Constant, type: GoType): Value {
  const { kind } = type;
  const real = realPart(constant);
  if (isInteger(kind) && real !== undefined) return integerValue(type, real.num / real.den);
  if (isAddress(kind) && constant.kind === 'int') return wordValue(type, addressFrom(constant.value));
  if (kind === 'string' && (constant.kind === 'int' || constant.kind === 'rune'))
    return stringValue(scratch, runeText(constant.value), type);
  if (constant.kind === 'string' && isByteOrRuneSequence(type)) return convertString(scratch, constant.value, type);
  if (kind === 'interface' && constant.kind !== 'nil')
    return interfaceValue(scratch, type, defaultValue(scratch, constant));
  return convertOtherConstant(scratch, constant, type);
}

function isAddress(kind: Kind): boolean {
  return kind === 'pointer' || kind === 'unsafe.Pointer' || kind === 'map' || kind === 'chan' || kind === 'func';
}

function addressFrom(number: bigint): number {
  const address = BigInt.asUintN(64, number);
  if (address >= 1n << 52n) throw typeError(`0x${address.toString(16)} is no address of a process`);
  return Number(address);
}

/** `string(65)`: the character of a code point, or U+FFFD. */
function runeText(point: bigint): Uint8Array {
  const valid = point >= 0n && point <= 0x10ffffn && (point < 0xd800n || point > 0xdfffn);
  return encodeUtf8(valid ? String.fromCodePoint(Number(point)) : '\ufffd');
}

function isByteOrRuneSequence(type: GoType): boolean {
  const elem = type.elem?.kind;
  return (type.kind === 'slice' || type.kind === 'array') && (elem === 'uint8' || elem === 'int32');
}

/** `T(value)`. Throws `type` where there is no such conversion. */
export function convertValue(scratch: Scratch, value: Value, type: GoType): Value {
  const { context } = scratch;
  const from = value.type;
  if (sameType(from, type)) return { ...value, type };
  const number = scalar(scratch, value);
  if (number !== undefined) {
    const made = convertNumber(scratch, number, type);
    if (made !== undefined) return made;
  }
  if (from.kind === 'string' && isByteOrRuneSequence(type)) return convertString(scratch, textOf(scratch, value), type);
  if (isByteOrRuneSequence(from) && type.kind === 'string')
    return stringValue(scratch, sequenceText(scratch, value), type);
  if (isAddress(from.kind)) {
    if (isInteger(type.kind)) return integerValue(type, BigInt(wordOf(context, value)));
    if (isAddress(type.kind)) return convertAddress(scratch, value, type);
  }
  if (type.kind === 'interface') return convertToInterface(scratch, value, type);
  if (from.kind === 'slice' && type.kind === 'array') return sliceToArray(scratch, value, type);
  if (from.kind === 'slice' && type.kind === 'pointer' && type.elem?.kind === 'array')
    return wordValue(type, addressOfArray(scratch, value, type.elem));
  if (sameShape(from, type)) return { ...value, type };
  throw cannotConvert(`a value of type ${from.name}`, type);
}

type Scalar = bigint | number | { readonly re: number; readonly im: number };

/** A numeric value as a JavaScript number of its sort; undefined for other kinds. */
function scalar(scratch: Scratch, value: Value): Scalar | undefined {
  const { kind } = value.type;
  if (isInteger(kind)) return integerOf(kind, bytesOf(scratch.context, value));
  if (isFloat(kind)) return floatOf(bytesOf(scratch.context, value));
  return isComplex(kind) ? complexOf(bytesOf(scratch.context, value)) : undefined;
}

function convertNumber(scratch: Scratch, number: Scalar, type: GoType): Value | undefined {
  const { kind } = type;
  if (typeof number === 'object') return isComplex(kind) ? complexValue(type, number.re, number.im) : undefined;
  if (isInteger(kind)) return integerValue(type, typeof number === 'bigint' ? number : truncated(number, type));
  if (isFloat(kind)) {
    const size = type.size === 4 ? 4 : 8;
    return floatValue(type, typeof number === 'bigint' ? nearestFloat({ num: number, den: 1n }, size) : number);
  }
  if (typeof number !== 'bigint') return undefined;
  if (kind === 'string') return stringValue(scratch, runeText(number), type);
  return isAddress(kind) ? wordValue(type, addressFrom(number)) : undefined;
}

/** Towards zero. What does not fit is left to the processor by Go, so that no answer would be the right one. */
function truncated(number: number, type: GoType): bigint {
  if (!Number.isFinite(number)) throw typeError(`${number} is no number that ${type.name} can hold`);
  const { num, den } = exactRational(number);
  const whole = num / den;
  if (wrapped(type, whole) !== whole) throw typeError(`${whole} does not fit into ${type.name}`);
  return whole;
}

/** The bytes of a string. Throws `limit` for very long ones. */
export function textOf(scratch: Scratch, value: Value): Uint8Array {
  const { base, length } = sequenceOf(scratch.context, value);
  checkLength(length);
  return length === 0 ? new Uint8Array(0) : readPlace(scratch.context.memory, base, length);
}

function checkLength(length: number): void {
  if (length > LONGEST_COPY) {
    throw new DebugError(`a value of ${length} bytes is too long to be converted or compared`, { code: 'limit' });
  }
}

function convertString(scratch: Scratch, text: Uint8Array, type: GoType): Value {
  const bytes = type.elem?.kind === 'uint8' ? text : runesOf(text);
  const count = bytes.length / (type.elem?.size ?? 1);
  if (type.kind === 'slice') return { type, place: wordsPlace(scratch.store(bytes), count, count) };
  if (count < type.length) throw typeError(`the string has only ${count} of ${type.length} elements`);
  return { type, place: { kind: 'memory', address: scratch.store(bytes) } };
}

function runesOf(text: Uint8Array): Uint8Array {
  const runes: number[] = [];
  for (let at = 0; at < text.length;) {
    const [point, size] = decodeRune(text, at);
    runes.push(point);
    at += size;
  }
  return new Uint8Array(Int32Array.from(runes).buffer);
}

/** The text of a []byte or []rune, or of an array of them. */
function sequenceText(scratch: Scratch, value: Value): Uint8Array {
  const { base, length, elem } = sequenceOf(scratch.context, value);
  checkLength(length * elem.size);
  if (length === 0) return new Uint8Array(0);
  const bytes = readPlace(scratch.context.memory, base, length * elem.size);
  if (elem.kind === 'uint8') return bytes;
  let text = new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 4) pieces.push(runeText(BigInt(view.getInt32(at, true))));
  text = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return text;
}

/** Pointers become pointers of any type, as by unsafe.Pointer. */
function convertAddress(scratch: Scratch, value: Value, type: GoType): Value {
  const pointers = ['pointer', 'unsafe.Pointer'];
  if (pointers.includes(value.type.kind) || value.type.kind === type.kind)
    return wordValue(type, wordOf(scratch.context, value));
  throw cannotConvert(`a value of type ${value.type.name}`, type);
}

function convertToInterface(scratch: Scratch, value: Value, type: GoType): Value {
  if (value.type.kind !== 'interface') return interfaceValue(scratch, type, value);
  const { context } = scratch;
  const first = wordOf(context, value);
  if (first === 0 || value.type.emptyInterface === type.emptyInterface) return { ...value, type };
  const data = bytesOf(context, value).slice(8);
  // An itab names the type in its second word; an interface without methods names it in its first.
  const descriptor = value.type.emptyInterface ? first : context.memory.u64(first + 8);
  const head = type.emptyInterface ? descriptor : scratch.store(concatBytes(new Uint8Array(8), word(descriptor)));
  return { type, place: { kind: 'bytes', bytes: concatBytes(word(head), data), absent: [] } };
}

function word(address: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(address), true);
  return bytes;
}

function addressOfArray(scratch: Scratch, value: Value, array: GoType): number {
  const { base, length } = sequenceOf(scratch.context, value);
  if (length < array.length) throw typeError(`the slice has ${length} elements, and the array ${array.length}`);
  if (!sameType(value.type.elem ?? VOID_TYPE, array.elem ?? VOID_TYPE))
    throw cannotConvert(`a value of type ${value.type.name}`, pointerTo(array));
  return base.kind === 'memory' ? base.address : 0;
}

function sliceToArray(scratch: Scratch, value: Value, type: GoType): Value {
  return { type, place: { kind: 'memory', address: addressOfArray(scratch, value, type) } };
}

/** True if two types are defined alike: the names apart, they have the same kind and the same parts. */
export function sameShape(a: GoType, b: GoType, depth = 0): boolean {
  if (a.kind !== b.kind || a.size !== b.size || depth > 10) return false;
  const same = (x: GoType | undefined, y: GoType | undefined): boolean =>
    x === y || (x !== undefined && y !== undefined && sameType(x, y));
  switch (a.kind) {
    case 'struct':
      return (
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => {
          const other = b.fields[i];
          return other !== undefined && field.name === other.name && sameType(field.type, other.type);
        })
      );
    case 'array':
    case 'slice':
    case 'chan':
    case 'map':
      return a.length === b.length && same(a.elem, b.elem) && same(a.key, b.key);
    case 'pointer':
      return a.elem !== undefined && b.elem !== undefined && sameShape(a.elem, b.elem, depth + 1);
    case 'func':
      return signature(a) === signature(b);
    default:
      return true;
  }
}

function signature(type: GoType): string {
  return `${type.params.map(({ name }) => name).join(', ')} → ${type.results.map(({ name }) => name).join(', ')}`;
}
