/** Lines that are looked at for finding a prefix, and the longest prefix. */
const MOST_LINES = 100_000;
const LONGEST_PREFIX = 300;

/** What is sure to be the runtime's, behind whatever a log put before it. */
const SURE = /(?:goroutine \d+ (?:gp=0x[0-9a-f]+ m=\S+ (?:mp=0x[0-9a-f]+ )?)?\[[a-z][^\]]*\].*:)$/;

/**
 * Takes from each line what a log put before it: `Nov 26 10:00:00 host app[4711]: `, `web_1  | `, a time stamp. The prefix is found
 * before a goroutine's line; others are like it but for the digits. Lines without it stay as they are.
 */
export function withoutPrefixes(lines: readonly string[]): readonly string[] {
  const prefix = findPrefix(lines);
  if (prefix === undefined) return lines;
  return lines.map((line) => line.replace(prefix, ''));
}

function findPrefix(lines: readonly string[]): RegExp | undefined {
  for (const line of lines.slice(0, MOST_LINES)) {
    if (line.length > 2000) continue;
    const match = SURE.exec(line);
    if (match === null) continue;
    const prefix = line.slice(0, match.index);
    if (prefix === '') return undefined;
    if (prefix.length > LONGEST_PREFIX || !/[\s|:>]$/.test(prefix)) return undefined;
    return new RegExp(`^${patternOf(prefix)}`);
  }
  return undefined;
}

/** Digits may be others, and the last blank is missing where nothing follows it. */
function patternOf(prefix: string): string {
  const escaped = prefix.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const blanks = prefix.length - prefix.trimEnd().length;
  return `${escaped.replace(/\d+/g, '\\d+')}${blanks === 0 ? '' : `[ \\t]{0,${blanks}}`}`;
}
