import { codeOf, type FunctionSource } from './assignments.ts';

/** `x := e` or `x, y = e, f`: a statement that gives each of its names the value of an expression, on one line. */
export interface PlainStatement {
  readonly line: number;
  readonly names: readonly string[];
  /** As many as there are names; empty for `var x T`. */
  readonly expressions: readonly string[];
  /** `var x T`: the type's text. */
  readonly type: string | undefined;
  readonly declares: boolean;
}

/** A block that is open at a line. */
interface OpenBlock {
  /** True unless it certainly is no loop. */
  readonly mayLoop: boolean;
  /** Plain statements of the block above the line: they have been executed when execution is at the line. */
  statements: PlainStatement[];
}

/** A plain statement that has been executed, and the lines from it to where execution may have been since. */
export interface ExecutedStatement {
  readonly statement: PlainStatement;
  /** The last line of the loops around the place that began behind the statement, or the place's own line. */
  readonly end: number;
}

const KEYWORDS =
  /^\s*(?:\w+:\s*)?(?:if|for|switch|select|case|default|return|go|defer|else|func|type|const|import|break|continue|goto|range)\b/;
const NO_LOOP = /^\s*(?:\}\s*else\b|if\b|switch\b|select\b|\{\s*$)/;
const CASE = /^\s*(?:case\b|default\s*:)/;
const ASSIGNMENT =
  /^\s*(var\s+)?([\p{L}_][\p{L}\p{Nd}_]*(?:\s*,\s*[\p{L}_][\p{L}\p{Nd}_]*)*)(\s+[\w.[\]*]+)?\s*(:?=)(?!=)\s*(\S.*)$/u;
const ZERO = /^\s*var\s+([\p{L}_][\p{L}\p{Nd}_]*)\s+([\w.[\]*{}]+)\s*$/u;

const CODE = new WeakMap<FunctionSource, Map<number, string>>();

/** A line of a function without comments and the contents of strings. */
export function codeAt(source: FunctionSource, line: number): string {
  let lines = CODE.get(source);
  if (lines === undefined) CODE.set(source, (lines = new Map<number, string>()));
  let code = lines.get(line);
  if (code === undefined) lines.set(line, (code = codeOf(source.text(line))));
  return code;
}

