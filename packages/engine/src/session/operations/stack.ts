import type { Session } from '../session.ts';
import { frameResult } from '../calls.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { FrameResult, StackResult } from '../results.ts';

/** Frames shown when no depth is given, as in Delve. */
export const DEFAULT_DEPTH = 50;

/** The first frames of the selected stack, with variables if asked for. */
export function stackResult(session: Session, depth: number, full: boolean): StackResult {
  const { stack, selection } = session;
  const calls = stack.first(depth);
  const frames: FrameResult[] = calls.map((call) => {
    const frame = frameResult(call);
    if (!full) return frame;
    return {
      ...frame,
      arguments: session.variables.arguments(call, session.settings),
      locals: session.variables.locals(call, session.settings),
    };
  });
  const truncated = stack.has(depth);
  const { end } = stack;
  return {
    goroutine: selection.goroutine?.id,
    thread: selection.goroutine?.tid ?? selection.thread?.tid,
    frames,
    truncated,
    problem: end === undefined || end.complete ? undefined : end.reason,
    gap: stack.gap === undefined ? undefined : `frames are missing: ${stack.gap}`,
    selected: session.selectedFrame,
  };
}

export const stackOperation: Operation<StackResult> = defineOperation({
  name: 'stack',
  aliases: ['bt'],
  group: 'look',
  summary: 'Print the stack of the selected goroutine',
  details: `bt            the first ${DEFAULT_DEPTH} frames
bt 10         the first 10 frames
bt -full      with arguments and locals of every frame
goroutine 7 bt    of another goroutine`,
  parameters: [
    { name: 'depth', kind: 'number', positional: true, summary: `how many frames (${DEFAULT_DEPTH})` },
    { name: 'full', kind: 'flag', summary: 'with arguments and locals of every frame' },
  ],
  run(session, parameters) {
    const depth = typeof parameters['depth'] === 'number' ? parameters['depth'] : DEFAULT_DEPTH;
    return stackResult(session, Math.max(0, depth), parameters['full'] === true);
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
      session.selectFrame(session.selectedFrame + direction * count);
      return selectedFrame(session);
    },
  });
}

export const upOperation: Operation<FrameResult> = move('up', 'Select the caller of the selected frame', 1);
export const downOperation: Operation<FrameResult> = move('down', 'Select the callee of the selected frame', -1);
