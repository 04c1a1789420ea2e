import { syntaxError, tokenize, type Token } from './lexer.ts';

/** A parsed expression; `at` is where it starts in the text. */
export type Node =
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'integer'; readonly value: bigint; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'select'; readonly operand: Node; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly operand: Node; readonly index: Node; readonly at: number }
  | {
      readonly kind: 'slice';
      readonly operand: Node;
      readonly low: Node | undefined;
      readonly high: Node | undefined;
      readonly at: number;
    }
  | { readonly kind: 'call'; readonly operand: Node; readonly args: readonly Node[]; readonly at: number }
  | { readonly kind: 'assert'; readonly operand: Node; readonly at: number }
  | { readonly kind: 'unary'; readonly operator: '*' | '&' | '-'; readonly operand: Node; readonly at: number };

/** Deepest nesting of an expression. */
const DEEPEST = 200;

/** Parses names, selectors, indexing, slicing, dereferences, addresses, `len(x)` and literals. Throws `syntax`. */
export function parseExpression(text: string): Node {
  const parser = new Parser(tokenize(text));
  const node = parser.unary(0);
  parser.finish();
  return node;
}

class Parser {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  private get token(): Token {
    return this.tokens[this.next] as Token;
  }

  private is(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`expected ${text}`);
  }

  private unexpected(what: string): Error {
    const { kind, text, at } = this.token;
    return syntaxError(kind === 'end' ? `the expression ends too early: ${what}` : `unexpected ${text}: ${what}`, at);
  }

  finish(): void {
    if (this.token.kind === 'end') return;
    throw this.unexpected('the expression was complete; operators other than . [] * & are not supported yet');
  }

  unary(depth: number): Node {
    const { at } = this.token;
    if (depth > DEEPEST) throw syntaxError('the expression is nested too deeply', at);
    for (const operator of ['*', '&', '-'] as const) {
      if (this.accept(operator)) return { kind: 'unary', operator, operand: this.unary(depth + 1), at };
    }
    return this.postfix(this.primary(depth), depth);
  }

  private primary(depth: number): Node {
    const { kind, text, at } = this.token;
    if (this.accept('(')) {
      const node = this.unary(depth + 1);
      this.expect(')');
      return node;
    }
    if (kind === 'end' || kind === 'operator') throw this.unexpected('expected a name, a number or a string');
    this.next++;
    if (kind === 'name') return { kind: 'name', name: text, at };
    if (kind === 'integer') return { kind: 'integer', value: BigInt(text.replaceAll('_', '').toLowerCase()), at };
    return { kind: 'string', value: unquote(text, at), at };
  }

  private postfix(first: Node, depth: number): Node {
    let node = first;
    for (;;) {
      const { at } = this.token;
      if (this.accept('.')) node = this.selector(node, at);
      else if (this.accept('[')) node = this.brackets(node, at, depth);
      else if (this.accept('(')) node = this.call(node, at, depth);
      else return node;
    }
  }

  private selector(operand: Node, at: number): Node {
    if (this.accept('(')) {
      // x.(data) is Delve's word for "whatever the interface holds".
      if (this.token.text !== 'data') throw this.unexpected('only .(data) is supported yet');
      this.next++;
      this.expect(')');
      return { kind: 'assert', operand, at };
    }
    if (this.token.kind !== 'name') throw this.unexpected('expected a field name');
    const name = this.token.text;
    this.next++;
    return { kind: 'select', operand, name, at };
  }

  private brackets(operand: Node, at: number, depth: number): Node {
    if (this.accept(':')) return this.sliceEnd(operand, undefined, at, depth);
    const index = this.unary(depth + 1);
    if (this.accept(':')) return this.sliceEnd(operand, index, at, depth);
    this.expect(']');
    return { kind: 'index', operand, index, at };
  }

  private sliceEnd(operand: Node, low: Node | undefined, at: number, depth: number): Node {
    const high = this.is(']') ? undefined : this.unary(depth + 1);
    this.expect(']');
    return { kind: 'slice', operand, low, high, at };
  }

  private call(operand: Node, at: number, depth: number): Node {
    const args: Node[] = [];
    while (!this.is(')')) {
      args.push(this.unary(depth + 1));
      if (!this.accept(',')) break;
    }
    this.expect(')');
    return { kind: 'call', operand, args, at };
  }
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', "'": "'" };

function unquote(text: string, at: number): string {
  const body = text.slice(1, -1);
  if (text.startsWith('`')) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    const char = SIMPLE[escape];
    if (char === undefined) throw syntaxError(`unknown escape \\${escape} in a string`, at);
    return char;
  });
}
