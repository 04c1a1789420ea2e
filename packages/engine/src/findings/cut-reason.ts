/** Why a core ends early, as far as its size tells, and what would have kept the rest. */
export interface CutReason {
  /** A sentence. */
  readonly why: string;
  readonly fixes: readonly string[];
}

const KIB = 1024;
const GIB = 2 ** 30;
/** The kernel stops at the page that would pass the limit, and a file system rounds up. */
const SLACK = 2 * 4096;

/** Sizes that systemd-coredump has or had for ProcessSizeMax= and ExternalSizeMax= (coredump.conf(5)): 2 GiB to v250, then 32 GiB. */
const SYSTEMD_SIZES: readonly number[] = [2 * GIB, 32 * GIB];

const NO_LIMIT = ['ulimit -c unlimited', 'LimitCORE=infinity in the [Service] section of a systemd unit'];
const SYSTEMD = ['ProcessSizeMax=infinity and ExternalSizeMax=infinity in /etc/systemd/coredump.conf'];

/**
 * Judges by the size of the file and by what it takes on disk. The kernel's limit (RLIMIT_CORE) counts what is written: holes
 * do not count (linux fs/coredump.c dump_emit), so that only the allocated size shows a limit, and only where the core was dumped.
 */
export function cutReason(size: number, allocated: number | undefined): CutReason {
  if (SYSTEMD_SIZES.includes(size))
    return { why: `the core has exactly ${size / GIB} GiB, where systemd-coredump stops by default`, fixes: SYSTEMD };
  if (size >= GIB && size % GIB === 0)
    return {
      why: `the core has exactly ${size / GIB} GiB, as a limit would have it`,
      fixes: [...SYSTEMD, ...NO_LIMIT],
    };
  const limit = roundLimit(size) ?? (allocated === undefined ? undefined : roundLimit(allocated));
  if (limit !== undefined)
    return {
      why: `the core ends where a limit of ${limit / KIB} KiB would end it (ulimit -c ${limit / KIB})`,
      fixes: NO_LIMIT,
    };
  const fixes = [
    ...NO_LIMIT,
    'sysctl -w kernel.core_pattern=/var/tmp/core.%e.%p where there is more room (df tells)',
    'copy it again, if it was copied, and compare the sizes',
  ];
  return { why: 'a limit, a full disk or an unfinished copy ended the core: its size does not tell which', fixes };
}

/** The limit that people would write, in bytes, just at `size`: round in thousands or in binary units of KiB. */
function roundLimit(size: number): number | undefined {
  for (const unit of [1000 * KIB, 1024 * KIB]) {
    const limit = Math.round(size / unit) * unit;
    if (limit > 0 && Math.abs(size - limit) <= SLACK) return limit;
  }
  return undefined;
}
