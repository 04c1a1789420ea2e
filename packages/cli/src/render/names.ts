import type { Page } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';

/** `funcs`, `types`, `sources`, `packages`: a name a line. `noun` is what they are. */
export function renderNames(page: Page<string>, noun: string): string[] {
  if (page.total === 0) return [`(no ${noun} match)`];
  const lines = page.items.map(sanitize);
  if (page.truncated) lines.push(`(${page.items.length} of ${page.total} ${noun} shown)`);
  return lines;
}
