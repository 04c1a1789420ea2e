import { DebugError } from '../base/errors.ts';

/** A token; `at` is its offset in the expression. */
export interface Token {
  readonly kind: 'name' | 'integer' | 'string' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
}

/** An error that points at a place in the expression. */
export function syntaxError(message: string, position: number): DebugError {
  return new DebugError(message, { code: 'syntax', position });
}

const NAME = /[\p{L}_~][\p{L}\p{Nd}_]*/uy;
const INTEGER = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*/y;
const STRING = /"(?:[^"\\]|\\.)*"|`[^`]*`/y;
const OPERATOR = /[.[\]()*&:,-]/y;

/** Cuts an expression into tokens. Throws `syntax` with the place of what is no token. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const token = nextToken(take, at);
    if (token === undefined) {
      const char = text[at] as string;
      const what = '+/%<>=!|^'.includes(char)
        ? `the operator ${char} is not supported yet`
        : `unexpected ${char} in the expression`;
      throw syntaxError(what, at);
    }
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function nextToken(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  for (const [kind, pattern] of [
    ['name', NAME],
    ['integer', INTEGER],
    ['string', STRING],
    ['operator', OPERATOR],
  ] as const) {
    const text = take(pattern);
    if (text !== undefined) return { kind, text, at };
  }
  return undefined;
}
