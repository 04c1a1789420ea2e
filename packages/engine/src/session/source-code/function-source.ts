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
const known = new WeakMap<readonly string[], Map<number, FunctionSource | undefined>>();

/** The source of the function that begins at line `start` of a file; undefined when it is not at hand or was changed since. */
export function functionSource(sources: SourceProvider, file: string, start: number): FunctionSource | undefined {
  if (sources.isAsBuilt?.(file) !== true) return undefined;
  const lines = sources.read(file);
  if (lines === undefined) return undefined;
  let functions = known.get(lines);
  if (functions === undefined) known.set(lines, (functions = new Map<number, FunctionSource | undefined>()));
  if (!functions.has(start)) functions.set(start, findFunction(lines, start));
  return functions.get(start);
}

function findFunction(lines: readonly string[], start: number): FunctionSource | undefined {
  if (start <= 0 || !/\bfunc\b/.test(lines[start - 1] ?? '')) return undefined;
  const indent = /^\s*/.exec(lines[start - 1] ?? '')?.[0] ?? '';
  const limit = Math.min(lines.length, start + MOST_LINES);
  for (let end = start; end <= limit; end++) {
    const line = lines[end - 1] ?? '';
    // gofmt puts the end of a function under its beginning.
    const closes = end > start && line.startsWith(`${indent}}`);
    const oneLine = end === start && /\}\s*$/.test(line) && line.includes('{');
    if (!closes && !oneLine) continue;
    const own = lines.slice(start - 1, end);
    return { start, end, text: (at) => own[at - start] ?? '' };
  }
  return undefined;
}

/** A line without comments and the contents of strings. */
export function codeOf(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/g, '""').replace(/\/\/.*$/, '');
}
