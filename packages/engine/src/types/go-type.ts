/** What a value is made of: Go's kinds (reflect.Kind), and C's that cgo programs have besides. */
export type Kind =
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'uintptr'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128'
  | 'array'
  | 'chan'
  | 'func'
  | 'interface'
  | 'map'
  | 'pointer'
  | 'slice'
  | 'string'
  | 'struct'
  | 'unsafe.Pointer'
  | 'void'
  | 'unknown';

/** reflect.Kind numbers, which DW_AT_go_kind and the runtime's type descriptors share. */
const KINDS: readonly Kind[] = [
  'unknown',
  'bool',
  'int',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'uintptr',
  'float32',
  'float64',
  'complex64',
  'complex128',
  'array',
  'chan',
  'func',
  'interface',
  'map',
  'pointer',
  'slice',
  'string',
  'struct',
  'unsafe.Pointer',
];

/** The kind of that number; the bits above the fifth are flags of older releases. */
export function kindOf(number: number): Kind {
  return KINDS[number & 31] ?? 'unknown';
}

/** The number of a kind of Go's; 0 for others. */
export function kindNumber(kind: Kind): number {
  return Math.max(0, KINDS.indexOf(kind));
}

/** One field of a struct. `offset` in bytes. */
export interface Field {
  readonly name: string;
  readonly type: GoType;
  readonly offset: number;
  readonly embedded: boolean;
  /** A C bit field: position of its lowest bit counted from `offset`, and width, in bits. */
  readonly bits?: { readonly at: number; readonly size: number };
}

/** A method of an interface, or of a type that has its descriptor in memory. */
export interface Method {
  readonly name: string;
  /** A function type without the receiver; undefined where the linker dropped it. */
  readonly type: GoType | undefined;
  /** Address of the code that takes the receiver as it is; undefined for interfaces and for dropped methods. */
  readonly code: number | undefined;
}

export type ChanDirection = 'both' | 'send' | 'receive';

/** What a type refers to; resolved on first use, since types are cyclic. */
export interface TypeParts {
  /** Element of arrays, slices, pointers, channels and maps. */
  readonly elem?: GoType;
  readonly key?: GoType;
  readonly fields?: readonly Field[];
  readonly length?: number;
  readonly params?: readonly GoType[];
  readonly results?: readonly GoType[];
  readonly variadic?: boolean;
  /** An interface without methods, whose first word is a type rather than an itab. */
  readonly empty?: boolean;
  readonly direction?: ChanDirection;
  /** The runtime's own struct behind a map or channel (`hash<K,V>`, `map<K,V>`, `hchan<T>`), from DWARF. */
  readonly implementation?: GoType;
  /** Constants of a C enumeration. */
  readonly enumerators?: ReadonlyMap<bigint, string>;
}

/** What is known of a type at once. */
export interface TypeDescription {
  readonly name: string;
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
  readonly align?: number | undefined;
  readonly runtimeType?: number | undefined;
  readonly dwarfOffset?: number | undefined;
  readonly dictIndex?: number | undefined;
  readonly underlyingName?: string | undefined;
  readonly native?: NativeKind | undefined;
  /** Resolved apart from the other parts: methods are many, and seldom asked for. */
  readonly methods?: (() => readonly Method[]) | undefined;
}

/** What C has and Go has not; the kind is then the Go kind that reads the same bytes. */
export type NativeKind = 'char' | 'enum' | 'union' | 'struct';

/** A Go (or C) type. Two handles of the same type need not be the same object. */
export class GoType {
  /** As Delve prints it: with the full import path. */
  readonly name: string;
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
  /** Address of the runtime's descriptor, where known. */
  readonly runtimeType: number | undefined;
  /** Offset of the entry in .debug_info, for types from DWARF. */
  readonly dwarfOffset: number | undefined;
  /** Set for type parameters of shared generic code: index into the dictionary (DW_AT_go_dict_index). */
  readonly dictIndex: number | undefined;
  /** Name of the type that this one is defined as (`int` for `type Age int`); its own name where it is none's. */
  readonly underlyingName: string;
  /** Set for what only C has. */
  readonly native: NativeKind | undefined;
  private readonly knownAlign: number | undefined;
  private readonly resolve: () => TypeParts;
  private parts: TypeParts | undefined;
  private readonly resolveMethods: (() => readonly Method[]) | undefined;
  private keptMethods: readonly Method[] | undefined;

