import { DebugError } from '../base/errors.ts';
import type { GoType } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import { bytesOf, type Value } from './handle.ts';
import { partOf, readPlace } from './place.ts';
import { floatOf, isComplex, isFloat } from './scalars.ts';
import { dynamicValue, sequenceOf } from './value.ts';

/** Deepest nesting of values compared. */
const DEEPEST = 100;

/** The other spellings of predeclared types, as they appear in type names. */
const ALIASES: Readonly<Record<string, string>> = { byte: 'uint8', rune: 'int32', any: 'interface {}' };

/** True if two types are the same: by name, since one type may come from DWARF and from a descriptor. */
export function sameType(a: GoType, b: GoType): boolean {
  return a === b || (a.kind === b.kind && a.size === b.size && plainName(a.name) === plainName(b.name));
}

function plainName(name: string): string {
  return ALIASES[name] ?? name.replace(/\s+/g, ' ').replace('interface{}', 'interface {}');
}

/** Why values of a type cannot be compared with each other; undefined if they can. */
export function incomparable(type: GoType, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined;
  switch (type.kind) {
    case 'slice':
    case 'map':
    case 'func':
      return `values of type ${type.name} can only be compared with nil`;
    case 'array':
      return type.elem && incomparable(type.elem, depth + 1);
    case 'struct': {
      for (const field of type.fields) {
        const why = incomparable(field.type, depth + 1);
        if (why !== undefined) return why;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

/**
 * `a == b` for two values of one type, by Go's rules: NaN differs from itself, fields named `_` do not count. Throws `type` for
 * what Go cannot compare, also inside interfaces, and `fault` where memory is missing.
 */
export function equalValues(context: ValueContext, a: Value, b: Value, depth = 0): boolean {
  const { type } = a;
  if (depth > DEEPEST) throw new DebugError('the values are nested too deeply to compare', { code: 'limit' });
  const why = depth === 0 ? incomparable(type) : undefined;
  if (why !== undefined) throw new DebugError(why, { code: 'type' });
  const part = (value: Value, of: GoType, offset: number): Value => ({
    type: of,
    place: partOf(value.place, offset, of.size),
  });
  if (isFloat(type.kind)) return floatOf(bytesOf(context, a)) === floatOf(bytesOf(context, b));
  if (isComplex(type.kind)) return equalComplex(bytesOf(context, a), bytesOf(context, b));
  switch (type.kind) {
    case 'string':
      return equalStrings(context, a, b);
    case 'interface':
      return equalInterfaces(context, a, b, depth);
    case 'struct':
      return type.fields.every(
        (field) =>
          field.name === '_' ||
          equalValues(context, part(a, field.type, field.offset), part(b, field.type, field.offset), depth + 1),
      );
    case 'array':
      return equalArrays(context, a, b, depth);
    default:
      return sameBytes(bytesOf(context, a), bytesOf(context, b));
  }
}

function equalComplex(a: Uint8Array, b: Uint8Array): boolean {
  const half = a.length / 2;
  return (
    floatOf(a.subarray(0, half)) === floatOf(b.subarray(0, half)) &&
    floatOf(a.subarray(half)) === floatOf(b.subarray(half))
  );
}

function equalStrings(context: ValueContext, a: Value, b: Value): boolean {
  const [left, right] = [sequenceOf(context, a), sequenceOf(context, b)];
  if (left.length !== right.length) return false;
  const { length } = left;
  return (
    length === 0 ||
    sameBytes(readPlace(context.memory, left.base, length), readPlace(context.memory, right.base, length))
  );
}

function equalInterfaces(context: ValueContext, a: Value, b: Value, depth: number): boolean {
  const [left, right] = [dynamicValue(context, a), dynamicValue(context, b)];
  if (left === undefined || right === undefined) return left === right;
  if (!sameType(left.type, right.type)) return false;
  const why = incomparable(left.type);
  if (why !== undefined) throw new DebugError(`the interfaces hold what Go cannot compare: ${why}`, { code: 'type' });
  return equalValues(context, left, right, depth + 1);
}

function equalArrays(context: ValueContext, a: Value, b: Value, depth: number): boolean {
  const { length, elem } = a.type;
  if (elem === undefined) return true;
  for (let i = 0; i < length; i++) {
    const item = (value: Value): Value => ({ type: elem, place: partOf(value.place, i * elem.size, elem.size) });
    if (!equalValues(context, item(a), item(b), depth + 1)) return false;
  }
  return true;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
