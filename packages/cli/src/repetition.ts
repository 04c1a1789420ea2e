import type { SourceResult } from '@inquest/engine';

/**
 * The line that an empty one stands for: the last, or, where `list` was the last, the lines of source that follow those that
 * it showed. `context` is how many it shows before and after the middle one.
 */
export function repetition(
  last: string | undefined,
  listed: SourceResult | undefined,
  context: number,
): string | undefined {
  const lastShown = listed?.lines?.at(-1)?.number;
  return listed === undefined || lastShown === undefined ? last : `list "${listed.file}:${lastShown + 1 + context}"`;
}
