import type { Frame } from '../../unwind/frame.ts';
import { CallStack, type Call } from '../../unwind/call-stack.ts';
import { callLocation } from '../calls.ts';
import type { LocationResult, RecursionResult } from '../results.ts';
import type { CauseContext } from './context.ts';

/** Functions that call each other in turn, at most. */
const LONGEST_CYCLE = 40;
/** A cycle is believed when it is gone round so often. */
const FEWEST_ROUNDS = 4;
/** Frames told of what called the first function. */
const MOST_CALLERS = 4;

/**
 * The cycle of functions that fills a stack, counted to its end. The frames of a cycle are alike, so beyond the first rounds
 * only the return addresses are compared, one for each round. Undefined where the stack has no such cycle.
 */
export function recursionOf(context: CauseContext): RecursionResult | undefined {
  const { calls, session, user, cause } = context;
  const start = user?.index ?? 0;
  const frames = physicalFrames(calls.slice(start));
  const length = cycleLength(frames);
  const [first] = frames;
  const next = length === undefined ? undefined : frames[length];
  if (length === undefined || first?.cfa === undefined || next?.cfa === undefined) return undefined;
  const stride = next.cfa - first.cfa;
  const top = cause.goroutine?.stack.high ?? 0;
  // The return address of the first frame is the same in each round.
  const rounds = session.program.wordRuns.count(first.cfa - 8, stride, top, frames[1]?.pc ?? 0);
  if (rounds < FEWEST_ROUNDS) return undefined;
  const cycle = calls.slice(start).filter(({ frame }) => frames.indexOf(frame) < length);
  const functions = cycle.map(({ name }) => name);
  const tail = tailOf(context, next.pc, next.sp + (rounds - 2) * stride, cycle);
  return {
    functions,
    first: start,
    frames: (rounds - 1) * functions.length + tail.count,
    bytesPerRound: stride,
    callers: tail.callers,
  };
}

/** The last round, which may be followed by a part of one, and what called its first function. */
function tailOf(
  { session, cause }: CauseContext,
  pc: number,
  sp: number,
  cycle: readonly Call[],
): { readonly count: number; readonly callers: readonly LocationResult[] } {
  const { goroutine } = cause;
  if (goroutine === undefined) return { count: 0, callers: [] };
  const stack = new CallStack(session.program, session.runtime.unwindAt(goroutine, pc, sp));
  const calls = stack.first(cycle.length * 2 + MOST_CALLERS);
  let count = 0;
  while (count < cycle.length * 2 && calls[count]?.name === cycle[count % cycle.length]?.name) count++;
  const callers = calls.slice(count, count + MOST_CALLERS).flatMap((call) => callLocation(call) ?? []);
  return { count, callers };
}

function physicalFrames(calls: readonly Call[]): readonly Frame[] {
  return [...new Set(calls.map(({ frame }) => frame))];
}

/** The smallest number of frames after which return addresses and distances repeat. */
function cycleLength(frames: readonly Frame[]): number | undefined {
  // The first frame may have been left elsewhere than the others.
  for (let length = 1; length <= LONGEST_CYCLE && frames.length > length * FEWEST_ROUNDS + 1; length++) {
    let alike = true;
    for (let i = 1; i < length * FEWEST_ROUNDS && alike; i++) {
      const [a, b] = [frames[i], frames[i + length]];
      const [before, after] = [frames[i - 1], frames[i - 1 + length]];
      alike =
        a?.pc === b?.pc &&
        a?.cfa !== undefined &&
        before?.cfa !== undefined &&
        after?.cfa !== undefined &&
        a.cfa - before.cfa === (b?.cfa ?? 0) - after.cfa;
    }
    if (alike) return length;
  }
  return undefined;
}
