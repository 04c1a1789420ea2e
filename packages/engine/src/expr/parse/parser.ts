import { syntaxError } from './lexer.ts';
import { BINARY_PRECEDENCE, type ElementNode, type Node, type UnaryOperator } from './nodes.ts';
import { TokenReader } from './token-reader.ts';
import { TypeParser } from './type-parser.ts';

export type { Node } from './nodes.ts';

const UNARY: ReadonlySet<string> = new Set(['+', '-', '!', '^', '*', '&', '<-']);
/** Operators of statements, with what to say about them. */
const STATEMENTS: Readonly<Record<string, string>> = {
  '++': 'a core dump cannot be changed',
  '--': 'a core dump cannot be changed',
  '=': 'a core dump cannot be changed; == compares',
  ':=': 'a core dump cannot be changed; == compares',
};

/** Parses a Go expression (or a type). Throws `syntax` with the place. */
export function parseExpression(text: string): Node {
  return new Parser(text).whole();
}

class Parser {
  private readonly reader: TokenReader;
  private readonly types: TypeParser;

  constructor(text: string) {
    this.reader = new TokenReader(text);
    this.types = new TypeParser(
      this.reader,
      () => this.expression(),
      () => this.typeName(),
    );
  }

  whole(): Node {
    const { reader } = this;
    const node = this.expression();
    if (reader.token.kind === 'end') return node;
    const { text, at } = reader.token;
    const hint = STATEMENTS[text] ?? (/^[^=!<>]=$|^(<<|>>|&\^)=$/.test(text) ? STATEMENTS['='] : undefined);
    throw hint === undefined
      ? reader.unexpected('the expression was complete')
      : syntaxError(`unexpected ${text}: ${hint}`, at);
  }

  private expression(): Node {
    return this.reader.nested(() => this.binary(1));
  }

  private binary(least: number): Node {
    const { reader } = this;
    let left = this.unary();
    for (;;) {
      const { kind, text, at } = reader.token;
      const precedence = kind === 'operator' ? (BINARY_PRECEDENCE[text] ?? 0) : 0;
      if (precedence < least) return left;
      reader.advance();
      left = { kind: 'binary', operator: text, left, right: this.binary(precedence + 1), at };
    }
  }

  private unary(): Node {
    const { reader } = this;
    const { kind, text, at } = reader.token;
    if (kind !== 'operator' || !UNARY.has(text) || this.types.startsType()) return this.postfix(this.primary());
    reader.advance();
    return { kind: 'unary', operator: text as UnaryOperator, operand: reader.nested(() => this.unary()), at };
  }

  private primary(): Node {
    const { reader } = this;
    const { kind, text, at } = reader.token;
    if (this.types.startsType()) return this.types.typeLiteral();
    if (kind === 'operator' && text === '(') {
      reader.advance();
      const operand = this.expression();
      reader.expect(')');
      return { kind: 'paren', operand, at };
    }
    if (kind === 'end' || kind === 'operator')
      throw reader.unexpected('expected a variable, a number, a string or a type');
    reader.advance();
    return kind === 'name' ? { kind, name: text, at } : { kind, text, at };
  }

  private postfix(first: Node): Node {
    const { reader } = this;
    let node = first;
    for (;;) {
      const { at } = reader.token;
      if (reader.accept('.')) node = this.selector(node, at);
      else if (reader.accept('[')) node = this.brackets(node, at);
      else if (reader.accept('(')) node = this.call(node, at);
      else if (reader.is('{') && canBeLiteralType(node)) node = this.composite(node, node.at);
      else return node;
    }
  }

  private selector(operand: Node, at: number): Node {
    const { reader } = this;
    if (reader.accept('(')) {
      // x.(data) is Delve's word for "whatever the interface holds".
      const isData = reader.isName('data') && reader.following.text === ')';
      if (reader.isName('type') && reader.following.text === ')')
        throw syntaxError('.(type) is for type switches only; .(data) gives what an interface holds', reader.token.at);
      const type = isData ? undefined : this.types.type();
      if (isData) reader.advance();
      reader.expect(')');
      return { kind: 'assert', operand, type, at };
    }
    const name = reader.name('a field name');
    return { kind: 'select', operand, name: name.text, nameAt: name.at, at };
  }

  /** What follows `[`: an index, type arguments, or a slice expression. */
  private brackets(operand: Node, at: number): Node {
    const { reader } = this;
    if (reader.accept(':')) return this.sliceEnd(operand, undefined, at);
    const first = this.expression();
    if (reader.accept(':')) return this.sliceEnd(operand, first, at);
    const indices = [first];
    while (reader.accept(',') && !reader.is(']')) indices.push(this.expression());
    reader.expect(']');
    return { kind: 'index', operand, indices, at };
  }

  private sliceEnd(operand: Node, low: Node | undefined, at: number): Node {
    const { reader } = this;
    const high = reader.is(']') || reader.is(':') ? undefined : this.expression();
    let max: Node | undefined;
    if (reader.accept(':')) {
      if (high === undefined) throw reader.unexpected('a slice with three parts needs the second');
      max = this.expression();
    }
    reader.expect(']');
    return { kind: 'slice', operand, low, high, max, at };
  }

  private call(operand: Node, at: number): Node {
    const { reader } = this;
    const args: Node[] = [];
    while (!reader.is(')')) {
      args.push(this.expression());
      if (!reader.accept(',')) break;
    }
    reader.expect(')');
    return { kind: 'call', operand, args, at };
  }

  private composite(type: Node | undefined, at: number): Node {
    const { reader } = this;
    reader.expect('{');
    const elements: ElementNode[] = [];
    while (!reader.is('}')) {
      const first = this.element();
      elements.push(reader.accept(':') ? { key: first, value: this.element() } : { key: undefined, value: first });
      if (!reader.accept(',')) break;
    }
    reader.expect('}');
    return { kind: 'composite', type, elements, at };
  }

  /** In a composite literal the type of an inner one may be left out. */
  private element(): Node {
    const { reader } = this;
    if (!reader.is('{')) return this.expression();
    return reader.nested(() => this.composite(undefined, reader.token.at));
  }

  /** A type's name: `T`, `pkg.T`, `"path/pkg".T`, `"path/pkg.T"`, with type arguments. */
  private typeName(): Node {
    const { reader } = this;
    const { kind, text, at } = reader.advance();
    let node: Node = kind === 'string' ? { kind, text, at } : { kind: 'name', name: text, at };
    while (reader.is('.') && reader.following.kind === 'name') {
      const dot = reader.advance().at;
      const name = reader.advance();
      node = { kind: 'select', operand: node, name: name.text, nameAt: name.at, at: dot };
    }
    if (!reader.is('[') || reader.following.text === ']') return node;
    const bracket = reader.advance().at;
    const indices = [this.types.type()];
    while (reader.accept(',')) indices.push(this.types.type());
    reader.expect(']');
    return { kind: 'index', operand: node, indices, at: bracket };
  }
}

/** What may stand before the brace of a composite literal. */
function canBeLiteralType(node: Node): boolean {
  switch (node.kind) {
    case 'name':
    case 'array-type':
    case 'map-type':
    case 'struct-type':
      return true;
    case 'string':
      return true;
    case 'select':
    case 'index':
      return canBeLiteralType(node.operand);
    case 'paren':
      return canBeLiteralType(node.operand);
    default:
      return false;
  }
}
