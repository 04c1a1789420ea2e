import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DebugError, type ConfigurationStore, type PathRule, type SettingValue } from '@inquest/engine';
import { reasonOf } from '../host-file.ts';
import { readConfigFile, userConfigPath } from './layers.ts';
import { formatScalar } from './yaml.ts';

const HEAD = '# Settings of inquest. `config` at its prompt lists what can be set.\n';

/** Keeps settings in the user's file. */
export class FileStore implements ConfigurationStore {
  readonly path: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.path = userConfigPath(env);
  }

  save(values: ReadonlyMap<string, SettingValue>): string {
    const before = readConfigFile(this.path) ?? HEAD;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      // Written beside and moved, so that the file is never half there.
      const temporary = `${this.path}.${process.pid}`;
      writeFileSync(temporary, updateConfigText(before, values));
      renameSync(temporary, this.path);
    } catch (error) {
      throw new DebugError(`cannot write ${this.path}: ${reasonOf(error)}`, { code: 'io' });
    }
    return this.path;
  }
}

/** The text with the values in it: those that are there are replaced where they are, comments and all else stay. */
export function updateConfigText(text: string, values: ReadonlyMap<string, SettingValue>): string {
  let lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  for (const [key, value] of values) {
    const entry = formatEntry(key, value);
    const start = lines.findIndex((line) => new RegExp(`^(["']?)${key}\\1\\s*:(\\s|$)`).test(line));
    if (start < 0) {
      lines = [...lines, ...entry];
      continue;
    }
    let end = start + 1;
    while (end < lines.length && /^(\s+\S|- |-$)/.test(lines[end] ?? '')) end++;
    lines = [...lines.slice(0, start), ...entry, ...lines.slice(end)];
  }
  return `${lines.join('\n')}\n`;
}

function formatEntry(key: string, value: SettingValue): string[] {
  if (typeof value !== 'object') return [`${key}: ${formatScalar(value)}`];
  if (Array.isArray(value)) {
    const items = value as readonly (string | PathRule)[];
    if (items.length === 0) return [`${key}: []`];
    return [
      `${key}:`,
      ...items.map((item) => `  - ${typeof item === 'string' ? formatScalar(item) : formatRule(item)}`),
    ];
  }
  const entries = Object.entries(value as Readonly<Record<string, readonly string[]>>);
  if (entries.length === 0) return [`${key}: {}`];
  return [
    `${key}:`,
    ...entries.map(([command, names]) => `  ${formatScalar(command)}: [${names.map(formatScalar).join(', ')}]`),
  ];
}

function formatRule({ from, to }: PathRule): string {
  return `{from: ${formatScalar(from)}, to: ${formatScalar(to)}}`;
}
