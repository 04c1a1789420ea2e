import { isSurvived, type CrashText, type CrashTexts, type LineRange } from './crash-text.ts';
import { splitLines } from './log-lines.ts';
import { withoutPrefixes } from './prefixes.ts';
import { CrashReader } from './reader.ts';
import { unwrapped } from './wrapped.ts';

/**
 * Reads what Go programs printed when they died, or dumps of their goroutines: standard error of any release, SetCrashOutput,
 * SIGQUIT, `debug.Stack`, goroutine profiles with debug=1 and 2, output of `go test`. Lines of logs before, behind and in between
 * are passed over, also if each line bears a prefix of the log's, or is an object of JSON. Undefined if the text has no stack
 * and no message of the runtime.
 */
export function readCrashTexts(text: string): CrashTexts | undefined {
  const readers = unwrapped(splitLines(text))
    .flatMap(withoutPrefixes)
    .map((lines) => new CrashReader(lines));
  const crashes = readers.flatMap((reader) => reader.read()).sort((a, b) => a.textLine - b.textLine);
  if (crashes.length === 0) return undefined;
  const strange = joined(readers.flatMap((reader) => reader.strange));
  return { crashes, strange, races: readers.flatMap((reader) => reader.races).sort((a, b) => a - b) };
}

function joined(ranges: readonly LineRange[]): readonly LineRange[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = out.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}

/** The crash that a reader is to see first: one that ended a process rather than one that was survived, and of several the last. */
export function mainCrash({ crashes }: CrashTexts): CrashText {
  const best = Math.max(...crashes.map(weight));
  return crashes.findLast((crash) => weight(crash) === best) as CrashText;
}

function weight(crash: CrashText): number {
  const { panics, fatal, bySignal, goroutines } = crash;
  if (fatal === undefined && !bySignal && isSurvived(crash)) return 2;
  if (fatal !== undefined || bySignal || panics.length > 0) return goroutines.length > 0 ? 4 : 3;
  return goroutines.length > 1 ? 1 : 0;
}
