import { badData, hex } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import {
  DIRECT_IFACE,
  LARGEST_TYPE,
  TFLAG_EXTRA_STAR,
  TFLAG_NAMED,
  TYPE_ALIGN,
  TYPE_KIND,
  TYPE_SIZE,
  TYPE_STR,
  TYPE_TFLAG,
} from './descriptor-layout.ts';
import { Descriptors, type TypeModule, type TypeRelease } from './descriptors.ts';
import {
  BASIC_TYPES,
  GoType,
  VOID_TYPE,
  type ChanDirection,
  type Field,
  type Kind,
  type Method,
  type TypeParts,
} from './go-type.ts';

/** Deepest nesting of types without names. */
const DEEPEST_NAME = 100;

/** reflect.ChanDir */
const DIRECTIONS: Readonly<Record<number, ChanDirection>> = { 1: 'receive', 2: 'send', 3: 'both' };

/** Makes types from the runtime's own descriptors: what stripped programs still have, and what interfaces point to. */
export class RuntimeTypes {
  readonly descriptors: Descriptors;
  private readonly memory: Memory;
  private readonly made = new Map<number, GoType>();
  private naming = 0;

  constructor(memory: Memory, modules: () => readonly TypeModule[], release: TypeRelease) {
    this.descriptors = new Descriptors(memory, modules, release);
    this.memory = memory;
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
    const module = this.descriptors.moduleOf(address);
    if (module === undefined) return undefined;
    const text = this.descriptors.nameAt(module.types + (this.memory.u32(address + TYPE_STR) | 0));
    return (this.memory.u8(address + TYPE_TFLAG) & TFLAG_EXTRA_STAR) === 0 ? text : text.slice(1);
  }

  /** True if an interface holds a value of this type in its data word itself (pointers and the like). */
  isDirect(address: number): boolean {
    // Go 1.26 moved the direct-interface bit from the kind byte to tflag; both are bit 5 (internal/abi/type.go).
    const at = this.descriptors.release.minor >= 26 ? TYPE_TFLAG : TYPE_KIND;
    return (this.memory.u8(address + at) & DIRECT_IFACE) !== 0;
  }

  private make(address: number): GoType {
    const { memory } = this;
    const kind = this.descriptors.kindAt(address);
    const size = memory.u64(address);
    const align = memory.u8(address + TYPE_ALIGN);
    const name = this.nameOf(address, kind);
    const underlyingName = BASIC_TYPES.has(kind) ? kind : undefined;
    const methods = (): Method[] => this.methods(address, kind);
    return new GoType({ name, kind, size, align, runtimeType: address, underlyingName, methods }, () =>
      this.parts(address, kind),
    );
  }

  /** The name with the full import path: the descriptor's own string has only the package's last name. */
  private nameOf(address: number, kind: Kind): string {
    const { memory } = this;
    const tflag = memory.u8(address + TYPE_TFLAG);
    const text = this.descriptorText(address);
    if ((tflag & TFLAG_NAMED) === 0) return this.composedName(address, kind, text);
    const at = this.descriptors.packageAt(address, kind);
    if (text === undefined || at === undefined) return text ?? '?';
    const path = this.descriptors.nameAt(at);
    // `pkg.T[…]`: the first dot outside brackets ends the package's name.
    const dot = text.indexOf('.');
    return dot < 0 || !path.includes('/') ? text : `${path}${text.slice(dot)}`;
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
    const { descriptors, memory } = this;
    const { list, count } = descriptors.fieldsAt(address);
    const size = memory.u64(address);
    // Go 1.19 moved the embedded mark from the offset's lowest bit to the name's flags.
    const isOld = descriptors.release.minor < 19;
    const fields: Field[] = [];
    for (let at = list; at < list + count * 24; at += 24) {
      const name = memory.u64(at);
      const packed = memory.u64(at + 16);
      const offset = isOld ? Math.floor(packed / 2) : packed;
      const embedded = isOld ? packed % 2 === 1 : descriptors.isEmbedded(name);
      const type = this.at(memory.u64(at + 8));
      if (offset + type.size > size) throw badData(`a field outside the struct type at ${hex(address)}`);
      fields.push({ name: descriptors.nameAt(name), type, offset, embedded });
    }
    return fields;
  }

  private signature(address: number): TypeParts {
    const { parameters, count, list, variadic } = this.descriptors.signatureAt(address);
    const all: GoType[] = [];
    for (let i = 0; i < count; i++) all.push(this.at(this.memory.u64(list + i * 8)));
    return { params: all.slice(0, parameters), results: all.slice(parameters), variadic };
  }

  private methods(address: number, kind: Kind): Method[] {
    const methods: Method[] = [];
    this.descriptors.everyMethod(address, kind, (name, type, code) => {
      methods.push({ name: this.descriptors.nameAt(name), type: type === 0 ? undefined : this.at(type), code });
      return true;
    });
    return methods;
  }
}

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
