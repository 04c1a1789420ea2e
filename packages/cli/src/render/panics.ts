import type { CauseResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';

/** The panics that led to what the headline says: `panic: x [recovered]`, the oldest first. */
export function earlierPanics({ kind, panics }: CauseResult): string[] {
  // The last one is the headline, unless an error of the runtime's ended all that was under way.
  const earlier = kind === 'fatal-error' ? panics : panics.slice(0, -1);
  return earlier.map(({ text, goexit, recovered }) => {
    const what = goexit ? 'runtime.Goexit' : `panic: ${sanitize(text ?? '?')}`;
    return `${what}${recovered ? ' [recovered]' : ''}`;
  });
}
