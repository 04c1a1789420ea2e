import { DebugError } from '../base/errors.ts';

/** Tells which texts have a match in them. */
export interface TextPattern {
  test(text: string): boolean;
}

/**
 * Compiles a regular expression of Go's (RE2), so that a test takes time linear in the text. Throws `syntax` with what Go says of a bad
 * one. A host has it.
 */
export type RegexCompiler = (expression: string) => TextPattern;

export interface UserRegex extends TextPattern {
  /** Text that is in all that matches, where one is known. */
  readonly literal: string | undefined;
}

/** Longer ones take too long over all names of a program. */
const LONGEST = 10_000;

/** Compiles a user's regular expression, which is one of Go's; undefined for none. */
export function userRegex(text: unknown, compile: RegexCompiler | undefined): UserRegex | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  if (text.length > LONGEST)
    throw new DebugError(`a regular expression of ${text.length} characters: ${LONGEST} are the most`, {
      code: 'limit',
    });
  const pattern = plainRegex(text) ?? compile?.(text);
  if (pattern === undefined)
    throw new DebugError('no engine of regular expressions is at hand here', { code: 'unsupported' });
  return { test: (name) => pattern.test(name), literal: literalOf(text) };
}

/** No groups and nothing repeated: so it means the same to JavaScript, and there is nothing to go back to. */
const PLAIN = /^(?:[^\\()[\]{}*+?]|\\[$()*+./?[\\\]^{|}]|\[\^?(?:\w-\w|[\w./])+\])*$/;

/** JavaScript's own expression, which is the fastest, where it matches the same as Go's and takes linear time. */
export function plainRegex(text: string): RegExp | undefined {
  if (!PLAIN.test(text)) return undefined;
  // Go's dot is all but a line feed.
  const source = text.replaceAll(/(\\.|\[[^\]]*\])|\./g, (_, other?: string) => other ?? '[^\\n]');
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}

/** What of a regular expression stands for no characters of its own, but ends a literal. */
const BREAKS = '.^$';
const CLASS_ESCAPES = 'dDwWsSbB';
/** Shorter literals leave out too little. */
const SHORTEST = 3;

/**
 * Text that is in all that a regular expression of Go's matches; undefined where none is found. Expressions with groups, alternatives
 * and other things that are not looked into have none.
 */
export function literalOf(source: string): string | undefined {
  if (/[(|{]|[^ -~]/.test(source)) return undefined;
  let [longest, run] = ['', ''];
  const end = (): void => {
    if (run.length > longest.length) longest = run;
    run = '';
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i] as string;
    if (char === '\\') {
      const next = source[++i] as string;
      if (CLASS_ESCAPES.includes(next)) end();
      else if (/\w/.test(next)) return undefined;
      else run += next;
    } else if (char === '[') {
      end();
      i = endOfClass(source, i);
    } else if (char === '*' || char === '?') {
      run = run.slice(0, -1);
      end();
    } else if (char === '+' || BREAKS.includes(char)) end();
    else run += char;
  }
  end();
  return longest.length < SHORTEST ? undefined : longest;
}

/** Where the class that begins at `[` ends: `]` is one of its characters where it is the first. */
function endOfClass(source: string, start: number): number {
  let at = source[start + 1] === '^' ? start + 2 : start + 1;
  if (source[at] === ']') at++;
  while (at < source.length && source[at] !== ']') {
    const named = source.startsWith('[:', at) ? source.indexOf(':]', at + 2) : -1;
    at = named >= 0 ? named + 2 : at + (source[at] === '\\' ? 2 : 1);
  }
  return at;
}
