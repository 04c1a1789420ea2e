import { DebugError } from '../base/errors.ts';

/** Compiles a user's regular expression, with the complaint in our words. Undefined for none. */
export function userRegex(text: unknown): RegExp | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return new RegExp(text);
  } catch {
    throw new DebugError(`bad regular expression: ${text}`, { code: 'syntax' });
  }
}

/** What of a regular expression stands for no characters of its own, but ends a literal. */
const BREAKS = '.^$';
const CLASS_ESCAPES = 'dDwWsSbB';
/** Shorter literals leave out too little. */
const SHORTEST = 3;

/**
 * Text that is in all that a regular expression matches; undefined where none is found. Expressions with groups, alternatives and other
 * things that are not looked into have none.
 */
export function literalOf({ source, flags }: RegExp): string | undefined {
  if (flags !== '' || /[(|{]|[^ -~]/.test(source)) return undefined;
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

/** Where the class that begins at `[` ends. */
function endOfClass(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return at;
}
