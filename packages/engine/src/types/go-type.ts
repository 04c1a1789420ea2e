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

export function kindOf(number: number): Kind {
  return KINDS[number & 31] ?? 'unknown';
}

/** One field of a struct. `offset` in bytes. */
export interface Field {
  readonly name: string;
  readonly type: GoType;
  readonly offset: number;
  readonly embedded: boolean;
}

/** What a type refers to; resolved on first use, since types are cyclic. */
export interface TypeParts {
  /** Element of arrays, slices, pointers, channels and maps. */
  readonly elem?: GoType;
  readonly key?: GoType;
  readonly fields?: readonly Field[];
  readonly length?: number;
  readonly params?: readonly GoType[];
  readonly results?: readonly GoType[];
  /** An interface without methods, whose first word is a type rather than an itab. */
  readonly empty?: boolean;
}

/** A Go (or C) type. Two handles of the same type need not be the same object. */
export class GoType {
  /** As Delve prints it: with the full import path. */
  readonly name: string;
  readonly kind: Kind;
  /** Bytes. */
  readonly size: number;
  /** Address of the runtime's descriptor, where known. */
  readonly runtimeType: number | undefined;
  /** Set for type parameters of shared generic code: index into the dictionary (DW_AT_go_dict_index). */
  readonly dictIndex: number | undefined;
  private readonly resolve: () => TypeParts;
  private parts: TypeParts | undefined;

  constructor(
    description: {
      readonly name: string;
      readonly kind: Kind;
      readonly size: number;
      readonly runtimeType?: number | undefined;
      readonly dictIndex?: number | undefined;
    },
    resolve: () => TypeParts = () => ({}),
  ) {
    this.name = description.name;
    this.kind = description.kind;
    this.size = description.size;
    this.runtimeType = description.runtimeType;
    this.dictIndex = description.dictIndex;
    this.resolve = resolve;
  }

  private get all(): TypeParts {
    this.parts ??= this.resolve();
    return this.parts;
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

  get emptyInterface(): boolean {
    return this.all.empty ?? false;
  }

  field(name: string): Field | undefined {
    return this.fields.find((field) => field.name === name);
  }
}

/** The pointer type `*elem`, for dereferences that no type in the program describes. */
export function pointerTo(elem: GoType): GoType {
  return new GoType({ name: `*${elem.name}`, kind: 'pointer', size: 8 }, () => ({ elem }));
}

/** Alignment in bytes, by Go's rules for 64-bit processors. */
export function alignOf(type: GoType): number {
  switch (type.kind) {
    case 'struct':
      return type.fields.reduce((most, field) => Math.max(most, alignOf(field.type)), 1);
    case 'array':
      return type.elem === undefined ? 1 : alignOf(type.elem);
    case 'complex64':
      return 4;
    case 'complex128':
      return 8;
    default:
      return Math.max(1, Math.min(8, type.size));
  }
}

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
