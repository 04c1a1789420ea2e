import { attempt, hex } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { G_LEAKED, G_SYSCALL, G_WAITING, statusName } from '../runtime/status.ts';
import { latestClock } from './clock.ts';
import { printedLabels } from './labels.ts';
import type { Printer } from './printer.ts';

/** Nanoseconds in a minute. */
const MINUTE = 60e9;

/** What a goroutine of a synctest bubble may wait for without holding the bubble's time (runtime/runtime2.go isIdleInSynctest). */
const IDLE_IN_SYNCTEST: ReadonlySet<string> = new Set([
  'chan receive (nil chan)',
  'chan send (nil chan)',
  'select (no cases)',
  'sleep',
  'sync.Cond.Wait',
  'coroutine',
  'synctest.Run',
  'synctest.Wait',
]);

/** The line above a goroutine's frames (runtime/traceback.go goroutineheader). */
export function printGoroutineHeader(printer: Printer, goroutine: Goroutine): void {
  const { minor } = printer;
  const { status } = goroutine;
  const reason = goroutine.waitReason || statusName(status);
  let state = reason;
  if (status === G_LEAKED) state += ' (leaked)';
  if (goroutine.scanning) state += ' (scan)';
  const bubble = bubbleOf(printer, goroutine);
  // Reasons of channels and wait groups in a bubble carry the word in their own names.
  if (minor >= 25 && bubble !== undefined && status === G_WAITING && IDLE_IN_SYNCTEST.has(reason))
    state += ' (durable)';
  state += waitingTime(printer, goroutine);
  if (goroutine.lockedToThread) state += ', locked to thread';
  if (bubble !== undefined) state += `, synctest ${minor === 24 ? 'group' : 'bubble'} ${bubble}`;
  const labels = printedLabels(printer, goroutine);
  const bracket = minor === 26 ? `[${state}${labels}]` : `[${state}]${labels}`;
  printer.print(`goroutine ${goroutine.id}${addresses(printer, goroutine)} ${bracket}:\n`);
}

/** Since Go 1.22 ` gp=… m=… mp=…` where frames have addresses as well. */
function addresses(printer: Printer, goroutine: Goroutine): string {
  if (printer.minor < 22 || (printer.level < 2 && !printer.diesOnThread(goroutine))) return '';
  const thread = printer.threadOf(goroutine);
  if (thread !== undefined) return ` gp=${hex(goroutine.address)} m=${thread.id} mp=${hex(thread.address)}`;
  if (goroutine.m === 0) return ` gp=${hex(goroutine.address)} m=nil`;
  const id = attempt(() => printer.memory.u64(goroutine.m + printer.runtime.layout.get('m', 'id')));
  return ` gp=${hex(goroutine.address)} m=${id ?? '?'} mp=${hex(goroutine.m)}`;
}

/** Number of the synctest bubble that a goroutine is in; in Go 1.24 that of the goroutine that began it. */
function bubbleOf(printer: Printer, goroutine: Goroutine): number | undefined {
  const { memory, minor } = printer;
  if (minor < 24) return undefined;
  const { layout } = printer.runtime;
  return attempt(() => {
    if (minor === 24) {
      const group = memory.u64(goroutine.address + layout.get('g', 'syncGroup'));
      if (group === 0) return undefined;
      const root = memory.u64(group + layout.get('synctestGroup', 'root'));
      return memory.u64(root + layout.get('g', 'goid'));
    }
    const bubble = bubbleAddress(printer, goroutine);
    return bubble === 0 ? undefined : memory.u64(bubble + layout.get('synctestBubble', 'id'));
  });
}

/** Address of the synctest bubble that a goroutine is in (Go 1.25 and later), 0 for none. */
export function bubbleAddress({ memory, runtime }: Printer, { address }: Goroutine): number {
  return memory.u64(address + runtime.layout.get('g', 'bubble'));
}

/** `, N minutes`: by the latest time that the core has, because it has no clock of its own. */
function waitingTime(printer: Printer, goroutine: Goroutine): string {
  const { status, waitSince } = goroutine;
  if ((status !== G_WAITING && status !== G_SYSCALL) || waitSince === 0) return '';
  const minutes = Math.floor((latestClock(printer.runtime) - waitSince) / MINUTE);
  if (minutes < 1) return '';
  printer.note('how long goroutines waited is a lower bound: a core does not tell the time at which it was written');
  return `, ${minutes} minutes`;
}
