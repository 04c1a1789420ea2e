import { escapeRegex } from '../../base/text.ts';
import type { FunctionSource } from './function-source.ts';

/** `var (` and its like: the lines in it declare without saying so. */
const GROUP = /\b(?:var|const|type)\s*\(/;

/**
 * False if no line of a function but those given, down to `last`, can declare a name: told from the text of the lines, without
 * taking it apart. True where that is not certain.
 */
export function mayDeclare(
  source: FunctionSource,
  name: string,
  lines: readonly (number | undefined)[],
  last: number,
): boolean {
  const word = `(?<![\\p{L}\\p{Nd}_.])${escapeRegex(name)}(?![\\p{L}\\p{Nd}_])`;
  // Behind a keyword, before `:=`, before its type, or in a list that goes on in the next line.
  const declares = new RegExp(
    `\\b(?:var|const|type|func)\\b.*${word}|${word}(?:\\s*(?:,[^:=]*)?:=|\\s+[\\p{L}_*[(]|.*,\\s*(?://.*)?$)`,
    'u',
  );
  for (let line = source.start + 1; line <= last; line++) {
    const text = source.text(line);
    if (GROUP.test(text)) return true;
    if (text.includes(name) && !lines.includes(line) && declares.test(text)) return true;
  }
  return false;
}
