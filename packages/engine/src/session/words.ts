import { DebugError } from '../base/errors.ts';

/** A word of a command line. Quotes are taken off, and then it is no flag. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** Offset in the line behind the word. */
  readonly end: number;
}

/** The words of a line, as far as it can be cut into words. */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; ;) {
    const word = readWord(line, at);
    if (word === undefined) return words;
    words.push(word);
    at = word.end;
  }
}

/** Reads the word at or behind `at`. A missing closing quote is taken as being at the end. */
export function readWord(line: string, at: number): Word | undefined {
  while (at < line.length && /\s/.test(line.charAt(at))) at++;
  if (at >= line.length) return undefined;
  const quote = line.charAt(at);
  if (quote !== '"' && quote !== "'") {
    let end = at;
    while (end < line.length && !/\s/.test(line.charAt(end))) end++;
    return { text: line.slice(at, end), quoted: false, end };
  }
  let text = '';
  for (at++; at < line.length && line.charAt(at) !== quote; at++) {
    if (quote === '"' && line.charAt(at) === '\\' && at + 1 < line.length) at++;
    text += line.charAt(at);
  }
  return { text, quoted: true, end: Math.min(line.length, at + 1) };
}

/** An error of a command that is not used as it is meant. */
export function usage(message: string, hint?: string): DebugError {
  return new DebugError(message, { code: 'usage', ...(hint === undefined ? {} : { hint }) });
}

/** `1 goroutine`, `2 goroutines`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
