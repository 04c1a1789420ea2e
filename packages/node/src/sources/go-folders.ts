import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder of the module cache. */
export function moduleCache(env: NodeJS.ProcessEnv): string {
  const { GOMODCACHE, GOPATH, HOME } = env;
  if (GOMODCACHE !== undefined && GOMODCACHE !== '') return GOMODCACHE;
  const paths = GOPATH !== undefined && GOPATH !== '' ? GOPATH.split(':') : [];
  return join(paths[0] ?? join(HOME ?? homedir(), 'go'), 'pkg', 'mod');
}

/** Where in a module cache a file is: of `github.com/x/y@v1.2.3/z.go` (-trimpath) and of paths in another machine's cache. */
export function moduleCachePath(path: string): string | undefined {
  const inCache = /\/pkg\/mod\/(.+@v.+)$/.exec(path)?.[1];
  if (inCache !== undefined) return inCache;
  if (path.startsWith('/') || !/@v\d/.test(path)) return undefined;
  return escapeModulePath(path);
}

/** The module cache writes capital letters as ! and the small letter. */
export function escapeModulePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** The Go tree (GOROOT) of exactly that release on this machine. */
export function findGoTree(version: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  // Experiments and toolchain suffixes follow a space: `go1.27.1 X:nocoverageredesign`.
  const release = /^go[\w.]+/.exec(version ?? '')?.[0];
  if (release === undefined) return undefined;
  const seen = new Set<string>();
  for (const folder of goTreeCandidates(release, env)) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    if (readFirstLine(join(folder, 'VERSION')) === release && existsSync(join(folder, 'src', 'runtime'))) return folder;
  }
  return undefined;
}

function* goTreeCandidates(release: string, env: NodeJS.ProcessEnv): Generator<string> {
  const { GOROOT, PATH = '', HOME = homedir() } = env;
  if (GOROOT !== undefined && GOROOT !== '') yield GOROOT;
  yield '/usr/local/go';
  for (const folder of PATH.split(':')) {
    const command = join(folder, 'go');
    if (folder !== '' && existsSync(command)) yield dirname(dirname(realpathSync(command)));
  }
  yield join(HOME, 'sdk', release);
  const toolchains = join(moduleCache(env), 'golang.org');
  for (const name of list(toolchains)) {
    if (name.startsWith('toolchain@') && name.includes(`-${release}.`)) yield join(toolchains, name);
  }
  for (const folder of ['/usr/lib', '/usr/local', '/opt']) {
    for (const name of list(folder)) if (/^go([-_]?[\d.]+)?$/.test(name)) yield join(folder, name);
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readFirstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

/** A folder with a go.mod, and the module's path. */
export interface ModuleRoot {
  readonly folder: string;
  readonly module: string;
}

/** The module that `folder` is in: its own go.mod or the nearest above it. */
export function findModuleRoot(folder: string): ModuleRoot | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, 'go.mod');
    if (existsSync(file)) {
      const module = readModulePath(file);
      return module === undefined ? undefined : { folder: at, module };
    }
    if (dirname(at) === at) return undefined;
  }
}

function readModulePath(file: string): string | undefined {
  try {
    return /^\s*module\s+["`]?([^\s"`]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
