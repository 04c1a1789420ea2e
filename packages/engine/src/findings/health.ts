import { PF_W, PT_LOAD } from '../elf/constants.ts';
import type { Segment } from '../elf/elf-file.ts';
import { NO_PRIVATE_MEMORY, type CoreTarget } from '../target/core-target.ts';
import { cutReason } from './cut-reason.ts';

/** How much of the process's memory is at hand, in bytes. What was reserved and could not be accessed does not count. */
export interface MemoryShare {
  readonly total: number;
  readonly inCore: number;
  /** In the executable and libraries that were found. */
  readonly inFiles: number;
  readonly missing: number;
}

/** Something that is not there, and what would have kept it. */
export interface Loss {
  readonly kind: 'cut off' | 'left out' | 'file' | 'executable' | 'proof' | 'list of files';
  /** A sentence. */
  readonly what: string;
  readonly bytes: number | undefined;
  /** Commands and settings for the next time, or what to give now; the likeliest first. */
  readonly fixes: readonly string[];
}

export interface InputHealth {
  readonly memory: MemoryShare;
  /** How it was proven that the executable belongs to the core, or why it could not be. */
  readonly executableProof: string;
  readonly losses: readonly Loss[];
}

/** coredump_filter as Linux sets it: private and shared memory that is of no file, ELF headers, private huge pages. */
const DEFAULT_FILTER = 0x33;
const FILTER_PRIVATE = 1 << 0;
const FILTER_SHARED = 1 << 1;
const FILTER_FILES = (1 << 2) | (1 << 3);
const FILTER_HEADERS = 1 << 4;

/** Beyond this is the kernel's: the vsyscall page. */
const USER_SPACE = 2 ** 53;
/** Paths of shared memory that has no file anymore. */
const SHARED_MEMORY = /^\/(?:dev\/zero|memfd:|SYSV|dev\/shm\/|\[aio\]|anon_hugepage)/;
/** Files that are named; the others are counted. */
const MOST_FILES = 8;

/** A part of memory that should be there and is not. */
interface Gap {
  readonly start: number;
  readonly bytes: number;
  readonly segment: Segment;
}

/** Judges what is at hand of the process; opens the libraries that were mapped to see whether they are. */
export function checkHealth(target: CoreTarget): InputHealth {
  for (const path of target.libraries.paths) target.library(path);
  const share = { total: 0, inCore: 0, inFiles: 0 };
  const gaps: Gap[] = [];
  for (const segment of target.core.segments) addSegment(target, segment, share, gaps);
  const missing = Math.max(0, share.total - share.inCore - share.inFiles);
  const losses = [
    ...cutLoss(target),
    ...executableLosses(target, gaps),
    ...filterLosses(target, gaps),
    ...fileLosses(target, gaps),
  ];
  return { memory: { ...share, missing }, executableProof: proofText(target), losses };
}

function addSegment(
  target: CoreTarget,
  segment: Segment,
  share: { total: number; inCore: number; inFiles: number },
  gaps: Gap[],
): void {
  const { type, flags, vaddr, memsz, filesz, offset } = segment;
  if (type !== PT_LOAD || flags === 0 || vaddr >= USER_SPACE || memsz > USER_SPACE) return;
  const there = Math.max(0, Math.min(filesz, memsz, target.core.source.size - offset));
  const file = target.mappedFileAt(vaddr);
  // The kernel dumps no private memory that was never touched, nor its own pages ([vvar]); what the program itself excluded
  // (MADV_DONTDUMP) looks the same.
  if (filesz === 0 && file === undefined && ((flags & PF_W) === 0 || !target.lacksPrivate)) return;
  const inFiles = target.memory.coverage(vaddr + there, vaddr + memsz);
  share.total += memsz;
  share.inCore += there;
  share.inFiles += inFiles;
  const bytes = memsz - there - inFiles;
  if (bytes > 0 && filesz <= there) gaps.push({ start: vaddr + there, bytes, segment });
}

function proofText(target: CoreTarget): string {
  switch (target.proof) {
    case 'proven':
      return 'its first page, build ID included, is in the core and equal';
    case 'differs':
      return 'it is another build, and used only because of --force';
    case 'unproven':
      return target.mappedFiles.length === 0
        ? 'the core has no list of mapped files (NT_FILE), so nothing can be compared'
        : 'the core does not hold its first page, so nothing can be compared';
    case undefined:
      return 'no executable was found';
  }
}

