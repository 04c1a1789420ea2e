import {
  Configuration,
  convertSetting,
  DebugError,
  SCALARS,
  type ConfigurationLayer,
  type PathRule,
  type SettingValue,
} from '@inquest/engine';
import { loadLayers } from './layers.ts';
import { FileStore } from './store.ts';

/** What flags say about the configuration. */
export interface ConfigurationFlags {
  /** `FROM=TO`, the first that matches is applied. */
  readonly substitutePath: readonly string[];
  readonly debugInfoDirectories: readonly string[];
  /** `KEY=VALUE`. */
  readonly settings: readonly string[];
  /** False to leave all files and variables alone. */
  readonly files: boolean;
  /** Settings from elsewhere. */
  readonly layers?: readonly ConfigurationLayer[];
}

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** What is wrong in files and variables, a sentence each. */
  readonly problems: readonly string[];
}

/** Settings from flags, variables and files. Throws `usage` errors for flags. */
export function loadConfiguration(
  flags: ConfigurationFlags,
  env: NodeJS.ProcessEnv,
  folder: string,
): LoadedConfiguration {
  const { layers, problems } = flags.files ? loadLayers(env, folder) : { layers: [], problems: [] };
  const store = flags.files ? new FileStore(env) : undefined;
  return {
    configuration: new Configuration([...(flags.layers ?? []), ...layers, ...flagLayers(flags)], store),
    problems,
  };
}

function flagLayers({ substitutePath, debugInfoDirectories, settings }: ConfigurationFlags): ConfigurationLayer[] {
  const layers: ConfigurationLayer[] = [];
  const add = (place: string, key: string, value: SettingValue): void => {
    layers.push({ origin: 'flag', place, values: new Map([[key, value]]) });
  };
  if (substitutePath.length > 0) add('--substitute-path', 'substitute-path', substitutePath.map(parseRule));
  if (debugInfoDirectories.length > 0) add('--debug-info-dir', 'debug-info-directories', debugInfoDirectories);
  for (const text of settings) {
    const [, key = '', value = ''] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
    const scalar = SCALARS.find((setting) => setting.key === key);
    if (scalar === undefined)
      throw new DebugError(`--set ${text}: it must be KEY=VALUE, of a setting with one value`, {
        code: 'usage',
        hint: `keys: ${SCALARS.map((setting) => setting.key).join(', ')}`,
      });
    add('--set', key, convertSetting(scalar, value));
  }
  return layers;
}

/** `FROM=TO`, the first equals sign divides. */
function parseRule(text: string): PathRule {
  const equals = text.indexOf('=');
  if (equals < 0)
    throw new DebugError(`--substitute-path ${text}: it must be FROM=TO`, {
      code: 'usage',
      hint: 'as in --substitute-path /build/src=/home/me/src',
    });
  return { from: text.slice(0, equals), to: text.slice(equals + 1) };
}
