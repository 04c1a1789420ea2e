import { expandPattern, isOpenEnded, type CorePattern, type PatternValues } from '@inquest/node';
import { basename, dirname, resolve } from 'node:path';
import { check, formatSize, type Check, type Examined } from './check.ts';

/** Below this much free disk no core of a Go program fits, in bytes. */
const SCANT = 50_000_000;
const PLAIN = 'sudo sysctl -w kernel.core_pattern=/var/tmp/core.%e.%p';

/** Where a core would go: in words of the kind of destination, a path where it is a file. */
export interface Destination {
  readonly kind: 'file' | 'systemd' | 'apport' | 'abrt' | 'wsl' | 'program' | 'socket' | 'nowhere' | 'unknown';
  /** A path, with words in capitals for what comes with the crash. */
  readonly path: string | undefined;
  readonly checks: readonly Check[];
}

/** Finds where the kernel sends a core, and whether it is kept there. */
export function checkDestination(examined: Examined): Destination {
  const { pattern } = examined.facts;
  if (pattern === undefined) {
    const text = '/proc/sys/kernel/core_pattern cannot be read: this kernel may not write cores (gVisor does not)';
    return nowhere('unknown', check('destination', 'unknown', text));
  }
  switch (pattern.kind) {
    case 'none':
      return nowhere('nowhere', check('destination', 'bad', 'core_pattern is empty: no core is written', PLAIN));
    case 'socket':
      return nowhere(
        'socket',
        check('destination', 'unknown', `cores go to whatever listens on the socket ${pattern.path}`),
      );
    case 'file':
      return checkFile(examined, pattern.path);
    case 'pipe':
      return checkPipe(examined, pattern);
  }
}

function nowhere(kind: Destination['kind'], ...checks: readonly Check[]): Destination {
  return { kind, path: undefined, checks };
}

/** Values of a pattern that are known before the crash. */
export function knownValues({ facts: { process, hostName } }: Examined): PatternValues {
  const values: Partial<Record<string, string>> = { s: '6' };
  if (hostName !== undefined) values['h'] = hostName;
  if (process.uid !== undefined) values['u'] = String(process.uid);
  if (process.pid === undefined) return values;
  // Inside a namespace the process has another number.
  if (!process.isInit) values['p'] = String(process.pid);
  if (process.name !== undefined) values['e'] = process.name;
  if (process.executable !== undefined) {
    const path = process.executable.replace(/ \(deleted\)$/, '');
    values['f'] = basename(path);
    values['E'] = path;
  }
  return values;
}

function checkFile(examined: Examined, pattern: string): Destination {
  const { facts, reader } = examined;
  const values = knownValues(examined);
  const { cwd } = facts.process;
  if (!pattern.startsWith('/') && cwd === undefined) {
    const text = `core_pattern is ${shown(facts.patternText)}: a file in the working directory, which cannot be read`;
    return nowhere('file', check('destination', 'unknown', text, asRoot(examined)));
  }
  const path = resolve(cwd ?? '/', expandPattern(pattern, values));
  const where = pattern.startsWith('/') ? '' : ' in the working directory that the program has when it dies';
  const destination = check(
    'destination',
    'good',
    `core_pattern is ${shown(facts.patternText)}: a file${where}, here ${path}`,
  );
  if (reader.stat((facts.process.root ?? '') + path)?.kind === 'other') {
    return nowhere(
      'nowhere',
      check('destination', 'bad', `cores go to ${path}, which is no file: none is kept`, PLAIN),
    );
  }
  const checks = [destination, ...checkFolder(examined, pattern, dirname(path))];
  const overwritten = !/%[pPtiI]/.test(pattern);
  if (overwritten) {
    const text = 'the name has no process number: a second core overwrites the first';
    checks.push(check('destination', 'warning', text, 'sudo sysctl -w kernel.core_uses_pid=1'));
  }
  return { kind: 'file', path, checks };
}

function asRoot({ facts: { process } }: Examined): string {
  return `sudo inquest doctor --pid ${process.pid ?? ''}`;
}

function checkFolder(examined: Examined, pattern: string, folder: string): Check[] {
  const { facts, reader } = examined;
  if (isOpenEnded(dirname(pattern), knownValues(examined))) {
    return [check('folder', 'unknown', `the kernel makes no folders: ${folder} must be there when the program dies`)];
  }
  const { root } = facts.process;
  if (root === undefined)
    return [check('folder', 'unknown', `whether it may write in ${folder} cannot be seen from here`, asRoot(examined))];
  const at = root + folder;
  const stat = reader.stat(at);
  if (stat === undefined) {
    return [
      check(
        'folder',
        'bad',
        `there is no folder ${folder}, and the kernel makes none`,
        `sudo mkdir -p -m 1777 ${folder}`,
      ),
    ];
  }
  if (stat.kind !== 'directory') return [check('folder', 'bad', `${folder} is not a folder`)];
  if (!mayWrite(examined, at)) {
    const own = pattern.startsWith('/')
      ? `sudo chmod 1777 ${folder}`
      : 'start the program in a folder that its user may write to';
    return [check('folder', 'bad', `the program may not write in ${folder}`, own, `or: ${PLAIN}`)];
  }
  const free = reader.free(at);
  if (free === undefined) return [check('folder', 'good', `${folder} is writable`)];
  const needed = facts.process.pid === undefined ? 0 : (facts.process.resident ?? 0);
  const scant = free < SCANT || free < needed;
  const size = needed > free ? `, and the process uses ${formatSize(needed)}` : '';
  return [
    check(
      'folder',
      free < 4096 ? 'bad' : scant ? 'warning' : 'good',
      `${folder} is writable and has ${formatSize(free)} free${size}`,
      ...(scant ? ['make room, or let core_pattern lead elsewhere'] : []),
    ),
  ];
}

