import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';

/** Files and folders of this machine that begin with `prefix`; folders with a slash behind them. */
export function completePath(prefix: string): string[] {
  const whole = prefix.startsWith('~/') ? homedir() + prefix.slice(1) : prefix;
  const folder = whole.endsWith('/') ? whole : whole.includes('/') ? dirname(whole) : '.';
  const start = whole.endsWith('/') ? '' : basename(whole);
  const head = prefix.slice(0, prefix.length - start.length);
  try {
    return readdirSync(folder === '' ? '/' : folder, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
      .map((entry) => head + entry.name + (entry.isDirectory() ? '/' : ''));
  } catch {
    return [];
  }
}
