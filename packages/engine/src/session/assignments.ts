import type { Call } from '../unwind/call-stack.ts';
import type { SourceProvider } from './source-lines.ts';

/** Longest function whose source is looked through. */
const MOST_LINES = 2000;

/** An assignment operator, but no comparison; `:=` declares another variable, which may hide the name. */
const ASSIGNMENT = /(?:[^=!<>]=(?!=))|\+\+|--|<<=|>>=/;

/**
 * Whether a variable may hold another value than the one it was born with, judged from the source of the call's function:
 * true if on any line but that of its declaration the name comes before an assignment. Undefined when the source is not at
 * hand, was changed since, or is not the function's.
 */
export function mayAssign(sources: SourceProvider, call: Call, name: string, declLine: number): boolean | undefined {
  const func = call.frame.found;
  if (func === undefined || call.inlined || sources.isAsBuilt?.(call.file) !== true) return undefined;
  const text = sources.read(call.file);
  const start = func.func.startLine;
  if (text === undefined || start === 0 || !/\bfunc\b/.test(text[start - 1] ?? '')) return undefined;
  const body: string[] = [];
  for (let number = start; number <= Math.min(text.length, start + MOST_LINES); number++) {
    const line = text[number - 1] ?? '';
    // gofmt puts the end of a function into the first column.
    if (number > start && line.startsWith('}')) return body.some((each) => assignsTo(each, name));
    if (number === start) body.push(line.slice(line.indexOf('{') + 1));
    // A loop's header assigns again in each round.
    else if (number !== declLine || /^\s*for\b/.test(line)) body.push(line);
  }
  return undefined;
}

function assignsTo(line: string, name: string): boolean {
  const word = new RegExp(`(?<![\\p{L}\\p{Nd}_])${name}(?![\\p{L}\\p{Nd}_])`, 'u').exec(line);
  return word !== null && ASSIGNMENT.test(line.slice(word.index));
}
