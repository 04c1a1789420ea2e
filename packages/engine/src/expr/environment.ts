import type { GoType } from '../types/go-type.ts';
import type { ValueContext } from '../values/context.ts';
import type { Value } from '../values/handle.ts';
import type { Scratch } from '../values/scratch.ts';

/** A function of the program. */
export interface NamedFunction {
  readonly name: string;
  /** Address of its code. */
  readonly pc: number;
  /** Its signature, where it is known. */
  readonly type: GoType | undefined;
}

/** What a package declares under a name. */
export type Declared =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'type'; readonly type: GoType }
  | { readonly kind: 'function'; readonly func: NamedFunction };

/** Where names come from. */
export interface Environment {
  /** Where values that the expression makes are kept. */
  readonly scratch: Scratch;
  /** Reads values, made ones as well. */
  readonly context: ValueContext;
  /** A variable of the frame. Throws `not-found` when it is there but has no value. */
  variable(name: string): Value | undefined;
  /** What the package of the frame's function declares. */
  local(name: string): Declared | undefined;
  /** What a package declares; `packageName` is its path, the path's last element, or its name. Throws if that is ambiguous. */
  member(packageName: string, name: string): Declared | undefined;
  /** True if the program has a package of that path or name. */
  hasPackage(packageName: string): boolean;
  /** The type of that name as types are printed: `main.T`, `map[string]int`. */
  typeNamed(name: string): GoType | undefined;
  /** The descriptor's own description of a type: it knows the methods. Undefined where there is none. */
  described(type: GoType): GoType | undefined;
  /** True if a type has a method of that name, be its code in the program or not. */
  hasMethod(type: GoType, name: string): boolean;
  /** The method of a defined type, with a receiver `T` or `*T`. Throws `not-found` where the linker left its code out. */
  method(type: GoType, name: string): NamedFunction | undefined;
  /** `runtime.curg`, `runtime.frameoff`, `runtime.threadid`, `runtime.rangeParentOffset`, by the name behind the dot. */
  special(name: string): Value | undefined;
  /** A variable of frame `index` of the selected stack. */
  frameVariable(index: number, name: string): Value | undefined;
  /** The bytes of a register of the selected frame. Undefined for names of no register; throws where its value is not known. */
  register(name: string): Uint8Array | undefined;
  /** Why no variable has a name at all, where that is so. */
  readonly nameless: string | undefined;
  /** Names that could have been meant. */
  suggest(name: string): string | undefined;
}
