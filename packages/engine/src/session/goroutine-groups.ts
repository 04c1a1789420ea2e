import { latestTime } from '../runtime/clock.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { groupKey, passing, type GoroutineTest } from './goroutine-filter.ts';
import { listingOf } from './goroutine-listing.ts';
import { OldestWaits } from './oldest-waits.ts';
import type { GoroutineGroup } from './results.ts';
import type { Session } from './session.ts';

/** Members named for a group, and groups shown, as in Delve. */
const GROUP_MEMBERS = 5;
export const MOST_GROUPS = 50;

interface Gathered {
  readonly key: string;
  /** The first few members. */
  readonly members: Goroutine[];
  readonly ids: number[];
}

/** Groups, the largest first; `total` counts goroutines, `count` groups. */
export interface Groups {
  readonly groups: readonly GoroutineGroup[];
  readonly total: number;
  readonly count: number;
}

/**
 * Groups goroutines by what they share: `userloc`, `running`, `label key` and so on. By default the first fifty groups are
 * described, with the first few members.
 */
export function groupGoroutines(
  session: Session,
  by: string,
  goroutines: Iterable<Goroutine>,
  { most = MOST_GROUPS, depth = 0 }: { readonly most?: number; readonly depth?: number } = {},
): Groups {
  const listing = listingOf(session);
  const gathered = gather(session, by, goroutines).sort(
    (a, b) => b.ids.length - a.ids.length || firstId(a) - firstId(b),
  );
  const groups = gathered.slice(0, most).map((each) => ({
    ...withFewIds(describeGroup(session, each)),
    members: each.members.map((member) => listing.describe(member, depth)),
  }));
  const total = gathered.reduce((sum, { ids }) => sum + ids.length, 0);
  return { groups, total, count: gathered.length };
}

/** What is known when all goroutines of a session have been gone through. */
interface Everyone {
  readonly groups: readonly GoroutineGroup[];
  /** Those that have waited longest. */
  readonly oldest: readonly Goroutine[];
}

const everyone = new WeakMap<Session, Everyone>();

/** Grouping all goroutines takes long where there are many, and is done once for a session. */
function everyoneOf(session: Session): Everyone {
  let known = everyone.get(session);
  if (known === undefined) {
    const listing = listingOf(session);
    const waits = new OldestWaits(latestTime(session.runtime), (goroutine) => listing.isSystem(goroutine));
    const groups = byStack(session, session.runtime.iterGoroutines(), (goroutine) => waits.see(goroutine));
    known = { groups, oldest: waits.goroutines };
    everyone.set(session, known);
  }
  return known;
}

/**
 * Goroutines of the same stack, status and creator together, with all their numbers in `ids`: the largest groups first, those of
 * the runtime last.
 */
export function stackGroups(session: Session, tests: readonly GoroutineTest[] = []): readonly GoroutineGroup[] {
  if (tests.length === 0) return everyoneOf(session).groups;
  return byStack(session, passing(session.runtime.iterGoroutines(), tests));
}

/** The program's goroutines that have waited longest, if that is long: a few. */
export function oldestWaits(session: Session): readonly Goroutine[] {
  return everyoneOf(session).oldest;
}

function byStack(
  session: Session,
  goroutines: Iterable<Goroutine>,
  see?: (goroutine: Goroutine) => void,
): readonly GoroutineGroup[] {
  return gather(session, 'stack', goroutines, see)
    .map((each) => describeGroup(session, each))
    .sort(largestFirst);
}

/** The same groups without some goroutines. */
export function withoutMembers(
  groups: readonly GoroutineGroup[],
  without: ReadonlySet<number>,
): readonly GoroutineGroup[] {
  if (without.size === 0) return groups;
  return groups
    .flatMap((group): GoroutineGroup[] => {
      const ids = group.ids.filter((id) => !without.has(id));
      return ids.length === 0 ? [] : [{ ...group, ids, count: ids.length }];
    })
    .sort(largestFirst);
}

/** A group with as many numbers as are shown. */
export function withFewIds(group: GoroutineGroup): GoroutineGroup {
  return { ...group, ids: group.ids.slice(0, GROUP_MEMBERS) };
}

function largestFirst(a: GoroutineGroup, b: GoroutineGroup): number {
  return Number(a.system) - Number(b.system) || b.count - a.count || (a.ids[0] ?? 0) - (b.ids[0] ?? 0);
}

function firstId({ ids }: Gathered): number {
  return ids[0] ?? 0;
}

function gather(
  session: Session,
  by: string,
  goroutines: Iterable<Goroutine>,
  see?: (goroutine: Goroutine) => void,
): Gathered[] {
  const listing = listingOf(session);
  const keyOf = groupKey(listing, by);
  const gathered = new Map<string, Gathered>();
  for (const goroutine of goroutines) {
    see?.(goroutine);
    const key = keyOf(goroutine);
    const group = gathered.get(key);
    if (group === undefined) {
      gathered.set(key, { key, members: [goroutine], ids: [goroutine.id] });
    } else {
      group.ids.push(goroutine.id);
      if (group.members.length < GROUP_MEMBERS) group.members.push(goroutine);
    }
  }
  return [...gathered.values()];
}

function describeGroup(session: Session, { key, ids, members }: Gathered): GoroutineGroup {
  const listing = listingOf(session);
  const first = members[0] as Goroutine;
  return {
    key,
    count: ids.length,
    ids,
    status: first.statusText,
    system: listing.isSystem(first),
    location: listing.stackOf(first).own,
    createdBy: listing.place(first.goPc, first.goPc - 1),
  };
}
