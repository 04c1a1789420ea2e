import type { Kind } from '../types/go-type.ts';

/** A value loaded within limits: plain JSON-safe data, in the spirit of Delve's api.Variable. */
export interface ValueTree {
  readonly type: string;
  readonly kind: Kind;
  /** Where it is in memory, hex with 0x; undefined for values in registers. */
  readonly address: string | undefined;
  /**
   * Scalars and strings as text: integers decimal, strings as their (possibly cut) contents with U+FFFD for what is no UTF-8,
   * functions by name, time.Time in RFC 3339 (UTC), 'closed' for closed channels.
   */
  readonly value: string | undefined;
  /** The shown bytes of a string that is not UTF-8, in hex. */
  readonly bytes?: string;
  /** The text to show in place of the value, where a format was asked for. */
  readonly formatted?: string;
  /** Name of the constant with this value (`Blue`, `FlagA|FlagC`), where the type has some. */
  readonly constant?: string;
  /** The type that a named type is defined as (`int`), where it is another. */
  readonly underlyingType?: string;
  /** Length of strings (bytes), slices, arrays, maps, channels; number of fields of structs. */
  readonly length: number | undefined;
  readonly capacity: number | undefined;
  /**
   * Fields, elements, pointer target (of a nil pointer: a node that only tells the type), dynamic value of an interface,
   * captured variables of a closure, buffered items of a channel (or its fields); for maps, keys and values in turn.
   */
  readonly children: readonly NamedTree[];
  /** The fields of a channel's runtime.hchan, where they were asked for: what Delve shows of it over several lines. */
  readonly internals?: readonly NamedTree[];
  /** Address of the first element, the target of a pointer, the table of a map; '0x0' for nil. */
  readonly base: string | undefined;
  readonly nil: boolean;
  /** Fewer children (or bytes) are here than there are. */
  readonly truncated: boolean;
  /** Not followed because of the depth limit: only the address is known. */
  readonly onlyAddress: boolean;
  /** Of what was not followed, where that was asked for. */
  readonly header?: ValueHeader;
  /** Why the value cannot be read, in plain words. */
  readonly unreadable: string | undefined;
  /** The contents of a string or list of bytes are hidden on request; its length is true. */
  readonly redacted?: true;
  /** What is odd about it: a map in the middle of a write, a count that disagrees. */
  readonly note: string | undefined;
}

export interface NamedTree {
  readonly name: string;
  readonly tree: ValueTree;
  /** Of what a closure captured: it holds its address. */
  readonly byReference?: true;
}

/** How long a string, slice or array is, and where, of which nothing else was looked at. */
export interface ValueHeader {
  readonly length: number;
  readonly capacity: number | undefined;
  readonly base: string | undefined;
}

/** What values may take together, however many are loaded. */
export interface LoadBudget {
  /** Bytes of JSON that are left, roughly. Each value takes some of it; below 0 there is no more. */
  left: number;
}

/** How much of a value is loaded; Delve's names and defaults. */
export interface LoadLimits {
  readonly followPointers: boolean;
  readonly maxVariableRecurse: number;
  readonly maxStringLen: number;
  readonly maxArrayValues: number;
  /** -1 for all. */
  readonly maxStructFields: number;
  /** For all that is loaded within these limits; what it does not reach for is unreadable. */
  readonly budget?: LoadBudget;
  /** Load the fields of a channel's runtime.hchan as well, which Delve shows in its multi-line form. */
  readonly channelFields?: boolean;
  /** Tell the length of what is not followed. */
  readonly headers?: boolean;
}

export const DEFAULT_LIMITS: LoadLimits = {
  followPointers: true,
  maxVariableRecurse: 1,
  maxStringLen: 64,
  maxArrayValues: 64,
  maxStructFields: -1,
};
