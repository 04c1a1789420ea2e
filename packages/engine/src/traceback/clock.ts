import { attempt } from '../base/errors.ts';
import type { GoRuntime } from '../runtime/go-runtime.ts';

const clocks = new WeakMap<GoRuntime, number>();

/**
 * The latest time of the runtime's clock that can be found in the core, in nanoseconds: not the time of the crash, but never
 * later than that. A core has no clock; goroutines that wait and the scheduler's last poll of the network have stamps.
 */
export function latestClock(runtime: GoRuntime): number {
  let latest = clocks.get(runtime);
  if (latest === undefined) {
    latest = lastPoll(runtime);
    for (const { waitSince } of runtime.goroutines) latest = Math.max(latest, waitSince);
    clocks.set(runtime, latest);
  }
  return latest;
}

function lastPoll(runtime: GoRuntime): number {
  const sched = runtime.program.symbol('runtime.sched');
  if (sched === undefined) return 0;
  return attempt(() => runtime.program.memory.u64(sched + runtime.layout.get('schedt', 'lastpoll'))) ?? 0;
}
