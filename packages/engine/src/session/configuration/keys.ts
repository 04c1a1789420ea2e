import { DebugError } from '../../base/errors.ts';
import type { Aliases, ColorName } from '../settings.ts';
import type { PathRule } from './path-rules.ts';

/** Value of a setting, plain data. */
export type SettingValue = string | number | boolean | readonly (string | PathRule)[] | Aliases;

/** What can be set, with one value each. The three settings that hold many are apart: `MANY`. */
export interface ScalarSetting {
  readonly key: string;
  readonly kind: 'number' | 'flag' | 'choice' | 'text' | 'color';
  readonly default: string | number | boolean;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly summary: string;
}

const number = (key: string, fallback: number, summary: string): ScalarSetting => ({
  key,
  kind: 'number',
  default: fallback,
  least: 0,
  summary,
});
const flag = (key: string, summary: string): ScalarSetting => ({ key, kind: 'flag', default: false, summary });
const choice = (key: string, choices: readonly [string, ...string[]], summary: string): ScalarSetting => ({
  key,
  kind: 'choice',
  choices,
  default: choices[0],
  summary,
});

const COLORS: Readonly<Record<ColorName, string>> = {
  prompt: 'colour of the prompt',
  'source-list-line': 'colour of line numbers in source',
  'source-list-arrow': 'colour of the arrow at the current line',
  'source-list-keyword': 'colour of keywords in source',
  'source-list-string': 'colour of strings in source',
  'source-list-number': 'colour of numbers in source',
  'source-list-comment': 'colour of comments in source',
  'source-list-tab': 'colour of what stands for tabs in source',
  'stacktrace-function': 'colour of function names in stacks',
  'stacktrace-basename': 'colour of file names in stacks',
};

/** The parts that have a colour. */
export const COLOR_NAMES = Object.keys(COLORS) as readonly ColorName[];

/** The settings with one value, in the order in which they are listed. */
export const SCALARS: readonly ScalarSetting[] = [
  number('max-string-len', 64, 'bytes shown of a string'),
  number('max-array-values', 64, 'elements shown of a slice, an array or a map'),
  number('max-variable-recurse', 1, 'how deep nested structs and pointers are followed'),
  flag('show-raw-strings', 'print strings as they are, without quotes and escapes'),
  flag('show-location-expr', 'whatis also tells where debug information locates a variable'),
  choice('disassemble-flavor', ['intel', 'gnu', 'go'], 'syntax of disassembly'),
  choice(
    'position',
    ['default', 'source', 'disassembly'],
    'what frame, up and down show of the place: its source (default, source) or its instructions',
  ),
  number('source-list-line-count', 5, 'lines of source before and after the current one'),
  { key: 'tab', kind: 'text', default: '', summary: 'shown for a tab in source; empty for the usual tab stops' },
  {
    key: 'prompt',
    kind: 'text',
    default: '(inquest) ',
    summary:
      'the prompt; $d is the time, $d{2006-01-02} formatted, $f the frame, $g the goroutine, $t the thread, $p the process',
  },
  ...COLOR_NAMES.map((name): ScalarSetting => ({
    key: `${name}-color`,
    kind: 'color',
    default: '',
    summary: COLORS[name],
  })),
  flag('trace-show-timestamp', 'for live processes: traces tell the time'),
];

/** The settings that hold many values, with what they hold. */
export const MANY: Readonly<Record<'aliases' | 'substitute-path' | 'debug-info-directories', string>> = {
  aliases: 'more names for commands',
  'substitute-path': 'where sources lie that are not at their compiled-in paths',
  'debug-info-directories': 'where debug information is looked for that is not in the executable',
};

/** All keys, in the order in which they are listed. */
export const SETTING_KEYS: readonly string[] = [...Object.keys(MANY), ...SCALARS.map(({ key }) => key)];

/** The other name that `config` takes for `aliases`, as Delve's does. */
export const ALIAS_KEY = 'alias';

const COLOR_CODES: Readonly<Record<string, string>> = {
  default: '',
  bold: '1',
  dim: '2',
  italic: '3',
  underline: '4',
  black: '30',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  white: '37',
  grey: '90',
  gray: '90',
};

/** Makes a value of what the user gave; throws a `usage` error that says what is allowed. */
export function convertSetting(setting: ScalarSetting, given: unknown): string | number | boolean {
  const { key, kind } = setting;
  const text = typeof given === 'string' || typeof given === 'number' ? String(given) : given;
  if (kind === 'flag') {
    if (text === true || text === 'true') return true;
    if (text === false || text === 'false') return false;
    throw wrong(key, 'true or false');
  }
  if (typeof text !== 'string') throw wrong(key, kind === 'number' ? 'a number' : 'a text');
  if (kind === 'number') {
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw wrong(key, 'a number, not negative');
    return Number(text);
  }
  if (kind === 'choice') {
    if (setting.choices?.includes(text) === true) return text;
    throw wrong(key, `one of ${(setting.choices ?? []).join(', ')}`);
  }
  return kind === 'color' ? convertColor(key, text) : text;
}

/** Numbers, names, and the escape sequences of Delve's file (`\x1b[34m`) become parameters of an SGR sequence. */
function convertColor(key: string, text: string): string {
  // eslint-disable-next-line no-control-regex
  const bare = /^(?:\u001b|\\x1b|\\u001b|\\033|\\e)?\[([\d;]*)m$/i.exec(text)?.[1] ?? text;
  const named = bare
    .split(/[ ;]+/)
    .filter((part) => part !== '')
    .map((part) => COLOR_CODES[part] ?? part);
  if (named.every((part) => /^\d{0,3}$/.test(part))) return named.filter((part) => part !== '').join(';');
  throw wrong(key, `a colour: ${Object.keys(COLOR_CODES).slice(5, 13).join(', ')}, bold, or numbers such as 1;34`);
}

function wrong(key: string, what: string): DebugError {
  return new DebugError(`${key} must be ${what}`, { code: 'usage', hint: `config ${key} shows what it is` });
}
