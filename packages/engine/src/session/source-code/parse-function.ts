import { attempt } from '../../base/errors.ts';
import { syntaxError } from '../../expr/parse/lexer.ts';
import type { FunctionSource } from './function-source.ts';
import type { Block, Case, For, If, Jump, Simple, Statement, Switch, Words } from './statements.ts';
import { Tokens } from './tokens.ts';

const JUMPS: ReadonlySet<string> = new Set(['return', 'break', 'continue', 'fallthrough', 'goto']);
/** Statements nested deeper are not read. */
const DEEPEST = 60;

/** A function as its source has it. */
export interface ParsedFunction {
  /** The names in its signature: parameters, and their types. */
  readonly signature: ReadonlySet<string>;
  readonly body: Block;
}

/** The statements of a function; undefined where its source is not understood. */
export function parseFunction(source: FunctionSource): ParsedFunction | undefined {
  return attempt(() => new FunctionParser(source).function());
}

class FunctionParser {
  private readonly tokens: Tokens;
  private depth = 0;

  constructor(source: FunctionSource) {
    this.tokens = new Tokens(source);
  }

  /** Of the first function that begins on the first line. */
  function(): ParsedFunction {
    while (!this.tokens.take('func')) this.tokens.advance();
    return { signature: new Set(this.tokens.passSignature()), body: this.block() };
  }

  private block(): Block {
    this.tokens.expect('{');
    if (++this.depth > DEEPEST) throw syntaxError('statements are nested too deeply', this.tokens.token.at);
    const body = this.statements();
    this.depth--;
    this.tokens.expect('}');
    return { kind: 'block', body };
  }

  /** Up to the end of a block or case. */
  private statements(): Statement[] {
    const found: Statement[] = [];
    while (!this.tokens.is('}') && !this.tokens.is('case') && !this.isDefault()) {
      if (this.tokens.take(';')) continue;
      found.push(this.statement(undefined));
    }
    return found;
  }

  private isDefault(): boolean {
    return this.tokens.is('default') && this.tokens.isFollowedBy(':');
  }

  private statement(label: string | undefined): Statement {
    const { tokens } = this;
    const { kind, text } = tokens.token;
    if (kind === 'name') {
      if (text === 'if') return this.ifStatement();
      if (text === 'for') return this.forStatement(label);
      if (text === 'switch' || text === 'select') return this.switchStatement(text, label);
      if (JUMPS.has(text)) return this.jump(text as Jump['kind']);
      if (tokens.isFollowedBy(':')) {
        tokens.advance();
        tokens.advance();
        tokens.take(';');
        return tokens.is('}') ? { kind: 'block', body: [] } : this.statement(text);
      }
    }
    return tokens.is('{') ? this.block() : simple(tokens.upTo([';'], false));
  }

  private jump(kind: Jump['kind']): Jump {
    const words = this.tokens.upTo([';'], false);
    if (kind === 'goto') throw syntaxError('goto is not followed', words.tokens[0]?.at ?? 0);
    return { ...words, kind, label: kind === 'return' ? undefined : words.tokens[1]?.text };
  }

  /** The parts of a statement's head, between semicolons. */
  private head(): Words[] {
    const parts: Words[] = [];
    do parts.push(this.tokens.upTo([';'], true));
    while (this.tokens.take(';'));
    return parts;
  }

  private ifStatement(): If {
    const { line } = this.tokens.advance();
    const parts = this.head();
    const condition = parts.pop();
    if (condition === undefined || parts.length > 1) throw syntaxError('no condition', this.tokens.token.at);
    const head = this.tokens.token.line;
    const body = this.block();
    const init = parts.map(simple)[0];
    const isMore = this.tokens.take('else');
    const otherwise = isMore ? (this.tokens.is('if') ? this.ifStatement() : this.block()) : undefined;
    return { kind: 'if', line, head, init, condition, body, otherwise };
  }

  private forStatement(label: string | undefined): For {
    const { line } = this.tokens.advance();
    const parts = this.head();
    const head = this.tokens.token.line;
    const [first, second, third] = parts;
    const base = { kind: 'for', line, head, label } as const;
    if (parts.length === 1 && first?.tokens.some(({ kind, text }) => kind === 'name' && text === 'range') === true)
      return {
        ...base,
        init: undefined,
        condition: undefined,
        post: undefined,
        range: simple(first),
        body: this.block(),
      };
    const isClause = parts.length === 3;
    if (!isClause && parts.length !== 1) throw syntaxError('no clauses', this.tokens.token.at);
    return {
      ...base,
      init: isClause ? some(first) : undefined,
      condition: present(isClause ? second : first),
      post: isClause ? some(third) : undefined,
      range: undefined,
      body: this.block(),
    };
  }

  private switchStatement(kind: Switch['kind'], label: string | undefined): Switch {
    const { line } = this.tokens.advance();
    const parts = this.head();
    const head = this.tokens.token.line;
    const tag = some(parts.pop());
    this.tokens.expect('{');
    const cases: Case[] = [];
    while (!this.tokens.is('}')) {
      if (this.tokens.take(';')) continue;
      cases.push(this.caseOf(kind));
    }
    this.tokens.expect('}');
    return { kind, line, head, label, init: some(parts[0]), tag, cases };
  }

  private caseOf(kind: Switch['kind']): Case {
    const { tokens } = this;
    const { line } = tokens.token;
    let words: Words | undefined;
    if (!tokens.take('default')) {
      tokens.expect('case');
      words = tokens.upTo([':'], false);
    }
    tokens.expect(':');
    const communication = kind === 'select' && words !== undefined ? simple(words) : undefined;
    return { line, values: kind === 'select' ? undefined : words, communication, body: this.statements() };
  }
}

function simple(words: Words): Simple {
  return { ...words, kind: 'simple' };
}

function present(words: Words | undefined): Words | undefined {
  return words === undefined || words.tokens.length === 0 ? undefined : words;
}

function some(words: Words | undefined): Simple | undefined {
  const found = present(words);
  return found && simple(found);
}
