import type { DebugError } from '../../base/errors.ts';
import { syntaxError, tokenize, type Token } from './lexer.ts';

/** Deepest nesting of an expression. */
const DEEPEST = 200;

/** The tokens of an expression, one after the other. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  get token(): Token {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] as Token;
  }

  /** The token behind the next. */
  get following(): Token {
    return this.tokens[Math.min(this.next + 1, this.tokens.length - 1)] as Token;
  }

  advance(): Token {
    const { token } = this;
    this.next++;
    return token;
  }

  is(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator;
  }

  isName(name: string): boolean {
    return this.token.kind === 'name' && this.token.text === name;
  }

  accept(operator: string): boolean {
    if (!this.is(operator)) return false;
    this.next++;
    return true;
  }

  expect(operator: string): void {
    if (!this.accept(operator)) throw this.unexpected(`expected ${operator}`);
  }

  name(what: string): Token {
    if (this.token.kind !== 'name') throw this.unexpected(`expected ${what}`);
    return this.advance();
  }

  unexpected(what: string): DebugError {
    const { kind, text, at } = this.token;
    return syntaxError(kind === 'end' ? `the expression ends too early: ${what}` : `unexpected ${text}: ${what}`, at);
  }

  /** Runs `read` one level deeper; throws `syntax` where an expression is nested without end. */
  nested<T>(read: () => T): T {
    if (this.depth >= DEEPEST) throw syntaxError('the expression is nested too deeply', this.token.at);
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  /** Where the reader is, to come back to. */
  mark(): number {
    return this.next;
  }

  reset(mark: number): void {
    this.next = mark;
  }
}
