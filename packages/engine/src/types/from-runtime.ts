import { badData, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Memory } from '../bytes/memory.ts';
import {
  DIRECT_IFACE,
  KIND_SIZES,
  LARGEST_TYPE,
  LONGEST_NAME,
  MOST_FIELDS,
  MOST_METHODS,
  MOST_PARAMETERS,
  TFLAG_EXTRA_STAR,
  TFLAG_NAMED,
  TFLAG_UNCOMMON,
  TYPE_ALIGN,
  TYPE_KIND,
  TYPE_SIZE,
  TYPE_STR,
  TYPE_TFLAG,
  mapTypeSize,
} from './descriptor-layout.ts';
import {
  BASIC_TYPES,
  GoType,
  kindOf,
  VOID_TYPE,
  type ChanDirection,
  type Field,
  type Kind,
  type Method,
  type TypeParts,
} from './go-type.ts';

/** What is needed of a module: the address range of its type data, and the base of its code offsets. */
export interface TypeModule {
  readonly types: number;
  readonly etypes: number;
  readonly text: number;
}

/** Deepest nesting of types without names. */
const DEEPEST_NAME = 100;

/** reflect.ChanDir */
const DIRECTIONS: Readonly<Record<number, ChanDirection>> = { 1: 'receive', 2: 'send', 3: 'both' };

/** Makes types from the runtime's own descriptors: what stripped programs still have, and what interfaces point to. */
export class RuntimeTypes {
  private readonly memory: Memory;
  private readonly modules: () => readonly TypeModule[];
  private readonly minor: number;
  private readonly experiments: readonly string[];
  private readonly made = new Map<number, GoType>();
  private naming = 0;

  /** @param minor Go's minor version; @param experiments GOEXPERIMENTs that differ from the release's defaults */
  constructor(
    memory: Memory,
    modules: () => readonly TypeModule[],
    minor: number,
    experiments: readonly string[] = [],
  ) {
    this.memory = memory;
    this.modules = modules;
    this.minor = minor;
    this.experiments = experiments;
  }

  /** The type whose descriptor is at `address`. Throws `bad-data` or `fault` when none is there. */
  at(address: number): GoType {
    let type = this.made.get(address);
    if (type === undefined) {
      type = this.make(address);
      this.made.set(address, type);
    }
    return type;
  }

  /** The descriptor's own string, as the runtime prints it: with the last name of the package's path. */
  descriptorText(address: number): string | undefined {
    const module = this.moduleOf(address);
    if (module === undefined) return undefined;
    const text = this.nameAt(module.types + (this.memory.u32(address + TYPE_STR) | 0));
    return (this.memory.u8(address + TYPE_TFLAG) & TFLAG_EXTRA_STAR) === 0 ? text : text.slice(1);
  }

  /** True if an interface holds a value of this type in its data word itself (pointers and the like). */
  isDirect(address: number): boolean {
    // Go 1.26 moved the direct-interface bit from the kind byte to tflag; both are bit 5 (internal/abi/type.go).
    const at = this.minor >= 26 ? TYPE_TFLAG : TYPE_KIND;
    return (this.memory.u8(address + at) & DIRECT_IFACE) !== 0;
  }

  private make(address: number): GoType {
    const { memory } = this;
    if (address === 0 || address % 8 !== 0) throw badData(`no type descriptor at ${hex(address)}`);
    const size = memory.u64(address);
    const kind = kindOf(memory.u8(address + TYPE_KIND));
    const align = memory.u8(address + TYPE_ALIGN);
    if (!isPlausible(kind, size, align)) throw badData(`no type descriptor at ${hex(address)}`);
    const name = this.nameOf(address, kind);
    const underlyingName = BASIC_TYPES.has(kind) ? kind : undefined;
    const methods = (): Method[] =>
      kind === 'interface' ? this.interfaceMethods(address) : this.concreteMethods(address, kind);
    return new GoType({ name, kind, size, align, runtimeType: address, underlyingName, methods }, () =>
      this.parts(address, kind),
    );
  }

  /** The module whose type data holds `address`; descriptors made by reflection are in none. */
  private moduleOf(address: number): TypeModule | undefined {
    return this.modules().find((module) => address >= module.types && address < module.etypes);
  }

