import { badData, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Memory } from '../bytes/memory.ts';
import {
  KIND_SIZES,
  LARGEST_TYPE,
  LONGEST_NAME,
  mapTypeSize,
  MOST_FIELDS,
  MOST_METHODS,
  MOST_PARAMETERS,
  NAME_EMBEDDED,
  NAME_EXPORTED,
  NAME_PACKAGE,
  NAME_TAG,
  TFLAG_UNCOMMON,
  TYPE_ALIGN,
  TYPE_HASH,
  TYPE_KIND,
  TYPE_SIZE,
  TYPE_TFLAG,
} from './descriptor-layout.ts';
import { BASIC_TYPES, kindOf, type Kind } from './go-type.ts';

/** What is needed of a module: the address range of its type data, and the base of its code offsets. */
export interface TypeModule {
  readonly types: number;
  readonly etypes: number;
  readonly text: number;
}

/** Which release's descriptors they are. */
export interface TypeRelease {
  /** Go's minor version. */
  readonly minor: number;
  /** GOEXPERIMENTs that differ from the release's defaults. */
  readonly experiments: readonly string[];
}

/** Addresses of a method's name, of its type (0 where the linker dropped it), and of its code. Answers whether to go on. */
type MethodVisitor = (name: number, type: number, code: number | undefined) => boolean;

/**
 * The runtime's type descriptors (internal/abi/type.go) by their addresses: what each says and leads to, before any type is made
 * or named of it. Everything throws `bad-data` or `fault` where the bytes are none.
 */
export class Descriptors {
  readonly memory: Memory;
  readonly release: TypeRelease;
  private readonly modules: () => readonly TypeModule[];
  private lastModule: TypeModule | undefined;

  constructor(memory: Memory, modules: () => readonly TypeModule[], release: TypeRelease) {
    this.memory = memory;
    this.modules = modules;
    this.release = release;
  }

  /** The kind of the type at `address`, whose common part is found to be plausible. */
  kindAt(address: number): Kind {
    const { memory } = this;
    if (address === 0 || address % 8 !== 0) throw badData(`no type descriptor at ${hex(address)}`);
    // Flags, two alignments and the kind.
    const word = memory.u32(address + TYPE_TFLAG);
    const kind = kindOf(word >>> ((TYPE_KIND - TYPE_TFLAG) * 8));
    if (!isPlausible(kind, memory.u64(address), (word >>> ((TYPE_ALIGN - TYPE_TFLAG) * 8)) & 0xff))
      throw badData(`no type descriptor at ${hex(address)}`);
    return kind;
  }

  /** The same for the same type in all modules; different types seldom have the same. */
  hashAt(address: number): number {
    return this.memory.u32(address + TYPE_HASH);
  }

  /** The module whose type data holds `address`; descriptors made by reflection are in none. */
  moduleOf(address: number): TypeModule | undefined {
    const { lastModule } = this;
    if (lastModule !== undefined && address >= lastModule.types && address < lastModule.etypes) return lastModule;
    const found = this.modules().find((module) => address >= module.types && address < module.etypes);
    if (found !== undefined) this.lastModule = found;
    return found;
  }

  /** Where the part about methods and package is; undefined for types without it. */
  uncommonAt(address: number, kind: Kind): number | undefined {
    if ((this.memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) === 0) return undefined;
    return address + TYPE_SIZE + this.extraSize(kind);
  }

  private extraSize(kind: Kind): number {
    const { minor, experiments } = this.release;
    return kind === 'map' ? mapTypeSize(minor, experiments) : (KIND_SIZES[kind] ?? 0);
  }

  /** Bytes of a descriptor with its lists (internal/abi/type.go DescriptorSize). */
  sizeAt(address: number, kind: Kind): number {
    const { memory } = this;
    const uncommon = this.uncommonAt(address, kind);
    const own = TYPE_SIZE + this.extraSize(kind);
    const size = uncommon === undefined ? own : own + 16 + memory.u16(uncommon + 4) * 16;
    if (kind === 'func') return size + this.signatureAt(address).count * 8;
    if (kind === 'interface') return size + memory.u64(address + TYPE_SIZE + 16) * 8;
    return kind === 'struct' ? size + memory.u64(address + TYPE_SIZE + 16) * 24 : size;
  }

  /** Parameters and results of a function type: how many, and where the list of them is. */
  signatureAt(address: number): { parameters: number; count: number; list: number; variadic: boolean } {
    const { memory } = this;
    const parameters = memory.u16(address + TYPE_SIZE);
    const outWord = memory.u16(address + TYPE_SIZE + 2);
    // The highest bit of the number of results marks `...T`.
    const count = parameters + (outWord & 0x7fff);
    if (count > MOST_PARAMETERS) throw badData(`a function type of ${count} parameters at ${hex(address)}`);
    const uncommon = (memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) !== 0 ? 16 : 0;
    return { parameters, count, list: address + TYPE_SIZE + 8 + uncommon, variadic: outWord >= 0x8000 };
  }

  /** The fields of a struct type: {name, type, offset}, 24 bytes each. */
  fieldsAt(address: number): { list: number; count: number } {
    const count = this.memory.u64(address + TYPE_SIZE + 16);
    if (count > MOST_FIELDS) throw badData(`a struct type of ${count} fields at ${hex(address)}`);
    return { list: this.memory.u64(address + TYPE_SIZE + 8), count };
  }

