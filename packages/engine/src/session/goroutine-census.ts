import type { Goroutine } from '../runtime/goroutine.ts';
import { groupGoroutines } from './goroutine-groups.ts';
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

/** Counts the goroutines that `parameters` of `goroutines` (-with, -without, -chan) let pass. */
export function takeCensus(session: Session, parameters: Parameters): GoroutineCensus {
  const listing = listingOf(session);
  const tests = testsOf(session, parameters);
  const notable: GoroutineResult[] = [];
  function* others(): Generator<Goroutine, void, undefined> {
    for (const goroutine of session.runtime.iterGoroutines()) {
      if (!tests.every((test) => test(goroutine))) continue;
      if (goroutine.tid !== undefined || listing.isCrashed(goroutine)) notable.push(listing.describe(goroutine));
      else yield goroutine;
    }
  }
  const everything = { most: Infinity, mostIds: Infinity };
  const { groups } = groupGoroutines(session, 'stack', others(), everything);
  notable.sort((a, b) => Number(b.crashed) - Number(a.crashed) || a.id - b.id);
  return {
    notable,
    waiting: groups.filter(({ system }) => !system),
    system: groups.filter(({ system }) => system),
  };
}

/** What lists say of a goroutine. */
export function describeGoroutine(session: Session, id: number): GoroutineResult {
  return listingOf(session).describe(session.goroutine(id));
}
