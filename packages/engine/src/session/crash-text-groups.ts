import { packageOf } from '../pclntab/function-name.ts';
import { packageOwner } from '../runtime/packages.ts';
import { RUNTIME_STACK, type TextGoroutine } from '../traceback/reading/crash-text.ts';
import type { FrameResult, GoroutineGroup, LocationResult } from './results.ts';
import type { ReportDetail } from './results-report.ts';
import { sourceAround, type SourceProvider } from './source-lines.ts';

/** Frames whose source is shown, and groups whose stacks are told. */
const MOST_FRAMES = 40;
const MOST_STACKS = 200;
/** Source lines shown before and after. */
const CONTEXT_LINES = 4;

/** Goroutines of a text with the same stack, and one of them. */
export interface TextGroup {
  readonly group: GoroutineGroup;
  readonly first: TextGoroutine | undefined;
}

/** Goroutines in the same state with the same calls, the largest groups first. */
export function groupsOf(goroutines: readonly TextGoroutine[]): readonly TextGroup[] {
  const groups = new Map<string, TextGoroutine[]>();
  for (const goroutine of goroutines) {
    if (goroutine.id === 0 || goroutine.status === RUNTIME_STACK) continue;
    const calls = goroutine.frames.map(({ function: name, file, line }) => `${name} ${file}:${line}`);
    const key = [goroutine.status, ...calls].join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [goroutine]);
    else group.push(goroutine);
  }
  return [...groups]
    .map(([key, members]) => ({ group: group(key, members), first: members[0] }))
    .sort((a, b) => b.group.count - a.group.count);
}

function group(key: string, members: readonly TextGoroutine[]): GoroutineGroup {
  const [first] = members;
  const frames = first?.frames ?? [];
  const user = frames.find((frame) => isUserFunction(frame.function));
  const shown = user ?? frames[0];
  const marks = first?.lockedToThread === true ? ', locked to thread' : '';
  return {
    key,
    count: members.reduce((sum, { count }) => sum + count, 0),
    ids: members.flatMap(({ id }) => (id === undefined ? [] : [id])),
    status: `${first?.status ?? ''}${marks}`,
    system: user === undefined && first?.createdBy?.function.startsWith('runtime.') === true,
    location: shown && location(shown),
    createdBy: first?.createdBy && location(first.createdBy),
  };
}

/** What the long forms of a report show besides: sources of the stack that died, stacks of the others. */
export function detailOf(
  groups: readonly TextGroup[],
  frames: readonly FrameResult[],
  sources: SourceProvider,
): ReportDetail {
  const told = groups.slice(0, MOST_STACKS);
  const shown = frames.filter(({ plumbing }) => !plumbing).slice(0, MOST_FRAMES);
  return {
    frames: shown.map(({ index, file, line }) => {
      const source = sourceAround(sources, file, line, CONTEXT_LINES);
      return { index, source, arguments: [], locals: [], problem: undefined };
    }),
    stacks: told.map(({ group: { key }, first }) => ({
      key,
      frames: (first?.frames ?? []).map(location),
      truncated: first !== undefined && (first.elided > 0 || first.cutOff),
    })),
    stacksLeftOut: groups.length - told.length,
  };
}

/** True for code of the program, and of what it depends on. */
export function isUserFunction(name: string): boolean {
  return ['own', 'dependency'].includes(packageOwner(packageOf(name), undefined));
}

/** A place of a text as a result; it has no address. */
export function location(at: {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}): LocationResult {
  return { pc: '', function: at.function, file: at.file, line: at.line };
}
