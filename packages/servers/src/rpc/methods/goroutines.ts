import { ancestorsOf, DebugError, stackFor, type Call, type Goroutine } from '@inquest/engine';
import type { DelveFrame } from '../api.ts';
import { describeGoroutine, filterOf, group, groupingOf } from '../goroutines.ts';
import type { Fields } from '../parameters.ts';
import { NO_FRAME } from '../places.ts';
import type { RpcSession } from '../rpc-session.ts';
import { frameVariables, limitsOf } from './values.ts';
import type { Methods } from './method.ts';

/** How many goroutines and frames one answer has at most. */
const MOST = { goroutines: 50_000, frames: 20_000 } as const;

/** Goroutines, from the one numbered `Start` on, filtered and grouped. `Nextg` tells where to go on. */
function listGoroutines(client: RpcSession, parameters: Fields): unknown {
  const { session, places } = client;
  const start = Math.max(0, parameters.integer('Start'));
  const count = parameters.integer('Count');
  const all = session.runtime.goroutines;
  const wanted = count > 0 ? Math.min(all.length, start + count) : all.length;
  const scope = parameters.object('EvalScope');
  const filters = parameters.objects('Filters');
  const tests = filters.length === 0 ? [] : client.inScope(scope, () => filters.map((each) => filterOf(session, each)));
  const grouping = groupingOf(parameters);
  const most = grouping === undefined ? MOST.goroutines : Infinity;
  const found: Goroutine[] = [];
  let end = start;
  for (; end < wanted && found.length < most; end++) {
    const goroutine = all[end];
    if (goroutine !== undefined && tests.every((test) => test(goroutine))) found.push(goroutine);
  }
  const grouped = grouping && group(session, found, grouping, MOST.goroutines);
  const shown: readonly Goroutine[] = grouped?.goroutines ?? found;
  return {
    Goroutines: shown.map((goroutine) => describeGoroutine(session, places, goroutine)),
    Nextg: end < all.length ? end : -1,
    Groups: grouped?.groups ?? null,
    TooManyGroups: grouped?.tooMany ?? false,
  };
}

/** Bits of the options of a stack trace. */
const OPTION = { defers: 1, simple: 2, fromG: 4 } as const;

function stacktrace(client: RpcSession, parameters: Fields): unknown {
  const { session } = client;
  const options = parameters.integer('Opts') | (parameters.flag('Defers') ? OPTION.defers : 0);
  const selection = client.selectionOf(parameters.integer('Id'));
  const mode = (options & OPTION.simple) !== 0 ? 'simple' : (options & OPTION.fromG) !== 0 ? 'fromg' : 'normal';
  const stack = session.withSelection(selection, () => stackFor(session, mode));
  const start = Math.max(0, parameters.integer('Skip'));
  // Delve gives one more than it is asked for, by which clients know that there are more.
  const wanted = Math.max(start, parameters.integer('Depth') + 1);
  const end = Math.min(wanted, start + MOST.frames);
  const withVariables = parameters.has('Cfg') || parameters.flag('Full');
  const limits = limitsOf(parameters);
  const describe = (frame: DelveFrame, call: Call): DelveFrame => ({
    ...frame,
    ...(withVariables
      ? {
          Locals: frameVariables(client, call, 'locals', limits),
          Arguments: frameVariables(client, call, 'arguments', limits),
        }
      : {}),
    Defers: (options & OPTION.defers) === 0 ? [] : client.places.defers(call),
  });
  const Locations = session.withSelection({ ...selection, stack }, () => {
    const frames: DelveFrame[] = [];
    for (const frame of client.places.frames(stack, start, end, selection.goroutine)) {
      if (limits.budget.left < 0) return [...frames, CUT];
      const call = frame.Err === '' ? stack.at(start + frames.length) : undefined;
      frames.push(call === undefined ? frame : describe(frame, call));
    }
    return end < wanted && stack.has(end) ? [...frames, CUT] : frames;
  });
  return { Locations };
}

/** Ends a list of frames that would be too long. */
const CUT: DelveFrame = { ...NO_FRAME, Err: 'the stack goes on: ask for fewer frames at once, or for less of each' };

function ancestors(client: RpcSession, parameters: Fields): unknown {
  const { session, places } = client;
  const { goroutine } = client.selectionOf(parameters.integer('GoroutineID'));
  const count = parameters.integer('NumAncestors');
  if (goroutine === undefined)
    throw new DebugError('no goroutine is selected: the thread runs none', { code: 'not-found' });
  if (goroutine.ancestors === 0) throw new DebugError('tracebackancestors is disabled', { code: 'not-found' });
  const found = ancestorsOf(session, goroutine, count, parameters.integer('Depth') + 1);
  return {
    Ancestors: found.map(({ goroutine: id, frames }) => ({
      ID: id,
      Stack: frames.map((frame): DelveFrame => ({ ...NO_FRAME, ...places.of(frame) })),
      Unreadable: '',
    })),
  };
}

export const GOROUTINE_METHODS: Methods = {
  Ancestors: ancestors,
  ListGoroutines: listGoroutines,
  Stacktrace: stacktrace,
};
