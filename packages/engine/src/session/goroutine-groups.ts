import type { Goroutine } from '../runtime/goroutine.ts';
import { groupKey, passing, type GoroutineTest } from './goroutine-filter.ts';
import { listingOf } from './goroutine-listing.ts';
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

const everyone = new WeakMap<Session, readonly GoroutineGroup[]>();

/**
 * Goroutines of the same stack, status and creator together, with all their numbers in `ids`: the largest groups first, those of
 * the runtime last. Grouping all of them takes long where there are many, and is done once for a session.
 */
export function stackGroups(session: Session, tests: readonly GoroutineTest[] = []): readonly GoroutineGroup[] {
  const wanted = passing(session.runtime.iterGoroutines(), tests);
  if (tests.length > 0) return byStack(session, wanted);
  const known = everyone.get(session) ?? byStack(session, wanted);
  everyone.set(session, known);
  return known;
}

function byStack(session: Session, goroutines: Iterable<Goroutine>): readonly GoroutineGroup[] {
  return gather(session, 'stack', goroutines)
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

function gather(session: Session, by: string, goroutines: Iterable<Goroutine>): Gathered[] {
  const listing = listingOf(session);
  const keyOf = groupKey(listing, by);
  const gathered = new Map<string, Gathered>();
  for (const goroutine of goroutines) {
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
