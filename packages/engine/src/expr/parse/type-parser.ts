import { syntaxError } from './lexer.ts';
import type { FieldNode, Node } from './nodes.ts';
import type { TokenReader } from './token-reader.ts';

const TYPE_WORDS = new Set(['map', 'chan', 'func', 'struct', 'interface']);

/** Parses types. What may be a type or a value (`pkg.T`, `*T`, `T[int]`) is left to `parseOperand`. */
export class TypeParser {
  private readonly reader: TokenReader;
  private readonly expression: () => Node;
  private readonly operand: () => Node;

  /** @param expression parses any expression; @param operand parses a name, with selectors and type arguments */
  constructor(reader: TokenReader, expression: () => Node, operand: () => Node) {
    this.reader = reader;
    this.expression = expression;
    this.operand = operand;
  }

  /** True if the next token begins what can only be a type. */
  startsType(): boolean {
    const { token, following } = this.reader;
    if (token.kind === 'operator')
      return token.text === '[' || (token.text === '<-' && following.kind === 'name' && following.text === 'chan');
    if (token.kind !== 'name' || !TYPE_WORDS.has(token.text)) return false;
    const opener = { map: '[', func: '(', struct: '{', interface: '{' }[token.text];
    // `chan` is a keyword: whatever follows is its type.
    return opener === undefined || (following.kind === 'operator' && following.text === opener);
  }

  type(): Node {
    return this.reader.nested(() => this.plainType());
  }

  private plainType(): Node {
    const { reader } = this;
    const { at } = reader.token;
    if (this.startsType()) return this.typeLiteral();
    if (reader.accept('*')) return { kind: 'unary', operator: '*', operand: this.type(), at };
    if (reader.accept('(')) {
      const inner = this.type();
      reader.expect(')');
      return inner;
    }
    if (reader.token.kind === 'name' || reader.token.kind === 'string') return this.operand();
    throw reader.unexpected('expected a type');
  }

  /** A type that begins with a bracket or a keyword. */
  typeLiteral(): Node {
    const { reader } = this;
    const { at, text } = reader.token;
    if (text === '[') return this.arrayType();
    reader.advance();
    switch (text) {
      case '<-':
        reader.advance();
        return { kind: 'chan-type', direction: 'receive', elem: this.type(), at };
      case 'chan':
        return { kind: 'chan-type', direction: reader.accept('<-') ? 'send' : 'both', elem: this.type(), at };
      case 'map':
        return this.mapType(at);
      case 'func':
        return this.funcType(at);
      case 'struct':
        return this.structType(at);
      default:
        return this.interfaceType(at);
    }
  }

  private arrayType(): Node {
    const { reader } = this;
    const { at } = reader.advance();
    if (reader.accept(']')) return { kind: 'array-type', length: 'slice', elem: this.type(), at };
    if (reader.accept('...')) {
      reader.expect(']');
      return { kind: 'array-type', length: 'count', elem: this.type(), at };
    }
    const length = this.expression();
    reader.expect(']');
    return { kind: 'array-type', length, elem: this.type(), at };
  }

  private mapType(at: number): Node {
    this.reader.expect('[');
    const key = this.type();
    this.reader.expect(']');
    return { kind: 'map-type', key, elem: this.type(), at };
  }

  private funcType(at: number): Node {
    const { reader } = this;
    const { fields: params, variadic } = this.parameters();
    const results = reader.is('(') ? this.parameters().fields : this.startsResult() ? [unnamed(this.type())] : [];
    if (reader.is('{')) throw syntaxError('function literals cannot be evaluated: nothing runs in a core dump', at);
    return { kind: 'func-type', params, results, variadic, at };
  }

  private startsResult(): boolean {
    const { token } = this.reader;
    return token.kind === 'name' || token.kind === 'string' || this.reader.is('*') || this.startsType();
  }

  private parameters(): { readonly fields: FieldNode[]; readonly variadic: boolean } {
    const { reader } = this;
    reader.expect('(');
    const fields: FieldNode[] = [];
    let variadic = false;
    while (!reader.is(')')) {
      // A name in front of a type: `func(x int)`.
      const { token, following } = reader;
      const isNamed =
        token.kind === 'name' &&
        !this.startsType() &&
        (following.kind === 'name' || (following.kind === 'operator' && /^(\*|\.\.\.|<-)$/.test(following.text)));
      if (isNamed) reader.advance();
      if (reader.accept('...')) variadic = true;
      fields.push(unnamed(this.type()));
      if (!reader.accept(',')) break;
    }
    reader.expect(')');
    return { fields, variadic };
  }

  private structType(at: number): Node {
    const { reader } = this;
    reader.expect('{');
    const fields: FieldNode[] = [];
    while (!reader.is('}')) {
      fields.push(...this.structFields());
      if (!reader.accept(';')) break;
    }
    reader.expect('}');
    return { kind: 'struct-type', fields, at };
  }

  /** `a, b T`, or an embedded type. */
  private structFields(): FieldNode[] {
    const { reader } = this;
    const { following } = reader;
    const embedded =
      reader.is('*') ||
      (reader.token.kind === 'name' && following.kind === 'operator' && /^[.;}]$/.test(following.text));
    if (embedded) return [unnamed(this.type())];
    const names = [reader.name('a field name').text];
    while (reader.accept(',')) names.push(reader.name('a field name').text);
    const type = this.type();
    if (reader.token.kind === 'string') reader.advance();
    return names.map((name) => ({ name, type }));
  }

  private interfaceType(at: number): Node {
    const { reader } = this;
    reader.expect('{');
    const methods: string[] = [];
    while (!reader.is('}')) {
      methods.push(reader.name('a method').text);
      this.funcType(at);
      if (!reader.accept(';')) break;
    }
    reader.expect('}');
    return { kind: 'interface-type', methods, at };
  }
}

function unnamed(type: Node): FieldNode {
  return { name: undefined, type };
}
