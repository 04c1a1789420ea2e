import { DebugError } from '../../base/errors.ts';
import { CallStack, type Call } from '../../unwind/call-stack.ts';
import { ancestorsOf } from '../ancestors.ts';
import type { Session } from '../session.ts';
import { frameResult } from '../calls.ts';
import { deferredResults } from '../deferred-calls.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { FrameOffsets, FrameResult, StackResult } from '../results.ts';

/** Frames shown when no depth is given, as in Delve. */
export const DEFAULT_DEPTH = 50;

/** What is shown of each frame besides its place. */
interface Extras {
  readonly full?: boolean;
  readonly offsets?: boolean;
  readonly defers?: boolean;
}

/** More frames are told one by one. */
const MOST_GATHERED = 1000;
/** Frames of each ancestor where no depth is given, as in Delve. */
const ANCESTOR_DEPTH = 10;

function describeFrame(session: Session, call: Call, { full, offsets, defers }: Extras): FrameResult {
  const frame: FrameResult = {
    ...frameResult(call),
    ...(offsets === true ? { offsets: offsetsOf(session, call) } : {}),
    ...(defers === true ? { deferred: deferredResults(session, call) } : {}),
  };
  if (full !== true) return frame;
  return {
    ...frame,
    arguments: session.variables.arguments(call, session.settings),
    locals: session.variables.locals(call, session.settings),
  };
}

/** Where a frame and its frame pointer are, counted from the top of the goroutine's stack. */
function offsetsOf({ selection, program }: Session, { frame }: Call): FrameOffsets {
  const top = selection.goroutine?.stack.high;
  const framePointer = frame.registers.get(program.target.arch.fp);
  const from = (address: number | undefined): number | undefined =>
    top === undefined || address === undefined ? undefined : address - top;
  return { frame: from(frame.cfa), framePointer: from(framePointer === undefined ? undefined : Number(framePointer)) };
}

/** What is said of a stack besides its frames `start` up to, not with, `end`. */
function stackRest(session: Session, end: number): Omit<StackResult, 'frames'> {
  const { stack, selection } = session;
  return {
    goroutine: selection.goroutine?.id,
    thread: selection.goroutine?.tid ?? selection.thread?.tid,
    truncated: stack.has(end),
    problem: stack.end === undefined || stack.end.complete ? undefined : stack.end.reason,
    gap: stack.gap === undefined ? undefined : `frames are missing: ${stack.gap}`,
    selected: session.selectedFrame,
  };
}

/** The first frames of the selected stack, with variables if asked for. */
export function stackResult(session: Session, depth: number, full: boolean): StackResult {
  const frames = session.stack.first(depth).map((call) => describeFrame(session, call, { full }));
  return { frames, ...stackRest(session, depth) };
}

/** The frames that the parameters ask for: the first ones, some from a number on, or the outermost ones. */
function rangeOf({ stack }: Session, parameters: Parameters): { readonly start: number; readonly end: number } {
  const number = (name: string): number | undefined => {
    const value = parameters[name];
    return typeof value === 'number' ? Math.max(0, value) : undefined;
  };
  const bottom = number('bottom');
  if (bottom !== undefined) {
    const count = stack.count();
    return { start: Math.max(0, count - bottom), end: count };
  }
  const start = number('from') ?? 0;
  return { start, end: start + (number('depth') ?? DEFAULT_DEPTH) };
}

function frameItems(session: Session, parameters: Parameters): Generator<FrameResult, void, undefined> {
  const { start, end } = rangeOf(session, parameters);
  const extras = {
    full: parameters['full'] === true,
    offsets: parameters['offsets'] === true,
    defers: parameters['defer'] === true,
  };
  const { stack } = session;
  return (function* () {
    for (const call of stack.range(start, end)) yield describeFrame(session, call, extras);
  })();
}

function ancestorResults(session: Session, parameters: Parameters): Pick<StackResult, 'ancestors'> {
  const { a, adepth } = parameters;
  if (typeof a !== 'number' || a <= 0) return {};
  const depth = typeof adepth === 'number' ? Math.max(0, adepth) : ANCESTOR_DEPTH;
  return { ancestors: ancestorsOf(session, session.requireGoroutine(), a, depth) };
}

/** The selected stack, unwound as `mode` says: normal, simple or fromg. */
export function stackFor(session: Session, mode: Parameters[string]): CallStack {
  const { goroutine, thread } = session.selection;
  if (mode === undefined || mode === 'normal') return session.stack;
  if (mode !== 'simple' && mode !== 'fromg')
    throw new DebugError(`there is no mode ${String(mode)}`, {
      code: 'usage',
      hint: 'the modes are normal, simple and fromg',
    });
  if (goroutine !== undefined) return new CallStack(session.program, session.runtime.unwind(goroutine, mode));
  if (mode === 'simple' && thread !== undefined)
    return new CallStack(session.program, session.runtime.unwindThread(thread, mode));
  throw new DebugError('no goroutine is selected: the thread runs none', { code: 'not-found' });
}

