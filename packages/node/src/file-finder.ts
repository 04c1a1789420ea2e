import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  isDebugError,
  parseElf,
  readBuildIds,
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
    const { sysroot, libs = [], besides = [] } = this.places;
    const given = this.places.debugDirectories?.() ?? [SYSTEM_DEBUG];
    const roots = [...(sysroot === undefined ? [] : [join(sysroot, SYSTEM_DEBUG)]), ...given].map(plainRoot);
    for (const root of [...roots, ...libs]) yield* buildIdPaths(root, buildId, '.debug');
    if (link === undefined) return;
    const folder = dirname(resolve(path));
    yield join(folder, link);
    yield join(folder, '.debug', link);
    for (const root of roots) yield join(root, folder, link);
    for (const place of [...libs, ...given, ...besides.map((file) => dirname(file))]) yield join(place, link);
  }

  /** GNU build ID to path, of the files in a folder. */
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
      const id = isFile(path) ? this.buildIdOf(path) : undefined;
      if (id !== undefined) yield [id, path];
    }
  }

  private buildIdOf(path: string): string | undefined {
    try {
      return readBuildIds(parseElf(this.open(path))).gnu;
    } catch (error) {
      if (isDebugError(error)) return undefined;
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