  /** The name with the full import path: the descriptor's own string has only the package's last name. */
  private nameOf(address: number, kind: Kind): string {
    const { memory } = this;
    const tflag = memory.u8(address + TYPE_TFLAG);
    const module = this.moduleOf(address);
    const text = this.descriptorText(address);
    if ((tflag & TFLAG_NAMED) === 0) return this.composedName(address, kind, text);
    const uncommon = this.uncommonAt(address, kind);
    const offset = uncommon === undefined ? 0 : memory.u32(uncommon) | 0;
    if (text === undefined || module === undefined || offset === 0) return text ?? '?';
    const path = this.nameAt(module.types + offset);
    // `pkg.T[…]`: the first dot outside brackets ends the package's name.
    const dot = text.indexOf('.');
    return dot < 0 || !path.includes('/') ? text : `${path}${text.slice(dot)}`;
  }

  /** Where the part about methods and package is; undefined for types without it. */
  private uncommonAt(address: number, kind: Kind): number | undefined {
    if ((this.memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) === 0) return undefined;
    const extra = kind === 'map' ? mapTypeSize(this.minor, this.experiments) : (KIND_SIZES[kind] ?? 0);
    return address + TYPE_SIZE + extra;
  }

  /** The name of a type without one, from its parts, so that they appear with their import paths. */
  private composedName(address: number, kind: Kind, text: string | undefined): string {
    if (this.naming > DEEPEST_NAME) throw badData(`the type descriptor at ${hex(address)} refers to itself`);
    const word = (at: number): string => this.at(this.memory.u64(address + TYPE_SIZE + at)).name;
    this.naming++;
    try {
      switch (kind) {
        case 'pointer':
          return `*${word(0)}`;
        case 'slice':
          return `[]${word(0)}`;
        case 'array':
          return `[${this.memory.u64(address + TYPE_SIZE + 16)}]${word(0)}`;
        case 'map':
          return `map[${word(0)}]${word(8)}`;
        case 'chan':
          return `${chanWord(this.memory.u64(address + TYPE_SIZE + 8))} ${word(0)}`;
        case 'func':
          return signatureName(this.signature(address));
        default:
          return text ?? kind;
      }
    } finally {
      this.naming--;
    }
  }

