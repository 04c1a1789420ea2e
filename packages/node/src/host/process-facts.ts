import type { HostReader } from './host-reader.ts';

/** One resource limit; undefined is no limit. In bytes. */
export interface Limit {
  readonly soft: number | undefined;
  readonly hard: number | undefined;
}

/** What /proc tells of a process that decides over its core. What cannot be read is undefined. */
export interface ProcessFacts {
  readonly pid: number | undefined;
  readonly name: string | undefined;
  readonly coreLimit: Limit | undefined;
  readonly fileLimit: Limit | undefined;
  /** GOTRACEBACK of its environment; '' where it is not set; undefined where the environment cannot be read. */
  readonly goTraceback: string | undefined;
  /** Bits of core(5), coredump_filter. */
  readonly filter: number | undefined;
  /** False if the kernel has marked it as not to be dumped for its owner (set-user-ID, capabilities, prctl). */
  readonly dumpable: boolean | undefined;
  /** True if it is process 1 of its namespace. */
  readonly isInit: boolean;
  readonly uid: number | undefined;
  readonly gids: readonly number[];
  /** As Seccomp in /proc/PID/status: 0 none, 1 strict, 2 a filter. */
  readonly seccomp: number | undefined;
  /** True if it may raise its hard limits (CAP_SYS_RESOURCE). */
  readonly mayRaiseLimits: boolean;
  /** Memory in use, in bytes. */
  readonly resident: number | undefined;
  readonly cwd: string | undefined;
  readonly executable: string | undefined;
  /** Where its root directory is reached from here; '' is our own. */
  readonly root: string | undefined;
  readonly cgroup: string | undefined;
}

/** Reads about process `pid`; undefined where there is none. `self` reads about the one that asks. */
export function readProcessFacts(reader: HostReader, pid: number | 'self'): ProcessFacts | undefined {
  const folder = `/proc/${pid}`;
  const status = parseStatus(reader.text(`${folder}/status`) ?? '');
  if (status.size === 0) return undefined;
  const limits = reader.text(`${folder}/limits`);
  const environment = reader.text(`${folder}/environ`);
  const ids = (status.get('Uid') ?? '').split(/\s+/).map(Number);
  const groups = `${status.get('Gid')?.split(/\s+/)[1] ?? ''} ${status.get('Groups') ?? ''}`;
  const filter = Number.parseInt(reader.text(`${folder}/coredump_filter`)?.trim() ?? '', 16);
  const resident = /^(\d+) kB/.exec(status.get('VmRSS') ?? '')?.[1];
  const seccomp = status.get('Seccomp');
  return {
    pid: pid === 'self' ? undefined : pid,
    name: status.get('Name'),
    coreLimit: limits === undefined ? undefined : parseLimit(limits, 'Max core file size'),
    fileLimit: limits === undefined ? undefined : parseLimit(limits, 'Max file size'),
    goTraceback: environment === undefined ? undefined : findVariable(environment, 'GOTRACEBACK'),
    filter: Number.isNaN(filter) ? undefined : filter,
    // What holds for the one that asks need not hold for what it starts.
    dumpable: pid === 'self' ? undefined : isDumpable(reader, folder, ids[1]),
    isInit: lastNumber(status.get('NSpid')) === 1,
    uid: ids[1],
    gids: groups
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number),
    seccomp: seccomp === undefined ? undefined : Number(seccomp),
    mayRaiseLimits: hasCapability(status.get('CapEff'), CAP_SYS_RESOURCE),
    resident: resident === undefined ? undefined : Number(resident) * 1024,
    cwd: reader.link(`${folder}/cwd`),
    executable: reader.link(`${folder}/exe`),
    root: pid === 'self' ? '' : reader.stat(`${folder}/root`) === undefined ? undefined : `${folder}/root`,
    cgroup: reader.text(`${folder}/cgroup`),
  };
}

/** Number of the capability to override resource limits (capabilities(7)). */
const CAP_SYS_RESOURCE = 24n;

/** @param set capabilities in hex, as in /proc/PID/status */
function hasCapability(set: string | undefined, capability: bigint): boolean {
  if (set === undefined || !/^[0-9a-f]{1,16}$/.test(set)) return false;
  return (BigInt(`0x${set}`) >> capability) % 2n === 1n;
}

function parseStatus(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** One line of /proc/PID/limits. */
export function parseLimit(text: string, name: string): Limit | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  const [soft, hard] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  const bytes = (word: string): number | undefined => (word === 'unlimited' ? undefined : Number(word));
  return { soft: bytes(soft), hard: bytes(hard) };
}

function findVariable(environment: string, name: string): string {
  const entry = environment.split('\0').find((each) => each.startsWith(`${name}=`));
  return entry?.slice(name.length + 1) ?? '';
}

/** The kernel gives /proc/PID of a process that is not dumpable to root (or to nobody, in a namespace). */
function isDumpable(reader: HostReader, folder: string, uid: number | undefined): boolean | undefined {
  const owner = reader.stat(folder)?.uid;
  // What runs as root is owned by root either way.
  if (owner === undefined || uid === undefined || uid === 0) return undefined;
  return owner === uid;
}

function lastNumber(text: string | undefined): number | undefined {
  const last = text?.split(/\s+/).at(-1);
  return last === undefined || last === '' ? undefined : Number(last);
}
