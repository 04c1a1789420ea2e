import {
  channelFilter,
  DebugError,
  groupKey,
  listingOf,
  parseFilter,
  type Goroutine,
  type GoroutineTest,
  type Session,
} from '@inquest/engine';
import type { DelveGoroutine, DelveGroup } from './api.ts';
import type { Fields } from './parameters.ts';
import type { Places } from './places.ts';

/** Delve's numbers for what goroutines are filtered and grouped by, in the words of the command `goroutines`. */
export const GOROUTINE_FIELDS = [
  '',
  'curloc',
  'userloc',
  'goloc',
  'startloc',
  'label',
  'running',
  'user',
  'chan',
] as const;

export function describeGoroutine(session: Session, places: Places, goroutine: Goroutine): DelveGoroutine {
  const listing = listingOf(session);
  const { userLocation, currentLocation, goLocation, startLocation, labels } = listing.describe(goroutine);
  return {
    id: goroutine.id,
    currentLoc: places.of(currentLocation),
    userCurrentLoc: places.of(userLocation),
    goStatementLoc: places.of(goLocation),
    startLoc: places.of(startLocation),
    threadID: goroutine.tid ?? 0,
    status: goroutine.status,
    waitSince: goroutine.waitSince,
    waitReason: session.runtime.waitReasonNumber(goroutine),
    unreadable: '',
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/** The condition that a filter sets. Channels are evaluated in the selected frame. */
export function filterOf(session: Session, filter: Fields): GoroutineTest {
  const kind = GOROUTINE_FIELDS[filter.integer('Kind')];
  const text = filter.text('Arg');
  if (kind === undefined || kind === '') throw new DebugError('the filter is of no known kind', { code: 'usage' });
  const test =
    kind === 'chan' ? channelFilter(session, text) : parseFilter(listingOf(session), `${kind} ${text}`.trimEnd());
  return filter.flag('Negated') ? (goroutine) => !test(goroutine) : test;
}

/** What a grouping asks for, if it is one. */
export interface Grouping {
  readonly by: string;
  /** At most; 0 for all. */
  readonly members: number;
  readonly groups: number;
}

export function groupingOf(parameters: Fields): Grouping | undefined {
  const kind = GOROUTINE_FIELDS[parameters.integer('GroupBy')];
  if (kind === '') return undefined;
  if (kind === undefined || kind === 'chan')
    throw new DebugError('goroutines cannot be grouped by that', { code: 'usage' });
  return {
    by: kind === 'label' ? `label ${parameters.text('GroupByKey')}` : kind,
    members: parameters.integer('MaxGroupMembers'),
    groups: parameters.integer('MaxGroups'),
  };
}

export interface Grouped {
  readonly goroutines: readonly Goroutine[];
  readonly groups: readonly DelveGroup[];
  readonly tooMany: boolean;
}

/** Groups goroutines, by name as Delve sorts them, with the first members of each, `most` in all. */
export function group(session: Session, goroutines: readonly Goroutine[], grouping: Grouping, most: number): Grouped {
  const keyOf = groupKey(listingOf(session), grouping.by);
  const byKey = new Map<string, Goroutine[]>();
  for (const goroutine of goroutines) {
    const key = keyOf(goroutine);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [goroutine]);
    else members.push(goroutine);
  }
  const rows = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = rows.slice(0, grouping.groups > 0 ? grouping.groups : rows.length);
  const first: Goroutine[] = [];
  const groups = shown.map(([name, members]): DelveGroup => {
    const wanted = grouping.members > 0 ? grouping.members : members.length;
    const some = members.slice(0, Math.min(wanted, most - first.length));
    const found = { Name: name, Offset: first.length, Count: some.length, Total: members.length };
    for (const each of some) first.push(each);
    return found;
  });
  return { goroutines: first, groups, tooMany: shown.length < rows.length };
}