/** True if the lines of a function can be taken apart one by one: no text or comment of several lines, no goto. */
export function isPlainSource(source: FunctionSource): boolean {
  for (let line = source.start; line <= source.end; line++)
    if (/[`]|\/\*|\bgoto\b/.test(codeAt(source, line).replaceAll('""', ''))) return false;
  return true;
}

/**
 * The plain statements that have been executed when execution is at a line: those above it in the blocks around it. Go leaves blocks
 * by their ends alone (without goto), so what stands before a statement in its block was executed before it.
 */
export function executedBefore(source: FunctionSource, at: number): ExecutedStatement[] {
  const blocks: OpenBlock[] = [];
  for (let line = source.start; line < at; line++) readLine(blocks, source, line);
  closeLeading(blocks, codeAt(source, at));
  const ends = endsOf(blocks.length, source, at);
  const header = /^\s*(?:\w+:\s*)?for\b/.test(codeAt(source, at)) ? endOfBlockAt(source, at) : at;
  return blocks.flatMap(({ statements }, depth) => {
    const loop = blocks.findIndex((block, i) => i > depth && block.mayLoop);
    const end = Math.max(header, loop < 0 ? at : (ends[loop] ?? source.end));
    return statements.map((statement) => ({ statement, end }));
  });
}

/** Carries the stack of open blocks over a line. */
function readLine(blocks: OpenBlock[], source: FunctionSource, line: number): void {
  const code = codeAt(source, line);
  const top = blocks.at(-1);
  if (CASE.test(code) && top !== undefined) top.statements = [];
  const statement = line === source.start ? undefined : plainStatement(source, line);
  if (statement !== undefined && top !== undefined) {
    top.statements.push(statement);
    return;
  }
  const mayLoop = !NO_LOOP.test(code);
  for (const character of code) {
    if (character === '{') blocks.push({ mayLoop, statements: [] });
    else if (character === '}') blocks.pop();
  }
}

/** Braces that end blocks at the beginning of the line that execution is at, and the label of a case. */
function closeLeading(blocks: OpenBlock[], code: string): void {
  for (const character of code.trim()) {
    if (character !== '}') break;
    blocks.pop();
  }
  const top = blocks.at(-1);
  if (CASE.test(code) && top !== undefined) top.statements = [];
}

/** The lines on which the blocks end that are open at a line, outermost first. */
function endsOf(depth: number, source: FunctionSource, at: number): number[] {
  const ends: number[] = [];
  let open = depth;
  let isLeading = true;
  for (let line = at; line <= source.end && open > 0; line++) {
    for (const character of codeAt(source, line).trim()) {
      if (character !== '}') isLeading = false;
      if (character === '{') open++;
      else if (character === '}' && !isLeading) {
        open--;
        if (open < depth && ends[open] === undefined) ends[open] = line;
      }
    }
    isLeading = false;
  }
  return ends;
}

/** The line on which the block ends that a line begins. */
function endOfBlockAt(source: FunctionSource, at: number): number {
  let open = 0;
  let hasBegun = false;
  for (let line = at; line <= source.end; line++) {
    for (const character of codeAt(source, line)) open += character === '{' ? 1 : character === '}' ? -1 : 0;
    hasBegun ||= open > 0;
    if (hasBegun && open <= 0) return line;
  }
  return source.end;
}

/** The statement of a line that does nothing but give names values; undefined for every other line. */
export function plainStatement(source: FunctionSource, line: number): PlainStatement | undefined {
  const code = codeAt(source, line);
  if (KEYWORDS.test(code) || code.includes(';') || !isBalanced(code)) return undefined;
  // A statement that began above, or goes on below.
  if (
    line - 1 > source.start &&
    /[,([=+\-*/%&|^<>!.]$/.test(
      codeAt(source, line - 1)
        .replace(/(?:\+\+|--)\s*$/, '')
        .trimEnd(),
    )
  )
    return undefined;
  const text = withoutComment(source.text(line)).trimEnd();
  const zero = ZERO.exec(text);
  if (zero !== null) return { line, names: [zero[1] ?? ''], expressions: [], type: zero[2], declares: true };
  const match = ASSIGNMENT.exec(text);
  if (match === null) return undefined;
  const [, isVar, list, type, operator, right] = match;
  if (type !== undefined && isVar === undefined) return undefined;
  const names = (list ?? '').split(',').map((name) => name.trim());
  const expressions = splitAtCommas(right ?? '');
  if (expressions.length !== names.length || (isVar !== undefined && operator === ':=')) return undefined;
  return { line, names, expressions, type: type?.trim(), declares: isVar !== undefined || operator === ':=' };
}

function isBalanced(code: string): boolean {
  let depth = 0;
  for (const character of code) {
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && --depth < 0) return false;
  }
  return depth === 0;
}

const QUOTED = /"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/;

function withoutComment(line: string): string {
  return line.replace(new RegExp(`(${QUOTED.source})|//.*$`, 'g'), (_, quoted: string | undefined) => quoted ?? '');
}

/** Splits a list of expressions, but not at commas inside of brackets or quotes. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const [token] of text.matchAll(new RegExp(`${QUOTED.source}|[^]`, 'gu'))) {
    if ('([{'.includes(token)) depth++;
    else if (')]}'.includes(token)) depth--;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}

/** The lines of a function that declare a name, other than as a parameter of the function. */
export function declarationsOf(source: FunctionSource, name: string): number[] {
  const found: number[] = [];
  const listed = new RegExp(`(?<![\\p{L}\\p{Nd}_.])${name}\\s*(?:,[\\s\\p{L}\\p{Nd}_,]*)?:=`, 'u');
  const inVar = new RegExp(`\\b(?:var|const|type)\\b[^=]*(?<![\\p{L}\\p{Nd}_.])${name}(?![\\p{L}\\p{Nd}_])`, 'u');
  const parameter = new RegExp(`\\bfunc\\b.*(?<![\\p{L}\\p{Nd}_.])${name}(?![\\p{L}\\p{Nd}_])`, 'u');
  for (let line = source.start; line <= source.end; line++) {
    const code = codeAt(source, line);
    if (!code.includes(name)) continue;
    const isDeclared = listed.test(code) || inVar.test(code) || (line !== source.start && parameter.test(code));
    if (isDeclared) found.push(line);
  }
  return found;
}

/** True if a name may be changed otherwise than by assignment: by a pointer to it, or a method that takes one. */
export function mayBeReached(source: FunctionSource, name: string): boolean {
  const patterns = [
    `&\\s*\\(*\\s*${name}`,
    `(?<![\\p{L}\\p{Nd}_.])${name}(?:\\.\\w+|\\[[^\\]]*\\])*\\.\\w+\\(`,
    `(?<![\\p{L}\\p{Nd}_.])${name}[\\w.[\\]]*\\[[^\\]]*:`,
  ];
  const reached = new RegExp(patterns.map((each) => `(?:${each})`).join('|'), 'u');
  for (let line = source.start; line <= source.end; line++) {
    const code = codeAt(source, line);
    if (code.includes(name) && reached.test(code)) return true;
  }
  return false;
}

/** True if the function has functions within, which may change its variables when they are called. */
export function hasFunctionLiterals(source: FunctionSource): boolean {
  for (let line = source.start + 1; line <= source.end; line++) if (/\bfunc\b/.test(codeAt(source, line))) return true;
  return false;
}
