import { attempt } from '../base/errors.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import type { CallStack } from '../unwind/call-stack.ts';
import { isPlumbing } from './calls.ts';
import { listingOf } from './goroutine-listing.ts';
import type { FrameDetail, GroupStack, ReportDetail, ReportResult } from './results-report.ts';
import type { Parameters } from './parameters.ts';
import { Redactor } from './redaction/redact.ts';
import type { Session } from './session.ts';
import { sourceAround } from './source-lines.ts';
import { waitsDetail } from './wait-summary.ts';

/** Frames that are described, and those that are searched for them. */
const MOST_FRAMES = 40;
const SEARCH_FRAMES = 200;
/** Groups whose stacks are told, and frames of each. */
const MOST_STACKS = 200;
const STACK_FRAMES = 64;
/** Source lines shown before and after. */
const CONTEXT_LINES = 4;

/** Adds to a report what its form needs, and takes out what is to be hidden. */
export function finishReport(
  session: Session,
  { md, html, full, redact }: Parameters,
  report: ReportResult,
  stack: CallStack | undefined,
): ReportResult {
  const isLong = md === true || html === true || full === true;
  const whole = isLong ? { ...report, detail: reportDetail(session, report, stack) } : report;
  return redact === true ? new Redactor(session.sources).redact(whole) : whole;
}

/** What the long forms of a report show besides: the frames of the stack that died, the stacks of the others. */
function reportDetail(
  session: Session,
  { others, input }: Pick<ReportResult, 'others' | 'input'>,
  stack: CallStack | undefined,
): ReportDetail {
  const told = others.slice(0, MOST_STACKS);
  const waits = attempt(() => waitsDetail(session, input));
  return {
    ...(waits === undefined ? {} : { waits }),
    frames: stack === undefined ? [] : frameDetails(session, stack),
    stacks: groupStacks(session, told),
    stacksLeftOut: others.length - told.length,
  };
}

function frameDetails(session: Session, stack: CallStack): FrameDetail[] {
  const calls = stack.first(SEARCH_FRAMES).filter((call) => !isPlumbing(call));
  return calls.slice(0, MOST_FRAMES).map((call) => ({
    index: call.index,
    source: sourceAround(session.sources, call.file, call.line, CONTEXT_LINES),
    arguments: session.variables.arguments(call, session.settings),
    locals: session.variables.locals(call, session.settings),
    problem: session.variables.problem(call),
  }));
}

function groupStacks(session: Session, groups: ReportResult['others']): GroupStack[] {
  // Goroutines are found by number only by going through all of them: once for all groups.
  const wanted = new Set(groups.map(({ ids }) => ids[0]));
  const found = new Map<number, Goroutine>();
  for (const goroutine of session.runtime.iterGoroutines()) {
    if (wanted.has(goroutine.id) && !found.has(goroutine.id)) found.set(goroutine.id, goroutine);
    if (found.size === wanted.size) break;
  }
  const listing = listingOf(session);
  return groups.flatMap(({ key, ids }) => {
    const goroutine = found.get(ids[0] ?? 0);
    const described = goroutine && attempt(() => listing.describe(goroutine, STACK_FRAMES));
    if (described?.stack === undefined) return [];
    const frames = described.stack.map(({ pc, function: name, file, line }) => ({ pc, function: name, file, line }));
    return [{ key, frames, truncated: described.stackTruncated }];
  });
}
