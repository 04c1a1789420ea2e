import type { CrashText, CrashTexts, LineRange } from '../traceback/reading/crash-text.ts';
import { plural } from './words.ts';

/** Ranges of lines that are named where some were passed over. */
const MOST_RANGES = 4;

/** What a text lacks and what was left aside in it, a sentence each. `hasStack` tells whether the stack of the crash is there. */
export function crashTextHealth(texts: CrashTexts, text: CrashText, hasStack: boolean): string[] {
  const { crashes, strange, races } = texts;
  const lines: string[] = [];
  if (crashes.length > 1) {
    const number = crashes.indexOf(text) + 1;
    lines.push(`this is crash ${number} of ${crashes.length} in the text; it begins in line ${text.textLine}`);
  }
  lines.push('this is a crash text, not a core: values, memory and threads are not in it');
  if (text.startsInside) lines.push('the text begins inside a stack: what was printed before is not in it');
  if (!hasStack && text.panics.length + Number(text.fatal !== undefined) > 0)
    lines.push('the stack of the goroutine that failed is missing: GOTRACEBACK=none, or the text is cut off');
  if (text.endsInside) lines.push('the text ends inside a stack: it is cut off');
  const shortened = text.goroutines.filter(({ elided, cutOff }) => elided > 0 || cutOff).length;
  if (shortened > 0) lines.push(`the runtime left out frames of ${plural(shortened, 'stack')}`);
  const hidden = text.goroutines.filter(({ unavailable }) => unavailable).length;
  if (hidden > 0) lines.push(`${plural(hidden, 'goroutine')} ran on other threads: their stacks were not printed`);
  if (races.length > 0)
    lines.push(
      `${plural(races.length, 'report')} of the race detector passed over (${lineWords(races.map((at) => [at, at]))})`,
    );
  const passed = strange.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (passed > 0) lines.push(`${plural(passed, 'line')} of other origin passed over (${lineWords(strange)})`);
  return lines;
}

/** `line 3`, `lines 3, 7-9, …`. */
function lineWords(ranges: readonly LineRange[]): string {
  const words = ranges.slice(0, MOST_RANGES).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const [only] = ranges;
  if (ranges.length === 1 && only?.[0] === only?.[1]) return `line ${words[0] ?? ''}`;
  return `lines ${words.join(', ')}${ranges.length > MOST_RANGES ? ', …' : ''}`;
}
