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
const PLAIN_NAME = /[A-Za-z_]\w*/y;
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
const OTHERS = { string: STRING, rune: RUNE, operator: OPERATOR } as const;
const SPACE = /(?:[ \t\r\n]|\/\*[^]*?\*\/|\/\/[^\n]*)+/y;

/** Cuts an expression into tokens. Throws `syntax` with the place of what is no token. */
export function tokenize(text: string): Token[] {
  if (text.length > LONGEST) throw syntaxError(`the expression is longer than ${LONGEST} characters`, LONGEST);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const first = text.charCodeAt(at);
    const space = first <= 0x20 || first === SLASH ? endOf(SPACE, text, at) : at;
    if (space > at) {
      at = space;
      continue;
    }
    const token = tokenAt(text, at, first);
    if (token === undefined) throw noToken(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** Where what a pattern fits at `at` ends; `at` if it does not fit. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const [QUOTE, APOSTROPHE, DOT, SLASH, UNDERSCORE, BACKQUOTE, TILDE] = [0x22, 0x27, 0x2e, 0x2f, 0x5f, 0x60, 0x7e];
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean => ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === UNDERSCORE;
/** True for what may be a letter of another alphabet. */
const isForeign = (code: number): boolean => code >= 0x80;

/** The token at `at`, where the character with the code `first` is: it tells which kinds can be there. */
function tokenAt(text: string, at: number, first: number): Token | undefined {
  if (isLetter(first) || isForeign(first) || first === TILDE) {
    const end = endOfName(text, at);
    if (end > at) return { kind: 'name', text: text.slice(at, end), at };
  }
  const number = isDigit(first) || first === DOT ? numberAt(text, at) : undefined;
  if (number !== undefined) return number;
  const kind = first === QUOTE || first === BACKQUOTE ? 'string' : first === APOSTROPHE ? 'rune' : 'operator';
  const end = endOf(OTHERS[kind], text, at);
  return end > at ? { kind, text: text.slice(at, end), at } : undefined;
}

function endOfName(text: string, at: number): number {
  const end = endOf(PLAIN_NAME, text, at);
  // Classes of letters cost V8 a millisecond at first: most names need none.
  return end === at || isForeign(text.charCodeAt(end)) ? endOf(NAME, text, at) : end;
}

function numberAt(text: string, at: number): Token | undefined {
  NUMBER.lastIndex = at;
  const number = NUMBER.exec(text);
  if (number === null) return undefined;
  const [found] = number;
  const behind = text.charCodeAt(at + found.length);
  if (isLetter(behind) || isDigit(behind) || isForeign(behind)) {
    const rest = text.slice(at, endOf(NUMBER_REST, text, at));
    if (rest !== found) throw syntaxError(`${rest} is no number`, at);
  }
  const imaginary = number[2] === 'i' || number[4] === 'i';
  return { kind: imaginary ? 'imaginary' : number[1] !== undefined ? 'float' : 'integer', text: found, at };
}

function noToken(text: string, at: number): DebugError {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '"' || char === '`') return syntaxError('the string has no end', at);
  if (char === "'") return syntaxError("a character in ' ' is not complete", at);
  return syntaxError(`unexpected ${char} in the expression`, at);
}
