import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { CoreTarget, parseElf } from '@inquest/engine';
import { openSource } from '../open.ts';
import { patternToRegExp, type CorePattern } from './core-pattern.ts';

/** What tells the cores of a run from others. */
export interface CoreSearch {
  readonly pattern: CorePattern;
  /** Processes of the run. */
  readonly pids: readonly number[];
  /** Folders in which these worked, likeliest first. */
  readonly folders: readonly string[];
  /** When the run began, in milliseconds since 1970: older files are of others. */
  readonly since: number;
  /** The process group of the run; a core of a process that was never seen is known by it. */
  readonly group: number | undefined;
  /** The folder above the stores of handlers; / unless given. */
  readonly root?: string;
}

export interface FoundCore {
  readonly path: string;
  readonly pid: number | undefined;
  /** The executable that the core names. */
  readonly executable: string | undefined;
}

export interface CoreSearchResult {
  /** Those of processes that were seen first, else the latest first. */
  readonly cores: readonly FoundCore[];
  /** Where was looked, as patterns. */
  readonly places: readonly string[];
}

/** File times are as coarse as the kernel's tick. */
const COARSENESS = 50;
/** Names in a folder that are looked at, and files that are opened. */
const MOST_NAMES = 20_000;
const MOST_OPENED = 200;

const STORES = {
  systemd: '/var/lib/systemd/coredump',
  apport: '/var/lib/apport/coredump',
  abrt: '/var/spool/abrt',
} as const;

/** Finds the cores of a run where core_pattern and the known handlers put them. */
export function findCores(search: CoreSearch): CoreSearchResult {
  const { pattern, folders } = search;
  if (pattern.kind === 'file') {
    const patterns = isAbsolute(pattern.path)
      ? [pattern.path]
      : folders.map((folder) => join(escapePercent(folder), pattern.path));
    const cores = patterns.flatMap((each) => matching(each, search)).map((path) => identify(path, search));
    return { cores: order(cores, search), places: patterns };
  }
  if (pattern.kind !== 'pipe') return { cores: [], places: [] };
  const found = inStores(pattern.handler, search);
  return { cores: order(found.cores, search), places: found.places };
}

/** Handlers name their files by the process's number. */
function inStores(handler: string, search: CoreSearch): { cores: (FoundCore | undefined)[]; places: string[] } {
  const cores: (FoundCore | undefined)[] = [];
  const places: string[] = [];
  const take = (folder: string, pidOf: (name: string) => string | undefined, below = ''): void => {
    places.push(join(folder, `*${below}`));
    for (const name of namesIn(folder)) {
      const pid = Number(pidOf(name));
      const path = join(folder, name, below);
      if (search.pids.includes(pid) && isRecent(path, search)) cores.push({ path, pid, executable: undefined });
    }
  };
  // core.NAME.UID.BOOT.PID.TIME, and .zst or another ending.
  const byParts = (name: string): string | undefined =>
    /^core\..*\.\d+\.[0-9a-f-]{32,36}\.(\d+)\.\d+(?:\.\w+)?$/.exec(name)?.[1];
  const store = (name: keyof typeof STORES): string => join(search.root ?? '/', STORES[name]);
  if (handler === 'systemd') take(store('systemd'), byParts);
  if (handler === 'apport') take(store('apport'), byParts);
  if (handler === 'abrt') take(store('abrt'), (name) => /^ccpp-.*-(\d+)$/.exec(name)?.[1], 'coredump');
  if (handler === 'apport' || handler === 'abrt') {
    const beside = search.folders.map((folder) => join(escapePercent(folder), 'core*'));
    places.push(...beside);
    for (const folder of search.folders) {
      const files = matching(join(escapePercent(folder), 'core%e'), search);
      cores.push(...files.map((path) => identify(path, search)));
    }
  }
  return { cores, places };
}

/** Recent files that match a pattern; the folders in it may have specifiers, too. */
function matching(pattern: string, search: CoreSearch): string[] {
  const components = pattern.split('/').slice(1);
  let paths = [''];
  for (const component of components) {
    if (!component.includes('%')) paths = paths.map((path) => `${path}/${component}`);
    else {
      const expression = patternToRegExp(component, {});
      paths = paths.flatMap((path) =>
        namesIn(path === '' ? '/' : path)
          .filter((name) => expression.test(name))
          .map((name) => `${path}/${name}`),
      );
    }
    if (paths.length > MOST_NAMES) return [];
  }
  return paths.filter((path) => isRecent(path, search)).slice(0, MOST_OPENED);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_NAMES);
  } catch {
    return [];
  }
}

function isRecent(path: string, { since }: CoreSearch): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.mtimeMs >= since - COARSENESS;
}

/** The core in a file, if it is one of the run. */
function identify(path: string, { pids, group }: CoreSearch): FoundCore | undefined {
  try {
    const core = new CoreTarget(parseElf(openSource(path)), undefined);
    const { pid, parent } = core;
    const ours =
      (pid !== undefined && pids.includes(pid)) ||
      (parent !== undefined && pids.includes(parent)) ||
      (group !== undefined && core.group === group);
    return ours ? { path, pid, executable: core.executablePath } : undefined;
  } catch {
    // Not a core, or not readable.
    return undefined;
  }
}

function order(cores: readonly (FoundCore | undefined)[], { pids }: CoreSearch): FoundCore[] {
  const unique = new Map<string, FoundCore>();
  for (const core of cores) if (core !== undefined) unique.set(core.path, core);
  const rank = ({ pid }: FoundCore): number => {
    const at = pid === undefined ? -1 : pids.indexOf(pid);
    return at < 0 ? pids.length : at;
  };
  return [...unique.values()].sort((a, b) => rank(a) - rank(b) || modifiedAt(b.path) - modifiedAt(a.path));
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** A folder's own name is no pattern. */
function escapePercent(folder: string): string {
  return folder.replaceAll('%', '%%');
}
