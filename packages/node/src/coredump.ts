import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DebugError } from '@inquest/engine';
import { coreFolder, spoolName } from './archives/core-cache.ts';
import { reasonOf } from './host-file.ts';

/** Where systemd-coredump keeps cores (coredump.conf(5), Storage=external). */
const FOLDER = '/var/lib/systemd/coredump';
/** How long coredumpctl may search its journal, in milliseconds. */
const PATIENCE = 120_000;
/** Cores that are named where the wanted one is not there. */
const MOST_NAMED = 5;

/** A core that systemd-coredump kept. */
export interface Coredump {
  readonly path: string;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The newest core that matches: `last`, a process ID, the path of an executable, or its name. coredumpctl is asked where it
 * is installed, else the names of the files in its folder tell. Throws a `DebugError` that says what is not there.
 * @param folder where systemd-coredump keeps cores
 */
export function findCoredump(match: string, folder: string = FOLDER): Coredump {
  if (match.trim() === '' || match.startsWith('-')) {
    const hint = 'usage: inquest core --coredump PID, EXECUTABLE or last';
    throw new DebugError(`'${match}' names no core`, { code: 'usage', hint });
  }
  return askCoredumpctl(match) ?? searchFolder(match, folder);
}

/** Undefined where coredumpctl is not installed. */
function askCoredumpctl(match: string): Coredump | undefined {
  const words = match === 'last' ? [] : [match];
  const info = runCoredumpctl(['info', '--no-pager', '-1', ...words]);
  if (info === undefined) return undefined;
  if (info.status !== 0)
    throw new DebugError(`coredumpctl has no core of ${match}${because(info.stderr)}`, { code: 'not-found' });
  const storage = /^\s*Storage: (.*)$/m.exec(info.stdout)?.[1] ?? 'none';
  const [, place = storage, state = ''] = /^(.*?)(?: \(([^)]*)\))?$/.exec(storage) ?? [];
  const notes =
    state === 'truncated'
      ? [`systemd-coredump cut ${place} off: ProcessSizeMax= or ExternalSizeMax= is too small`]
      : [];
  if (place.startsWith('/') && existsSync(place)) return { path: place, notes: [`the core is ${place}`, ...notes] };
  if (place.startsWith('journal')) return { path: dumpFromJournal(words), notes };
  const hint =
    place === 'none'
      ? 'Storage=external in /etc/systemd/coredump.conf keeps cores'
      : 'systemd-tmpfiles removes cores after three days; only root and the owner of the process may read them';
  throw new DebugError(`coredumpctl knows of a crash of ${match}, but its core is not there: ${storage}`, {
    code: 'not-found',
    hint,
  });
}

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runCoredumpctl(words: readonly string[]): Answer | undefined {
  const env = { ...process.env, LC_ALL: 'C', SYSTEMD_COLORS: '0' };
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { error, ...answer } = spawnSync('coredumpctl', words, {
    encoding: 'utf8',
    timeout: PATIENCE,
    env,
    maxBuffer: 1 << 26,
  });
  if (error === undefined) return answer;
  if ((error as { code?: string }).code === 'ENOENT') return undefined;
  throw new DebugError(`coredumpctl failed: ${reasonOf(error)}`, { code: 'io' });
}

function because(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line === '' ? '' : `: ${line}`;
}

/** A core that is in the journal itself is copied out; the copy goes when the process ends. */
function dumpFromJournal(words: readonly string[]): string {
  const path = spoolName(coreFolder());
  process.once('exit', () => rmSync(path, { force: true }));
  const answer = runCoredumpctl(['dump', '--no-pager', '-q', '-1', `--output=${path}`, ...words]);
  if (answer === undefined || answer.status !== 0 || !existsSync(path))
    throw new DebugError(`coredumpctl cannot take the core out of the journal${because(answer?.stderr ?? '')}`, {
      code: 'io',
    });
  return path;
}

/** `core.COMM.UID.BOOT.PID.TIME`, compressed or not (systemd src/coredump/coredump.c make_filename). */
const NAME = /^core\.(.+)\.(\d+)\.([0-9a-f]{32})\.(\d+)\.(\d+)(?:\.(?:zst|lz4|xz))?$/;
/** The kernel cuts names of processes. */
const LONGEST_COMM = 15;

interface CoreName {
  readonly path: string;
  readonly command: string;
  readonly pid: string;
  /** Seconds or microseconds since 1970: longer is later. */
  readonly time: bigint;
}

function searchFolder(match: string, folder: string): Coredump {
  const all = listCores(folder);
  const wanted = all.filter(({ command, pid }) =>
    match === 'last' ? true : /^\d+$/.test(match) ? pid === match : command === basename(match).slice(0, LONGEST_COMM),
  );
  const [newest] = wanted;
  if (newest !== undefined) return { path: newest.path, notes: [`the core is ${newest.path}`] };
  const others = all.slice(0, MOST_NAMED).map(({ command, pid }) => `${command} (pid ${pid})`);
  const there =
    others.length === 0
      ? 'it has no cores'
      : `it has cores of ${others.join(', ')}${all.length > MOST_NAMED ? ', …' : ''}`;
  const what = match === 'last' ? 'no core' : `no core of ${match}`;
  throw new DebugError(`${folder} has ${what}`, { code: 'not-found', hint: there });
}

/** The newest first. */
function listCores(folder: string): CoreName[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') {
      throw new DebugError(`cores are not kept by systemd here: there is neither coredumpctl nor ${folder}`, {
        code: 'not-found',
        hint: 'give the core itself; kernel.core_pattern (cat /proc/sys/kernel/core_pattern) tells where it went',
      });
    }
    throw new DebugError(`cannot read ${folder}: ${reasonOf(error)}`, { code: 'io' });
  }
  return names
    .flatMap((name) => parseName(folder, name))
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

function parseName(folder: string, name: string): CoreName[] {
  const match = NAME.exec(name);
  const path = join(folder, name);
  if (match === null || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const [, command = '', , , pid = '', time = '0'] = match;
  const plain = command.replace(/\\x([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return [{ path, command: plain, pid, time: BigInt(time.slice(0, 20)) }];
}
