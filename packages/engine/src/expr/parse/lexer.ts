import { DebugError } from '../../base/errors.ts';

/** A token; `at` is its offset in the expression. */
export interface Token {
  readonly kind: 'name' | 'integer' | 'float' | 'imaginary' | 'rune' | 'string' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
}

/** An error that points at a place in the expression. */
export function syntaxError(message: string, position: number): DebugError {
  return new DebugError(message, { code: 'syntax', position });
}

/** Longer expressions are refused. */
const LONGEST = 100_000;

/** `~r0` is how the compiler names results without a name. */
const NAME = /~?[\p{L}_][\p{L}\p{Nd}_]*/uy;
const HEX_FLOAT = String.raw`0[xX](?:[0-9a-fA-F_]*\.[0-9a-fA-F_]*|[0-9a-fA-F_]+)[pP][+-]?[0-9_]+`;
const FLOAT = String.raw`(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9_]+)?|[0-9][0-9_]*\.(?:[eE][+-]?[0-9_]+)?|[0-9][0-9_]*[eE][+-]?[0-9_]+`;
const INTEGER = String.raw`0[xX][0-9a-fA-F_]+|0[bB][0-9_]+|0[oO][0-9_]+|[0-9][0-9_]*`;
const NUMBER = new RegExp(`(${HEX_FLOAT}|${FLOAT})(i?)|(${INTEGER})(i?)`, 'y');
/** A number with the letters that stand directly behind it, which are none of it. */
const NUMBER_REST = new RegExp(`(?:${HEX_FLOAT}|${FLOAT}|${INTEGER})[\\p{L}\\p{Nd}_]*`, 'uy');
const RUNE = /'(?:[^'\\\n]|\\[^\n])+'/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
const OPERATOR =
  /<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|<<|>>|&\^|==|!=|<=|>=|:=|\+\+|--|[+\-*/%&|^]=|[+\-*/%&|^<>!=.,:;()[\]{}~]/y;
const SPACE = /(?:[ \t\r\n]|\/\*[^]*?\*\/|\/\/[^\n]*)+/y;

/** Cuts an expression into tokens. Throws `syntax` with the place of what is no token. */
export function tokenize(text: string): Token[] {
  if (text.length > LONGEST) throw syntaxError(`the expression is longer than ${LONGEST} characters`, LONGEST);
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text) ?? undefined;
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space !== undefined) {
      at += space[0].length;
      continue;
    }
    const token = nextToken(take, at);
    if (token === undefined) throw noToken(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

const OTHERS = [
  ['string', STRING],
  ['rune', RUNE],
  ['operator', OPERATOR],
] as const;

function nextToken(take: (pattern: RegExp) => RegExpExecArray | undefined, at: number): Token | undefined {
  const name = take(NAME);
  if (name !== undefined) return { kind: 'name', text: name[0], at };
  const number = take(NUMBER);
  if (number !== undefined) {
    const rest = take(NUMBER_REST)?.[0] ?? number[0];
    if (rest !== number[0]) throw syntaxError(`${rest} is no number`, at);
    const imaginary = number[2] === 'i' || number[4] === 'i';
    const kind = imaginary ? 'imaginary' : number[1] !== undefined ? 'float' : 'integer';
    return { kind, text: number[0], at };
  }
  for (const [kind, pattern] of OTHERS) {
    const found = take(pattern);
    if (found !== undefined) return { kind, text: found[0], at };
  }
  return undefined;
}

function noToken(text: string, at: number): DebugError {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '"' || char === '`') return syntaxError('the string has no end', at);
  if (char === "'") return syntaxError("a character in ' ' is not complete", at);
  return syntaxError(`unexpected ${char} in the expression`, at);
}
