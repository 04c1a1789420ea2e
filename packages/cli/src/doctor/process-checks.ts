import type { ProcessFacts } from '@inquest/node';
import { check, formatSize, type Check, type Examined } from './check.ts';

/** A core is not written at all below a page (fs/coredump.c, min_coredump). */
const SMALLEST_CORE = 4096;
/** Below this a core has notes, but hardly any memory. */
const USEFUL_CORE = 1_000_000;
/** Bits of coredump_filter that a Go program's heap, stacks and globals need: private anonymous memory. */
const PRIVATE_ANONYMOUS = 1;

/** Whether the Go runtime dies in a way that makes a core. */
export function checkTraceback({ facts }: Examined): Check {
  const { goTraceback, process } = facts;
  const whose = process.pid === undefined ? '' : ` of process ${process.pid}`;
  const fix =
    process.pid === undefined ? 'export GOTRACEBACK=crash' : 'start it with GOTRACEBACK=crash in its environment';
  if (goTraceback === undefined) {
    return check(
      'GOTRACEBACK',
      'unknown',
      `the environment${whose} cannot be read: GOTRACEBACK may be set or not`,
      `sudo inquest doctor --pid ${process.pid ?? ''}`,
    );
  }
  if (goTraceback === 'crash')
    return check('GOTRACEBACK', 'good', 'GOTRACEBACK is crash: a panic ends with SIGABRT, which makes a core');
  const is = goTraceback === '' ? 'is not set' : `is ${goTraceback}`;
  return check(
    'GOTRACEBACK',
    'bad',
    `GOTRACEBACK${whose} ${is}: a panic ends with exit status 2 and without a core, unless the program calls debug.SetTraceback("crash")`,
    fix,
  );
}

/** The size that the process allows its core. A program that gets the core by a pipe may look at it or not. */
export function checkLimit({ facts }: Examined): Check[] {
  const { pattern, process } = facts;
  const { coreLimit, fileLimit, pid } = process;
  if (coreLimit === undefined) return [check('limit', 'unknown', 'the limits of the process cannot be read')];
  const ignored =
    pattern?.kind === 'socket' ||
    (pattern?.kind === 'pipe' && (pattern.handler === 'other' || pattern.handler === 'wsl'));
  // The kernel takes a limit of one byte for a handler that itself crashed.
  if (ignored && coreLimit.soft !== 1)
    return [
      check('limit', 'good', 'the kernel does not look at the limit of the core size where the core goes to a program'),
    ];
  const { soft, hard } = coreLimit;
  const checks: Check[] = [];
  if (soft === undefined) checks.push(check('limit', 'good', 'the core size is not limited'));
  else if (soft < SMALLEST_CORE) {
    checks.push(
      check(
        'limit',
        'bad',
        `the core size is limited to ${formatSize(soft)} (hard limit: ${hard === undefined ? 'none' : formatSize(hard)})`,
        ...raise(process, soft, hard),
      ),
    );
  } else {
    const known = process.resident;
    const more = known !== undefined && pid !== undefined && known > soft ? `; it uses ${formatSize(known)} now` : '';
    checks.push(
      check(
        'limit',
        soft < USEFUL_CORE ? 'bad' : 'warning',
        `a core is cut off at ${formatSize(soft)}${more}`,
        ...raise(process, soft, hard),
      ),
    );
  }
  if (pattern?.kind === 'file' && fileLimit?.soft !== undefined) {
    const verdict = fileLimit.soft < SMALLEST_CORE ? 'bad' : 'warning';
    checks.push(
      check(
        'limit',
        verdict,
        `files, and so cores, are limited to ${formatSize(fileLimit.soft)}`,
        pid === undefined ? 'ulimit -f unlimited' : `${sudoFor(process)}prlimit --pid ${pid} --fsize=unlimited:`,
      ),
    );
  }
  return checks;
}

/** Limits of another user's process are root's to change. */
function sudoFor({ uid }: ProcessFacts): string {
  return uid === globalThis.process.geteuid?.() ? '' : 'sudo ';
}

function raise(process: ProcessFacts, soft: number, hard: number | undefined): string[] {
  const { pid } = process;
  if (pid !== undefined) {
    const hardly = hard === undefined ? 'unlimited:' : 'unlimited';
    return [
      `${hard === undefined ? sudoFor(process) : 'sudo '}prlimit --pid ${pid} --core=${hardly}`,
      'for good: LimitCORE=infinity in the [Service] section of its systemd unit, or --ulimit core=-1 of docker run',
    ];
  }
  if (hard === undefined) return ['ulimit -S -c unlimited'];
  if (process.mayRaiseLimits) return ['ulimit -c unlimited'];
  const usable = hard >= SMALLEST_CORE && hard > soft ? ['ulimit -S -c hard'] : [];
  return [
    ...usable,
    'raise the hard limit: a line "* - core unlimited" in /etc/security/limits.conf and a new login, LimitCORE=infinity in a systemd unit, or --ulimit core=-1 of docker run',
  ];
}

/** Which memory is put into the core. */
export function checkMemory({ facts }: Examined): Check[] {
  const { filter, pid } = facts.process;
  if (filter === undefined) return [];
  const bits = `0x${filter.toString(16)}`;
  const fix = `echo 0x33 > /proc/${pid ?? 'self'}/coredump_filter`;
  if ((filter & PRIVATE_ANONYMOUS) === 0) {
    return [check('memory', 'bad', `coredump_filter is ${bits}: the core would be without heap and stacks`, fix)];
  }
  return [check('memory', 'good', `coredump_filter is ${bits}: heap, stacks and globals are in the core`)];
}

/** Whether the kernel lets the process be dumped at all. */
export function checkPrivileges({ facts }: Examined): Check[] {
  const { process, suidDumpable, pattern } = facts;
  const checks: Check[] = [];
  if (process.isInit && process.pid !== undefined) {
    checks.push(
      check(
        'privileges',
        'bad',
        'it is process 1 of its namespace: the kernel ignores the SIGABRT that it sends itself, and a panic ends with exit status 2',
        'start it below an init: docker run --init; shareProcessNamespace: true in Kubernetes; tini or dumb-init as entry point',
      ),
    );
  }
  if (process.dumpable === false) {
    const safe = suidDumpable === 2 && (pattern?.kind !== 'file' || pattern.path.startsWith('/'));
    checks.push(
      safe
        ? check(
            'privileges',
            'warning',
            'it has changed its privileges; fs.suid_dumpable is 2: its core is readable by root only',
          )
        : check(
            'privileges',
            'bad',
            'it has privileges that its user has not, or asked not to be dumped: the kernel writes no core of it',
            'sudo sysctl -w fs.suid_dumpable=2 (core_pattern must then be a pipe or an absolute path)',
          ),
    );
  }
  return checks;
}
