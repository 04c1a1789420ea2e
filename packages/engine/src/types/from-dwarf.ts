import { badData, hex } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import type { Entry } from '../dwarf/entry.ts';
import { BASIC_TYPES, GoType, kindOf, VOID_TYPE, type Field, type Kind, type TypeParts } from './go-type.ts';

/** Longest chain of typedefs followed. */
const LONGEST_CHAIN = 50;

/** DW_ATE_* of C base types. */
const ENCODINGS: Readonly<Record<number, string>> = { 2: 'bool', 4: 'float', 5: 'int', 6: 'int', 7: 'uint', 8: 'uint' };

/** Makes types from DWARF entries, each once. */
export class DwarfTypes {
  private readonly dwarf: Dwarf;
  private readonly made = new Map<number, GoType>();
  /** moduledata.types: DW_AT_go_runtime_type counts from it. */
  private readonly typesBase: number | undefined;

  constructor(dwarf: Dwarf, typesBase: number | undefined) {
    this.dwarf = dwarf;
    this.typesBase = typesBase;
  }

  /** The type whose entry is at that .debug_info offset. Throws `bad-data` if there is none. */
  at(offset: number | undefined): GoType {
    if (offset === undefined) return VOID_TYPE;
    let type = this.made.get(offset);
    if (type === undefined) {
      type = this.make(this.dwarf.entry(offset));
      this.made.set(offset, type);
    }
    return type;
  }

  /** The type of that exact name. */
  named(name: string): GoType | undefined {
    const [offset] = this.dwarf.typeNamed(name);
    return offset === undefined ? undefined : this.at(offset);
  }

  private make(entry: Entry): GoType {
    const name = entry.name();
    const under = this.underlying(entry);
    const goKind = this.goKind(entry, under);
    const kind = goKind ?? nativeKind(under);
    const runtime = entry.constant(DW_AT.DW_AT_go_runtime_type);
    return new GoType(
      {
        name: name ?? this.composedName(under),
        kind,
        size: sizeOf(under, kind),
        runtimeType:
          runtime === undefined || runtime === 0 || this.typesBase === undefined ? undefined : this.typesBase + runtime,
        dictIndex: entry.constant(DW_AT.DW_AT_go_dict_index),
      },
      () => this.parts(entry, under, kind),
    );
  }

  /** Follows typedefs and qualifiers, but not those that stand for maps, channels and interfaces. */
  private underlying(entry: Entry): Entry {
    let at = entry;
    for (let steps = 0; steps < LONGEST_CHAIN; steps++) {
      if (!isAlias(at) || isRuntimeKind(at)) return at;
      const next = at.typeOffset();
      if (next === undefined) return at;
      at = this.dwarf.entry(next);
    }
    throw badData(`endless chain of type definitions at .debug_info+${hex(entry.offset)}`);
  }

  private goKind(entry: Entry, under: Entry): Kind | undefined {
    const number = under.constant(DW_AT.DW_AT_go_kind) ?? entry.constant(DW_AT.DW_AT_go_kind);
    return number === undefined || number === 0 ? undefined : kindOf(number);
  }

  private composedName(entry: Entry): string {
    switch (entry.tag) {
      case DW_TAG.DW_TAG_pointer_type:
        return `*${this.at(entry.typeOffset()).name}`;
      case DW_TAG.DW_TAG_array_type:
        return `[${arrayLength(entry)}]${this.at(entry.typeOffset()).name}`;
      case DW_TAG.DW_TAG_subroutine_type:
        return 'func';
      default:
        return '?';
    }
  }

  private parts(entry: Entry, under: Entry, kind: Kind): TypeParts {
    const elemOffset = under.ref(DW_AT.DW_AT_go_elem) ?? entry.ref(DW_AT.DW_AT_go_elem);
    switch (kind) {
      case 'pointer':
      case 'unsafe.Pointer':
        return { elem: this.at(under.typeOffset()) };
      case 'array':
        return { elem: this.at(under.typeOffset()), length: arrayLength(under) };
      case 'slice':
        return { elem: this.at(elemOffset ?? this.sliceElem(under)) };
      case 'chan':
        return { elem: this.at(elemOffset) };
      case 'map':
        return { elem: this.at(elemOffset), key: this.at(under.ref(DW_AT.DW_AT_go_key)) };
      case 'interface':
        return { empty: this.isEmptyInterface(under) };
      case 'struct':
        return { fields: this.fields(under) };
      case 'func':
        return this.signature(under);
      default:
        return {};
    }
  }

