import type { Carried, Leaf } from '../unwind/flow/leaves.ts';
import type { FlowReading, PieceOrigin } from '../unwind/flow/read-variable.ts';
import type { FunctionSource } from './source-code/function-source.ts';
import { assignedBy } from './source-code/assignment.ts';
import { Definitions, keepsFirstValue, type Definition, type SourceVariable } from './source-code/definitions.ts';
import { AT_ENTRY, reachingAt, type Reaching } from './source-code/reaching.ts';

/** A variable at a place, for the question whether its value is the one that the source means there. */
export interface Question {
  readonly name: string;
  readonly declLine: number;
  readonly isArgument: boolean;
  /** Named results are assigned to by `return` as well. */
  readonly isResult: boolean;
  /** Pointers, slices, maps and such: assignments to their parts leave them as they are. */
  readonly isReference: boolean;
  /** True for integers and truth values: a number in the code is one in the source. */
  readonly isWhole: boolean;
  /** The line that execution is at. */
  readonly line: number;
  readonly reading: Pick<FlowReading, 'origins'>;
  readonly source: FunctionSource;
  /** The line of the function's source for an offset in the code; undefined where it is none of it. */
  readonly lineAt: (offset: number) => number | undefined;
  /** The lines that execution may have passed from one offset to another, without coming by the first again; undefined if not known. */
  readonly linesBetween: (since: number, until: number) => ReadonlySet<number> | undefined;
  /** The lines on which something is computed from a value. */
  readonly linesUsing: (value: Leaf['value']) => ReadonlySet<number>;
  /** True if a value is what was passed for the argument of that name, all of it. */
  readonly isPassedAs: (name: string, value: Leaf['value']) => boolean;
  /** True if arithmetic of a line is still ahead of an offset, in this round of the loops around: what the line assigns may be unfinished. */
  readonly computesAhead: (line: number, offset: number) => boolean;
  /** Offset in the code of the place that execution is at. */
  readonly at: number;
  /** Name of the source file, without its folder. */
  readonly file: string;
}

const DOUBT = 'an assignment before or after this place may be the one that is shown';

/**
 * Why the last value that the machine code gave a variable may not be the one that it has in the source; undefined if it is.
 * The compiler drops assignments whose value is not used any more, and computes values before the line that assigns them. So the
 * values that may come to this place through the code must be those of the assignments that may be the last one in the source, each
 * made on the line of one of them, and each of these must be among them.
 */
