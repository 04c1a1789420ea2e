import { syntaxError, tokenize } from '../../expr/parse/lexer.ts';
import type { FunctionSource } from './function-source.ts';
import type { SourceToken, Words } from './statements.ts';

/** Keywords and operators behind which the end of a line ends a statement. */
const ENDING: ReadonlySet<string> = new Set(['break', 'continue', 'fallthrough', 'return', '++', '--', ')', ']', '}']);
const KEYWORDS: ReadonlySet<string> = new Set(
  `break case chan const continue default defer else fallthrough for func go goto if import interface map package range
  return select struct switch type var`.split(/\s+/),
);

/** Reads the tokens of a function one after the other; statements end with `;`, be it written or the end of a line. */
export class Tokens {
  private readonly text: string;
  private readonly all: readonly SourceToken[];
  private index = 0;

  /** Throws `syntax` for what is not Go. */
  constructor(source: FunctionSource) {
    const lines: string[] = [];
    for (let line = source.start; line <= source.end; line++) lines.push(source.text(line));
    this.text = lines.join('\n');
    this.all = withSemicolons(this.text, source.start);
  }

  get token(): SourceToken {
    return this.all[Math.min(this.index, this.all.length - 1)] as SourceToken;
  }

  /** True if the next token is this keyword or operator. */
  is(text: string): boolean {
    return this.token.text === text && this.token.kind !== 'string' && this.token.kind !== 'rune';
  }

  /** True if the token behind the next one is this operator. */
  isFollowedBy(text: string): boolean {
    const next = this.all[this.index + 1];
    return next?.kind === 'operator' && next.text === text;
  }

  advance(): SourceToken {
    const { token } = this;
    if (token.kind === 'end') throw syntaxError('the function ends too early', token.at);
    this.index++;
    return token;
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.index++;
    return true;
  }

  expect(text: string): SourceToken {
    if (!this.is(text)) throw syntaxError(`${text} is missing`, this.token.at);
    return this.advance();
  }

  /** All up to an operator that stands outside of brackets. In the head of a statement, braces of its body end it as well. */
  upTo(stops: readonly string[], isHead: boolean): Words {
    const first = this.token;
    const from = this.index;
    while (
      !stops.some((stop) => this.is(stop)) &&
      !this.is('}') &&
      !(isHead && this.is('{') && !this.isInExpression(from))
    )
      this.skip();
    return this.words(from, this.index, first);
  }

  /** Passes receiver, name, parameters and results of a function, and the braces of types in them; returns the names there. */
  passSignature(): string[] {
    const from = this.index;
    while (!this.is('{') || this.isBehindTypeWord()) this.skip();
    return this.all.slice(from, this.index).flatMap(({ kind, text }) => (kind === 'name' ? [text] : []));
  }

  /** Passes a token, or all that is in brackets. */
  private skip(): void {
    const closing = { '(': ')', '[': ']', '{': '}' }[this.token.text];
    const isBracket = closing !== undefined && this.token.kind === 'operator';
    this.advance();
    if (!isBracket) return;
    while (!this.is(closing)) this.skip();
    this.advance();
  }

  /** True if the brace at hand belongs to a function literal, a type or a value of a type that is written out. */
  private isInExpression(from: number): boolean {
    let at = this.index - 1;
    const text = (index: number): string => (index >= from ? (this.all[index]?.text ?? '') : '');
    if (this.isBehindTypeWord()) return true;
    // The value of a struct type that is written out.
    if (text(at) === '}') return this.opens(at, from) === 'struct';
    for (let before = at, depth = 0; before >= from; before--) {
      if (this.all[before]?.text === 'func' && depth === 0) return true;
      depth += ')]}'.includes(text(before)) ? 1 : '([{'.includes(text(before)) ? -1 : 0;
      if (depth < 0 || text(before) === ';') break;
    }
    // []T{…}, map[K]*p.T{…}: a name directly behind a bracket that was closed.
    if (this.all[at]?.kind !== 'name') return false;
    if (text(at - 1) === '.' && this.all[at - 2]?.kind === 'name') at -= 2;
    while (text(at - 1) === '*') at--;
    return text(at - 1) === ']';
  }

  private isBehindTypeWord(): boolean {
    const { text } = this.all[this.index - 1] ?? {};
    return text === 'struct' || text === 'interface';
  }

  /** The token before the brace that another closes. */
  private opens(closing: number, from: number): string {
    let depth = 0;
    for (let at = closing; at >= from; at--) {
      depth += this.all[at]?.text === '}' ? 1 : this.all[at]?.text === '{' ? -1 : 0;
      if (depth === 0) return this.all[at - 1]?.text ?? '';
    }
    return '';
  }

  private words(from: number, to: number, first: SourceToken): Words {
    const tokens = this.all.slice(from, to);
    const last = tokens.at(-1);
    const text = last === undefined ? '' : this.text.slice(first.at, last.at + last.text.length);
    return { tokens, text, line: first.line, end: last?.end ?? first.line };
  }
}

function withSemicolons(source: string, firstLine: number): SourceToken[] {
  const tokens: SourceToken[] = [];
  let line = firstLine;
  let next = source.indexOf('\n');
  const lineAt = (at: number): number => {
    for (; next >= 0 && next < at; next = source.indexOf('\n', next + 1)) line++;
    return line;
  };
  let previous: SourceToken | undefined;
  for (const { kind, text, at } of tokenize(source)) {
    const first = lineAt(at);
    if (previous !== undefined && first > previous.end && isLast(previous)) {
      const { end } = previous;
      tokens.push({ kind: 'operator', text: ';', at: previous.at + previous.text.length, line: end, end });
    }
    previous = { kind, text, at, line: first, end: lineAt(at + text.length) };
    tokens.push(previous);
  }
  return tokens;
}

function isLast({ kind, text }: SourceToken): boolean {
  if (kind === 'operator') return ENDING.has(text);
  return !(kind === 'name' && KEYWORDS.has(text)) || ENDING.has(text);
}
