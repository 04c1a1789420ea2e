import {
  DebugError,
  statusName,
  waitReasons,
  type GoroutineGroup,
  type GoroutineResult,
  type GoroutinesResult,
  type Parameters,
  type Scope,
  type ThreadResult,
} from '@inquest/engine';
import {
  GOROUTINE_FIELDS,
  type DelveGoroutine,
  type DelveGroup,
  type DelveState,
  type DelveThread,
} from '@inquest/servers';
import { frameOf, locationOf, placeOf } from './places.ts';
import type { DelveCommands, DelveServer } from './server.ts';

/** Status of goroutines that wait; 10 has been since Go 1.26. */
const WAITS: ReadonlySet<number> = new Set([4, 10]);

/** Goroutines that are asked for at once. */
const PAGE = 1000;
/** As Delve's own client has them. */
const MOST_MEMBERS = 5;
const MOST_GROUPS = 50;

function goroutineOf({ minor }: DelveServer, goroutine: DelveGoroutine, selected: number | undefined): GoroutineResult {
  const { id, status, waitReason, threadID, labels, unreadable } = goroutine;
  // Of one that does not wait, the field tells why it did the last time.
  const reason = WAITS.has(status) && minor !== undefined ? waitReasons(minor)[waitReason] : undefined;
  return {
    id,
    status: unreadable === '' ? reason || statusName(status) : `unreadable: ${unreadable}`,
    waitSince: undefined,
    waitedAtLeast: undefined,
    thread: threadID === 0 ? undefined : threadID,
    system: false,
    selected: id === selected,
    crashed: false,
    userLocation: placeOf(goroutine.userCurrentLoc),
    currentLocation: placeOf(goroutine.currentLoc),
    goLocation: placeOf(goroutine.goStatementLoc),
    startLocation: placeOf(goroutine.startLoc),
    parent: undefined,
    labels,
    stack: undefined,
    stackTruncated: false,
  };
}

/** `userloc TEXT`, `label KEY=VALUE`, `running` in Delve's numbers. */
function fieldOf(text: string): { readonly kind: number; readonly rest: string } {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  const kind = GOROUTINE_FIELDS.indexOf(word as (typeof GOROUTINE_FIELDS)[number]);
  if (kind > 0) return { kind, rest };
  const known = GOROUTINE_FIELDS.filter((each) => each !== '').join(', ');
  throw new DebugError(`Delve's server does not know ${word === '' ? 'stacks' : word} of goroutines`, {
    code: 'usage',
    hint: `it knows ${known}`,
  });
}

