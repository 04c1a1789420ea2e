import type { Parameters } from './parameters.ts';
import type { Session } from './session.ts';

export type { Parameters } from './parameters.ts';

/** `rest` is the rest of the line as typed; `phrase` some words, as many as `wordCount` says, joined by a space. */
export type ParameterKind = 'flag' | 'number' | 'string' | 'expression' | 'regex' | 'location' | 'rest' | 'phrase';

/** One parameter of an operation; the command line, JSON-RPC and help are derived from it. */
export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly summary: string;
  /** Taken by place rather than by `-name`. A positional `expression`, `regex`, `location` or `rest` takes the rest of the line. */
  readonly positional?: boolean;
  readonly required?: boolean;
  /** Other spellings of the flag, without the dash. */
  readonly aliases?: readonly string[];
  /** How many words a `phrase` has, by the first of them; undefined where the line ends. */
  readonly wordCount?: (first: string | undefined) => number;
  /** May be given several times; its value is then a list. */
  readonly repeated?: boolean;
  /** What Tab completes it with. */
  readonly completes?:
    | 'function'
    | 'type'
    | 'variable'
    | 'file'
    | 'goroutine'
    | 'thread'
    | 'command'
    | 'package'
    | 'source'
    | 'location'
    /** A key of the configuration, and what can be its value. */
    | 'setting'
    | 'setting-value'
    /** A file of this machine. */
    | 'path';
}

/** A result of which one field is a long list, told as it is found. */
export interface ResultStream {
  /** Name of the field with the list. */
  readonly field: string;
  readonly items: Iterable<unknown>;
  /** The other fields; asked for when all items have been read. */
  rest(): object;
  /** Characters of the largest number of an item, where numbers stand one below the other. */
  readonly width?: number;
}

/** Something that a user can ask. Results are plain JSON-safe data. */
export interface Operation<R = unknown> {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line, in the imperative, no full stop. */
  readonly summary: string;
  /** The longer help text: usage examples, what the flags do. */
  readonly details?: string;
  readonly group: 'look' | 'goroutines' | 'data' | 'symbols' | 'session' | 'scripts';
  readonly parameters: readonly Parameter[];
  run(session: Session, parameters: Parameters): R;
  /** The same result in pieces, for doors that can pass them on; undefined where it is short. */
  stream?(session: Session, parameters: Parameters): ResultStream | undefined;
  /** True if it asks for the variables of many frames: what tells where they are is then made ready before, where that pays. */
  wantsVariables?(parameters: Parameters): boolean;
  /** What a person means by these parameters, where that is not what a program means: applied by doors that show text. */
  forReader?(session: Session, parameters: Parameters): Parameters;
}

/** Declares an operation; exists for its type inference. */
export function defineOperation<R>(operation: Operation<R>): Operation<R> {
  return operation;
}
