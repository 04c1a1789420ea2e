import type { Goroutine } from '../runtime/goroutine.ts';
import { stackGroups, withoutMembers } from './goroutine-groups.ts';
import { listingOf } from './goroutine-listing.ts';
import { testsOf } from './operations/goroutines.ts';
import type { Parameters } from './parameters.ts';
import type { GoroutineGroup, GoroutineResult } from './results.ts';
import type { Session } from './session.ts';

/** All goroutines, for a list that is looked at as a whole. Each is in exactly one part, and none is left out. */
export interface GoroutineCensus {
  /** The one that crashed, then those that ran, by number. */
  readonly notable: readonly GoroutineResult[];
  /** The program's own others, by what they do: all numbers are in `ids`. The largest group first. */
  readonly waiting: readonly GoroutineGroup[];
  /** Those of the runtime that did not run. */
  readonly system: readonly GoroutineGroup[];
}

/** Counts the goroutines that `parameters` of `goroutines` (-with, -without, -chan) let pass. Throws `usage` for wrong ones. */
export function takeCensus(session: Session, parameters: Parameters): GoroutineCensus {
  const listing = listingOf(session);
  const tests = testsOf(session, parameters);
  // First: what goes through all of them also notes where each is.
  const all = stackGroups(session, tests);
  const notable = ofNote(session).filter((goroutine) => tests.every((test) => test(goroutine)));
  const groups = withoutMembers(all, new Set(notable.map(({ id }) => id)));
  return {
    notable: notable.map((goroutine) => listing.describe(goroutine)),
    waiting: groups.filter(({ system }) => !system),
    system: groups.filter(({ system }) => system),
  };
}

/** Throws `usage` where filters are wrong. */
export function checkFilters(session: Session, parameters: Parameters): void {
  testsOf(session, parameters);
}

/** The goroutine that crashed, and those of the program that threads ran. */
function ofNote(session: Session): Goroutine[] {
  const listing = listingOf(session);
  const { runtime } = session;
  const found = new Map<number, Goroutine>();
  for (const { curg, caughtSignalG } of runtime.threads) {
    for (const address of [curg, caughtSignalG]) {
      const goroutine = runtime.goroutineAt(address);
      if (goroutine === undefined || runtime.goroutineById(goroutine.id)?.address !== address) continue;
      if (listing.isCrashed(goroutine) || (goroutine.tid !== undefined && !listing.isSystem(goroutine)))
        found.set(goroutine.id, goroutine);
    }
  }
  const crashedFirst = (a: Goroutine, b: Goroutine): number =>
    Number(listing.isCrashed(b)) - Number(listing.isCrashed(a)) || a.id - b.id;
  return [...found.values()].sort(crashedFirst);
}

/** What lists say of a goroutine. */
export function describeGoroutine(session: Session, id: number): GoroutineResult {
  return listingOf(session).describe(session.goroutine(id));
}
