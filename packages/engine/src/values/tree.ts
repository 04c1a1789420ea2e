import type { Kind } from '../types/go-type.ts';

/** A value loaded within limits: plain JSON-safe data, in the spirit of Delve's api.Variable. */
export interface ValueTree {
  readonly type: string;
  readonly kind: Kind;
  /** Where it is in memory, hex with 0x; undefined for values in registers. */
  readonly address: string | undefined;
  /** Scalars and strings as text: integers decimal, strings as their (possibly cut) contents, functions by name. */
  readonly value: string | undefined;
  /** Length of strings (bytes), slices, arrays, maps, channels; number of fields of structs. */
  readonly length: number | undefined;
  readonly capacity: number | undefined;
  /** Fields, elements, pointer target, dynamic value of an interface; for maps, keys and values in turn. */
  readonly children: readonly NamedTree[];
  /** Address of the first element, the target of a pointer, the table of a map; '0x0' for nil. */
  readonly base: string | undefined;
  readonly nil: boolean;
  /** Fewer children (or bytes) are here than there are. */
  readonly truncated: boolean;
  /** Not followed because of the depth limit: only the address is known. */
  readonly onlyAddress: boolean;
  /** Why the value cannot be read, in plain words. */
  readonly unreadable: string | undefined;
  /** What is odd about it: a map in the middle of a write, a count that disagrees. */
  readonly note: string | undefined;
}

export interface NamedTree {
  readonly name: string;
  readonly tree: ValueTree;
}

/** How much of a value is loaded; Delve's names and defaults. */
export interface LoadLimits {
  readonly followPointers: boolean;
  readonly maxVariableRecurse: number;
  readonly maxStringLen: number;
  readonly maxArrayValues: number;
  /** -1 for all. */
  readonly maxStructFields: number;
}

export const DEFAULT_LIMITS: LoadLimits = {
  followPointers: true,
  maxVariableRecurse: 1,
  maxStringLen: 64,
  maxArrayValues: 64,
  maxStructFields: -1,
};
