import { badData, hex } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import type { Entry } from '../dwarf/entry.ts';
import {
  arrayLengths,
  enumeratorsOf,
  fieldBits,
  nativeKindOf,
  nativeName,
  parameterCount,
  sizeOf,
} from './dwarf-details.ts';
import {
  GoType,
  kindOf,
  VOID_TYPE,
  type ChanDirection,
  type Field,
  type Kind,
  type NativeKind,
  type TypeParts,
} from './go-type.ts';

/** Longest chain of typedefs followed, and deepest nesting of types without names. */
const LONGEST_CHAIN = 50;
/** More dimensions than this no array has. */
const MOST_DIMENSIONS = 16;

/** Makes types from DWARF entries, each once. */
export class DwarfTypes {
  private readonly dwarf: Dwarf;
  private readonly made = new Map<number, GoType>();
  /** moduledata.types: DW_AT_go_runtime_type counts from it. */
  private readonly typesBase: number | undefined;
  private naming = 0;

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

  /** The type of the descriptor at that address, if DWARF has it; the first asking costs a pass over all of DWARF. */
  ofRuntimeType(address: number): GoType | undefined {
    if (this.typesBase === undefined) return undefined;
    const offset = this.dwarf.typeAtRuntimeOffset(address - this.typesBase);
    return offset === undefined ? undefined : this.at(offset);
  }

