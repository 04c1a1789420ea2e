import type { FlowReading, PieceOrigin } from '../unwind/flow/read-variable.ts';
import {
  assignmentsTo,
  codeOf,
  leavesBlock,
  returnsOf,
  usesGoto,
  type Assignment,
  type FunctionSource,
} from './assignments.ts';

/** Lines of a loop, inclusive. */
export interface LineRange {
  readonly low: number;
  readonly high: number;
}

/** A variable at a place, for the question whether its value is the one that the source means there. */
export interface Question {
  readonly name: string;
  readonly declLine: number;
  readonly isArgument: boolean;
  /** Named results are assigned to by `return` as well. */
  readonly isResult: boolean;
  /** Pointers, slices, maps and such: assignments to their parts leave them as they are. */
  readonly isReference: boolean;
  /** The line that execution is at. */
  readonly line: number;
  readonly reading: Pick<FlowReading, 'origins'>;
  readonly source: FunctionSource;
  /** The line of the function's source for an offset in the code; undefined where it is none of it. */
  lineOf(offset: number): number | undefined;
  /** Lines of the innermost loop in the machine code around an offset; undefined outside of loops. */
  loopAt(offset: number): LineRange | undefined;
  /** True if execution can come back to this place without passing the code at an offset. */
  repeatsWithout(offset: number): boolean;
  /** Offset in the code of the place that execution is at. */
  readonly at: number;
  /** The lines that execution may have passed since it was at an offset, without coming there again; undefined if not known. */
  linesSince(offset: number): ReadonlySet<number> | undefined;
  /** True if arithmetic of a line is still ahead of this place: the value of an assignment there may be unfinished. */
  computesAhead(line: number): boolean;
  /** Name of the source file, without its folder. */
  readonly file: string;
}

const DOUBT = 'an assignment before or after this place may be the one that is shown';

/**
 * Why the last value that the machine code gave a variable may not be the one that it has in the source; undefined if it is.
 * The compiler drops assignments whose value is not used any more, and computes values before the line that assigns them. So
 * the value must have been made on the line of the last assignment before this place.
 */
export function doubtAbout(question: Question): string | undefined {
  const { name, declLine, isReference, source, line, at } = question;
  if (usesGoto(source)) return DOUBT;
  const returns = question.isResult ? returnsOf(source) : [];
  if (returns.some((each) => each.line === line)) return DOUBT;
  const all = [...assignmentsTo(source, name, declLine, isReference), ...returns];
  const isDeclaredHere = !question.isArgument && declLine > source.start;
  if (all.length === 0) return isDeclaredHere && question.computesAhead(declLine) ? DOUBT : undefined;
  if (all.some((each) => each.line === line && each.kind === 'plain' && codeOf(source.text(line)).includes(';')))
    return DOUBT;
  const loop = question.loopAt(at);
  const before = all.filter((each) => each.line < line || (each.kind !== 'plain' && each.line === line));
  const around = loop === undefined ? [] : all.filter((each) => each.line >= loop.low && each.line <= loop.high);
  const { origins } = question.reading;
  if (origins.length === 0) return DOUBT;
  const passed = passedAssignment(question, origins, all);
  if (passed !== undefined) return passed;
  return origins.every((origin) => isSettled(question, origin, before, around)) ? undefined : DOUBT;
}

/**
 * What the lines above say may still be wrong about loops that are left from their middle. So no code of another assignment may
 * lie on any way from where the value was made to this place.
 */
function passedAssignment(
  question: Question,
  origins: readonly PieceOrigin[],
  all: readonly Assignment[],
): string | undefined {
  for (const { since, kind } of origins) {
    const passed = since < 0 ? undefined : question.linesSince(since);
    if (passed === undefined) return DOUBT;
    const made = kind === 'joined' ? undefined : question.lineOf(since);
    const newer = all.find((each) => each.line !== made && passed.has(each.line));
    if (newer !== undefined) return `it may be the value before ${question.file}:${newer.line}`;
  }
  return undefined;
}

function isSettled(
  question: Question,
  origin: PieceOrigin,
  before: readonly Assignment[],
  around: readonly Assignment[],
): boolean {
  const { declLine, line, isArgument } = question;
  if (origin.shared) return false;
  const made = origin.since === 0 ? 0 : question.lineOf(origin.since);
  if (made === undefined || made > line) return false;
  // An assignment that this round of a loop has not come to may have been executed in the one before.
  if (question.repeatsWithout(origin.since) && around.some((each) => each.line !== made)) return false;
  if (before.some((each) => each.line === made && each.kind === 'plain') && question.computesAhead(made)) return false;
  if (origin.kind === 'joined') return isJoinSettled(question, origin, made, before);
  const last = Math.max(0, ...before.map((each) => each.line));
  const lastKind = before.find((each) => each.line === last)?.kind;
  // The clause of a loop sets its variable for the next round: that value may be computed before this round is over.
  if (lastKind === 'clause') return false;
  if (lastKind === 'range') return made === last && origin.kind === 'set';
  if (before.length > 0) return made === last && made < line && !leavesBlock(question.source, last, line);
  return isArgument ? origin.since === 0 : made === declLine;
}

/** A value that came together where ways of the code meet is certain only for the variables of loops, which nothing else assigns to. */
function isJoinSettled(
  question: Question,
  { confirmed, step }: PieceOrigin,
  made: number,
  before: readonly Assignment[],
): boolean {
  const { source, name } = question;
  if (!confirmed) return false;
  // The compiler lets loops run backwards whose variable only counts: then the value is not the source's.
  const clauses = before.filter((each) => each.kind === 'clause');
  if (clauses.some((each) => step === undefined || stepIn(source.text(each.line), name) !== step)) return false;
  // The compiler may put an assignment off until its result is wanted, behind the place where the ways meet.
  if (before.some((each) => each.kind === 'plain')) return false;
  return before.every((each) => each.line <= made);
}

/** By how much the last clause of a for statement changes its variable; undefined where that is no fixed number. */
function stepIn(text: string, name: string): bigint | undefined {
  const post = codeOf(text).split(';')[2] ?? '';
  const match = /^\s*([\p{L}_][\p{L}\p{Nd}_]*)\s*(\+\+|--|[+-]=\s*(\d+))\s*\{/u.exec(post);
  if (match === null || match[1] !== name) return undefined;
  const amount = match[3] === undefined ? 1n : BigInt(match[3]);
  return match[2]?.startsWith('-') === true ? -amount : amount;
}