  /** A name record: flag byte, length (varint; 2 bytes big-endian before Go 1.17), bytes (internal/abi/type.go Name). */
  private nameAt(address: number): string {
    const { memory } = this;
    let length = 0;
    let at = address + 1;
    if (this.minor < 17) {
      length = memory.u8(at) * 256 + memory.u8(at + 1);
      at += 2;
    } else {
      for (let shift = 0; shift < 28; shift += 7) {
        const byte = memory.u8(at++);
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
    }
    if (length > LONGEST_NAME) throw badData(`a name of ${length} bytes at ${hex(address)}`);
    return length === 0 ? '' : decodeUtf8(memory.read(at, length));
  }

  private parts(address: number, kind: Kind): TypeParts {
    const { memory } = this;
    const extra = address + TYPE_SIZE;
    const type = (at: number): GoType => this.at(memory.u64(extra + at));
    switch (kind) {
      case 'pointer':
      case 'slice':
        return { elem: type(0) };
      case 'chan':
        return { elem: type(0), direction: DIRECTIONS[memory.u64(extra + 8)] ?? 'both' };
      case 'array':
        return { elem: type(0), length: this.lengthOf(address) };
      case 'map':
        return { key: type(0), elem: type(8) };
      case 'interface':
        return { empty: memory.u64(extra + 16) === 0 };
      case 'struct':
        return { fields: this.fields(address) };
      case 'func':
        return this.signature(address);
      case 'unsafe.Pointer':
        return { elem: VOID_TYPE };
      default:
        return {};
    }
  }

  private lengthOf(address: number): number {
    const length = this.memory.u64(address + TYPE_SIZE + 16);
    if (length > LARGEST_TYPE) throw badData(`an array type of ${length} elements at ${hex(address)}`);
    return length;
  }

  private fields(address: number): Field[] {
    const { memory } = this;
    const array = memory.u64(address + TYPE_SIZE + 8);
    const count = memory.u64(address + TYPE_SIZE + 16);
    const size = memory.u64(address);
    if (count > MOST_FIELDS) throw badData(`a struct type of ${count} fields at ${hex(address)}`);
    const fields: Field[] = [];
    for (let i = 0; i < count; i++) {
      const at = array + i * 24;
      const nameAddress = memory.u64(at);
      const packed = memory.u64(at + 16);
      // Go 1.19 moved the embedded mark from the offset's lowest bit to the name's flags.
      const old = this.minor < 19;
      const offset = old ? Math.floor(packed / 2) : packed;
      const embedded = old ? packed % 2 === 1 : (memory.u8(nameAddress) & 8) !== 0;
      const type = this.at(memory.u64(at + 8));
      if (offset + type.size > size) throw badData(`a field outside the struct type at ${hex(address)}`);
      fields.push({ name: this.nameAt(nameAddress), type, offset, embedded });
    }
    return fields;
  }

  private signature(address: number): TypeParts {
    const { memory } = this;
    const inCount = memory.u16(address + TYPE_SIZE);
    const outWord = memory.u16(address + TYPE_SIZE + 2);
    // The highest bit of the number of results marks `...T`.
    const outCount = outWord & 0x7fff;
    if (inCount + outCount > MOST_PARAMETERS)
      throw badData(`a function type of ${inCount + outCount} parameters at ${hex(address)}`);
    const uncommon = (memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) !== 0 ? 16 : 0;
    const list = address + TYPE_SIZE + 8 + uncommon;
    const all: GoType[] = [];
    for (let i = 0; i < inCount + outCount; i++) all.push(this.at(memory.u64(list + i * 8)));
    return { params: all.slice(0, inCount), results: all.slice(inCount), variadic: outWord >= 0x8000 };
  }

  /** Methods of an interface: pairs of offsets of name and type (internal/abi/type.go Imethod). */
  private interfaceMethods(address: number): Method[] {
    const { memory } = this;
    const array = memory.u64(address + TYPE_SIZE + 8);
    const count = memory.u64(address + TYPE_SIZE + 16);
    if (count > MOST_METHODS) throw badData(`an interface type of ${count} methods at ${hex(address)}`);
    const module = this.moduleOf(address);
    if (module === undefined) return [];
    return Array.from({ length: count }, (_, i) => ({
      name: this.nameAt(module.types + (memory.u32(array + i * 8) | 0)),
      type: this.typeAtOffset(module, memory.u32(array + i * 8 + 4) | 0),
      code: undefined,
    }));
  }

  /** Methods of other types, in the uncommon part: {name, type, ifn, tfn}, 16 bytes each. */
  private concreteMethods(address: number, kind: Kind): Method[] {
    const { memory } = this;
    const uncommon = this.uncommonAt(address, kind);
    const module = this.moduleOf(address);
    if (uncommon === undefined || module === undefined) return [];
    const count = memory.u16(uncommon + 4);
    const list = uncommon + memory.u32(uncommon + 8);
    return Array.from({ length: count }, (_, i) => {
      const at = list + i * 16;
      const code = memory.u32(at + 12) | 0;
      return {
        name: this.nameAt(module.types + (memory.u32(at) | 0)),
        type: this.typeAtOffset(module, memory.u32(at + 4) | 0),
        // 0 and -1 stand for methods that the linker found unreachable.
        code: code === 0 || code === -1 ? undefined : module.text + code,
      };
    });
  }

  private typeAtOffset(module: TypeModule, offset: number): GoType | undefined {
    return offset === 0 || offset === -1 ? undefined : this.at(module.types + offset);
  }
}

/** What every descriptor has: a known kind, the kind's size, and an alignment that is a power of two. */
function isPlausible(kind: Kind, size: number, align: number): boolean {
  if (kind === 'unknown' || size > LARGEST_TYPE) return false;
  if (align === 0 || align > 8 || (align & (align - 1)) !== 0) return false;
  return SIZES[kind] === undefined || SIZES[kind] === size;
}

/** Bytes of the kinds whose size is always the same. */
const SIZES: Readonly<Partial<Record<Kind, number>>> = {
  ...Object.fromEntries([...BASIC_TYPES].map(([name, type]) => [name, type.size])),
  chan: 8,
  func: 8,
  interface: 16,
  map: 8,
  pointer: 8,
  slice: 24,
  'unsafe.Pointer': 8,
};

function chanWord(direction: number): string {
  return direction === 1 ? '<-chan' : direction === 2 ? 'chan<-' : 'chan';
}

/** `func(int, ...string) (bool, error)`, as reflect writes it. */
function signatureName({ params = [], results = [], variadic }: TypeParts): string {
  const names = params.map((type, i) =>
    variadic === true && i === params.length - 1 ? `...${type.elem?.name ?? '?'}` : type.name,
  );
  const out = results.map((type) => type.name).join(', ');
  const tail = results.length === 0 ? '' : results.length === 1 ? ` ${out}` : ` (${out})`;
  return `func(${names.join(', ')})${tail}`;
}
