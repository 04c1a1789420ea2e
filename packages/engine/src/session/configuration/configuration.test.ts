import { describe, expect, it } from 'vitest';
import { Configuration, type ConfigurationLayer, type Origin } from './configuration.ts';
import type { SettingValue } from './keys.ts';

function layer(origin: Origin, values: Record<string, SettingValue>): ConfigurationLayer {
  return { origin, place: `the ${origin}'s place`, values: new Map(Object.entries(values)) };
}

describe('Configuration', () => {
  it('prefers flags to the environment, that to the project, that to the user, that to defaults', () => {
    const order: readonly Origin[] = ['user', 'project', 'environment', 'flag'];
    const layers: ConfigurationLayer[] = [];
    expect(new Configuration(layers).settings.maxStringLen).toBe(64);
    order.forEach((origin, i) => {
      layers.unshift(layer(origin, { 'max-string-len': i }));
      const configuration = new Configuration(layers);
      expect(configuration.settings.maxStringLen).toBe(i);
      expect(configuration.sources('max-string-len')).toMatchObject([{ origin }]);
    });
  });

  it('puts rules, folders and aliases of all places together', () => {
    const configuration = new Configuration([
      layer('delve', { aliases: { print: ['pp', 'x1'] }, 'substitute-path': [{ from: '/a', to: '/delve' }] }),
      layer('user', { aliases: { stack: ['x1'] }, 'debug-info-directories': ['/u'] }),
      layer('flag', {
        'substitute-path': [
          { from: '/b', to: '/flag' },
          { from: '/a', to: '/flag' },
        ],
      }),
    ]);
    expect(configuration.settings).toMatchObject({
      aliases: { print: ['pp'], stack: ['x1'] },
      substitutePath: [
        { from: '/b', to: '/flag' },
        { from: '/a', to: '/flag' },
      ],
      debugInfoDirectories: ['/u', '/usr/lib/debug/.build-id'],
    });
    expect(configuration.sources('debug-info-directories').map(({ origin }) => origin)).toEqual(['user', 'default']);
    expect(new Configuration().sources('aliases').map(({ origin }) => origin)).toEqual(['default']);
  });

  it('saves what was set here, without what other places than the file give anyway', () => {
    let saved: Record<string, unknown> = {};
    const store = {
      save: (values: ReadonlyMap<string, unknown>) => {
        saved = Object.fromEntries(values);
        return '/file';
      },
    };
    const configuration = new Configuration(
      [layer('user', { aliases: { stack: ['k'] } }), layer('project', { aliases: { print: ['pp'] } })],
      store,
    );
    const before = configuration.settings;
    configuration.set('max-string-len', '200');
    configuration.set('aliases', { ...before.aliases, locals: ['lo'] });
    configuration.set('debug-info-directories', [...before.debugInfoDirectories, '/x']);
    expect(configuration.settings).not.toBe(before);
    expect(configuration.save()).toBe('/file');
    expect(saved).toEqual({
      'max-string-len': 200,
      aliases: { stack: ['k'], locals: ['lo'] },
      'debug-info-directories': ['/x'],
    });
    expect(() => new Configuration().save()).toThrow('no place to save');
  });

  it.each([
    ['max-string-len', '-1', 'must be a number'],
    ['max-string-len', 'many', 'must be a number'],
    ['show-raw-strings', 'maybe', 'must be true or false'],
    ['position', 'bogus', 'must be one of default, source, disassembly'],
    ['prompt-color', 'reddish', 'must be a colour'],
    ['nonsense', '1', 'there is no setting nonsense'],
  ])('refuses %s %s', (key, value, message) => {
    expect(() => new Configuration().set(key, value)).toThrow(message);
  });

  it.each([
    ['red', '31'],
    ['bold red', '1;31'],
    ['34', '34'],
    ['1;34', '1;34'],
    ['\u001b[34m', '34'],
    ['\\x1b[92m', '92'],
    ['default', ''],
  ])('takes the colour %s', (text, code) => {
    const configuration = new Configuration();
    configuration.set('prompt-color', text);
    expect(configuration.settings.colors.prompt).toBe(code);
  });
});
