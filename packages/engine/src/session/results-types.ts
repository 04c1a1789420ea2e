import type { Page } from './results.ts';

/** A field of a struct type. Offsets and sizes in bytes. */
export interface FieldResult {
  readonly name: string;
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  readonly embedded: boolean;
  /** Of a C bit field: its width in bits, and where it begins in the storage at `offset`. */
  readonly bits: { readonly at: number; readonly size: number } | undefined;
}

export interface MethodResult {
  readonly name: string;
  /** `func(int) string`, without the receiver; undefined where that is not known. */
  readonly type: string | undefined;
  /** True if the receiver is a pointer. */
  readonly pointer: boolean;
  /** The function that it is; undefined for methods of interfaces, and where the linker left the code out. */
  readonly function: string | undefined;
}

export interface ImplementedResult {
  readonly name: string;
  /** True if pointers to the type implement the interface, and the type itself does not. */
  readonly pointer: boolean;
}

/** A type, or the type of an expression. */
export interface WhatisResult {
  readonly expression: string;
  /** True where the expression is a type itself. */
  readonly isType: boolean;
  readonly type: string;
  /** What an interface holds; undefined for other values and for nil. */
  readonly dynamicType: string | undefined;
  /** Why the value that the type was asked of may be stale. */
  readonly stale: string | undefined;
  /** Where the variable is: only with the setting show-location-expr. */
  readonly location: string | undefined;
  /** Go's word for what it is made of: `struct`, `int`, `map`. */
  readonly kind: string;
  /** The type's definition, for a type with a name of its own. */
  readonly underlying: string | undefined;
  /** Bytes. */
  readonly size: number;
  readonly align: number;
  /** Element of arrays, slices, pointers, channels, maps. */
  readonly elem: string | undefined;
  readonly key: string | undefined;
  readonly length: number | undefined;
  readonly fields: readonly FieldResult[];
  readonly methods: readonly MethodResult[];
  readonly constants: readonly { readonly name: string; readonly value: string }[];
  /** Types of the program that have the methods of the interface; undefined for other types. */
  readonly implementers: Page<string> | undefined;
  /** Interfaces of the program whose methods the type has, or pointers to it have. */
  readonly implements: Page<ImplementedResult> | undefined;
}
