import type { HostFacts, HostReader } from '@inquest/node';

/** One thing that decides over a core. */
export interface Check {
  readonly topic: 'GOTRACEBACK' | 'limit' | 'destination' | 'folder' | 'memory' | 'privileges' | 'container';
  /** What it means for a crash: a core is kept as far as this goes, kept with a loss, not kept; or it cannot be told. */
  readonly verdict: 'good' | 'warning' | 'bad' | 'unknown';
  readonly text: string;
  /** Commands or settings that mend it. */
  readonly fixes: readonly string[];
}

/** What a check looks at. */
export interface Examined {
  readonly facts: HostFacts;
  readonly reader: HostReader;
}

/** Makes a check. */
export function check(
  topic: Check['topic'],
  verdict: Check['verdict'],
  text: string,
  ...fixes: readonly string[]
): Check {
  return { topic, verdict, text, fixes };
}

/** Bytes in the unit in which people say them: 4.2 GB. */
export function formatSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}
