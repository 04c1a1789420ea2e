import type { SourceProvider } from '../source-lines.ts';

/** Longest function whose source is looked through, in lines. */
const MOST_LINES = 4000;

/** The source of a function, unchanged since it was built. */
export interface FunctionSource {
  readonly start: number;
  readonly end: number;
  /** The text of a line of the file, '' outside of the function. */
  text(line: number): string;
}

/** The functions found in files, by their lines: what was found out about the source of one serves all calls of it. */
const known = new WeakMap<object, Map<number, FunctionSource | undefined>>();

/** The source of the function that begins at line `start` of a file; undefined when it is not at hand or was changed since. */
export function functionSource(sources: SourceProvider, file: string, start: number): FunctionSource | undefined {
  if (sources.isAsBuilt?.(file) !== true || start <= 0) return undefined;
  const text = sources.text === undefined ? sources.read(file) : sources.text(file);
  if (text === undefined) return undefined;
  let functions = known.get(text);
  if (functions === undefined) known.set(text, (functions = new Map<number, FunctionSource | undefined>()));
  if (!functions.has(start))
    functions.set(start, findFunction('linesFrom' in text ? text.linesFrom(start) : text.slice(start - 1), start));
  return functions.get(start);
}

/** @param lines those of the file from `start` on */
function findFunction(lines: Iterable<string>, start: number): FunctionSource | undefined {
  const own: string[] = [];
  let indent = '';
  for (const line of lines) {
    if (own.length === 0) {
      if (!/\bfunc\b/.test(line)) return undefined;
      indent = /^\s*/.exec(line)?.[0] ?? '';
    }
    own.push(line);
    // gofmt puts the end of a function under its beginning.
    const closes = own.length > 1 && line.startsWith(`${indent}}`);
    const oneLine = own.length === 1 && /\}\s*$/.test(line) && line.includes('{');
    if (closes || oneLine) return { start, end: start + own.length - 1, text: (at) => own[at - start] ?? '' };
    if (own.length > MOST_LINES) return undefined;
  }
  return undefined;
}

/** A line without comments and the contents of strings. */
export function codeOf(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/g, '""').replace(/\/\/.*$/, '');
}