  constructor(description: TypeDescription, resolve: () => TypeParts = () => ({})) {
    this.name = description.name;
    this.kind = description.kind;
    this.size = description.size;
    this.runtimeType = description.runtimeType;
    this.dwarfOffset = description.dwarfOffset;
    this.dictIndex = description.dictIndex;
    this.underlyingName = description.underlyingName ?? description.name;
    this.native = description.native;
    this.knownAlign = description.align;
    this.resolve = resolve;
    this.resolveMethods = description.methods;
  }

  private get all(): TypeParts {
    this.parts ??= this.resolve();
    return this.parts;
  }

  /** Alignment in bytes: as recorded, else by Go's rules for 64-bit processors. */
  get align(): number {
    return this.knownAlign ?? alignOf(this);
  }

  get elem(): GoType | undefined {
    return this.all.elem;
  }

  get key(): GoType | undefined {
    return this.all.key;
  }

  get fields(): readonly Field[] {
    return this.all.fields ?? [];
  }

  /** Elements of an array. */
  get length(): number {
    return this.all.length ?? 0;
  }

  get params(): readonly GoType[] {
    return this.all.params ?? [];
  }

  get results(): readonly GoType[] {
    return this.all.results ?? [];
  }

  /** True for functions whose last parameter is `...T`; DWARF does not tell. */
  get variadic(): boolean {
    return this.all.variadic ?? false;
  }

  get emptyInterface(): boolean {
    return this.all.empty ?? false;
  }

  get direction(): ChanDirection {
    return this.all.direction ?? 'both';
  }

  /** Methods by name order; only types from runtime descriptors have them. */
  get methods(): readonly Method[] {
    this.keptMethods ??= this.resolveMethods?.() ?? [];
    return this.keptMethods;
  }

  /** The runtime's struct behind a map or channel, from DWARF. */
  get implementation(): GoType | undefined {
    return this.all.implementation;
  }

  get enumerators(): ReadonlyMap<bigint, string> {
    return this.all.enumerators ?? NO_ENUMERATORS;
  }

  field(name: string): Field | undefined {
    return this.fields.find((field) => field.name === name);
  }
}

const NO_ENUMERATORS: ReadonlyMap<bigint, string> = new Map();

/** The pointer type `*elem`, for dereferences that no type in the program describes. */
export function pointerTo(elem: GoType): GoType {
  return new GoType({ name: `*${elem.name}`, kind: 'pointer', size: 8 }, () => ({ elem }));
}

/** The slice type `[]elem`, likewise. */
export function sliceOf(elem: GoType): GoType {
  return new GoType({ name: `[]${elem.name}`, kind: 'slice', size: 24 }, () => ({ elem }));
}

/** Deepest nesting of arrays and structs in each other that is believed. */
const DEEPEST_NESTING = 50;

/** Alignment in bytes, by Go's rules for 64-bit processors. */
export function alignOf(type: GoType, depth = 0): number {
  if (depth > DEEPEST_NESTING) return 8;
  switch (type.kind) {
    case 'struct':
      return type.fields.reduce((most, field) => Math.max(most, alignOf(field.type, depth + 1)), 1);
    case 'array':
      return type.elem === undefined ? 1 : alignOf(type.elem, depth + 1);
    case 'complex64':
      return 4;
    case 'complex128':
      return 8;
    default:
      return Math.max(1, Math.min(8, type.size));
  }
}

/** What a pointer without a target type points to. */
export const VOID_TYPE: GoType = new GoType({ name: 'void', kind: 'void', size: 0 });
const BASIC: readonly (readonly [Kind, number])[] = [
  ['bool', 1],
  ['int', 8],
  ['int8', 1],
  ['int16', 2],
  ['int32', 4],
  ['int64', 8],
  ['uint', 8],
  ['uint8', 1],
  ['uint16', 2],
  ['uint32', 4],
  ['uint64', 8],
  ['uintptr', 8],
  ['float32', 4],
  ['float64', 8],
  ['complex64', 8],
  ['complex128', 16],
  ['string', 16],
];

/** Go's predeclared types by name. */
export const BASIC_TYPES: ReadonlyMap<string, GoType> = new Map(
  BASIC.map(([kind, size]) => [kind, new GoType({ name: kind, kind, size })]),
);
