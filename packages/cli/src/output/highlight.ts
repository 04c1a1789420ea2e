import { loadHighlighter } from '../vendor-bundles.ts';

let highlighter: ReturnType<typeof loadHighlighter> | 'unasked' = 'unasked';

/** Colours lines of Go source for the terminal. Loads the parser on first use; without it the lines stay as they are. */
export function highlightGo(lines: readonly string[], codes: Readonly<Record<string, string>>): readonly string[] {
  if (highlighter === 'unasked') highlighter = loadHighlighter();
  return highlighter === undefined ? lines : highlighter.highlightLines(lines, codes);
}
