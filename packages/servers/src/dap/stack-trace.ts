import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FrameResult, GoroutineGroup, LocationResult, Selection, StackResult } from '@inquest/engine';
import { describeGoroutine, formatCount, isPlumbing, packageOf } from '@inquest/engine';
import type { CoreView } from './core-view.ts';

type Answer = DebugProtocol.StackTraceResponse['body'];

/** Answers `stackTrace`: some frames of a thread, from a number on. */
export function stackTrace(view: CoreView, args: DebugProtocol.StackTraceArguments): Answer {
  const meaning = view.threads.meaning(args.threadId);
  const start = Math.max(0, args.startFrame ?? 0);
  const levels = args.levels === undefined || args.levels <= 0 ? undefined : args.levels;
  if (meaning.kind === 'groups') return groupFrames(view, meaning.groups, start, levels ?? meaning.groups.length);
  return frames(view, meaning.selection, meaning.group, start, levels);
}

function frames(
  view: CoreView,
  selection: Selection,
  group: GoroutineGroup | undefined,
  start: number,
  levels: number | undefined,
): Answer {
  const { session } = view;
  const depth = levels ?? view.view.stackTraceDepth;
  return session.withSelection(selection, () => {
    const folded = foldedFrames(view, selection);
    const result = view.ask<StackResult>('stack', { from: folded + start, depth });
    const shown = result.frames.map((frame) => stackFrame(view, selection, group, frame));
    const counted = start + shown.length;
    if (!result.truncated) {
      // What follows the last frame counts as frames, which may be asked for alone.
      const total = session.stack.count() - folded;
      const labels = endLabels(view, selection, result, folded);
      const rest = labels.slice(Math.max(0, start - total)).slice(0, Math.max(0, depth - shown.length));
      return { stackFrames: [...shown, ...rest], totalFrames: Math.max(total, counted) + labels.length };
    }
    // How deep a stack is, is found out no further than it is looked at.
    if (levels !== undefined) return { stackFrames: shown, totalFrames: counted + depth };
    const more = `more frames follow: bt -from ${folded + counted} in the debug console shows them`;
    return { stackFrames: [...shown, label(view, selection, more)], totalFrames: counted + 1 };
  });
}

function stackFrame(
  view: CoreView,
  selection: Selection,
  group: GoroutineGroup | undefined,
  frame: FrameResult,
): DebugProtocol.StackFrame {
  const { index, file, line, plumbing, module, pc } = frame;
  const key = `${view.threads.threadOf(selection)}:${index}`;
  const id = view.frames.numberOf(key, () => ({ selection, index, group }));
  const source = view.sources.of(file, plumbing);
  const moduleId = module ?? view.session.program.main?.path;
  return {
    id,
    name: frame.function === '' ? '?' : frame.function,
    ...(source === undefined ? {} : { source }),
    ...place(view, source === undefined ? 0 : line),
    instructionPointerReference: pc,
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(plumbing ? { presentationHint: 'subtle' as const } : {}),
  };
}

/**
 * Frames at the top that are left out: what the runtime did after the failure. Most clients go to the first frame, and nobody
 * wants to be there.
 */
function foldedFrames(view: CoreView, selection: Selection): number {
  if (view.view.showRuntimeFrames || !isSame(selection, view.focus)) return 0;
  const failure = view.death.userFrame ?? 0;
  const first = view.session.stack.first(failure).findIndex((call) => !isPlumbing(call));
  return first < 0 ? failure : first;
}

function isSame(a: Selection, b: Selection): boolean {
  if (a.goroutine !== undefined || b.goroutine !== undefined) return a.goroutine?.address === b.goroutine?.address;
  return a.thread?.tid === b.thread?.tid;
}

function place({ client }: CoreView, line: number): { line: number; column: number } {
  return line === 0 ? { line: 0, column: 0 } : { line: line + client.lineOffset, column: 1 + client.columnOffset };
}

/** What is to be said at the end of a stack. */
function endLabels(
  view: CoreView,
  selection: Selection,
  { problem, gap }: StackResult,
  folded: number,
): DebugProtocol.StackFrame[] {
  const out: DebugProtocol.StackFrame[] = [];
  if (folded > 0) {
    const what = `frame${folded === 1 ? '' : 's'} of the runtime above the failure`;
    out.push(label(view, selection, `${folded} ${what}: bt in the debug console shows all`));
  }
  if (gap !== undefined) out.push(label(view, selection, gap));
  if (problem !== undefined) out.push(label(view, selection, `the stack ends here: ${problem}`));
  const { goroutine } = selection;
  const created = goroutine === undefined ? undefined : describeGoroutine(view.session, goroutine.id);
  // What started the main goroutine is no statement of the program.
  if (created?.goLocation !== undefined && packageOf(created.goLocation.function) !== 'runtime') {
    const parent = created.parent === undefined ? '' : ` in goroutine ${created.parent}`;
    out.push(label(view, selection, `created by ${created.goLocation.function}${parent}`, created.goLocation));
  }
  return out;
}

/** A line of text among the frames. */
function label(view: CoreView, selection: Selection, text: string, at?: LocationResult): DebugProtocol.StackFrame {
  const key = `${view.threads.threadOf(selection)}:${text}`;
  const id = view.frames.numberOf(key, () => ({ selection: undefined, index: 0, group: undefined }));
  const source = at === undefined ? undefined : view.sources.of(at.file);
  return {
    id,
    name: text,
    ...(source === undefined ? {} : { source }),
    ...place(view, source === undefined ? 0 : (at?.line ?? 0)),
    presentationHint: 'label',
  };
}

/** Many stacks as one thread: a frame stands for each, and its scope has the goroutines. */
function groupFrames(view: CoreView, groups: readonly GoroutineGroup[], start: number, levels: number): Answer {
  const stackFrames = groups.slice(start, start + levels).map((group): DebugProtocol.StackFrame => {
    const meaning = { selection: undefined, index: 0, group };
    const id = view.frames.numberOf(`group ${group.ids[0]}`, () => meaning);
    const source = view.sources.of(group.location?.file ?? '');
    return {
      id,
      name: `${group.location?.function ?? '?'} [${group.status}] × ${formatCount(group.count)}`,
      ...(source === undefined ? {} : { source }),
      ...place(view, source === undefined ? 0 : (group.location?.line ?? 0)),
    };
  });
  return { stackFrames, totalFrames: groups.length };
}
