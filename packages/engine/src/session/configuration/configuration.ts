import { DebugError } from '../../base/errors.ts';
import type { Aliases, ColorName, Settings } from '../settings.ts';
import { COLOR_NAMES, convertSetting, MANY, SCALARS, type SettingValue } from './keys.ts';
import type { PathRule } from './path-rules.ts';

/** Where a value may be from, the strongest last. */
export const ORIGINS = ['default', 'delve', 'user', 'project', 'environment', 'flag', 'session'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Settings from one place. Values are as `convertSetting` makes them. */
export interface ConfigurationLayer {
  readonly origin: Origin;
  /** The file, the variable or the flag; undefined for defaults and what was set in the session. */
  readonly place: string | undefined;
  readonly values: ReadonlyMap<string, SettingValue>;
}

/** Where settings are kept over sessions; hosts implement it. */
export interface ConfigurationStore {
  /** Writes values into the user's file, and leaves what else is in it; returns its path. */
  save(values: ReadonlyMap<string, SettingValue>): string;
}

/** Places where debug information lies on every Linux. */
const DEBUG_DIRECTORIES = ['/usr/lib/debug/.build-id'];

const DEFAULTS: ConfigurationLayer = {
  origin: 'default',
  place: undefined,
  values: new Map<string, SettingValue>([
    ['aliases', {}],
    ['substitute-path', []],
    ['debug-info-directories', DEBUG_DIRECTORIES],
    ...SCALARS.map((setting) => [setting.key, setting.default] as const),
  ]),
};

/** The settings of a session, and where each is from. */
export class Configuration {
  private readonly given: readonly ConfigurationLayer[];
  private readonly layers: readonly ConfigurationLayer[];
  private readonly own = new Map<string, SettingValue>();
  private readonly store: ConfigurationStore | undefined;
  private current: Settings | undefined;

  /** @param layers in any order; of the same origin the later goes first */
  constructor(layers: readonly ConfigurationLayer[] = [], store?: ConfigurationStore) {
    const session: ConfigurationLayer = { origin: 'session', place: undefined, values: this.own };
    const rank = ({ origin }: ConfigurationLayer): number => ORIGINS.indexOf(origin);
    this.given = layers;
    this.layers = [DEFAULTS, ...layers, session].sort((a, b) => rank(a) - rank(b)).reverse();
    this.store = store;
  }

  /** Another with the same settings, but for those that were set in this session. */
  another(): Configuration {
    return new Configuration(this.given, this.store);
  }

  /** What holds now. A new object after each change. */
  get settings(): Settings {
    this.current ??= makeSettings((key) => this.value(key));
    return this.current;
  }

  /** The value of a key. Those that hold many are put together from all places, unless the session replaced them. */
  value(key: string): SettingValue {
    return this.own.get(key) ?? combine(key, this.layersWith(key));
  }

  /** The places that a key's value is from, the strongest first; those that hold one value have one. */
  sources(key: string): readonly ConfigurationLayer[] {
    const layers = this.layersWith(key);
    if (this.own.has(key) || !(key in MANY)) return layers.slice(0, 1);
    const filled = layers.filter(({ values }) => Object.keys(values.get(key) ?? {}).length > 0);
    return filled.length > 0 ? filled : layers.slice(-1);
  }

  /** Sets a key for this session; text is converted. Throws `usage` and `not-found` errors. */
  set(key: string, value: SettingValue): void {
    const scalar = SCALARS.find((setting) => setting.key === key);
    if (scalar !== undefined) this.own.set(key, convertSetting(scalar, value));
    else if (key in MANY) this.own.set(key, value);
    else throw new DebugError(`there is no setting ${key}`, { code: 'not-found', hint: 'config lists them' });
    this.current = undefined;
  }

  /** Writes what was set in the session into the user's file; returns its path. */
  save(): string {
    if (this.store === undefined)
      throw new DebugError('there is no place to save the configuration', { code: 'unsupported' });
    return this.store.save(new Map([...this.own].map(([key, value]) => [key, this.withoutElsewhere(key, value)])));
  }

  /** What of a value with many parts is not there anyway from places other than the user's file. */
  private withoutElsewhere(key: string, value: SettingValue): SettingValue {
    const others = this.layersWith(key).filter(({ origin }) => origin !== 'session' && origin !== 'user');
    if (isList(value)) {
      const elsewhere = combine(key, others);
      const known = new Set((isList(elsewhere) ? elsewhere : []).map((each) => JSON.stringify(each)));
      return value.filter((each) => !known.has(JSON.stringify(each)));
    }
    if (key !== 'aliases') return value;
    const known = asAliases(combine(key, others));
    const out: Record<string, readonly string[]> = {};
    for (const [command, names] of Object.entries(asAliases(value))) {
      const kept = names.filter((name) => known[command]?.includes(name) !== true);
      if (kept.length > 0) out[command] = kept;
    }
    return out;
  }

  private layersWith(key: string): ConfigurationLayer[] {
    return this.layers.filter(({ values }) => values.has(key));
  }
}

type Item = string | PathRule;

const isList = (value: SettingValue): value is readonly Item[] => Array.isArray(value);

function asAliases(value: SettingValue | undefined): Aliases {
  return typeof value === 'object' && !isList(value) ? value : {};
}

/** One value of what several places say, the strongest first. */
function combine(key: string, layers: readonly ConfigurationLayer[]): SettingValue {
  const all = layers.map(({ values }) => values.get(key)).filter((value) => value !== undefined);
  if (key === 'aliases') return mergeAliases(all.map(asAliases));
  if (!(key in MANY)) return all[0] ?? '';
  const items: Item[] = [];
  for (const value of all) if (isList(value)) items.push(...value);
  const name = (item: Item): string => (typeof item === 'string' ? item : item.from);
  return items.filter((item, i) => items.findIndex((other) => name(other) === name(item)) === i);
}

/** An alias that two places define belongs to the command of the stronger one. */
function mergeAliases(all: readonly Aliases[]): Aliases {
  const commands = new Map<string, string>();
  for (const aliases of all)
    for (const [command, names] of Object.entries(aliases))
      for (const name of names) if (!commands.has(name)) commands.set(name, command);
  const out: Record<string, string[]> = {};
  for (const [name, command] of commands) (out[command] ??= []).push(name);
  return out;
}

function makeSettings(value: (key: string) => SettingValue): Settings {
  const text = (key: string): string => {
    const found = value(key);
    return typeof found === 'string' ? found : '';
  };
  const colors = Object.fromEntries(COLOR_NAMES.map((name) => [name, text(`${name}-color`)]));
  return {
    maxStringLen: Number(value('max-string-len')),
    maxArrayValues: Number(value('max-array-values')),
    maxVariableRecurse: Number(value('max-variable-recurse')),
    sourceListLineCount: Number(value('source-list-line-count')),
    disassembleFlavor: value('disassemble-flavor') as Settings['disassembleFlavor'],
    showRawStrings: value('show-raw-strings') === true,
    showLocationExpr: value('show-location-expr') === true,
    position: value('position') as Settings['position'],
    tab: text('tab'),
    prompt: text('prompt'),
    colors: colors as Record<ColorName, string>,
    aliases: asAliases(value('aliases')),
    substitutePath: value('substitute-path') as readonly PathRule[],
    debugInfoDirectories: value('debug-info-directories') as readonly string[],
  };
}
