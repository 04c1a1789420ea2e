import { counters, formatCount } from '@inquest/engine';
import { writeAll } from './terminal.ts';

/** How long the parts of a run took, in milliseconds. */
export interface Times {
  readonly start: number;
  readonly open: number;
  readonly commands: number;
}

/** Tells on standard error what a run took and did: in two lines, or as a line of JSON. */
export function writeStats(times: Times, json: boolean): void {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const taken = Object.entries(times).map(([name, time]: [string, number]) => [name, time.toFixed(1)] as const);
  if (json) {
    const milliseconds = Object.fromEntries(taken.map(([name, time]) => [name, Number(time)]));
    writeAll(2, `${JSON.stringify({ stats: { milliseconds, megabytes, counts: counters } })}\n`);
    return;
  }
  writeAll(
    2,
    `inquest: ${taken.map(([name, time]) => `${name} ${time} ms`).join(', ')}, ${megabytes} MB\ninquest: ${countsAsText()}\n`,
  );
}

function countsAsText(): string {
  const count = (key: keyof typeof counters): string => formatCount(counters[key]);
  return [
    `read ${count('bytesRead')} bytes, ${count('pagesRead')} pages`,
    `inflated ${count('bytesInflated')} bytes of ${count('sectionsInflated')} sections`,
    `${count('unitsRead')} units, ${count('entriesRead')} entries, ${count('lineRows')} line rows`,
    `${count('functionLookups')} functions looked up`,
    `${count('framesUnwound')} frames`,
    `${count('goroutinesRead')} goroutines`,
    `${count('instructionsDecoded')} instructions`,
    `${count('valuesLoaded')} values`,
    `${count('stringsDecoded')} strings`,
  ].join('; ');
}