  /** Calls `visit` with the descriptors that this one leads to: of element, key, fields and parameters. */
  eachPart(address: number, kind: Kind, visit: (part: number) => void): void {
    const { memory } = this;
    const extra = address + TYPE_SIZE;
    if (kind === 'map') visit(memory.u64(extra + 8));
    if (HAS_FIRST.has(kind)) visit(memory.u64(extra));
    if (kind === 'struct') {
      const { list, count } = this.fieldsAt(address);
      for (let i = 0; i < count; i++) visit(memory.u64(list + i * 24 + 8));
    } else if (kind === 'func') {
      const { list, count } = this.signatureAt(address);
      for (let i = 0; i < count; i++) visit(memory.u64(list + i * 8));
    }
  }

  /** Calls `visit` with each method, of an interface with those that it asks for, until it says no; true if it never did. */
  everyMethod(address: number, kind: Kind, visit: MethodVisitor): boolean {
    const module = this.moduleOf(address);
    if (module === undefined) return true;
    return kind === 'interface' ? this.everyAsked(address, module, visit) : this.everyOwn(address, kind, module, visit);
  }

  /** Pairs of offsets of name and type (internal/abi/type.go Imethod). */
  private everyAsked(address: number, module: TypeModule, visit: MethodVisitor): boolean {
    const { memory } = this;
    const list = memory.u64(address + TYPE_SIZE + 8);
    const count = memory.u64(address + TYPE_SIZE + 16);
    if (count > MOST_METHODS) throw badData(`an interface type of ${count} methods at ${hex(address)}`);
    for (let at = list; at < list + count * 8; at += 8)
      if (!visit(module.types + (memory.u32(at) | 0), typeAt(module, memory.u32(at + 4)), undefined)) return false;
    return true;
  }

  /** In the uncommon part: {name, type, ifn, tfn}, 16 bytes each. */
  private everyOwn(address: number, kind: Kind, module: TypeModule, visit: MethodVisitor): boolean {
    const { memory } = this;
    const uncommon = this.uncommonAt(address, kind);
    if (uncommon === undefined) return true;
    const count = memory.u32(uncommon + 4) & 0xffff;
    const list = uncommon + memory.u32(uncommon + 8);
    for (let at = list; at < list + count * 16; at += 16) {
      const offset = memory.u32(at + 12) | 0;
      const code = isDropped(offset) ? undefined : module.text + offset;
      if (!visit(module.types + (memory.u32(at) | 0), typeAt(module, memory.u32(at + 4)), code)) return false;
    }
    return true;
  }

  /** Where the name is of the package that the type is declared in, or whose methods an interface asks for; undefined for none. */
  packageAt(address: number, kind: Kind): number | undefined {
    const { memory } = this;
    if (kind === 'interface') return memory.u64(address + TYPE_SIZE) || undefined;
    const uncommon = this.uncommonAt(address, kind);
    const offset = uncommon === undefined ? 0 : memory.u32(uncommon) | 0;
    const module = offset === 0 ? undefined : this.moduleOf(address);
    return module && module.types + offset;
  }

  /** A name record: flag byte, length (varint; 2 bytes big-endian before Go 1.17), bytes (internal/abi/type.go Name). */
  nameAt(address: number): string {
    const { start, end } = this.textAt(address + 1);
    return start === end ? '' : decodeUtf8(this.memory.read(start, end - start));
  }

  isExported(name: number): boolean {
    return (this.memory.u8(name) & NAME_EXPORTED) !== 0;
  }

  /** Go 1.19 and later; before, the field's offset tells. */
  isEmbedded(name: number): boolean {
    return (this.memory.u8(name) & NAME_EMBEDDED) !== 0;
  }

  /** The package that a name has with it, where it is not exported and of another package than its type: that one's name. */
  packageOfName(name: number): number | undefined {
    const { memory } = this;
    const flags = memory.u8(name);
    const module = (flags & NAME_PACKAGE) === 0 ? undefined : this.moduleOf(name);
    if (module === undefined) return undefined;
    let { end } = this.textAt(name + 1);
    if ((flags & NAME_TAG) !== 0) ({ end } = this.textAt(end));
    return module.types + (memory.u32(end) | 0);
  }

  /** The text behind a length. */
  private textAt(address: number): { start: number; end: number } {
    const { memory } = this;
    let length = 0;
    let start = address;
    if (this.release.minor < 17) {
      length = memory.u8(start) * 256 + memory.u8(start + 1);
      start += 2;
    } else {
      for (let shift = 0; shift < 28; shift += 7) {
        const byte = memory.u8(start++);
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
    }
    if (length > LONGEST_NAME) throw badData(`a name of ${length} bytes at ${hex(address)}`);
    return { start, end: start + length };
  }
}

/** Kinds whose first word of their own is the descriptor of the element; of a map that of the key. */
const HAS_FIRST: ReadonlySet<Kind> = new Set<Kind>(['pointer', 'slice', 'array', 'chan', 'map']);

/** 0 and -1 stand for what the linker found unreachable. */
function isDropped(offset: number): boolean {
  return offset === 0 || offset === -1;
}

function typeAt(module: TypeModule, word: number): number {
  return isDropped(word | 0) ? 0 : module.types + (word | 0);
}

/** What every descriptor has: a known kind, the kind's size, and an alignment that is a power of two. */
function isPlausible(kind: Kind, size: number, align: number): boolean {
  if (kind === 'unknown' || size > LARGEST_TYPE) return false;
  if (align === 0 || align > 8 || (align & (align - 1)) !== 0) return false;
  const wanted = SIZES.get(kind);
  return wanted === undefined || wanted === size;
}

/** Bytes of the kinds whose size is always the same. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ...[...BASIC_TYPES].map(([name, type]) => [name, type.size] as const),
  ['chan', 8],
  ['func', 8],
  ['interface', 16],
  ['map', 8],
  ['pointer', 8],
  ['slice', 24],
  ['unsafe.Pointer', 8],
]);
