import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  convertSetting,
  DebugError,
  isDebugError,
  SCALARS,
  SETTING_KEYS,
  type ConfigurationLayer,
  type Origin,
  type PathRule,
  type SettingValue,
} from '@inquest/engine';
import { reasonOf } from '../host-file.ts';
import { parseYaml, type YamlValue } from './yaml.ts';

/** Settings of all places but flags, and what was wrong with them, a sentence each. */
export interface LoadedLayers {
  readonly layers: readonly ConfigurationLayer[];
  readonly problems: readonly string[];
}

/** A configuration file that is larger is not one. */
const LARGEST = 1 << 20;

const PROJECT_FILE = '.inquest.yml';

/** The user's file: `$XDG_CONFIG_HOME/inquest/config.yml`, by default below `~/.config`. */
export function userConfigPath(env: NodeJS.ProcessEnv): string {
  return join(configHome(env), 'inquest', 'config.yml');
}

/** Delve's file: `$XDG_CONFIG_HOME/dlv/config.yml`, `~/.config/dlv` on Linux, else `~/.dlv`. */
function delveConfigPath(env: NodeJS.ProcessEnv): string | undefined {
  const home = env['HOME'] ?? homedir();
  return [join(configHome(env), 'dlv', 'config.yml'), join(home, '.dlv', 'config.yml')].find((path) =>
    existsSync(path),
  );
}

function configHome(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_CONFIG_HOME'];
  if (given !== undefined && given.startsWith('/')) return given;
  return join(env['HOME'] ?? homedir(), '.config');
}

/** The project's file in `folder` or the nearest folder above it that has one. */
export function findProjectConfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, PROJECT_FILE);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}

/** Reads all files and variables that hold settings. What is wrong in one of them does not take the rest away. */
export function loadLayers(env: NodeJS.ProcessEnv, folder: string): LoadedLayers {
  const problems: string[] = [];
  const layers: ConfigurationLayer[] = [];
  const delve = delveConfigPath(env);
  const project = findProjectConfig(folder);
  if (delve !== undefined) layers.push(readLayer('delve', delve, problems));
  layers.push(readLayer('user', userConfigPath(env), problems));
  if (project !== undefined) layers.push(readLayer('project', project, problems));
  layers.push(...environmentLayers(env, problems));
  return { layers: layers.filter(({ values }) => values.size > 0), problems };
}

/** Of Delve's file only what means the same here. */
const FROM_DELVE: readonly string[] = ['aliases', 'substitute-path', 'debug-info-directories'];

function readLayer(origin: Origin, path: string, problems: string[]): ConfigurationLayer {
  const values = new Map<string, SettingValue>();
  const layer = { origin, place: path, values };
  try {
    const text = readConfigFile(path);
    const data = text === undefined ? undefined : parseYaml(text, path);
    if (data === undefined) return layer;
    if (typeof data === 'string' || Array.isArray(data))
      throw new DebugError(`${path}: it is not of the form key: value`, { code: 'syntax' });
    for (const [key, value] of Object.entries(data)) {
      if (origin === 'delve' && !FROM_DELVE.includes(key)) continue;
      take(values, key, value, origin === 'project' ? dirname(path) : undefined, (problem) =>
        problems.push(`${path}: ${problem}`),
      );
    }
  } catch (error) {
    if (!isDebugError(error)) throw error;
    problems.push(error.message);
  }
  return layer;
}

/** The file's text; undefined if there is none. */
export function readConfigFile(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile() || stat.size > LARGEST)
      throw new DebugError(`${path} is not a configuration file`, { code: 'io' });
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isDebugError(error)) throw error;
    throw new DebugError(`cannot read ${path}: ${reasonOf(error)}`, { code: 'io' });
  }
}

/** Puts one value of a file into `values`. Relative folders of a project's file are meant from where it lies. */
function take(
  values: Map<string, SettingValue>,
  key: string,
  value: YamlValue,
  base: string | undefined,
  complain: (problem: string) => void,
): void {
  if (!SETTING_KEYS.includes(key)) return complain(`there is no setting ${key}`);
  if (value === undefined) return;
  const scalar = SCALARS.find((setting) => setting.key === key);
  try {
    if (scalar !== undefined) values.set(key, convertSetting(scalar, value));
    else if (key === 'aliases') values.set(key, readAliases(value, base === undefined ? [] : RUNS_OR_WRITES));
    else if (key === 'substitute-path') values.set(key, readRules(value, base));
    else values.set(key, readFolders(value, base));
  } catch (error) {
    if (!isDebugError(error)) throw error;
    complain(error.message);
  }
}

const isList = (value: YamlValue): value is readonly YamlValue[] => Array.isArray(value);

/** Commands that a project's file, which may be a stranger's, must not hide behind other names. */
const RUNS_OR_WRITES: readonly string[] = ['source', 'edit', 'transcript', 'pipe'];

function readAliases(value: YamlValue, refused: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const wrong = new DebugError('aliases must be of the form command: [alias, alias]', { code: 'usage' });
  if (value === undefined || typeof value === 'string' || isList(value)) throw wrong;
  const out: Record<string, readonly string[]> = {};
  for (const [command, names] of Object.entries(value)) {
    if (!/^[a-z][\w-]*$/i.test(command)) throw wrong;
    if (refused.some((each) => each.startsWith(command)))
      throw new DebugError(`${command} cannot have an alias here, since it runs or writes something`, {
        code: 'usage',
      });
    const list = names === undefined ? [] : isList(names) ? names : [names];
    if (!list.every((name): name is string => typeof name === 'string')) throw wrong;
    if (list.length > 0) out[command] = list;
  }
  return out;
}

function readRules(value: YamlValue, base: string | undefined): readonly PathRule[] {
  const wrong = new DebugError('substitute-path must be a list of {from: path, to: path}', { code: 'usage' });
  if (!isList(value)) throw wrong;
  return value.map((rule) => {
    if (rule === undefined || typeof rule === 'string' || isList(rule)) throw wrong;
    const { from = '', to = '' } = rule;
    if (typeof from !== 'string' || typeof to !== 'string') throw wrong;
    return { from, to: base !== undefined && /^\.{1,2}(\/|$)/.test(to) ? join(base, to) : to };
  });
}

function readFolders(value: YamlValue, base: string | undefined): readonly string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (!isList(list) || !list.every((each): each is string => typeof each === 'string'))
    throw new DebugError('debug-info-directories must be a list of folders', { code: 'usage' });
  return list.map((each) => (base !== undefined && /^\.{1,2}(\/|$)/.test(each) ? join(base, each) : each));
}

/** `INQUEST_MAX_STRING_LEN=200` and the like: a layer each, so that the variable can be named. */
function environmentLayers(env: NodeJS.ProcessEnv, problems: string[]): ConfigurationLayer[] {
  const layers: ConfigurationLayer[] = [];
  for (const setting of SCALARS) {
    const name = `INQUEST_${setting.key.replaceAll('-', '_').toUpperCase()}`;
    const given = env[name];
    if (given === undefined || given === '') continue;
    const values = new Map<string, SettingValue>();
    take(values, setting.key, given, undefined, (problem) => problems.push(`$${name}: ${problem}`));
    layers.push({ origin: 'environment', place: `$${name}`, values });
  }
  return layers;
}
