import { notFound } from '../../base/errors.ts';
import { parseExec, runExec } from '../exec.ts';
import {
  channelFilter,
  filterWords,
  groupWords,
  parseFilter,
  passing,
  type GoroutineTest,
} from '../goroutine-filter.ts';
import { groupGoroutines, MOST_GROUPS, stackGroups, withFewIds } from '../goroutine-groups.ts';
import { listingOf } from '../goroutine-listing.ts';
import { defineOperation, type Operation, type Parameter, type Parameters, type ResultStream } from '../operation.ts';
import type { GoroutineResult, GoroutinesResult } from '../results.ts';
import type { Session } from '../session.ts';

/** Up to so many goroutines are listed one by one when nothing else is asked for: two or three screens. */
const MOST_LISTED = 100;

const PARAMETERS: readonly Parameter[] = [
  { name: 'u', kind: 'flag', summary: 'show the place in user code (the default)' },
  { name: 'r', kind: 'flag', summary: 'show the current place' },
  { name: 'g', kind: 'flag', summary: 'show the go statement' },
  { name: 's', kind: 'flag', summary: 'show the start function' },
  { name: 't', kind: 'number', summary: 'frames of the stack to show with each (10)' },
  { name: 'l', kind: 'flag', summary: 'show pprof labels' },
  {
    name: 'with',
    kind: 'phrase',
    aliases: ['w'],
    wordCount: filterWords,
    repeated: true,
    summary: 'only those: userloc|curloc|goloc|startloc TEXT, label KEY[=VALUE], running, user',
  },
  {
    name: 'without',
    kind: 'phrase',
    aliases: ['wo'],
    wordCount: filterWords,
    repeated: true,
    summary: 'all but those',
  },
  { name: 'chan', kind: 'string', completes: 'variable', summary: 'only those that wait on a channel' },
  {
    name: 'group',
    kind: 'phrase',
    wordCount: groupWords,
    summary: 'together: stack, userloc|curloc|goloc|startloc, label KEY, running, user',
  },
  { name: 'all', kind: 'flag', summary: 'each one, however many there are' },
  { name: 'limit', kind: 'number', summary: 'how many at most' },
  { name: 'exec', kind: 'rest', summary: 'run a command on each; takes the rest of the line' },
];

const DETAILS = `goroutines                        up to ${MOST_LISTED} one by one, more grouped by their stacks
goroutines -all                   each one, with the place in user code
goroutines -t 5 -with user        the first five frames of each that is not the runtime's
goroutines -with userloc db.go -without running
goroutines -with label tenant=7   by pprof label
goroutines -chan s.queue          who waits to send to a channel or to receive from it
goroutines -group userloc         counts by place, with five of each; -group alone: by stack
goroutines -with user -exec bt 3  a command on each

Places are searched as text, of the form FILE:LINE in FUNCTION. Several filters must all hold.`;

function textList(value: Parameters[string]): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? value : [];
}

/** All conditions that the parameters set. */
export function testsOf(session: Session, parameters: Parameters): GoroutineTest[] {
  const listing = listingOf(session);
  const tests = textList(parameters['with']).map((text) => parseFilter(listing, text));
  for (const text of textList(parameters['without'])) {
    const test = parseFilter(listing, text);
    tests.push((goroutine) => !test(goroutine));
  }
  const { chan } = parameters;
  if (typeof chan === 'string') tests.push(channelFilter(session, chan));
  return tests;
}

function numberOf(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  return typeof value === 'number' ? Math.max(0, value) : undefined;
}

function grouped(session: Session, by: string, parameters: Parameters): GoroutinesResult {
  const tests = testsOf(session, parameters);
  const most = numberOf(parameters, 'limit');
  if (by === '' || by === 'stack') return groupedByStack(session, tests, most);
  const depth = numberOf(parameters, 't') ?? 0;
  const { groups, total, count } = groupGoroutines(session, by, passing(session.runtime.iterGoroutines(), tests), {
    depth,
    ...(most === undefined ? {} : { most }),
  });
  return {
    goroutines: [],
    groups,
    groupCount: count,
    total,
    truncated: groups.length < count,
    diagnostics: session.runtime.diagnostics,
  };
}

