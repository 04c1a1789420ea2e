import type { Memory } from '../bytes/memory.ts';
import type { GoType } from '../types/go-type.ts';
import type { DynamicTypes } from '../types/type-source.ts';
import type { OpenMap } from './maps/open-map.ts';

/** What reading values needs to know of the program. */
export interface ValueContext {
  readonly memory: Memory;
  /** Go minor version. */
  readonly minor: number;
  /** GOEXPERIMENTs that differ from the release's defaults, such as `noswissmap`. */
  readonly experiments: readonly string[];
  /** Types by the address of their descriptor: `RuntimeTypes`, or a `TypeSource` that prefers DWARF. */
  readonly runtimeTypes: DynamicTypes;
  /** Name of the function that starts at (or holds) a code address. */
  functionName(pc: number): string | undefined;
  /** Name of a typed constant (`Blue`), where wanted: see TypeConstants. */
  constantName?(typeName: string, value: bigint): string | undefined;
  /** The map at an address where an expression made one: see Scratch. */
  madeMap?(address: number): OpenMap | undefined;
  /** What a closure's object holds behind its code pointer, as far as DWARF tells (Go 1.23+). */
  closureFields(pc: number): readonly { readonly name: string; readonly type: GoType; readonly offset: number }[];
}
