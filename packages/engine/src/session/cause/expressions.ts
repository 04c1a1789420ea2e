import { escapeRegex } from '../../base/text.ts';

export interface IndexExpression {
  readonly whole: string;
  readonly of: string;
  /** What stands in the brackets, split at colons. */
  readonly bounds: readonly string[];
}

/** Where the bracket that closes the one at an offset is; -1 if it is on another line. */
export function closing(line: string, open: number): number {
  let depth = 0;
  for (let at = open; at < line.length; at++) {
    if ('[({'.includes(line[at] ?? '')) depth++;
    else if ('])}'.includes(line[at] ?? '') && --depth === 0) return at;
  }
  return -1;
}

/** `values[i]`, `b[low:high]`: operand and bounds of all index and slice expressions of a line. */
export function indexExpressions(line: string): readonly IndexExpression[] {
  const found: IndexExpression[] = [];
  for (let open = line.indexOf('['); open >= 0; open = line.indexOf('[', open + 1)) {
    const of = /(?<![\w.])[a-zA-Z_]\w*(?:\.\w+|\[[\w."]*\]|\(\))*$/.exec(line.slice(0, open))?.[0];
    const end = closing(line, open);
    if (of === undefined || end < 0 || of === 'map' || of === 'func') continue;
    const inner = line.slice(open + 1, end);
    if (inner === '') continue;
    found.push({ whole: `${of}[${inner}]`, of, bounds: splitBounds(inner) });
  }
  return found;
}

/** Splits at colons that are in no brackets. */
function splitBounds(inner: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of inner) {
    if ('[({'.includes(char)) depth++;
    if ('])}'.includes(char)) depth--;
    if (char === ':' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${char}`);
  }
  return parts.map((part) => part.trim());
}

/** What ends in a star that looks through what follows it: the one of a product stands behind an operand. */
const STAR = /(?:^|[^\w)\]\s]|\b(?:return|case|range|if|for|switch))\s*\*$/;

/** The longest expression of a line that begins with another: with the selectors, indexes and arguments that follow it. */
export function expressionIn(line: string, text: string): string | undefined {
  let longest: string | undefined;
  for (const { index } of line.matchAll(new RegExp(`(?<![\\w.])${escapeRegex(text)}(?!\\w)`, 'g'))) {
    const whole = line.slice(index, endOfExpression(line, index + text.length));
    const isStar = whole === text && STAR.test(line.slice(0, index));
    const found = isStar ? `*${whole}` : whole;
    if (longest === undefined || found.length > longest.length) longest = found;
  }
  return longest;
}

function endOfExpression(line: string, from: number): number {
  for (let end = from; ;) {
    const length = /^\.\w+/.exec(line.slice(end))?.[0].length ?? bracketed(line, end);
    if (length === 0) return end;
    end += length;
  }
}

/** Length of `[…]` or `(…)` at an offset, with what is nested in it; 0 if none is there. */
function bracketed(line: string, at: number): number {
  if (line[at] !== '[' && line[at] !== '(') return 0;
  return Math.max(0, closing(line, at) + 1 - at);
}

/** An expression that is gone through, and the field or method that is wanted of what is behind it; undefined for `*p`. */
export interface Selection {
  readonly text: string;
  readonly selector: string | undefined;
}

/** All of a line: `a`, `a.b` and `a.b[i]` of `a.b[i].c`, and `p` of `*p`. Each once. */
export function selectionsIn(line: string): readonly Selection[] {
  const found = new Map<string, Selection>();
  const plain = line.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'/g, (text) => ' '.repeat(text.length));
  for (const { index, 0: root } of plain.matchAll(/(?<![\w.)\]])[a-zA-Z_]\w*/g)) {
    let end = index + root.length;
    const isStarred = STAR.test(plain.slice(0, index));
    for (;;) {
      const text = line.slice(index, end);
      const selector = /^\.([a-zA-Z_]\w*)/.exec(plain.slice(end))?.[1];
      const length = selector === undefined ? (plain[end] === '[' ? bracketed(plain, end) : 0) : selector.length + 1;
      if (selector !== undefined) found.set(`${text}.${selector}`, { text, selector });
      else if (length === 0 && isStarred) found.set(`*${text}`, { text, selector: undefined });
      if (length === 0) break;
      end += length;
    }
  }
  return [...found.values()];
}