/** For a process of another user the permission bits decide, for our own the kernel is asked. */
function mayWrite({ facts: { process }, reader }: Examined, folder: string): boolean {
  const own = globalThis.process.geteuid?.();
  if (process.pid === undefined || process.uid === own) return reader.writable(folder);
  if (process.uid === 0) return true;
  const stat = reader.stat(folder);
  if (stat === undefined) return false;
  const shift = stat.uid === process.uid ? 6 : process.gids.includes(stat.gid) ? 3 : 0;
  return ((stat.mode >> shift) & 3) === 3;
}

function checkPipe(examined: Examined, { handler, words }: Extract<CorePattern, { kind: 'pipe' }>): Destination {
  const { facts, reader } = examined;
  const [program = ''] = words;
  if (handler === 'discard')
    return nowhere('nowhere', check('destination', 'bad', `cores go to ${program}, which drops them`, PLAIN));
  if (handler === 'wsl') {
    const text = 'WSL keeps cores on the Windows side, in %LOCALAPPDATA%\\Temp\\wsl-crashes';
    return nowhere('wsl', check('destination', 'good', text, `into a file here instead: ${PLAIN}`));
  }
  if (facts.container !== undefined) {
    const text = `cores go to ${program} of the machine that runs the container: look for them there`;
    return nowhere(
      handler === 'other' ? 'program' : handler,
      check('destination', 'unknown', text, `on that machine, a path that the container has as a volume: ${PLAIN}`),
    );
  }
  if (reader.stat(program) === undefined) {
    return nowhere('nowhere', check('destination', 'bad', `cores go to ${program}, which is not there`, PLAIN));
  }
  if (handler === 'systemd') return checkSystemd(examined);
  if (handler === 'apport') return checkApport();
  if (handler === 'abrt') return checkAbrt(examined);
  return nowhere(
    'program',
    check(
      'destination',
      'unknown',
      `cores go to the program ${program}: what it does with them is not known here`,
      `into files instead: ${PLAIN}`,
    ),
  );
}

const STORE = '/var/lib/systemd/coredump';

function checkSystemd({ facts: { systemd, process }, reader }: Examined): Destination {
  if (systemd === undefined) return nowhere('systemd');
  const configure = (line: string): string =>
    `mkdir -p /etc/systemd/coredump.conf.d && printf '[Coredump]\\n${line}\\n' | sudo tee /etc/systemd/coredump.conf.d/inquest.conf`;
  const { storage, processSizeMax, externalSizeMax, journalSizeMax } = systemd;
  if (storage === 'none') {
    return nowhere(
      'systemd',
      check(
        'destination',
        'bad',
        'cores go to systemd-coredump, which keeps none (Storage=none)',
        configure('Storage=external'),
      ),
    );
  }
  const storeLimit = storage === 'journal' ? journalSizeMax : externalSizeMax;
  const most = Math.min(processSizeMax ?? Number.POSITIVE_INFINITY, storeLimit ?? Number.POSITIVE_INFINITY);
  const name = storage === 'journal' ? 'JournalSizeMax' : 'ExternalSizeMax';
  const raise = configure(`ProcessSizeMax=32G\\n${name}=32G`);
  if (most === 0)
    return nowhere(
      'systemd',
      check('destination', 'bad', 'cores go to systemd-coredump, which is told to keep none (a size of 0)', raise),
    );
  const place = storage === 'journal' ? 'the journal' : STORE;
  const limit = Number.isFinite(most) ? `, none beyond ${formatSize(most)}` : '';
  const checks = [check('destination', 'good', `systemd-coredump keeps cores in ${place}${limit}: coredumpctl list`)];
  const needed = process.pid === undefined ? 0 : (process.resident ?? 0);
  if (needed > most)
    checks.push(
      check('destination', 'warning', `the process uses ${formatSize(needed)}: its core is cut off or left out`, raise),
    );
  const free = storage === 'journal' ? undefined : reader.free(STORE);
  if (free !== undefined && free < Math.max(SCANT, needed)) {
    checks.push(
      check(
        'folder',
        'warning',
        `${STORE} has ${formatSize(free)} free`,
        'make room: older cores are removed by KeepFree= and MaxUse= of coredump.conf',
      ),
    );
  }
  return {
    kind: 'systemd',
    path: storage === 'journal' ? undefined : `${STORE}/core.NAME.UID.BOOT.PID.TIME.zst`,
    checks,
  };
}

function checkApport(): Destination {
  const path = '/var/lib/apport/coredump/core.PATH.UID.BOOT.PID.TIME';
  const text = `apport keeps cores of programs that no package owns in ${dirname(path)} (releases before Ubuntu 21.10: in the working directory)`;
  return { kind: 'apport', path, checks: [check('destination', 'good', text)] };
}

function checkAbrt({ facts: { abrt } }: Examined): Destination {
  const fix =
    'ProcessUnpackaged = yes in /etc/abrt/abrt-action-save-package-data.conf, then sudo systemctl restart abrtd';
  if (abrt?.unpackaged === true) {
    const path = '/var/spool/abrt/ccpp-TIME-PID/coredump';
    return {
      kind: 'abrt',
      path,
      checks: [check('destination', 'good', `ABRT keeps cores in ${dirname(dirname(path))}: abrt list`)],
    };
  }
  if (abrt?.compatibleCore === true) {
    const text = 'ABRT drops crashes of programs that no package owns, but writes their cores in the working directory';
    return nowhere('abrt', check('destination', 'warning', text, fix));
  }
  return nowhere('abrt', check('destination', 'bad', 'ABRT drops crashes of programs that no package owns', fix));
}

function shown(text: string | undefined): string {
  return text === undefined ? '?' : JSON.stringify(text);
}
