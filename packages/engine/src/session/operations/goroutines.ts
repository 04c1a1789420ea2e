import { notFound } from '../../base/errors.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import { readLabels } from '../../runtime/labels.ts';
import { callLocation, frameResult, pcLocation, userCall } from '../calls.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { GoroutineGroup, GoroutineResult, GoroutinesResult } from '../results.ts';
import type { Session } from '../session.ts';

/** Frames compared when stacks are grouped. */
const GROUP_DEPTH = 64;
/** Members named for a group. */
const GROUP_MEMBERS = 5;

export function goroutineResult(session: Session, goroutine: Goroutine, depth = 0): GoroutineResult {
  const { program, runtime, selection } = session;
  const stack = session.stackOf({ goroutine, thread: undefined });
  const crashed = runtime.crashingThread();
  return {
    id: goroutine.id,
    status: goroutine.statusText,
    waitSince: goroutine.waitSince > 0 ? goroutine.waitSince : undefined,
    thread: goroutine.tid,
    system: runtime.isSystem(goroutine),
    selected: selection.goroutine?.address === goroutine.address,
    crashed: crashed !== undefined && (crashed.curg || crashed.caughtSignalG) === goroutine.address,
    userLocation: callLocation(userCall(stack)),
    currentLocation: callLocation(stack.at(0)),
    goLocation: pcLocation(program, goroutine.goPc, goroutine.goPc - 1),
    startLocation: pcLocation(program, goroutine.startPc),
    parent: goroutine.parentId === 0 ? undefined : goroutine.parentId,
    labels: readLabels(program, goroutine.labels),
    stack: depth === 0 ? undefined : stack.first(depth).map(frameResult),
  };
}

/** Goroutines with the same state and stack, largest group first; `skip` is left out. */
export function groupGoroutines(session: Session, skip?: Goroutine): GoroutineGroup[] {
  const groups = new Map<string, { first: Goroutine; ids: number[] }>();
  for (const goroutine of session.runtime.goroutines) {
    if (goroutine.address === skip?.address) continue;
    const calls = session.stackOf({ goroutine, thread: undefined }).first(GROUP_DEPTH);
    const key = `${goroutine.statusText}|${goroutine.goPc}|${calls.map((call) => `${call.frame.pc}:${call.inlineDepth}`).join(',')}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: goroutine, ids: [goroutine.id] });
    else group.ids.push(goroutine.id);
  }
  const rows = [...groups].map(([key, { first, ids }]) => {
    const stack = session.stackOf({ goroutine: first, thread: undefined });
    return {
      key,
      count: ids.length,
      ids: ids.slice(0, GROUP_MEMBERS),
      status: first.statusText,
      system: session.runtime.isSystem(first),
      location: callLocation(userCall(stack)),
      createdBy: pcLocation(session.program, first.goPc, first.goPc - 1),
    };
  });
  return rows.sort(
    (a, b) => Number(a.system) - Number(b.system) || b.count - a.count || (a.ids[0] ?? 0) - (b.ids[0] ?? 0),
  );
}

export const goroutinesOperation: Operation<GoroutinesResult> = defineOperation({
  name: 'goroutines',
  aliases: ['grs'],
  group: 'goroutines',
  summary: 'List goroutines',
  details: `goroutines              all of them, with the place in user code
goroutines -t 5         with the first five frames of each
goroutines -group       one line for goroutines with the same stack
goroutines -r|-g|-s     the current place, the go statement, the start function instead
goroutines -user        without the runtime's own`,
  parameters: [
    { name: 't', kind: 'number', summary: 'frames of the stack to show with each' },
    { name: 'group', kind: 'flag', summary: 'one line for goroutines with the same stack' },
    { name: 'user', kind: 'flag', summary: "leave the runtime's own goroutines out" },
    { name: 'u', kind: 'flag', summary: 'show the place in user code (the default)' },
    { name: 'r', kind: 'flag', summary: 'show the current place' },
    { name: 'g', kind: 'flag', summary: 'show the go statement' },
    { name: 's', kind: 'flag', summary: 'show the start function' },
    { name: 'l', kind: 'flag', summary: 'show pprof labels' },
    { name: 'limit', kind: 'number', summary: 'how many at most' },
  ],
  run(session, parameters) {
    const { runtime } = session;
    const all = runtime.goroutines;
    const chosen = parameters['user'] === true ? all.filter((goroutine) => !runtime.isSystem(goroutine)) : all;
    const limit = typeof parameters['limit'] === 'number' ? parameters['limit'] : chosen.length;
    const depth = typeof parameters['t'] === 'number' ? parameters['t'] : 0;
    const grouped = parameters['group'] === true;
    return {
      goroutines: grouped ? [] : chosen.slice(0, limit).map((goroutine) => goroutineResult(session, goroutine, depth)),
      groups: grouped ? groupGoroutines(session) : undefined,
      total: chosen.length,
      truncated: !grouped && limit < chosen.length,
      diagnostics: runtime.diagnostics,
    };
  },
});

export const goroutineOperation: Operation<GoroutineResult> = defineOperation({
  name: 'goroutine',
  aliases: ['gr'],
  group: 'goroutines',
  summary: 'Select a goroutine by its number, or show the selected one',
  details: `goroutine 7           select goroutine 7
goroutine 7 bt        run a command there, without selecting it`,
  parameters: [{ name: 'id', kind: 'number', positional: true, completes: 'goroutine', summary: 'goroutine number' }],
  run(session, parameters) {
    if (typeof parameters['id'] === 'number') session.selectGoroutine(parameters['id']);
    const { goroutine } = session.selection;
    if (goroutine === undefined) throw notFound('no goroutine is selected: the thread runs none');
    return goroutineResult(session, goroutine);
  },
});
