import { split } from './assignment.ts';
import type { SourceToken } from './statements.ts';

/** A call as the source writes it: what stands before the dot, and between the parentheses, as tokens. */
export interface WrittenCall {
  /** The single name before the dot: of a variable, or of a package. */
  readonly before: SourceToken | undefined;
  readonly hasDot: boolean;
  readonly arguments: readonly (readonly SourceToken[])[];
}

/** The calls of a function or method of that name in some tokens; undefined if a function literal among them may make calls as well. */
export function callsOf(name: string, tokens: readonly SourceToken[]): WrittenCall[] | undefined {
  if (tokens.some(({ kind, text }) => kind === 'name' && text === 'func')) return undefined;
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'name' || token.text !== name || !isOperator(tokens[index + 1], '(')) return [];
    const end = closing(tokens, index + 1);
    if (end === undefined) return [];
    const hasDot = isOperator(tokens[index - 1], '.');
    const owner = hasDot && !isOperator(tokens[index - 3], '.') ? tokens[index - 2] : undefined;
    const before = owner?.kind === 'name' ? owner : undefined;
    return [{ before, hasDot, arguments: split(tokens.slice(index + 2, end), ',') }];
  });
}

/** The index of the parenthesis that closes the one at `from`. */
function closing(tokens: readonly SourceToken[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (isOperator(tokens[at], '(')) depth++;
    else if (isOperator(tokens[at], ')') && --depth === 0) return at;
  }
  return undefined;
}

function isOperator(token: SourceToken | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}
