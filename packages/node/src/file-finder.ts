import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  isDebugError,
  parseElf,
  readBuildIds,
  type BuildIds,
  type ByteSource,
  type DebugFileRequest,
  type FileFinder,
} from '@inquest/engine';

/** Where files of the crashed process are looked for. Nothing is fetched from a network. */
export interface FilePlaces {
  /** A copy of the root of the machine where the program ran. */
  readonly sysroot?: string | undefined;
  /** Folders with libraries: by name, by path below the folder, or any of its files with the right build ID. */
  readonly libs?: readonly string[];
  /** Folders with debugging information that is kept apart, asked for when it is wanted; /usr/lib/debug by default. */
  readonly debugDirectories?: () => readonly string[];
  /** Do not look at the paths that the process had: they are those of another machine. */
  readonly onlyGiven?: boolean;
  /** Fetches a file by its GNU build ID; only where the user asked for that. Returns its path. */
  readonly fetch?: ((kind: 'executable' | 'debuginfo', buildId: string) => string | undefined) | undefined;
  /** Files in whose folders libraries may lie as well: the executable, the core. */
  readonly besides?: readonly string[];
}

/** The folder where Linux distributions put debugging information. */
const SYSTEM_DEBUG = '/usr/lib/debug';
/** Files of a folder that are opened to look for a build ID. */
const MOST_FILES = 2000;
const MOST_LINKS = 40;

/** Finds libraries and debugging information among the files of this machine. `open` opens one. */
export class DiskFinder implements FileFinder {
  private readonly places: FilePlaces;
  private readonly open: (path: string) => ByteSource;
  private readonly byBuildId = new Map<string, ReadonlyMap<string, string>>();

  constructor(places: FilePlaces, open: (path: string) => ByteSource) {
    this.places = places;
    this.open = open;
  }

  *library(path: string, buildId: string | undefined): Iterable<ByteSource> {
    yield* this.openAll(this.libraryPaths(path.replace(/ \(deleted\)$/, ''), buildId));
  }

  *debugFile(request: DebugFileRequest): Iterable<ByteSource> {
    yield* this.openAll(this.debugPaths(request));
  }

  /** Paths at which the executable that a core names as `path` may be; the likeliest first. */
  *executablePaths(path: string | undefined, ids: BuildIds): Iterable<string> {
    const { libs = [], besides = [], fetch } = this.places;
    const folders = [...new Set(besides.map((file) => dirname(file)))];
    const plain = path?.replace(/ \(deleted\)$/, '');
    if (plain !== undefined) yield* this.namedPaths(plain, folders);
    const roots = [...this.debugRoots(), '/usr/lib', ...libs];
    for (const root of roots) yield* buildIdPaths(root, ids.gnu, '');
    // Last, as each file of a folder must be opened for it.
    for (const folder of [...libs, ...folders]) {
      for (const id of [ids.gnu, ids.go]) {
        const found = id === undefined ? undefined : this.filesOf(folder).get(id);
        if (found !== undefined) yield found;
      }
    }
    const fetched = ids.gnu === undefined ? undefined : fetch?.('executable', ids.gnu);
    if (fetched !== undefined) yield fetched;
  }

  private *namedPaths(path: string, folders: readonly string[]): Iterable<string> {
    const { sysroot, libs = [], onlyGiven } = this.places;
    if (sysroot !== undefined) yield resolveBelow(sysroot, path) ?? join(sysroot, path);
    for (const folder of libs) {
      yield join(folder, path);
      yield join(folder, basename(path));
    }
    if (path.startsWith('/') && onlyGiven !== true) yield path;
    for (const folder of folders) yield join(folder, basename(path));
  }

  private debugRoots(): string[] {
    const { sysroot } = this.places;
    const given = this.places.debugDirectories?.() ?? [SYSTEM_DEBUG];
    return [...(sysroot === undefined ? [] : [join(sysroot, SYSTEM_DEBUG)]), ...given].map(plainRoot);
  }

