import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PathRule } from '@inquest/engine';
import { DiskSources } from '../src/sources/disk-sources.ts';

let root = '';
let rules: readonly PathRule[] = [];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'inquest-sources-')));
  rules = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = path): string {
  const whole = join(root, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

function sources(): DiskSources {
  return new DiskSources({
    besides: [join(root, 'app/bin/exe')],
    executable: undefined,
    goVersion: () => 'go1.99.1 X:something',
    rules: () => rules,
    env: { HOME: root },
  });
}

describe('DiskSources', () => {
  it('finds files where rules say, and looks again when they change', () => {
    const there = write('here/store/x.go', 'one\ntwo');
    const found = sources();
    expect(found.read('/build/store/x.go')).toBeUndefined();
    expect(found.places('/build/store/x.go')).toContain('/build/store/x.go');
    rules = [{ from: '/build', to: join(root, 'here') }];
    expect(found.read('/build/store/x.go')).toEqual(['one', 'two']);
    expect(found.locate('/build/store/x.go')).toBe(there);
  });

  it.each(['', 'one', 'one\n', 'one\ntwo\nthree', 'one\r\ntwo\r\n\r\nfour\r\n', '\n\nx\r\ny', 'a\rb\n'])(
    'gives the lines of %j from any one on',
    (content) => {
      const path = write('x.go', content);
      const found = sources();
      const lines = found.read(path) ?? [];
      for (let first = 1; first <= lines.length + 2; first++)
        expect([...(found.text(path)?.linesFrom(first) ?? [])]).toEqual(lines.slice(first - 1));
      expect(found.text(path)).toBe(found.text(path));
    },
  );

  it('takes files for unchanged that are older than all that was made of them, and read-only ones of a version of a module', () => {
    const exe = write('app/bin/exe');
    const core = write('app/bin/core');
    const near = write('app/bin/near.go');
    const version = write('go/pkg/mod/github.com/a/b@v1.2.3/z.go');
    const at = (path: string, time: number): void => utimesSync(path, time, time);
    const isAsBuilt = (path: string): boolean =>
      new DiskSources({
        besides: [exe, core],
        executable: exe,
        goVersion: () => undefined,
        rules: () => [],
        env: { HOME: root },
      }).isAsBuilt(path);
    at(exe, 300);
    at(core, 200);
    at(near, 100);
    expect(isAsBuilt('/gone/near.go')).toBe(true);
    // An executable that was copied is younger than the program: the core tells that it was there before.
    at(near, 250);
    expect(isAsBuilt('/gone/near.go')).toBe(false);
    expect(isAsBuilt('/gone/other.go')).toBe(false);
    expect(isAsBuilt('github.com/a/b@v1.2.3/z.go')).toBe(false);
    chmodSync(version, 0o444);
    expect(isAsBuilt('github.com/a/b@v1.2.3/z.go')).toBe(true);
  });

  it('fetches what is not here where that was asked for, when it is read', () => {
    const copy = write('cache/copy.go', 'from a server');
    const asked: string[] = [];
    const fetch = (path: string): string | undefined => {
      asked.push(path);
      return path === '/build/x.go' ? copy : undefined;
    };
    const found = new DiskSources({
      besides: [],
      executable: undefined,
      goVersion: () => undefined,
      rules: () => rules,
      env: { HOME: root },
      fetch,
    });
    expect([found.locate('/build/x.go'), asked]).toEqual([undefined, []]);
    expect(found.read('/build/x.go')).toEqual(['from a server']);
    expect(found.locate('/build/x.go')).toBe(copy);
    expect(found.read('/build/y.go')).toBeUndefined();
    expect([found.canFetch, sources().canFetch]).toEqual([true, false]);
  });

  it('finds what -trimpath leaves, and modules and Go trees of another machine', () => {
    write('app/go.mod', '// comment\nmodule example.com/app\n');
    write('sdk/go1.99.1/VERSION', 'go1.99.1\ntime x\n');
    write('sdk/go1.99.1/src/runtime/proc.go');
    write('go/pkg/mod/github.com/!up/mod@v1.2.3/z.go');
    const cases = {
      'example.com/app/store/x.go': write('app/store/x.go'),
      'github.com/Up/mod@v1.2.3/z.go': join(root, 'go/pkg/mod/github.com/!up/mod@v1.2.3/z.go'),
      '/other/go/pkg/mod/github.com/!up/mod@v1.2.3/z.go': join(root, 'go/pkg/mod/github.com/!up/mod@v1.2.3/z.go'),
      'runtime/proc.go': join(root, 'sdk/go1.99.1/src/runtime/proc.go'),
      '/other/golang/src/runtime/proc.go': join(root, 'sdk/go1.99.1/src/runtime/proc.go'),
      '/gone/near.go': write('app/bin/near.go'),
    };
    const found = sources();
    for (const [path, here] of Object.entries(cases)) expect(found.locate(path), path).toBe(here);
  });

  it('takes no Go tree of another release, whose lines would be wrong', () => {
    write('sdk/go1.99.1/VERSION', 'go1.98\n');
    write('sdk/go1.99.1/src/runtime/proc.go');
    expect(sources().read('runtime/proc.go')).toBeUndefined();
  });

  it('guesses rules from modules, the Go tree and the module cache', () => {
    write('app/go.mod', 'module example.com/app\n');
    write('app/store/x.go');
    write('app/cmd/tool/main.go');
    write('sdk/go1.99.1/VERSION', 'go1.99.1\n');
    write('sdk/go1.99.1/src/runtime/proc.go');
    write('go/pkg/mod/github.com/x/y@v1.0.0/z.go');
    const sample = (name: string, file: string): { package: string; file: string } => ({ package: name, file });
    const program = {
      goVersion: 'go1.99.1',
      mainModule: 'example.com/app',
      samples: [
        sample('example.com/app/cmd/tool', '/build/src/cmd/tool/main.go'),
        sample('example.com/app/store', '/build/src/store/x.go'),
        sample('runtime', '/opt/golang/src/runtime/proc.go'),
        sample('github.com/x/y', '/root/go/pkg/mod/github.com/x/y@v1.0.0/z.go'),
        sample('github.com/not/here', '/elsewhere/not/here/z.go'),
      ],
    };
    expect(sources().guessRules(program)).toEqual([
      { from: '/build/src', to: join(root, 'app') },
      { from: '/opt/golang/src', to: join(root, 'sdk/go1.99.1/src') },
      { from: '/root/go/pkg/mod', to: join(root, 'go/pkg/mod') },
    ]);
    expect(sources().guessRules({ ...program, goVersion: 'go1.5', samples: program.samples.slice(2, 3) })).toEqual([]);
  });
});
