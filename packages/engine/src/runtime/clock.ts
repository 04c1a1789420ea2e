import { attempt } from '../base/errors.ts';
import type { GoRuntime } from './go-runtime.ts';
import { symbolsAreCheap } from './roots.ts';

/** More processors than any machine has: a bound against garbage. */
const MOST_PROCESSORS = 1 << 16;

/**
 * A time on the runtime's clock (nanotime, in nanoseconds) that the process surely reached: a core does not record when it was
 * written. The monitor thread stamps each busy processor every few milliseconds (p.sysmontick), and the network poller leaves
 * its last time (sched.lastpoll). Undefined where no stamp can be read.
 */
export function latestTime(runtime: GoRuntime): number | undefined {
  const { program, layout } = runtime;
  const { memory } = program;
  let latest = 0;
  const see = (address: number): void => {
    const stamp = attempt(() => memory.u64(address)) ?? 0;
    if (Number.isSafeInteger(stamp)) latest = Math.max(latest, stamp);
  };
  for (const p of processors(runtime)) {
    for (const field of ['schedwhen', 'syscallwhen'])
      see(p + layout.get('p', 'sysmontick') + layout.get('sysmontick', field));
  }
  const sched = symbolsAreCheap(program) ? program.symbol('runtime.sched') : undefined;
  if (sched !== undefined) see(sched + layout.get('schedt', 'lastpoll'));
  return latest === 0 ? undefined : latest;
}

/** Addresses of the runtime's processors (runtime.p): all of them by runtime.allp, else those that threads hold. */
export function processors({ program, layout, threads }: GoRuntime): Set<number> {
  const { memory } = program;
  const found = new Set<number>();
  for (const m of threads) found.add(attempt(() => memory.u64(m.address + layout.get('m', 'p'))) ?? 0);
  const allp = symbolsAreCheap(program) ? program.symbol('runtime.allp') : undefined;
  if (allp !== undefined) {
    const array = attempt(() => memory.u64(allp)) ?? 0;
    const length = attempt(() => memory.u64(allp + 8)) ?? 0;
    for (let i = 0; i < Math.min(length, MOST_PROCESSORS); i++)
      found.add(attempt(() => memory.u64(array + i * 8)) ?? 0);
  }
  found.delete(0);
  return found;
}
