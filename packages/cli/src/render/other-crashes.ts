import type { CrashTextResult, ReportResult, TextCrashResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';
import { cut, fileLine } from './place.ts';

const MOST_GROUPS = 6;
const MOST_NUMBERS = 6;

function isCrashText(report: ReportResult): report is CrashTextResult {
  return 'crashes' in report;
}

/** What else died in the same text, grouped by how and where. */
export function otherCrashes(report: ReportResult, style: Style, shorten: (path: string) => string): string[] {
  if (!isCrashText(report)) return [];
  const { crash, crashes } = report;
  const groups = new Map<string, TextCrashResult[]>();
  for (const each of crashes) {
    if (each.number === crash) continue;
    const key = `${each.headline}\n${each.location?.function ?? ''}:${each.location?.line ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  if (groups.size === 0) return [];
  const lines = [`  ${style.paint.bold('Other crashes in this text')}: ${crashes.length - 1}, shown by --crash N`];
  for (const members of [...groups.values()].slice(0, MOST_GROUPS)) {
    const [first] = members;
    if (first === undefined) continue;
    const numbers = members.slice(0, MOST_NUMBERS).map(({ number }) => number);
    const list = `${numbers.join(', ')}${members.length > numbers.length ? ', …' : ''}`;
    const { location } = first;
    const place =
      location === undefined ? '' : `  ${sanitize(location.function)}  ${fileLine(location, style, shorten)}`;
    const headline = sanitize(first.headline.split('\n')[0] ?? '');
    lines.push(`    ${members.length} × ${cut(headline, style.width - 20)}${place}  (${list}; line ${first.textLine})`);
  }
  if (groups.size > MOST_GROUPS) lines.push(`    (${groups.size - MOST_GROUPS} more kinds: --json)`);
  return lines;
}
