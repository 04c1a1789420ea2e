import type { Session } from './session.ts';

/** `rest` is the rest of the line as typed. */
export type ParameterKind = 'flag' | 'number' | 'string' | 'expression' | 'regex' | 'location' | 'rest';

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

/** Values of parameters by name; absent ones are left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** Something that a user can ask. Results are plain JSON-safe data. */
export interface Operation<R = unknown> {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line, in the imperative, no full stop. */
  readonly summary: string;
  /** The longer help text: usage examples, what the flags do. */
  readonly details?: string;
  readonly group: 'look' | 'goroutines' | 'data' | 'symbols' | 'session';
  readonly parameters: readonly Parameter[];
  run(session: Session, parameters: Parameters): R;
}

/** Declares an operation; exists for its type inference. */
export function defineOperation<R>(operation: Operation<R>): Operation<R> {
  return operation;
}
