import { badData, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Memory } from '../bytes/memory.ts';
import type { ModuleData } from '../pclntab/moduledata.ts';
import { GoType, kindOf, VOID_TYPE, type Field, type Kind, type TypeParts } from './go-type.ts';

/** Offsets in the runtime's type descriptor (internal/abi/type.go Type), the same from Go 1.15 to 1.27. */
const TYPE_TFLAG = 20;
const TYPE_KIND = 23;
const TYPE_STR = 40;
/** Size of the common part; what a kind adds follows it. */
const TYPE_SIZE = 48;

const TFLAG_UNCOMMON = 1;
const TFLAG_EXTRA_STAR = 2;
const TFLAG_NAMED = 4;
/** Go 1.26 moved the direct-interface bit from the kind byte to tflag; both are bit 5. */
const DIRECT_IFACE = 0x20;

/** Larger than any type, and more fields than any struct: bounds against garbage. */
const LARGEST_TYPE = 2 ** 40;
const MOST_FIELDS = 100_000;
const LONGEST_NAME = 1 << 16;

/** Size of what a kind adds to the descriptor: where the uncommon part follows. */
const KIND_SIZES: Readonly<Partial<Record<Kind, number>>> = {
  array: 24,
  chan: 16,
  func: 8,
  interface: 32,
  pointer: 8,
  slice: 8,
  struct: 32,
};

/** Makes types from the runtime's own descriptors: what stripped programs still have, and what interfaces point to. */
export class RuntimeTypes {
  private readonly memory: Memory;
  private readonly modules: () => readonly ModuleData[];
  private readonly minor: number;
  private readonly made = new Map<number, GoType>();

  constructor(memory: Memory, modules: () => readonly ModuleData[], minor: number) {
    this.memory = memory;
    this.modules = modules;
    this.minor = minor;
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

  /** True if an interface holds a value of this type in its data word itself (pointers and the like). */
  isDirect(address: number): boolean {
    const at = this.minor >= 26 ? TYPE_TFLAG : TYPE_KIND;
    return (this.memory.u8(address + at) & DIRECT_IFACE) !== 0;
  }

  private make(address: number): GoType {
    const { memory } = this;
    if (address === 0 || address % 8 !== 0) throw badData(`no type descriptor at ${hex(address)}`);
    const size = memory.u64(address);
    const kind = kindOf(memory.u8(address + TYPE_KIND));
    if (kind === 'unknown' || size > LARGEST_TYPE) throw badData(`no type descriptor at ${hex(address)}`);
    return new GoType({ name: this.nameOf(address, kind), kind, size, runtimeType: address }, () =>
      this.parts(address, kind),
    );
  }

  /** The module whose type data holds `address`; descriptors made by reflection are in none. */
  private moduleOf(address: number): ModuleData | undefined {
    return this.modules().find((module) => address >= module.types && address < module.etypes);
  }

  /** The name with the full import path: the descriptor's own string has only the package's last name. */
  private nameOf(address: number, kind: Kind): string {
    const { memory } = this;
    const tflag = memory.u8(address + TYPE_TFLAG);
    const module = this.moduleOf(address);
    let text = '?';
    if (module !== undefined) {
      text = this.nameAt(module.types + (memory.u32(address + TYPE_STR) | 0));
      if ((tflag & TFLAG_EXTRA_STAR) !== 0) text = text.slice(1);
    }
    if ((tflag & TFLAG_NAMED) === 0) return this.composedName(address, kind) ?? text;
    const path =
      (tflag & TFLAG_UNCOMMON) !== 0 && module !== undefined ? this.packagePath(address, kind, module) : undefined;
    if (path === undefined || !path.includes('/')) return text;
    // `pkg.T[…]`: the first dot outside brackets ends the package's name.
    const dot = text.indexOf('.');
    return dot < 0 ? text : `${path}${text.slice(dot)}`;
  }

  private packagePath(address: number, kind: Kind, module: ModuleData): string | undefined {
    const extra = kind === 'map' ? this.mapSize() : (KIND_SIZES[kind] ?? 0);
    const offset = this.memory.u32(address + TYPE_SIZE + extra) | 0;
    return offset === 0 ? undefined : this.nameAt(module.types + offset);
  }

  /** Bytes that a map type adds: classic until Go 1.23, two forms of swiss after. */
  private mapSize(): number {
    if (this.minor >= 27) return 88;
    return this.minor >= 24 ? 64 : 40;
  }

  private composedName(address: number, kind: Kind): string | undefined {
    const word = (at: number): GoType => this.at(this.memory.u64(address + TYPE_SIZE + at));
    switch (kind) {
      case 'pointer':
        return `*${word(0).name}`;
      case 'slice':
        return `[]${word(0).name}`;
      case 'array':
        return `[${this.memory.u64(address + TYPE_SIZE + 16)}]${word(0).name}`;
      case 'map':
        return `map[${word(0).name}]${word(8).name}`;
      default:
        return undefined;
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
      case 'chan':
        return { elem: type(0) };
      case 'array':
        return { elem: type(0), length: memory.u64(extra + 16) };
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

  private fields(address: number): Field[] {
    const { memory } = this;
    const array = memory.u64(address + TYPE_SIZE + 8);
    const count = memory.u64(address + TYPE_SIZE + 16);
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
      fields.push({ name: this.nameAt(nameAddress), type: this.at(memory.u64(at + 8)), offset, embedded });
    }
    return fields;
  }

  private signature(address: number): TypeParts {
    const { memory } = this;
    const inCount = memory.u16(address + TYPE_SIZE);
    const outCount = memory.u16(address + TYPE_SIZE + 2) & 0x7fff;
    if (inCount + outCount > 1000)
      throw badData(`a function type of ${inCount + outCount} parameters at ${hex(address)}`);
    const uncommon = (memory.u8(address + TYPE_TFLAG) & TFLAG_UNCOMMON) !== 0 ? 16 : 0;
    const list = address + TYPE_SIZE + 8 + uncommon;
    const all: GoType[] = [];
    for (let i = 0; i < inCount + outCount; i++) all.push(this.at(memory.u64(list + i * 8)));
    return { params: all.slice(0, inCount), results: all.slice(inCount) };
  }
}