function cutLoss(target: CoreTarget): Loss[] {
  if (target.missingBytes === 0) return [];
  const { why, fixes } = cutReason(target.core.source.size, target.allocatedBytes);
  return [{ kind: 'cut off', what: why, bytes: target.missingBytes, fixes }];
}

function executableLosses(target: CoreTarget, gaps: readonly Gap[]): Loss[] {
  const { executable, executablePath } = target;
  if (executable === undefined) {
    const bytes = sumOf(gaps.filter(({ start }) => target.mappedFileAt(start)?.path === executablePath));
    const what = `the executable ${executablePath ?? ''} is not at hand`.replace('  ', ' ');
    return [{ kind: 'executable', what, bytes, fixes: [`inquest core ${executablePath ?? 'EXECUTABLE'} CORE`] }];
  }
  if (target.proof !== 'unproven') return [];
  if (target.mappedFiles.length === 0) {
    const what =
      'the core does not tell which files were mapped (NT_FILE): that the executable is the right one is not proven';
    return [
      { kind: 'list of files', what, bytes: undefined, fixes: ["the kernel's own cores have it: GOTRACEBACK=crash"] },
    ];
  }
  const what =
    'the core does not hold the first page of the executable (bit 4 of coredump_filter): it is not proven to be the right one';
  return [{ kind: 'proof', what, bytes: undefined, fixes: filterFixes(FILTER_HEADERS) }];
}

/** Memory of no file that the kernel was told to leave out. */
function filterLosses(target: CoreTarget, gaps: readonly Gap[]): Loss[] {
  const isShared = ({ start }: Gap): boolean => SHARED_MEMORY.test(target.mappedFileAt(start)?.path ?? '');
  const shared = gaps.filter(isShared);
  const own = gaps.filter((gap) => target.mappedFileAt(gap.start) === undefined);
  const losses: Loss[] = [];
  if (own.length > 0 && target.lacksPrivate) {
    losses.push({ kind: 'left out', what: NO_PRIVATE_MEMORY, bytes: sumOf(own), fixes: filterFixes(FILTER_PRIVATE) });
  }
  if (shared.length > 0) {
    const what = 'memory shared between processes was left out (bit 1 of coredump_filter)';
    losses.push({ kind: 'left out', what, bytes: sumOf(shared), fixes: filterFixes(FILTER_SHARED) });
  }
  return losses;
}

/** Mapped files, the executable aside, of which neither the core nor this machine has what was in memory. */
function fileLosses(target: CoreTarget, gaps: readonly Gap[]): Loss[] {
  const bytesOf = new Map<string, number>();
  for (const { start, bytes } of gaps) {
    const path = target.mappedFileAt(start)?.path;
    if (path === undefined || path === target.executablePath || SHARED_MEMORY.test(path)) continue;
    bytesOf.set(path, (bytesOf.get(path) ?? 0) + bytes);
  }
  const all = [...bytesOf].sort((a, b) => b[1] - a[1]);
  const losses = all.slice(0, MOST_FILES).map(([path, bytes]): Loss => ({
    kind: 'file',
    what: `${path} was mapped and is not at hand`,
    bytes,
    fixes: [`give it with --libs DIR or --sysroot DIR`, ...filterFixes(FILTER_FILES)],
  }));
  const rest = all.slice(MOST_FILES);
  if (rest.length === 0) return losses;
  const bytes = rest.reduce((sum, [, each]) => sum + each, 0);
  return [...losses, { kind: 'file', what: `${rest.length} more mapped files are not at hand`, bytes, fixes: [] }];
}

function filterFixes(bits: number): string[] {
  const value = `0x${(DEFAULT_FILTER | bits).toString(16)}`;
  return [
    `echo ${value} > /proc/PID/coredump_filter`,
    `CoredumpFilter=${value} in the [Service] section of a systemd unit`,
  ];
}

function sumOf(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Of the process's memory, the part that is at hand, in percent with one decimal; 100 only if all is. */
export function presentPercent({ total, missing }: MemoryShare): number {
  if (total === 0) return 0;
  return missing === 0 ? 100 : Math.min(99.9, Math.floor((1000 * (total - missing)) / total) / 10);
}
