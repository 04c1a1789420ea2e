import type { SourceProvider } from './source-lines.ts';

/** Longest function whose source is looked through, in lines. */
const MOST_LINES = 4000;

/** The source of a function, unchanged since it was built. */
export interface FunctionSource {
  readonly start: number;
  readonly end: number;
  /** The text of a line of the file, '' outside of the function. */
  text(line: number): string;
}

/** The source of the function that begins at line `start` of a file; undefined when it is not at hand or was changed since. */
export function functionSource(sources: SourceProvider, file: string, start: number): FunctionSource | undefined {
  if (sources.isAsBuilt?.(file) !== true) return undefined;
  const lines = sources.read(file);
  if (lines === undefined || start <= 0 || !/\bfunc\b/.test(lines[start - 1] ?? '')) return undefined;
  const indent = /^\s*/.exec(lines[start - 1] ?? '')?.[0] ?? '';
  const limit = Math.min(lines.length, start + MOST_LINES);
  for (let end = start; end <= limit; end++) {
    const line = lines[end - 1] ?? '';
    // gofmt puts the end of a function under its beginning.
    const closes = end > start && line.startsWith(`${indent}}`);
    const oneLine = end === start && /\}\s*$/.test(line) && line.includes('{');
    if (closes || oneLine) return { start, end, text: (at) => (at >= start && at <= end ? (lines[at - 1] ?? '') : '') };
  }
  return undefined;
}

/** How a line changes a variable: `loop` is the clause of a for statement, which does so in every round. */
export interface Assignment {
  readonly line: number;
  readonly kind: 'plain' | 'clause' | 'range';
}

/** An assignment operator, but no comparison. */
const OPERATOR = /\+\+|--|(?:<<|>>|&\^|[-+*/%&|^])?=(?!=)|:=/;
const COMPARISONS = /[=!]=|(?<![<>])[<>]=/g;

/**
 * The lines on which a variable may get another value than the one it was born with. Generous: a line that might be an assignment is
 * one. `isReference` tells that a field or element assigned through the name is not part of the variable itself (pointers, slices, maps).
 */
export function assignmentsTo(
  source: FunctionSource,
  name: string,
  declLine: number,
  isReference: boolean,
): Assignment[] {
  const found: Assignment[] = [];
  for (let line = source.start; line <= source.end; line++) {
    const text = source.text(line);
    if (!text.includes(name)) continue;
    const code = codeOf(line === source.start ? bodyOf(text) : text);
    if (!mentions(code, name)) continue;
    const clause = /^\s*(?:\w+:\s*)?for\b(.*)/.exec(code)?.[1];
    if (clause !== undefined) {
      const kind = /\brange\b/.test(clause) ? 'range' : 'clause';
      if (
        kind === 'range' ? mentions(clause.split(/\brange\b/)[0] ?? '', name) : clauseAssigns(clause, name, isReference)
      )
        found.push({ line, kind });
    } else if (line !== declLine && assigns(code, name, isReference)) found.push({ line, kind: 'plain' });
    else if (line === declLine && assignsAgain(code, name, isReference)) found.push({ line, kind: 'plain' });
  }
  return found;
}

/** The part of a function's first line that belongs to its body. */
function bodyOf(line: string): string {
  return line.slice(line.lastIndexOf('{') + 1);
}

/** Without comments and the contents of strings. */
export function codeOf(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/g, '""').replace(/\/\/.*$/, '');
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{Nd}_.])${name}(?![\\p{L}\\p{Nd}_])`, 'u').test(text);
}

/** The clauses of `for a; b; c {` that assign. */
function clauseAssigns(clause: string, name: string, isReference: boolean): boolean {
  return clause.split(';').some((part) => assigns(part, name, isReference));
}

/** A second statement on the line of the declaration. */
function assignsAgain(code: string, name: string, isReference: boolean): boolean {
  const [, ...rest] = code.split(';');
  return rest.some((part) => assigns(part, name, isReference));
}

function assigns(code: string, name: string, isReference: boolean): boolean {
  // A list of targets that goes on in the next line.
  if (/^[\s\w.,[\]*]*,\s*$/.test(code) && mentions(code, name)) return true;
  return code.split(/[;{}]/).some((statement) => statementAssigns(statement, name, isReference));
}

function statementAssigns(statement: string, name: string, isReference: boolean): boolean {
  const plain = statement.replace(COMPARISONS, '  ');
  const operator = OPERATOR.exec(plain);
  if (operator === null) return false;
  const targets = statement
    .slice(0, operator.index)
    .replace(/^\s*(?:\w+:\s*)?(?:(?:if|switch|case|else|go|defer|return|var)\b\s*)*/, '');
  return targets.split(',').some((target) => {
    const text = target.trim();
    if (!mentions(text, name)) return false;
    if (text === name) return true;
    // *name = …, name.f = … and name[i] = … change what a pointer points to, not the pointer.
    const through = text.startsWith('*') || (isReference && new RegExp(`^${name}[.[]`).test(text));
    // An index or argument that is the name is only read.
    const reads = !new RegExp(`^${name}\\b`, 'u').test(text) && /[[(]/.test(text.slice(0, text.indexOf(name)));
    return !through && !reads;
  });
}

/**
 * True if a statement on line `from` is in a block that ends before line `to`, or in another case of a switch: it may not have been
 * executed although execution is at `to`, and machine code may compute its result all the same (conditional moves).
 */
export function leavesBlock(source: FunctionSource, from: number, to: number): boolean {
  let depth = 0;
  const indent = indentOf(source.text(from));
  for (let line = from + 1; line <= to; line++) {
    const code = codeOf(source.text(line));
    if (code.trim() === '') continue;
    if (depth === 0 && /^\s*(?:case\b|default\s*:)/.test(code)) return true;
    // A label stands one step further out than what it labels.
    if (indentOf(code) < indent && !/^\s*\w+:\s*$/.test(code)) return true;
    for (const char of code) {
      if (char === '{') depth++;
      else if (char === '}' && --depth < 0) return true;
    }
  }
  return false;
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}

export function usesGoto(source: FunctionSource): boolean {
  for (let line = source.start; line <= source.end; line++) if (/\bgoto\b/.test(codeOf(source.text(line)))) return true;
  return false;
}

/** The lines that return values: they assign to named results before deferred functions run. */
export function returnsOf(source: FunctionSource): Assignment[] {
  const found: Assignment[] = [];
  for (let line = source.start; line <= source.end; line++)
    if (/\breturn\b\s*[^\s}]/.test(codeOf(source.text(line)))) found.push({ line, kind: 'plain' });
  return found;
}