  private make(entry: Entry): GoType {
    const under = this.underlying(entry);
    const goKind = this.goKind(entry, under);
    const kind = goKind ?? nativeKindOf(under).kind;
    const native = goKind === undefined ? nativeKindOf(under).native : undefined;
    const runtime = entry.constant(DW_AT.DW_AT_go_runtime_type);
    const lengths = kind === 'array' ? arrayLengths(under) : [];
    return new GoType(
      {
        name: this.nameOf(entry, under, native, lengths),
        kind,
        size: kind === 'array' ? this.arraySize(under, lengths) : sizeOf(under, kind),
        align: entry.constant(DW_AT.DW_AT_alignment),
        runtimeType:
          runtime === undefined || runtime === 0 || this.typesBase === undefined ? undefined : this.typesBase + runtime,
        dwarfOffset: entry.offset,
        dictIndex: entry.constant(DW_AT.DW_AT_go_dict_index),
        underlyingName: under === entry ? undefined : under.name(),
        native,
      },
      () => this.parts(entry, under, kind, lengths),
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

  private nameOf(entry: Entry, under: Entry, native: NativeKind | undefined, lengths: readonly number[]): string {
    const name = entry.name();
    if (name !== undefined) return nativeName(entry, name, native);
    if (this.naming > LONGEST_CHAIN) throw badData(`endless type name at .debug_info+${hex(entry.offset)}`);
    this.naming++;
    try {
      return this.composedName(entry, under, lengths);
    } finally {
      this.naming--;
    }
  }

  private composedName(entry: Entry, under: Entry, lengths: readonly number[]): string {
    if (entry.tag === DW_TAG.DW_TAG_const_type) return `const ${this.at(entry.typeOffset()).name}`;
    if (entry.tag === DW_TAG.DW_TAG_volatile_type) return `volatile ${this.at(entry.typeOffset()).name}`;
    switch (under.tag) {
      case DW_TAG.DW_TAG_pointer_type:
        return `*${this.at(under.typeOffset()).name}`;
      case DW_TAG.DW_TAG_array_type:
        return `${lengths.map((length) => `[${length}]`).join('')}${this.at(under.typeOffset()).name}`;
      case DW_TAG.DW_TAG_subroutine_type:
        return 'func';
      case DW_TAG.DW_TAG_structure_type:
        return 'struct {...}';
      case DW_TAG.DW_TAG_union_type:
        return 'union {...}';
      case DW_TAG.DW_TAG_enumeration_type:
        return 'enum';
      default:
        return under.name() ?? '?';
    }
  }

  private arraySize(under: Entry, lengths: readonly number[]): number {
    const size = under.constant(DW_AT.DW_AT_byte_size);
    return size ?? lengths.reduce((product, length) => product * length, this.at(under.typeOffset()).size);
  }

  private parts(entry: Entry, under: Entry, kind: Kind, lengths: readonly number[]): TypeParts {
    const elemOffset = under.ref(DW_AT.DW_AT_go_elem) ?? entry.ref(DW_AT.DW_AT_go_elem);
    switch (kind) {
      case 'pointer':
      case 'unsafe.Pointer':
        return { elem: this.at(under.typeOffset()) };
      case 'array':
        return this.arrayParts(this.at(under.typeOffset()), lengths);
      case 'slice':
        return { elem: this.at(elemOffset ?? this.sliceElem(under)) };
      case 'chan':
        return { elem: this.at(elemOffset), direction: directionOf(entry, under), ...this.implementation(under) };
      case 'map':
        return {
          elem: this.at(elemOffset),
          key: this.at(under.ref(DW_AT.DW_AT_go_key)),
          ...this.implementation(under),
        };
      case 'interface':
        return { empty: this.isEmptyInterface(under) };
      case 'struct':
        return { fields: this.fields(under) };
      case 'func':
        return this.signature(entry, under);
      default:
        return under.tag === DW_TAG.DW_TAG_enumeration_type ? { enumerators: enumeratorsOf(under) } : {};
    }
  }

  /** C has arrays of several dimensions in one entry: here each is an array of the rest. */
  private arrayParts(elem: GoType, lengths: readonly number[]): TypeParts {
    const [length = 0, ...rest] = lengths.slice(0, MOST_DIMENSIONS);
    if (rest.length === 0) return { elem, length };
    const inner = rest.reduce((product, n) => product * n, elem.size);
    const name = `${rest.map((n) => `[${n}]`).join('')}${elem.name}`;
    return { length, elem: new GoType({ name, kind: 'array', size: inner }, () => this.arrayParts(elem, rest)) };
  }

  /** The struct that the typedef of a map or channel points to. */
  private implementation(under: Entry): Pick<TypeParts, 'implementation'> {
    const pointer = under.typeOffset();
    const target = pointer === undefined ? undefined : this.underlying(this.dwarf.entry(pointer)).typeOffset();
    return target === undefined ? {} : { implementation: this.at(target) };
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
      const type = this.at(child.typeOffset());
      const bits = fieldBits(child, type.size);
      fields.push({
        name: child.name() ?? '',
        type,
        offset: bits?.offset ?? child.constant(DW_AT.DW_AT_data_member_location) ?? 0,
        embedded: child.flag(DW_AT.DW_AT_go_embedded_field),
        ...(bits === undefined ? {} : { bits: { at: bits.at, size: bits.size } }),
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

  /** Go lists parameters and results alike, results as pointers to their types: the name tells where they begin. */
  private signature(entry: Entry, under: Entry): TypeParts {
    const types: GoType[] = [];
    let variadic = false;
    for (const child of under.children()) {
      if (child.tag === DW_TAG.DW_TAG_unspecified_parameters) variadic = true;
      if (child.tag === DW_TAG.DW_TAG_formal_parameter) types.push(this.at(child.typeOffset()));
    }
    const name = [entry, under].map((each) => each.name()).find((each) => each?.startsWith('func(') === true);
    const count = name === undefined ? types.length : parameterCount(name);
    const results = types.slice(count).map((type) => type.elem ?? type);
    return { params: types.slice(0, count), results, variadic };
  }
}

function directionOf(entry: Entry, under: Entry): ChanDirection {
  const name = [under, entry].map((each) => each.name() ?? '').find((each) => /^(<-)?chan/.test(each)) ?? '';
  if (name.startsWith('<-')) return 'receive';
  return name.startsWith('chan<-') ? 'send' : 'both';
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
