import { attempt } from '../base/errors.ts';
import type { GoRuntime } from './go-runtime.ts';
import type { Goroutine } from './goroutine.ts';
import { wordsNearTop } from './wait-queues.ts';

/** A descriptor of the network poller that a goroutine waits on. */
export interface PolledDescriptor {
  /** Number of the file descriptor. */
  readonly fd: number;
  readonly way: 'read' | 'write';
  /** Address of its internal/poll.FD, with which a net.netFD or os.file begins; undefined if it was not found. */
  readonly file: number | undefined;
}

/** Highest number of a file descriptor that Linux gives out (fs.nr_open at its highest). */
const MOST_DESCRIPTORS = 2 ** 30;
/** internal/poll.FD is {fdmu (16 bytes), Sysfd, pd …}; Go 1.21 put SysFile, one word, before pd. */
const SYSFD = 16;
const PD_OFFSETS = [24, 32];

/** The runtime.pollDesc whose reader or writer the goroutine is: its address is on the goroutine's stack. */
export function polledDescriptor(runtime: GoRuntime, goroutine: Goroutine): PolledDescriptor | undefined {
  const { program, layout } = runtime;
  const { memory } = program;
  const words = [...new Set(wordsNearTop(runtime, goroutine))];
  for (const address of words) {
    const waits = (field: string): boolean =>
      attempt(() => memory.u64(address + layout.get('pollDesc', field))) === goroutine.address;
    const way = waits('rg') ? 'read' : waits('wg') ? 'write' : undefined;
    if (way === undefined) continue;
    const fd = attempt(() => memory.u64(address + layout.get('pollDesc', 'fd')));
    if (fd !== undefined && fd <= MOST_DESCRIPTORS) return { fd, way, file: fileOf(runtime, words, address, fd) };
  }
  return undefined;
}

/** The internal/poll.FD of a pollDesc: it has both its address and its number. Calls have its address, or that of its pd. */
function fileOf(
  { program: { memory } }: GoRuntime,
  words: readonly number[],
  pollDesc: number,
  fd: number,
): number | undefined {
  const isFile = (at: number): boolean =>
    attempt(() => memory.u64(at + SYSFD) === fd && PD_OFFSETS.some((offset) => memory.u64(at + offset) === pollDesc)) ??
    false;
  for (const word of words) {
    if (!memory.has(word)) continue;
    const found = [word, ...PD_OFFSETS.map((offset) => word - offset)].find(isFile);
    if (found !== undefined) return found;
  }
  return undefined;
}
