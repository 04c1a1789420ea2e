import { DebugError, notFound } from '../../base/errors.ts';
import { findCommand } from '../command-line.ts';
import { ALIAS_KEY, MANY, SCALARS, SETTING_KEYS, type SettingValue } from '../configuration/keys.ts';
import type { PathRule } from '../configuration/path-rules.ts';
import { nearest } from '../nearest.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { ConfigResult, SettingResult } from '../results-session.ts';
import type { Session } from '../session.ts';
import type { Aliases } from '../settings.ts';
import { sourceProgram } from '../source-program.ts';
import { splitWords } from '../words.ts';

const DETAILS = `config                                  all settings, and where each is from
config max-string-len                   one setting
config max-string-len 200               set it for this session
config -save                            keep what was set, in the file of your settings
config alias print pp                   pp is print from now on
config alias pp                         pp is no longer a command
config substitute-path /build/src .     sources that were compiled in /build/src are here
config substitute-path /build/src       drop that rule
config substitute-path -guess           find rules by the modules, the Go tree and the module cache of this machine
config substitute-path -clear           drop all rules
config debug-info-directories -add DIR  look there too for debug information; also -rm DIR, -clear

The first rule that matches a path is applied, to whole parts of the path. The file is
$XDG_CONFIG_HOME/inquest/config.yml, by default ~/.config/inquest/config.yml. A file .inquest.yml in this folder or
one above it holds the settings of a project. Of Delve's own config.yml the aliases, rules and directories are taken.
A flag goes before a variable (INQUEST_MAX_STRING_LEN), then come the project's file, yours, and Delve's.`;

/** Makes the operation; `table` is asked when an alias is given, for the commands that there are. */
export function configOperation(table: () => readonly Operation[]): Operation<ConfigResult> {
  return defineOperation({
    name: 'config',
    aliases: [],
    group: 'session',
    summary: 'Show and change settings, aliases and where sources lie',
    details: DETAILS,
    parameters: [
      { name: 'list', kind: 'flag', summary: 'show all settings' },
      { name: 'save', kind: 'flag', summary: 'write what was set into the file of your settings' },
      { name: 'key', kind: 'string', positional: true, completes: 'setting', summary: 'the setting' },
      { name: 'value', kind: 'rest', positional: true, completes: 'setting-value', summary: 'its new value' },
    ],
    run(session, parameters) {
      const { key, value, list, save } = parameters;
      if (save === true) return { ...NOTHING, saved: session.configuration.save() };
      if (key === undefined || list === true)
        return { ...NOTHING, settings: SETTING_KEYS.map((k) => describe(session, k)), listed: true };
      const name = checkKey(String(key));
      if (value === undefined) return { ...NOTHING, settings: [describe(session, name)], listed: true };
      const guessed = change(session, name, String(value), table);
      return { ...NOTHING, settings: [describe(session, name)], guessed };
    },
  });
}

const NOTHING: ConfigResult = { settings: [], listed: false, saved: undefined, guessed: undefined };

function describe({ configuration }: Session, key: string): SettingResult {
  const scalar = SCALARS.find((setting) => setting.key === key);
  return {
    key,
    value: configuration.value(key),
    summary: scalar?.summary ?? MANY[key as keyof typeof MANY],
    from: configuration.sources(key).map(({ origin, place }) => ({ origin, place })),
  };
}

function checkKey(key: string): string {
  if (key === ALIAS_KEY) return 'aliases';
  if (SETTING_KEYS.includes(key)) return key;
  const near = nearest(key, SETTING_KEYS) ?? SETTING_KEYS.find((each) => each.startsWith(key));
  throw new DebugError(`there is no setting ${key}`, {
    code: 'not-found',
    hint: near === undefined ? 'config lists them' : `did you mean ${near}?`,
  });
}

/** Applies `config KEY TEXT`; returns the rules that were guessed, if that was asked. */
function change(
  session: Session,
  key: string,
  text: string,
  table: () => readonly Operation[],
): readonly PathRule[] | undefined {
  const words = splitWords(text);
  const texts = words.map((word) => word.text);
  const { configuration, settings } = session;
  if (key === 'aliases') configuration.set(key, changeAliases(settings.aliases, texts, table()));
  else if (key === 'debug-info-directories')
    configuration.set(key, changeFolders(settings.debugInfoDirectories, texts));
  else if (key === 'substitute-path') {
    if (texts[0] === '-guess') return guess(session);
    configuration.set(key, changeRules(settings.substitutePath, texts));
  } else configuration.set(key, words.length === 1 ? (texts[0] ?? '') : text);
  return undefined;
}

function usage(key: string): DebugError {
  const forms: Readonly<Record<string, string>> = {
    aliases: 'config alias COMMAND ALIAS, config alias ALIAS',
    'substitute-path': 'config substitute-path FROM TO, FROM, -clear, -guess',
    'debug-info-directories': 'config debug-info-directories -add DIR, -rm DIR, -clear',
  };
  return new DebugError(`config ${key} does not take these arguments`, {
    code: 'usage',
    hint: `usage: ${forms[key] ?? ''}`,
  });
}

function changeAliases(aliases: Aliases, words: readonly string[], table: readonly Operation[]): SettingValue {
  const [first = '', alias = first, ...more] = words;
  if (more.length > 0 || words.length === 0) throw usage('aliases');
  const kept = Object.entries(aliases).map(([command, names]) => [command, names.filter((name) => name !== alias)]);
  const out = Object.fromEntries(kept.filter(([, names]) => (names?.length ?? 0) > 0)) as Record<string, string[]>;
  if (words.length === 1) {
    if (!Object.values(aliases).some((names) => names.includes(alias)))
      throw notFound(`${alias} is not an alias that was given with config`);
    return out;
  }
  const command = findCommand(first, table).name;
  if (table.some(({ name }) => name === alias))
    throw new DebugError(`${alias} is a command, and cannot be an alias`, { code: 'usage' });
  if (!/^[^\s"'#/-][^\s"'#/]*$/.test(alias))
    throw new DebugError(`${alias} cannot be an alias: it must be one word of letters and digits`, { code: 'usage' });
  return { ...out, [command]: [...(out[command] ?? []), alias] };
}

function changeFolders(folders: readonly string[], words: readonly string[]): SettingValue {
  const [flag, folder, ...more] = words;
  if (flag === '-clear' && folder === undefined) return [];
  if (folder === undefined || more.length > 0) throw usage('debug-info-directories');
  if (flag === '-add') return [...folders.filter((each) => each !== folder), folder];
  if (flag !== '-rm') throw usage('debug-info-directories');
  if (!folders.includes(folder)) throw notFound(`${folder} is not among the debug-info-directories`);
  return folders.filter((each) => each !== folder);
}

function changeRules(rules: readonly PathRule[], words: readonly string[]): SettingValue {
  const [from = '', to, ...more] = words;
  if (from === '-clear' && to === undefined) return [];
  if (more.length > 0 || /^-\w/.test(from)) throw usage('substitute-path');
  const others = rules.filter((rule) => rule.from !== from);
  if (to !== undefined) return [...others, { from, to }];
  if (others.length === rules.length) throw notFound(`there is no rule from ${from}`);
  return others;
}

function guess(session: Session): readonly PathRule[] {
  const { configuration, settings, sources } = session;
  const found = sources.guessRules?.(sourceProgram(session)) ?? [];
  const rules = found.filter(({ from }) => !settings.substitutePath.some((rule) => rule.from === from));
  if (rules.length > 0) configuration.set('substitute-path', [...settings.substitutePath, ...rules]);
  return found;
}