function filtersOf(parameters: Parameters): object[] {
  const list = (name: string): readonly string[] => {
    const value = parameters[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  };
  const filter = (negated: boolean) => (text: string) => {
    const { kind, rest } = fieldOf(text);
    return { Kind: kind, Negated: negated, Arg: rest };
  };
  const { chan } = parameters;
  const waiting = typeof chan === 'string' ? [filter(false)(`chan ${chan}`)] : [];
  return [...list('with').map(filter(false)), ...list('without').map(filter(true)), ...waiting];
}

interface Listed {
  readonly Goroutines: readonly DelveGoroutine[] | null;
  readonly Nextg: number;
  readonly Groups: readonly DelveGroup[] | null;
  readonly TooManyGroups: boolean;
}

async function listGoroutines(server: DelveServer, parameters: Parameters, scope: Scope): Promise<GoroutinesResult> {
  const { limit, group, t } = parameters;
  const most = typeof limit === 'number' ? limit : Infinity;
  const selected = (await server.state()).currentGoroutine?.id;
  const request = { Filters: filtersOf(parameters), EvalScope: server.scopeOf(scope) };
  if (typeof group === 'string') return grouped(server, request, group, selected);
  const found: DelveGoroutine[] = [];
  let next = 0;
  while (next >= 0 && found.length <= most) {
    const page = await server.call<Listed>('ListGoroutines', { ...request, Start: next, Count: PAGE });
    found.push(...(page.Goroutines ?? []));
    next = page.Nextg;
  }
  const goroutines: GoroutineResult[] = [];
  for (const each of found.slice(0, most)) {
    const goroutine = goroutineOf(server, each, selected);
    goroutines.push(typeof t === 'number' ? { ...goroutine, ...(await stackOf(server, each.id, t)) } : goroutine);
  }
  const isCut = goroutines.length < found.length;
  return {
    goroutines,
    groups: undefined,
    groupCount: undefined,
    total: found.length,
    truncated: isCut,
    diagnostics: isCut && next >= 0 ? ['there are more than were asked for'] : [],
  };
}

async function stackOf(
  server: DelveServer,
  id: number,
  depth: number,
): Promise<Pick<GoroutineResult, 'stack' | 'stackTruncated'>> {
  const frames = await server.frames(id, { Depth: depth });
  return { stack: frames.slice(0, depth).map((frame, i) => frameOf(frame, i)), stackTruncated: frames.length > depth };
}

async function grouped(
  server: DelveServer,
  request: object,
  by: string,
  selected: number | undefined,
): Promise<GoroutinesResult> {
  const { kind, rest } = fieldOf(by);
  const { Groups, Goroutines, TooManyGroups } = await server.call<Listed>('ListGoroutines', {
    ...request,
    GroupBy: kind,
    GroupByKey: rest,
    MaxGroupMembers: MOST_MEMBERS,
    MaxGroups: MOST_GROUPS,
  });
  const all = (Goroutines ?? []).map((each) => goroutineOf(server, each, selected));
  const groups = (Groups ?? []).map(({ Name, Offset, Count, Total }): GoroutineGroup => {
    const members = all.slice(Offset, Offset + Count);
    return {
      key: Name,
      count: Total,
      ids: members.map(({ id }) => id),
      status: '',
      system: false,
      location: undefined,
      createdBy: undefined,
      members,
    };
  });
  return {
    goroutines: [],
    groups,
    groupCount: groups.length,
    total: groups.reduce((sum, { count }) => sum + count, 0),
    truncated: TooManyGroups,
    diagnostics: TooManyGroups ? [`there are more groups than the ${MOST_GROUPS} that were asked for`] : [],
  };
}

async function goroutine(server: DelveServer, { id }: Parameters, scope: Scope): Promise<GoroutineResult> {
  const before = (await server.state()).currentGoroutine;
  const wanted = typeof id === 'number' ? id : scope.goroutine;
  const now =
    wanted === undefined
      ? before
      : (await switchTo(server, { name: 'switchGoroutine', goroutineID: wanted })).currentGoroutine;
  if (now === undefined) throw new DebugError('no goroutine is selected: the thread runs none', { code: 'not-found' });
  const result = goroutineOf(server, now, now.id);
  return before === undefined || before.id === now.id ? result : { ...result, switchedFrom: before.id };
}

async function switchTo(server: DelveServer, command: object): Promise<DelveState> {
  const { State } = await server.call<{ State: DelveState }>('Command', command);
  server.frame = 0;
  return State;
}

function threadOf({ id, goroutineID, ...thread }: DelveThread, selected: number | undefined): ThreadResult {
  return {
    id,
    selected: id === selected,
    crashed: false,
    signal: undefined,
    goroutine: goroutineID > 0 ? goroutineID : undefined,
    location: thread.pc === 0 ? undefined : locationOf(thread),
  };
}

async function threads(server: DelveServer): Promise<readonly ThreadResult[]> {
  const { currentThread } = await server.state();
  const { Threads } = await server.call<{ Threads: readonly DelveThread[] | null }>('ListThreads');
  return [...(Threads ?? [])].sort((a, b) => a.id - b.id).map((each) => threadOf(each, currentThread?.id));
}

async function thread(server: DelveServer, { id }: Parameters): Promise<ThreadResult> {
  const before = (await server.state()).currentThread;
  const now =
    typeof id === 'number' ? (await switchTo(server, { name: 'switchThread', threadID: id })).currentThread : before;
  if (now === undefined) throw new DebugError('no thread is selected', { code: 'not-found' });
  const result = threadOf(now, now.id);
  return before === undefined || before.id === now.id ? result : { ...result, switchedFrom: before.id };
}

export const GOROUTINE_COMMANDS: DelveCommands = {
  goroutine: { takes: ['id'], run: goroutine },
  goroutines: {
    takes: ['u', 'r', 'g', 's', 't', 'l', 'with', 'without', 'chan', 'group', 'all', 'limit'],
    run: listGoroutines,
  },
  thread: { takes: ['id'], run: thread },
  threads: { takes: [], run: threads },
};
