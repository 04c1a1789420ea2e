import { loadHighlighter } from '../vendor-bundles.ts';

let highlighter: ReturnType<typeof loadHighlighter> | 'unasked' = 'unasked';

/** Lines of Go source in pieces by kind (`keyword`, `string` …), for other forms than the terminal. Without the parser all is one kind. */
export function classifyGo(
  lines: readonly string[],
): readonly (readonly { readonly text: string; readonly kind: string }[])[] {
  if (highlighter === 'unasked') highlighter = loadHighlighter();
  return highlighter === undefined ? lines.map((text) => [{ text, kind: '' }]) : highlighter.classifyLines(lines);
}

/** Colours lines of Go source for the terminal. Loads the parser on first use; without it the lines stay as they are. */
export function highlightGo(lines: readonly string[], codes: Readonly<Record<string, string>>): readonly string[] {
  if (highlighter === 'unasked') highlighter = loadHighlighter();
  return highlighter === undefined ? lines : highlighter.highlightLines(lines, codes);
}
