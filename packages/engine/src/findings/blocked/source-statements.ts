/** The source of a function: its first and last line, and the code of each line without comments and what strings hold. */
export interface SourceLines {
  readonly start: number;
  readonly end: number;
  code(line: number): string;
}

const LOOP = /^\s*(?:\w+:\s*)?for\b.*\{\s*$/;

/**
 * The first line with a statement of that form to which execution goes on from a line: behind it, or before it in a loop around both.
 * Function literals are not looked into: they run at another time. The lines are as gofmt leaves them.
 */
export function statementFrom(
  source: SourceLines,
  from: number,
  pattern: RegExp,
): { readonly number: number; readonly text: string } | undefined {
  const inner = literalsApart(source, from);
  const matches: number[] = [];
  for (let line = source.start; line <= source.end; line++)
    if (!inner.has(line) && pattern.test(source.code(line))) matches.push(line);
  const ahead = matches.find((line) => line > from) ?? matches.find((line) => isInLoopWith(source, line, from));
  return ahead === undefined ? undefined : { number: ahead, text: statementText(source.code(ahead)) };
}

/** Without what belongs to the select or the block around it. */
function statementText(code: string): string {
  return code
    .trim()
    .replace(/^case\s+/, '')
    .replace(/\s*[:{]$/, '');
}

function indentOf(code: string): number {
  return /^\s*/.exec(code)?.[0].length ?? 0;
}

/** The line that closes what a line opens. */
function closing(source: SourceLines, opening: number): number {
  const indent = indentOf(source.code(opening));
  for (let line = opening + 1; line <= source.end; line++) {
    const text = source.code(line);
    if (text.trim() !== '' && indentOf(text) <= indent) return line;
  }
  return source.end;
}

/** Lines inside of function literals that `from` is not in. */
function literalsApart(source: SourceLines, from: number): Set<number> {
  const lines = new Set<number>();
  for (let line = source.start + 1; line <= source.end; line++) {
    if (!/\bfunc\s*\(.*\{\s*$/.test(source.code(line))) continue;
    const end = closing(source, line);
    if (from > line && from < end) continue;
    for (let inside = line + 1; inside < end; inside++) lines.add(inside);
  }
  return lines;
}

function isInLoopWith(source: SourceLines, line: number, from: number): boolean {
  for (let at = line; at >= source.start; at--)
    if (LOOP.test(source.code(at)) && closing(source, at) > from && at <= line) return true;
  return false;
}
