import type { ConfigResult, PathRule, SettingResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `config`: settings with the places they are from, or what was changed. */
export function renderConfig(result: ConfigResult, style: Style): string[] {
  const { settings, saved, guessed } = result;
  if (saved !== undefined) return [`saved in ${sanitize(saved)}`];
  if (guessed !== undefined) {
    if (guessed.length === 0)
      return ['no rule was found: this machine does not have the sources, or they need no rule'];
    return guessed.map(ruleText);
  }
  if (!result.listed) return settings.flatMap((setting) => changedLines(setting));
  const width = Math.max(...settings.map(({ key }) => key.length));
  return settings.flatMap((setting) => settingLines(setting, width, style));
}

function changedLines({ key, value }: SettingResult): string[] {
  const lines = valueTexts(value);
  return lines.length === 1 ? [`${key} = ${lines[0] ?? ''}`] : [`${key}:`, ...lines.map((line) => `  ${line}`)];
}

function settingLines({ key, value, from }: SettingResult, width: number, { paint }: Style): string[] {
  const places = from.map(({ origin, place }) => (place === undefined ? ORIGIN_TEXTS[origin] : sanitize(place)));
  const [first = '', ...more] = valueTexts(value);
  const note = paint.dim(`(${places.join(', ')})`);
  return [`${key.padEnd(width)}  ${first}  ${note}`, ...more.map((line) => `${' '.repeat(width)}  ${line}`)];
}

const ORIGIN_TEXTS: Readonly<Record<SettingResult['from'][number]['origin'], string>> = {
  default: 'default',
  delve: "Delve's file",
  user: 'your file',
  project: "the project's file",
  environment: 'environment',
  flag: 'flag',
  session: 'set here',
};

function valueTexts(value: SettingResult['value']): string[] {
  if (typeof value === 'string')
    return [value === '' ? '""' : sanitize(/^\s|\s$/.test(value) ? JSON.stringify(value) : value)];
  if (typeof value !== 'object') return [String(value)];
  const lines = Array.isArray(value)
    ? (value as readonly (string | PathRule)[]).map((each) =>
        typeof each === 'string' ? sanitize(each) : ruleText(each),
      )
    : Object.entries(value as Readonly<Record<string, readonly string[]>>).map(
        ([command, names]) => `${sanitize(command)}: ${sanitize(names.join(', '))}`,
      );
  return lines.length === 0 ? ['(none)'] : lines;
}

/** `"/a" → "/b"`, as Delve writes rules. */
function ruleText({ from, to }: PathRule): string {
  return `${sanitize(JSON.stringify(from))} → ${sanitize(JSON.stringify(to))}`;
}
