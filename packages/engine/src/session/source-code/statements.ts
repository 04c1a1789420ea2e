import type { Token } from '../../expr/parse/lexer.ts';

/** A token with the lines of the file that it begins and ends on. */
export interface SourceToken extends Token {
  readonly line: number;
  readonly end: number;
}

/** A stretch of source: tokens without those of the statement around. */
export interface Words {
  readonly tokens: readonly SourceToken[];
  readonly text: string;
  /** First and last line. */
  readonly line: number;
  readonly end: number;
}

/** A statement without statements in it, but for those of function literals. */
export interface Simple extends Words {
  readonly kind: 'simple';
}

export interface Block {
  readonly kind: 'block';
  readonly body: readonly Statement[];
}

/** `line` to `head` are the lines of a compound statement's first part, up to its brace. */
interface Compound {
  readonly line: number;
  readonly head: number;
  readonly init: Simple | undefined;
}

export interface If extends Compound {
  readonly kind: 'if';
  readonly condition: Words;
  readonly body: Block;
  readonly otherwise: Block | If | undefined;
}

export interface For extends Compound {
  readonly kind: 'for';
  readonly label: string | undefined;
  /** Undefined for a loop without end. */
  readonly condition: Words | undefined;
  readonly post: Simple | undefined;
  /** `range` with what stands before it: nothing, or keys and an assignment. */
  readonly range: Simple | undefined;
  readonly body: Block;
}

export interface Case {
  readonly line: number;
  /** Undefined for `default`. */
  readonly values: Words | undefined;
  /** The communication of a select's case. */
  readonly communication: Simple | undefined;
  readonly body: readonly Statement[];
}

export interface Switch extends Compound {
  readonly kind: 'switch' | 'select';
  readonly label: string | undefined;
  readonly tag: Simple | undefined;
  readonly cases: readonly Case[];
}

export interface Jump extends Words {
  readonly kind: 'return' | 'break' | 'continue' | 'fallthrough' | 'goto';
  readonly label: string | undefined;
}

export type Statement = Simple | Block | If | For | Switch | Jump;