function groupedByStack(session: Session, tests: readonly GoroutineTest[], most = MOST_GROUPS): GoroutinesResult {
  const all = stackGroups(session, tests);
  return {
    goroutines: [],
    groups: all.slice(0, most).map(withFewIds),
    groupCount: all.length,
    total: all.reduce((sum, { count }) => sum + count, 0),
    truncated: all.length > most,
    diagnostics: session.runtime.diagnostics,
  };
}

interface GoroutineStream extends ResultStream {
  readonly items: Iterable<GoroutineResult>;
  rest(): Omit<GoroutinesResult, 'goroutines'>;
}

/** The list, told one by one. All that may be wrong with the parameters is thrown before the first. */
function listed(session: Session, table: readonly Operation[], parameters: Parameters): GoroutineStream {
  const listing = listingOf(session);
  const tests = testsOf(session, parameters);
  const { exec } = parameters;
  const command = typeof exec === 'string' ? parseExec(exec, table, ['goroutines', 'threads', 'report']) : undefined;
  const limit = numberOf(parameters, 'limit') ?? Number.POSITIVE_INFINITY;
  const depth = numberOf(parameters, 't') ?? 0;
  let total = 0;
  function* items(): Generator<GoroutineResult, void, undefined> {
    total = 0;
    for (const goroutine of passing(session.runtime.iterGoroutines(), tests)) {
      if (total++ >= limit) continue;
      const result = listing.describe(goroutine, depth);
      if (command === undefined) yield result;
      else yield { ...result, exec: runExec(session, { goroutine, thread: undefined }, command) };
    }
  }
  const rest = (): Omit<GoroutinesResult, 'goroutines'> => ({
    groups: undefined,
    groupCount: undefined,
    total,
    truncated: total > limit,
    diagnostics: session.runtime.diagnostics,
  });
  return { field: 'goroutines', items: items(), rest };
}

/** The list of goroutines; `table` is where the command of -exec is looked up. */
export function goroutinesOperationOver(table: () => readonly Operation[]): Operation<GoroutinesResult> {
  return defineOperation<GoroutinesResult>({
    name: 'goroutines',
    aliases: ['grs'],
    group: 'goroutines',
    summary: 'List goroutines, or count them by what they share',
    details: DETAILS,
    parameters: PARAMETERS,
    run(session, parameters) {
      const { group } = parameters;
      if (typeof group === 'string') return grouped(session, group, parameters);
      const list = listed(session, table(), parameters);
      const goroutines = [...list.items];
      return { goroutines, ...list.rest() };
    },
    stream: (session, parameters) =>
      parameters['group'] === undefined ? listed(session, table(), parameters) : undefined,
    forReader(session, parameters) {
      const plain = Object.keys(parameters).length === 0;
      return plain && session.runtime.hasMoreGoroutines(MOST_LISTED) ? { group: 'stack' } : parameters;
    },
  });
}

export const goroutineOperation: Operation<GoroutineResult> = defineOperation({
  name: 'goroutine',
  aliases: ['gr'],
  group: 'goroutines',
  summary: 'Select a goroutine by its number, or show the selected one',
  details: `goroutine 7           select goroutine 7
goroutine 7 bt        run a command there, without selecting it`,
  parameters: [{ name: 'id', kind: 'number', positional: true, completes: 'goroutine', summary: 'goroutine number' }],
  run(session, parameters) {
    const before = session.selection.goroutine?.id;
    if (typeof parameters['id'] === 'number') session.selectGoroutine(parameters['id']);
    const { goroutine } = session.selection;
    if (goroutine === undefined) throw notFound('no goroutine is selected: the thread runs none');
    const result = listingOf(session).describe(goroutine);
    return before === undefined || before === goroutine.id ? result : { ...result, switchedFrom: before };
  },
});