/** Runs `action` with the stack selected that -mode asks for. */
function inMode<T>(session: Session, parameters: Parameters, action: () => T): T {
  const { mode } = parameters;
  if (mode === undefined || mode === 'normal') return action();
  const stack = stackFor(session, mode);
  return session.withSelection({ ...session.selection, stack }, action);
}

export const stackOperation: Operation<StackResult> = defineOperation({
  name: 'stack',
  aliases: ['bt'],
  group: 'look',
  summary: 'Print the stack of the selected goroutine',
  details: `bt                the first ${DEFAULT_DEPTH} frames
bt 10             the first 10 frames
bt -full          with arguments and locals of every frame
bt -defer         with the calls that each frame deferred; deferred N args looks into one
bt -bottom 10     the outermost 10 frames, however deep the stack is
bt -from 900 20   20 frames from number 900 on
bt -a 3           with the goroutines that it descends from (GODEBUG=tracebackancestors)
goroutine 7 bt    of another goroutine

Modes: normal goes on from a system stack to the goroutine's; simple stays on the stack that the
thread was on; fromg begins where the goroutine was parked last.`,
  parameters: [
    { name: 'depth', kind: 'number', positional: true, summary: `how many frames (${DEFAULT_DEPTH})` },
    { name: 'full', kind: 'flag', summary: 'with arguments and locals of every frame' },
    { name: 'offsets', kind: 'flag', summary: "with the place of every frame, from the top of the goroutine's stack" },
    { name: 'defer', kind: 'flag', summary: 'with the calls that every frame deferred' },
    { name: 'from', kind: 'number', summary: 'begin with that frame' },
    { name: 'bottom', kind: 'number', summary: 'the outermost frames, so many' },
    { name: 'a', kind: 'number', summary: 'with so many of the goroutines that it descends from' },
    { name: 'adepth', kind: 'number', summary: `frames of each of them (${ANCESTOR_DEPTH})` },
    { name: 'mode', kind: 'string', summary: 'normal, simple or fromg' },
  ],
  wantsVariables: ({ full }) => full === true,
  run: (session, parameters) =>
    inMode(session, parameters, () => ({
      frames: [...frameItems(session, parameters)],
      ...stackRest(session, rangeOf(session, parameters).end),
      ...ancestorResults(session, parameters),
    })),
  stream(session, parameters) {
    const { start, end } = rangeOf(session, parameters);
    if (end - start <= MOST_GATHERED || parameters['mode'] !== undefined) return undefined;
    const rest = (): object => ({ ...stackRest(session, end), ...ancestorResults(session, parameters) });
    // Numbers are padded to the width of the last, so how many there are must be known.
    const width = String(Math.max(0, session.stack.count(end) - 1)).length;
    return { field: 'frames', items: frameItems(session, parameters), rest, width };
  },
});

function selectedFrame(session: Session): FrameResult {
  return frameResult(session.call());
}

/** What `frame`, `up` and `down` answer: where the user is now, with the source around it. */
export const frameOperation: Operation<FrameResult> = defineOperation({
  name: 'frame',
  aliases: [],
  group: 'look',
  summary: 'Select a frame by its number, or show the selected one',
  details: `frame 3           select frame 3
frame -1          select the outermost frame; frame -2 the one that it called, and so on
frame 3 locals    run a command there, without selecting it`,
  parameters: [{ name: 'index', kind: 'number', positional: true, summary: 'frame number, as bt shows it' }],
  run(session, parameters) {
    if (typeof parameters['index'] === 'number') session.selectFrame(parameters['index']);
    return selectedFrame(session);
  },
});

function move(name: string, summary: string, direction: 1 | -1): Operation<FrameResult> {
  return defineOperation({
    name,
    aliases: [],
    group: 'look',
    summary,
    parameters: [{ name: 'count', kind: 'number', positional: true, summary: 'how many frames (1)' }],
    run(session, parameters) {
      const count = typeof parameters['count'] === 'number' ? parameters['count'] : 1;
      session.selectFrame(session.call(session.selectedFrame + direction * count).index);
      return selectedFrame(session);
    },
  });
}

export const upOperation: Operation<FrameResult> = move('up', 'Select the caller of the selected frame', 1);
export const downOperation: Operation<FrameResult> = move('down', 'Select the callee of the selected frame', -1);

export const bottomOperation: Operation<FrameResult> = defineOperation({
  name: 'bottom',
  aliases: [],
  group: 'look',
  summary: 'Select the outermost frame, however deep the stack is',
  parameters: [],
  run(session) {
    session.selectFrame(-1);
    return selectedFrame(session);
  },
});
