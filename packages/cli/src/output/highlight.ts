import { load } from '../load.ts';

type Highlighter = typeof import('../vendor/highlight.ts');

let highlighter: Highlighter | undefined;
let missing = false;

/** Colours lines of Go source for the terminal. Loads the parser on first use; without it the lines stay as they are. */
export function highlightGo(lines: readonly string[]): readonly string[] {
  if (highlighter === undefined && !missing) {
    try {
      highlighter = load('./vendor/highlight.cjs') as Highlighter;
    } catch {
      missing = true;
    }
  }
  return highlighter === undefined ? lines : highlighter.highlightLines(lines);
}