  private *libraryPaths(path: string, buildId: string | undefined): Iterable<string> {
    const { sysroot, libs = [], besides = [] } = this.places;
    const name = basename(path);
    for (const folder of libs) {
      yield join(folder, name);
      yield join(folder, path);
      yield* buildIdPaths(folder, buildId, '');
      const other = buildId === undefined ? undefined : this.filesOf(folder).get(buildId);
      if (other !== undefined) yield other;
    }
    if (sysroot !== undefined) yield resolveBelow(sysroot, path) ?? join(sysroot, path);
    for (const folder of new Set(besides.map((file) => dirname(file)))) yield join(folder, name);
    if (path.startsWith('/') && this.places.onlyGiven !== true) yield path;
  }

  private *debugPaths({ path, buildId, link }: DebugFileRequest): Iterable<string> {
    const { libs = [], besides = [], fetch } = this.places;
    const given = this.places.debugDirectories?.() ?? [SYSTEM_DEBUG];
    const roots = this.debugRoots();
    for (const root of [...roots, ...libs]) yield* buildIdPaths(root, buildId, '.debug');
    if (link !== undefined)
      yield* linkPaths(path, link, roots, [...libs, ...given, ...besides.map((file) => dirname(file))]);
    const fetched = buildId === undefined ? undefined : fetch?.('debuginfo', buildId);
    if (fetched !== undefined) yield fetched;
  }

  /** Build ID, GNU's or Go's, to path, of the files in a folder. */
  private filesOf(folder: string): ReadonlyMap<string, string> {
    let known = this.byBuildId.get(folder);
    if (known === undefined) {
      known = new Map(this.scan(folder));
      this.byBuildId.set(folder, known);
    }
    return known;
  }

  private *scan(folder: string): Iterable<readonly [string, string]> {
    for (const name of listFolder(folder).slice(0, MOST_FILES)) {
      const path = join(folder, name);
      const { gnu, go } = isFile(path) ? this.buildIdsOf(path) : {};
      if (gnu !== undefined) yield [gnu, path];
      if (go !== undefined) yield [go, path];
    }
  }

  private buildIdsOf(path: string): BuildIds {
    try {
      return readBuildIds(parseElf(this.open(path)));
    } catch (error) {
      if (isDebugError(error)) return {};
      throw error;
    }
  }

  /** Each file once, by whatever paths it is found; what cannot be opened is left out. */
  private *openAll(paths: Iterable<string>): Iterable<ByteSource> {
    const seen = new Set<string>();
    for (const path of paths) {
      if (seen.has(path) || !existsSync(path)) continue;
      seen.add(path);
      try {
        yield this.open(path);
      } catch (error) {
        if (!isDebugError(error)) throw error;
      }
    }
  }
}

/** Where the name in .gnu_debuglink may be. */
function* linkPaths(path: string, link: string, roots: readonly string[], places: readonly string[]): Iterable<string> {
  const folder = dirname(resolve(path));
  yield join(folder, link);
  yield join(folder, '.debug', link);
  for (const root of roots) yield join(root, folder, link);
  for (const place of places) yield join(place, link);
}

/** `.build-id/ab/cdef….debug`, as distributions and debuggers file things by build ID. */
function* buildIdPaths(root: string, buildId: string | undefined, suffix: string): Iterable<string> {
  if (buildId === undefined || buildId.length < 4) return;
  yield join(root, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}${suffix}`);
}

/** Delve's setting names the folder of build IDs itself, GDB's the one that it is in. */
function plainRoot(folder: string): string {
  return basename(folder) === '.build-id' ? dirname(folder) : folder;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}

/** `path` below `root` with links followed as they were on the machine that `root` is a copy of: absolute ones stay below. */
function resolveBelow(root: string, path: string): string | undefined {
  const rest = path.split('/').filter((part) => part !== '' && part !== '.');
  const done: string[] = [];
  for (let links = 0; rest.length > 0;) {
    const part = rest.shift() as string;
    if (part === '..') {
      done.pop();
      continue;
    }
    const at = join(root, ...done, part);
    const target = linkAt(at);
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (++links > MOST_LINKS) return undefined;
    if (target.startsWith('/')) done.length = 0;
    rest.unshift(...target.split('/').filter((each) => each !== '' && each !== '.'));
  }
  return join(root, ...done);
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
