import { DW_AT, DW_TAG, DW_LANG_GO } from '../dwarf/attributes.ts';
import type { Entry } from '../dwarf/entry.ts';
import { BASIC_TYPES, type Kind, type NativeKind } from './go-type.ts';

/** DW_ATE_* of C base types (DWARF 5, 7.8); 6 and 8 are signed and unsigned characters. */
const ENCODINGS: Readonly<Record<number, string>> = {
  2: 'bool',
  3: 'complex',
  4: 'float',
  5: 'int',
  6: 'int',
  7: 'uint',
  8: 'uint',
};
const DW_ATE_SIGNED_CHAR = 6;
const DW_ATE_UNSIGNED_CHAR = 8;

/** The lengths of an array's dimensions, outermost first; 0 for `[]` in C. */
export function arrayLengths(entry: Entry): number[] {
  const lengths: number[] = [];
  for (const child of entry.children()) {
    if (child.tag !== DW_TAG.DW_TAG_subrange_type) continue;
    const count = child.constant(DW_AT.DW_AT_count);
    const upper = child.constant(DW_AT.DW_AT_upper_bound);
    const length = count ?? (upper === undefined ? 0 : upper + 1);
    lengths.push(Number.isSafeInteger(length) && length > 0 ? length : 0);
  }
  return lengths.length === 0 ? [0] : lengths;
}

/** The Go kind that reads the bytes of a type without DW_AT_go_kind, and what it is in C, if it is of C. */
export function nativeKindOf(entry: Entry): NativeType {
  const type = nativeType(entry);
  // Go's linker makes structs for maps and channels (`hchan<T>`) that have no Go kind either.
  return entry.unit.language === DW_LANG_GO ? { kind: type.kind, native: undefined } : type;
}

interface NativeType {
  readonly kind: Kind;
  readonly native: NativeKind | undefined;
}

function nativeType(entry: Entry): NativeType {
  const size = entry.constant(DW_AT.DW_AT_byte_size) ?? 0;
  switch (entry.tag) {
    case DW_TAG.DW_TAG_pointer_type:
      return { kind: entry.typeOffset() === undefined ? 'unsafe.Pointer' : 'pointer', native: undefined };
    case DW_TAG.DW_TAG_structure_type:
    case DW_TAG.DW_TAG_class_type:
      return { kind: 'struct', native: 'struct' };
    case DW_TAG.DW_TAG_union_type:
      return { kind: 'struct', native: 'union' };
    case DW_TAG.DW_TAG_array_type:
      return { kind: 'array', native: undefined };
    case DW_TAG.DW_TAG_subroutine_type:
      return { kind: 'func', native: undefined };
    case DW_TAG.DW_TAG_enumeration_type:
      return { kind: basicKind(`${isUnsignedEnum(entry) ? 'uint' : 'int'}${size * 8}`), native: 'enum' };
    case DW_TAG.DW_TAG_base_type: {
      const encoding = entry.constant(DW_AT.DW_AT_encoding) ?? 0;
      const base = ENCODINGS[encoding] ?? '';
      const isChar = size === 1 && (encoding === DW_ATE_SIGNED_CHAR || encoding === DW_ATE_UNSIGNED_CHAR);
      return {
        kind: base === 'bool' ? 'bool' : basicKind(`${base}${size * 8}`),
        native: isChar ? 'char' : undefined,
      };
    }
    default:
      return { kind: entry.typeOffset() === undefined ? 'void' : 'unknown', native: undefined };
  }
}

function basicKind(name: string): Kind {
  return BASIC_TYPES.has(name) ? (name as Kind) : 'unknown';
}

function isUnsignedEnum(entry: Entry): boolean {
  const type = entry.refEntry(DW_AT.DW_AT_type);
  const encoding = type?.constant(DW_AT.DW_AT_encoding);
  return encoding === 7 || encoding === DW_ATE_UNSIGNED_CHAR;
}

/** Structs, unions and enumerations of C are named with their keyword; typedefs and names that Go wrote stay as they are. */
export function nativeName(entry: Entry, name: string, native: NativeKind | undefined): string {
  const isAlias = entry.tag === DW_TAG.DW_TAG_typedef || entry.tag === DW_TAG.DW_TAG_base_type;
  return native === undefined || native === 'char' || isAlias ? name : `${native} ${name}`;
}

/** The constants of a C enumeration; of several with one value, the first. */
export function enumeratorsOf(entry: Entry): ReadonlyMap<bigint, string> {
  const found = new Map<bigint, string>();
  for (const child of entry.children()) {
    const value = child.tag === DW_TAG.DW_TAG_enumerator ? child.constantBig(DW_AT.DW_AT_const_value) : undefined;
    const name = child.name();
    if (value !== undefined && name !== undefined && !found.has(value)) found.set(value, name);
  }
  return found;
}

/**
 * Where a C bit field is: byte offset of its storage, its lowest bit counted from there, its width in bits. Undefined for
 * other fields. DWARF 4 and later count from the struct's start; DW_AT_bit_offset, before, from the storage's highest bit.
 */
export function fieldBits(
  entry: Entry,
  storageSize: number,
): { readonly offset: number; readonly at: number; readonly size: number } | undefined {
  const size = entry.constant(DW_AT.DW_AT_bit_size);
  if (size === undefined || size <= 0 || size > 64) return undefined;
  const position = entry.constant(DW_AT.DW_AT_data_bit_offset);
  const storage = Math.max(1, storageSize);
  if (position !== undefined) {
    const offset = Math.floor(position / 8 / storage) * storage;
    return { offset, at: position - offset * 8, size };
  }
  const fromTop = entry.constant(DW_AT.DW_AT_bit_offset) ?? 0;
  const bytes = entry.constant(DW_AT.DW_AT_byte_size) ?? storage;
  const at = bytes * 8 - fromTop - size;
  return at < 0 ? undefined : { offset: entry.constant(DW_AT.DW_AT_data_member_location) ?? 0, at, size };
}

/** How many parameters `func(a, b) (c)` has, by its text. */
export function parameterCount(name: string): number {
  let depth = 0;
  let count = 0;
  let any = false;
  for (const char of name.slice('func'.length)) {
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char !== ' ') any = true;
    if (char === ',' && depth === 1) count++;
    // A parameter that begins with a bracket, such as a slice, is one as well.
    if (depth > 1) any = true;
    if (depth === 0) break;
  }
  return any ? count + 1 : 0;
}

/** Bytes of a type; those that Go leaves out are known by kind. */
export function sizeOf(entry: Entry, kind: Kind): number {
  const size = entry.constant(DW_AT.DW_AT_byte_size);
  if (size !== undefined) return size;
  switch (kind) {
    case 'pointer':
    case 'unsafe.Pointer':
    case 'map':
    case 'chan':
    case 'func':
      return 8;
    case 'interface':
    case 'string':
      return 16;
    default:
      return 0;
  }
}