  /** Without DW_AT_go_elem, the element of a slice is what its first field points to. */
  private sliceElem(entry: Entry): number | undefined {
    for (const child of entry.children()) {
      const offset = child.typeOffset();
      if (child.name() === 'array' && offset !== undefined) return this.dwarf.entry(offset).typeOffset();
    }
    return undefined;
  }

  private fields(entry: Entry): Field[] {
    const fields: Field[] = [];
    for (const child of entry.children()) {
      if (child.tag !== DW_TAG.DW_TAG_member) continue;
      fields.push({
        name: child.name() ?? '',
        type: this.at(child.typeOffset()),
        offset: child.constant(DW_AT.DW_AT_data_member_location) ?? 0,
        embedded: child.flag(DW_AT.DW_AT_go_embedded_field) === true,
      });
    }
    return fields;
  }

  /** The typedef of an interface leads to runtime.eface (no methods) or runtime.iface. */
  private isEmptyInterface(entry: Entry): boolean {
    let at: Entry = entry;
    for (let steps = 0; steps < LONGEST_CHAIN; steps++) {
      const name = at.name();
      if (at.tag === DW_TAG.DW_TAG_structure_type)
        return name === 'runtime.eface' || name === 'internal/abi.EmptyInterface';
      const next = at.typeOffset();
      if (next === undefined) return false;
      at = this.dwarf.entry(next);
    }
    return false;
  }

  private signature(entry: Entry): TypeParts {
    const params: GoType[] = [];
    const results: GoType[] = [];
    for (const child of entry.children()) {
      if (child.tag !== DW_TAG.DW_TAG_formal_parameter) continue;
      const type = this.at(child.typeOffset());
      // Results are marked variable parameters and typed as pointers in older releases' subroutine types.
      if (child.flag(DW_AT.DW_AT_variable_parameter) === true) results.push(type);
      else params.push(type);
    }
    return { params, results };
  }
}

function isAlias(entry: Entry): boolean {
  return (
    entry.tag === DW_TAG.DW_TAG_typedef ||
    entry.tag === DW_TAG.DW_TAG_const_type ||
    entry.tag === DW_TAG.DW_TAG_volatile_type ||
    entry.tag === DW_TAG.DW_TAG_restrict_type
  );
}

/** Go describes maps, channels and interfaces as typedefs of the runtime's structs. */
function isRuntimeKind(entry: Entry): boolean {
  const number = entry.constant(DW_AT.DW_AT_go_kind);
  if (number === undefined) return false;
  const kind = kindOf(number);
  return kind === 'map' || kind === 'chan' || (kind === 'interface' && entry.tag === DW_TAG.DW_TAG_typedef);
}

function arrayLength(entry: Entry): number {
  for (const child of entry.children()) {
    if (child.tag !== DW_TAG.DW_TAG_subrange_type) continue;
    const count = child.constant(DW_AT.DW_AT_count);
    if (count !== undefined) return count;
    const upper = child.constant(DW_AT.DW_AT_upper_bound);
    if (upper !== undefined) return upper + 1;
  }
  return 0;
}

/** The kind of a C type. */
function nativeKind(entry: Entry): Kind {
  const size = entry.constant(DW_AT.DW_AT_byte_size) ?? 0;
  switch (entry.tag) {
    case DW_TAG.DW_TAG_pointer_type:
      return entry.typeOffset() === undefined ? 'unsafe.Pointer' : 'pointer';
    case DW_TAG.DW_TAG_structure_type:
    case DW_TAG.DW_TAG_class_type:
    case DW_TAG.DW_TAG_union_type:
      return 'struct';
    case DW_TAG.DW_TAG_array_type:
      return 'array';
    case DW_TAG.DW_TAG_subroutine_type:
      return 'func';
    case DW_TAG.DW_TAG_enumeration_type:
      return `int${size * 8}` as Kind;
    case DW_TAG.DW_TAG_base_type: {
      const base = ENCODINGS[entry.constant(DW_AT.DW_AT_encoding) ?? 0];
      if (base === 'bool') return 'bool';
      const name = `${base ?? ''}${size * 8}`;
      return BASIC_TYPES.has(name) ? (name as Kind) : 'unknown';
    }
    default:
      return entry.typeOffset() === undefined ? 'void' : 'unknown';
  }
}

function sizeOf(entry: Entry, kind: Kind): number {
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
