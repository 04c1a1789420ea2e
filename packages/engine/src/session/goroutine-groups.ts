import type { Goroutine } from '../runtime/goroutine.ts';
import { groupKey } from './goroutine-filter.ts';
import { listingOf } from './goroutine-listing.ts';
import type { GoroutineGroup } from './results.ts';
import type { Session } from './session.ts';

/** Members named for a group, and groups shown, as in Delve. */
const GROUP_MEMBERS = 5;
const MOST_GROUPS = 50;

interface Gathered {
  count: number;
  readonly system: boolean;
  /** The first few members. */
  readonly members: Goroutine[];
  /** Numbers of as many as were asked for. */
  readonly ids: number[];
}

/** Groups, the largest first and the runtime's own last; `total` counts goroutines, `count` groups. */
export interface Groups {
  readonly groups: readonly GoroutineGroup[];
  readonly total: number;
  readonly count: number;
}

export interface GroupingOptions {
  /** Groups that are described. */
  readonly most?: number;
  /** Frames of the stack of each member that is described. */
  readonly depth?: number;
  /** Numbers in `ids` of each group. */
  readonly mostIds?: number;
}

/**
 * Groups goroutines by what they share: `stack` (with status and creator), `userloc`, `running`, `label key` and so on.
 * By default the first fifty groups are described. Groups of the same stack name their members by number only.
 */
export function groupGoroutines(
  session: Session,
  by: string,
  goroutines: Iterable<Goroutine>,
  { most = MOST_GROUPS, depth = 0, mostIds = GROUP_MEMBERS }: GroupingOptions = {},
): Groups {
  const listing = listingOf(session);
  const keyOf = groupKey(listing, by);
  const gathered = new Map<string, Gathered>();
  let total = 0;
  for (const goroutine of goroutines) {
    total++;
    const key = keyOf(goroutine);
    const group = gathered.get(key);
    if (group === undefined) {
      gathered.set(key, { count: 1, system: listing.isSystem(goroutine), members: [goroutine], ids: [goroutine.id] });
    } else {
      group.count++;
      if (group.ids.length < mostIds) group.ids.push(goroutine.id);
      if (group.members.length < GROUP_MEMBERS) group.members.push(goroutine);
    }
  }
  const sameStack = by === 'stack';
  const rows = [...gathered].sort(
    ([, a], [, b]) =>
      (sameStack ? Number(a.system) - Number(b.system) : 0) ||
      b.count - a.count ||
      (a.members[0]?.id ?? 0) - (b.members[0]?.id ?? 0),
  );
  const groups = rows.slice(0, most).map(([key, { count, members, ids }]) => {
    const group = describeGroup(session, key, count, ids, members[0] as Goroutine);
    return sameStack ? group : { ...group, members: members.map((member) => listing.describe(member, depth)) };
  });
  return { groups, total, count: gathered.size };
}

function describeGroup(
  session: Session,
  key: string,
  count: number,
  ids: readonly number[],
  first: Goroutine,
): GoroutineGroup {
  const listing = listingOf(session);
  return {
    key,
    count,
    ids,
    status: first.statusText,
    system: listing.isSystem(first),
    location: listing.stackOf(first).own,
    createdBy: listing.place(first.goPc, first.goPc - 1),
  };
}
