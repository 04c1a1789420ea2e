import { escapeRegex } from '../../base/text.ts';
import { numberOf, Streams, type LogLines } from './log-lines.ts';

/** The longest prefix, and how many different ones are looked for. */
const LONGEST_PREFIX = 300;
const MOST_PREFIXES = 32;
/** How far behind a stack's first line another one with the prefix is looked for: a call and its place are there. */
const NEAR = 3;
/** Lines longer than this have no stack's first line at their end. */
const LONGEST_LINE = 2000;

/** What is sure to be the runtime's, behind whatever a log put before it. */
const HEADER = /(?:goroutine \d+ (?:gp=0x[0-9a-f]+ m=\S+ (?:mp=0x[0-9a-f]+ )?)?\[[a-z][^\]]*\].*:)$/;
/** The same where the text has no line of that kind: its beginning is cut off, or it has a message alone. */
const PLACE = /\t\/\S+\.(?:go|s):\d+ \+0x[0-9a-f]+(?: fp=\S+ sp=\S+ pc=\S+)?$/;
const MESSAGE = /(?:panic|fatal error): \S.*$/;

/** What a log puts before lines; its groups tell one process from another. */
interface Prefix {
  readonly source: string;
  readonly pattern: RegExp;
  /** True if each line bears it; else only the first of each entry. */
  perLine: boolean;
}

/**
 * Takes from each line what a log put before it: `Nov 26 10:00:00 host app[4711]: `, `web_1  | `, a time stamp. Prefixes are found
 * before the first lines of stacks; others are like them but for time stamps. Lines of different processes come apart. Lines
 * without a prefix are of other origin where each line has one, else they go on with the entry before them.
 */
export function withoutPrefixes(lines: LogLines): readonly LogLines[] {
  const { prefixes, isBare } = findPrefixes(lines.texts);
  if (prefixes.length === 0) return [lines];
  const streams = new Streams();
  let before = '';
  lines.texts.forEach((text, i) => {
    const found = matchPrefix(prefixes, text);
    before = found?.entry ?? (isBare ? '' : before);
    if (found === undefined) streams.add(before, text, numberOf(lines, i));
    else streams.add(found.key, text.slice(found.length), numberOf(lines, i));
  });
  return streams.all;
}

/** The stream of a line, and the one of lines without a prefix that follow it. */
interface Found {
  readonly key: string;
  readonly entry: string;
  readonly length: number;
}

function matchPrefix(prefixes: readonly Prefix[], text: string): Found | undefined {
  for (const { source, pattern, perLine } of prefixes) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const key = [source, ...match.slice(1)].join('\n');
    return { key, entry: perLine ? '' : key, length: match[0].length };
  }
  return undefined;
}

/** `isBare` is true if there are stacks without a prefix as well. */
function findPrefixes(texts: readonly string[]): { readonly prefixes: readonly Prefix[]; readonly isBare: boolean } {
  for (const sure of [HEADER, PLACE, MESSAGE]) {
    const found = new Map<string, Prefix>();
    let isBare = false;
    for (const [i, text] of texts.entries()) {
      const match = sure.exec(text.length > LONGEST_LINE ? '' : text);
      if (match === null) continue;
      const prefix = text.slice(0, match.index);
      if (prefix === '' || (sure !== HEADER && prefix.trim() === '')) isBare = true;
      else if (prefix.length <= LONGEST_PREFIX && /[\s|:>]$/.test(prefix) && found.size < MOST_PREFIXES) {
        const source = patternOf(prefix);
        const known = found.get(source) ?? { source, pattern: new RegExp(`^${source}`), perLine: false };
        known.perLine ||= texts.slice(i + 1, i + 1 + NEAR).some((near) => known.pattern.test(near));
        found.set(source, known);
      }
    }
    const prefixes = [...found.values()].sort((a, b) => b.source.length - a.source.length);
    if (isBare || prefixes.length > 0) return { prefixes, isBare };
  }
  return { prefixes: [], isBare: true };
}

const MONTH = /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/g;
/** Digits behind these are of a name: `app[4711]`, `web_1`, `host-2`. But the T before an hour is none. */
const NAME_BEFORE = /(?:[A-Za-z_][-_]?|\[)$/;
const DATE_BEFORE = /\dT$/;

/** Times may be others, with or without a fraction of the second; the last blank is missing where nothing follows it. */
function patternOf(prefix: string): string {
  const shown = prefix.trimEnd();
  const blanks = prefix.length - shown.length;
  const parts = shown.split(/(\d+)/);
  let before = '';
  let pattern = '';
  for (const [i, part] of parts.entries()) {
    const isOfName = NAME_BEFORE.test(before) && !DATE_BEFORE.test(before);
    if (i % 2 === 0) pattern += escapeRegex(part);
    else pattern += isOfName ? '(\\d+)' : '\\d+';
    before += part;
  }
  const loose = pattern
    .replace(/:\\d\+(?:(?:\\\.|,)\\d\+)?/g, ':\\d+(?:[.,]\\d+)?')
    .replace(MONTH, '[A-Z][a-z]{2}')
    // Containers' logs mark lines that go on (P) and whole ones (F).
    .replace(/(stdout|stderr) +[FP]$/, '$1 [FP]')
    .replace(/ +/g, ' +');
  return `${loose}${blanks === 0 ? '' : `[ \\t]{0,${blanks}}`}`;
}
