import { DebugError } from '../base/errors.ts';
import { evaluate } from '../expr/evaluator.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { channelOf } from '../values/channel.ts';
import { sessionEnvironment } from './environment.ts';
import type { GoroutineListing } from './goroutine-listing.ts';
import type { LocationResult } from './results.ts';
import type { Session } from './session.ts';

/** Whether a goroutine is wanted. */
export type GoroutineTest = (goroutine: Goroutine) => boolean;

/** Those for which all tests hold. */
export function passing(goroutines: Iterable<Goroutine>, tests: readonly GoroutineTest[]): Iterable<Goroutine> {
  return tests.length === 0 ? goroutines : tested(goroutines, tests);
}

function* tested(goroutines: Iterable<Goroutine>, tests: readonly GoroutineTest[]): Generator<Goroutine> {
  for (const goroutine of goroutines) if (tests.every((test) => test(goroutine))) yield goroutine;
}

/** The places of a goroutine by which it can be filtered and grouped. */
const PLACES = ['userloc', 'curloc', 'goloc', 'startloc'] as const;
type PlaceKind = (typeof PLACES)[number];

/** Words of a filter or a grouping by its first: `running`, `label key`, `userloc text`. */
export function filterWords(first: string | undefined): number {
  if (first === undefined || first === 'running' || first === 'user') return 1;
  return 2;
}

/** The same for -group, which may stand alone: goroutines of the same stack are then one group. */
export function groupWords(first: string | undefined): number {
  if (first === 'label') return 2;
  return first !== undefined && [...PLACES, 'running', 'user', 'stack'].includes(first) ? 1 : 0;
}

function placeOf(listing: GoroutineListing, kind: PlaceKind, goroutine: Goroutine): LocationResult | undefined {
  switch (kind) {
    case 'userloc':
      return listing.stackOf(goroutine).user;
    case 'curloc':
      return listing.stackOf(goroutine).current;
    case 'goloc':
      return listing.place(goroutine.goPc, goroutine.goPc - 1);
    case 'startloc':
      return listing.start(goroutine.startPc);
  }
}

/** A place in Delve's words, which filters look into: `/app/main.go:11 in main.main`. */
function placeText(place: LocationResult | undefined): string {
  return place === undefined ? '' : `${place.file}:${place.line} in ${place.function}`;
}

function isPlaceKind(kind: string): kind is PlaceKind {
  return (PLACES as readonly string[]).includes(kind);
}

/** Understands `userloc text`, `label key`, `label key=value`, `running`, `user`. Throws `usage` for anything else. */
export function parseFilter(listing: GoroutineListing, text: string): GoroutineTest {
  const [, kind = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  if (kind === 'running') return ({ tid }) => tid !== undefined;
  if (kind === 'user') return (goroutine) => !listing.isSystem(goroutine);
  if (rest === '') throw unknownFilter(kind);
  if (kind === 'label') return labelTest(listing, rest);
  if (!isPlaceKind(kind)) throw unknownFilter(kind);
  // Goroutines at the same place share one object for it.
  const known = new Map<LocationResult | undefined, boolean>();
  return (goroutine) => {
    const place = placeOf(listing, kind, goroutine);
    let wanted = known.get(place);
    if (wanted === undefined) {
      wanted = placeText(place).includes(rest);
      known.set(place, wanted);
    }
    return wanted;
  };
}

function labelTest(listing: GoroutineListing, rest: string): GoroutineTest {
  const equals = rest.indexOf('=');
  const key = equals < 0 ? rest : rest.slice(0, equals);
  const value = equals < 0 ? undefined : rest.slice(equals + 1);
  return ({ labels }) => {
    const set = listing.labels(labels);
    if (set === undefined || !Object.hasOwn(set, key)) return false;
    return value === undefined || set[key] === value;
  };
}

function unknownFilter(kind: string): DebugError {
  const known = [...PLACES, 'label', 'running', 'user'];
  const message = known.includes(kind) ? `${kind} needs a word behind it` : `there is no filter ${kind}`;
  return new DebugError(message, {
    code: 'usage',
    hint: `${PLACES.join(' TEXT, ')} TEXT, label KEY[=VALUE], running, user`,
  });
}

/** What goroutines have in common, as a text, by kind of grouping. Throws `usage` for an unknown kind. */
export function groupKey(listing: GoroutineListing, text: string): (goroutine: Goroutine) => string {
  const [, kind = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  if (kind === 'running') return ({ tid }) => `running=${tid !== undefined}`;
  if (kind === 'user') return (goroutine) => `user=${!listing.isSystem(goroutine)}`;
  if (kind === 'label' && rest !== '') return ({ labels }) => `${rest}=${listing.labels(labels)?.[rest] ?? ''}`;
  if (isPlaceKind(kind)) return (goroutine) => placeText(placeOf(listing, kind, goroutine));
  if (kind === 'stack') return stackKey(listing);
  const message = kind === 'label' ? 'label needs a key behind it' : `goroutines cannot be grouped by ${kind}`;
  throw new DebugError(message, {
    code: 'usage',
    hint: `-group stack, ${PLACES.join(', ')}, label KEY, running, user`,
  });
}

/** By status, creator and stack. Each text is made once: there may be a million goroutines, and few that differ. */
function stackKey(listing: GoroutineListing): (goroutine: Goroutine) => string {
  const known = new Map<number | string, Map<number, Map<string, string>>>();
  return (goroutine) => {
    const { statusText, goPc } = goroutine;
    const { key } = listing.stackOf(goroutine);
    let ofStack = known.get(key);
    if (ofStack === undefined) known.set(key, (ofStack = new Map<number, Map<string, string>>()));
    let ofCreator = ofStack.get(goPc);
    if (ofCreator === undefined) ofStack.set(goPc, (ofCreator = new Map<string, string>()));
    let text = ofCreator.get(statusText);
    if (text === undefined) ofCreator.set(statusText, (text = `${statusText}|${goPc}|${key}`));
    return text;
  };
}

/** Goroutines that wait to send to a channel, or to receive from it. Throws `type` if the expression is no channel. */
export function channelFilter(session: Session, expression: string): GoroutineTest {
  const value = evaluate(expression, sessionEnvironment(session));
  if (value.type.kind !== 'chan')
    throw new DebugError(`${expression} is a ${value.type.name}, not a channel`, { code: 'type' });
  const channel = channelOf(session.types.context, value);
  if (channel === undefined)
    throw new DebugError(`${expression} is nil: who waits on a nil channel is in no queue`, { code: 'not-found' });
  const waiting = new Set<number>();
  for (const queue of [channel.receivers(), channel.senders()]) for (const { g } of queue) waiting.add(g);
  return ({ address }) => waiting.has(address);
}
