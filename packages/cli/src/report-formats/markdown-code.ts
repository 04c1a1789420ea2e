import { sanitize } from '../output/sanitize.ts';

/** Longest run of backticks in a text. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/**
 * Text as a code span, in which nothing is markup, mention or link. The delimiter is longer than any run of backticks inside
 * (CommonMark 0.31, 6.1); the text is made one line first, for a blank line would end the span.
 */
export function codeSpan(text: string): string {
  const line = sanitize(text);
  if (line === '') return '` `';
  const fence = '`'.repeat(longestRun(line) + 1);
  // Spaces at both ends are stripped by readers: one is put there where it is needed.
  const padded = /^[` ]|[` ]$/.test(line) ? ` ${line} ` : line;
  return `${fence}${padded}${fence}`;
}

/** Lines as a fenced block, the fence longer than any run of backticks inside. Control characters are shown escaped. */
export function codeBlock(lines: readonly string[], language: string): string[] {
  const safe = lines.map((line) => line.split('\t').map(sanitize).join('\t'));
  const fence = '`'.repeat(Math.max(3, ...safe.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...safe, fence];
}

/** A part that is closed at first. Blank lines around the content, or readers take it for HTML. `title` is our own words. */
export function collapsed(title: string, content: readonly string[]): string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...content, '', '</details>', ''];
}