export function doubtAbout(question: Question): string | undefined {
  const { name, declLine, isArgument, isResult, isReference, source, line, at } = question;
  const definitions = Definitions.of(source);
  const variable = definitions?.described(name, !isArgument && !isResult, declLine);
  if (definitions === undefined || variable === undefined) return DOUBT;
  if (keepsFirstValue(variable, isReference) && !isResult) {
    const isUnfinished = variable.line !== undefined && question.computesAhead(declLine, at);
    return isUnfinished || question.reading.origins.some(countsDown) ? DOUBT : undefined;
  }
  const reaching = reachingAt(definitions, variable, line, { isReference, isResult });
  const { origins } = question.reading;
  if (reaching === undefined || origins.length === 0) return DOUBT;
  for (const origin of origins) {
    const doubt = doubtAboutPiece(question, origin, variable, reaching);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** True for what may be the counter of a loop that the compiler made to run backwards: copies of its variable have it as well. */
function countsDown(origin: PieceOrigin): boolean {
  if (!origin.isJoined) return false;
  const found = origin.leaves();
  return found === undefined || found.leaves.some(({ isBack, step }) => isBack && step !== undefined && step < 0n);
}

function doubtAboutPiece(
  question: Question,
  origin: PieceOrigin,
  variable: SourceVariable,
  reaching: ReadonlySet<Reaching>,
): string | undefined {
  const found = origin.leaves();
  if (found === undefined) return DOUBT;
  const missing = new Set(reaching);
  for (const way of found.carried) {
    const heads = [...reaching].filter((each) => each !== AT_ENTRY && each.role !== 'plain');
    const passed = passedAssignment(question, way, heads, variable);
    if (passed !== undefined) return passed;
  }
  for (const leaf of found.leaves) {
    const given = [...reaching].filter((each) => isGivenBy(question, leaf, origin, each));
    const passed = passedAssignment(question, leaf, given, variable);
    if (passed !== undefined) return passed;
    if (given.length === 0) return DOUBT;
    for (const each of given) missing.delete(each);
  }
  return missing.size > 0 ? DOUBT : undefined;
}

/** True if the value of a leaf is what an assignment of the source gives. */
function isGivenBy(question: Question, leaf: Leaf, origin: PieceOrigin, by: Reaching): boolean {
  const { size, isJoined } = origin;
  const { value, since, until, isBack, step } = leaf;
  const constant = value.what.kind === 'constant' ? BigInt.asUintN(size * 8, value.what.value) : undefined;
  if (by === AT_ENTRY) return question.isArgument ? since === 0 : question.isResult && constant === 0n;
  // Copies make no code of their own: the instruction that carries one may as well save something else.
  if (by.extent === 'part') return false;
  if (isName(by.expression)) return isCopyOfArgument(question, by, by.expression, value);
  const meant = constantOf(question, by, size);
  const isMeant = meant !== undefined && meant === constant;
  const made = linesOf(question, leaf).find((each) => isWithin(by, each));
  const isOnLine = made !== undefined;
  switch (by.role) {
    case 'init':
      return !isBack && (meant === undefined || constant === undefined ? isOnLine : isMeant);
    // The clause of a loop sets its variable for the next round: that value may be computed before this round is over.
    case 'post':
      return isBack && (stepOf(by) === undefined ? isOnLine : stepOf(by) === step);
    case 'range':
      // The loop counts beside the variable, which gets the number at the start of each round.
      if (by.position === 0 && leaf.counterAt !== undefined) return isWithin(by, question.lineAt(leaf.counterAt));
      if (!isJoined) return isOnLine && value.what.kind !== 'operation';
      // Loops that only count may be made to run backwards.
      if (by.position > 0) return isOnLine;
      return isBack ? step === 1n || (isOnLine && value.what.kind !== 'operation') : constant === 0n;
    case 'plain':
      if (meant !== undefined && constant !== undefined) return isMeant;
      // Of two variables that a statement gives values to, the compiler's lists may take one for the other.
      if (assignedBy(by.statement).length > 1 && origin.isShared()) return false;
      // Another result of the line that rests on this one is what the line assigns.
      return isOnLine && !question.computesAhead(made, until) && !question.linesUsing(value).has(made);
  }
}

function isWithin({ statement: { line, end } }: Definition, at: number | undefined): boolean {
  return at !== undefined && at >= line && at <= end;
}

/** The lines on which a value may have been made. */
function linesOf({ lineAt }: Question, { madeAt, value, since }: Leaf): number[] {
  if (madeAt !== undefined) return madeAt.flatMap((at) => lineAt(at) ?? []);
  return value.what.kind === 'entry' || since <= 0 ? [] : [lineAt(since - 1) ?? 0];
}

/** True if an assignment copies an argument that has not changed, and the value is what was passed for it. */
function isCopyOfArgument(question: Question, by: Definition, name: string, value: Leaf['value']): boolean {
  const definitions = Definitions.of(question.source);
  const variable = definitions?.named(name, by.statement);
  if (
    definitions === undefined ||
    variable === undefined ||
    variable.line !== undefined ||
    !question.isPassedAs(name, value)
  )
    return false;
  const before = reachingAt(definitions, variable, by.statement, { isReference: false, isResult: false });
  return before?.size === 1 && before.has(AT_ENTRY);
}

function isName(expression: string | undefined): expression is string {
  return (
    expression !== undefined &&
    /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(expression) &&
    !/^(?:nil|true|false)$/.test(expression)
  );
}

/** The number that an assignment gives, where it is written out. */
function constantOf({ isWhole }: Question, { expression }: Definition, size: number): bigint | undefined {
  if (expression === '' || expression === 'nil' || expression === 'false') return 0n;
  if (expression === 'true') return 1n;
  return isWhole && expression !== undefined && /^-?(?:0|[1-9]\d*)$/.test(expression)
    ? BigInt.asUintN(size * 8, BigInt(expression))
    : undefined;
}

/** By how much `x++`, `x += 2` and the like change their variable. */
function stepOf({ expression, name }: Definition): bigint | undefined {
  const match = /^(\S+) ([+-]) (?:\((\d+)\)|(1))$/.exec(expression ?? '');
  if (match === null || match[1] !== name.text) return undefined;
  const amount = BigInt(match[3] ?? '1');
  return match[2] === '-' ? -amount : amount;
}

/** No code of an assignment but those that gave it may lie on a way on which the value was the variable's. */
function passedAssignment(
  { linesBetween, file }: Question,
  { since, until }: Carried,
  given: readonly Reaching[],
  variable: SourceVariable,
): string | undefined {
  if (since < 0 || until < 0) return undefined;
  const passed = linesBetween(since, until);
  if (passed === undefined) return DOUBT;
  const isOwn = (line: number): boolean => given.some((each) => each !== AT_ENTRY && each.statement.line === line);
  const newer = variable.definitions.find(({ statement: { line } }) => passed.has(line) && !isOwn(line));
  return newer && `it may be the value before ${file}:${newer.statement.line}`;
}
