import type { HostReader } from './host-reader.ts';

/** What systemd-coredump is told to keep (coredump.conf). Sizes in bytes; undefined is no limit. */
export interface SystemdSettings {
  readonly storage: 'external' | 'journal' | 'none';
  readonly processSizeMax: number | undefined;
  readonly externalSizeMax: number | undefined;
  readonly journalSizeMax: number | undefined;
  /** The files that were read, in order. */
  readonly files: readonly string[];
}

const GIB = 2 ** 30;
/** Since systemd 251; 2 GiB before. */
const USUAL_SIZE = 32 * GIB;
const USUAL_JOURNAL = 767 * 2 ** 20;
/** By precedence, highest first. */
const SYSTEMD_FOLDERS = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd', '/lib/systemd'];

/** Reads coredump.conf and its drop-ins, as coredump.conf(5) describes. */
export function readSystemdSettings(reader: HostReader): SystemdSettings {
  const main = SYSTEMD_FOLDERS.map((folder) => `${folder}/coredump.conf`).find(
    (path) => reader.stat(path) !== undefined,
  );
  const dropIns = new Map<string, string>();
  for (const folder of SYSTEMD_FOLDERS.map((each) => `${each}/coredump.conf.d`)) {
    for (const name of reader.list(folder)) {
      if (name.endsWith('.conf') && !dropIns.has(name)) dropIns.set(name, `${folder}/${name}`);
    }
  }
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const files = [...(main === undefined ? [] : [main]), ...sorted];
  const values = new Map<string, string>();
  for (const path of files) readIni(reader.text(path) ?? '', values);
  const storage = values.get('Storage');
  return {
    storage: storage === 'journal' || storage === 'none' ? storage : 'external',
    processSizeMax: sizeOf(values.get('ProcessSizeMax'), USUAL_SIZE),
    externalSizeMax: sizeOf(values.get('ExternalSizeMax'), USUAL_SIZE),
    journalSizeMax: sizeOf(values.get('JournalSizeMax'), USUAL_JOURNAL),
    files,
  };
}

/** What ABRT is told to keep. */
export interface AbrtSettings {
  /** Crashes of programs that no package owns are kept. */
  readonly unpackaged: boolean;
  /** A core is also written where the kernel would have written it. */
  readonly compatibleCore: boolean;
}

/** Reads ABRT's configuration; without files what ABRT does by itself. */
export function readAbrtSettings(reader: HostReader): AbrtSettings {
  const values = new Map<string, string>();
  readIni(reader.text('/etc/abrt/abrt-action-save-package-data.conf') ?? '', values);
  readIni(reader.text('/etc/abrt/plugins/CCpp.conf') ?? '', values);
  const yes = (name: string, usual: boolean): boolean => {
    const value = values.get(name)?.toLowerCase();
    return value === undefined ? usual : value === 'yes' || value === 'true' || value === '1' || value === 'on';
  };
  return { unpackaged: yes('ProcessUnpackaged', false), compatibleCore: yes('MakeCompatCore', true) };
}

function readIni(text: string, into: Map<string, string>): void {
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) into.set(match[1], match[2]);
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 2 ** 10, M: 2 ** 20, G: GIB, T: 2 ** 40, P: 2 ** 50 };

/** A size as systemd writes it: 2G, 767M, infinity. One that makes no sense leaves the usual, as systemd does. */
export function sizeOf(text: string | undefined, usual: number | undefined): number | undefined {
  if (text === undefined || text === '') return usual;
  if (text === 'infinity') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([BKMGTP]?)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? usual : Number(match[1]) * unit;
}
