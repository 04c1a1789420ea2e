import { isChangedWithin, type Definition, type Definitions, type SourceVariable } from './definitions.ts';
import type { If, Jump, Simple } from './statements.ts';
import { isAtLine, stateAt, type Part } from './walk.ts';

/** The value that a variable has when the function begins. */
export const AT_ENTRY = 'at entry';

/** What may have given a variable its value last. */
export type Reaching = Definition | typeof AT_ENTRY;

/** Where execution is: in what begins or ends on a line of the file, or before a statement. */
export type SourcePlace = number | Part;

/** How a variable is looked at. */
export interface Aspect {
  /** Pointers, slices, maps and such: assignments to their parts leave them as they are. */
  readonly isReference: boolean;
  /** Named results are assigned to by `return` as well. */
  readonly isResult: boolean;
  /** Which way an `if` went that is in no loop; undefined if that is not known. */
  readonly decide?: (statement: If) => boolean | undefined;
}

/**
 * What may have given a variable its value where execution is; undefined where that is not known, or execution cannot be there. An
 * assignment to a part of a variable comes beside what the rest has.
 */
export function reachingAt(
  definitions: Definitions,
  variable: SourceVariable,
  place: SourcePlace,
  { isReference, isResult, decide }: Aspect,
): ReadonlySet<Reaching> | undefined {
  if (isChangedWithin(variable, isReference)) return undefined;
  return stateAt<Reaching>(definitions.function.body, {
    start: new Set([AT_ENTRY]),
    isPlace: isAt(place),
    after: (statement, before) => {
      if (statement.kind === 'if') return before;
      if (statement.kind !== 'simple')
        return isResult && statement.kind === 'return' && statement.tokens.length > 1
          ? new Set([definitions.returned(statement, variable)])
          : before;
      return definitions.in(statement, variable).reduce<ReadonlySet<Reaching>>((state, each) => {
        if (each.extent === 'part') return isReference ? state : new Set([...state, each]);
        return new Set([each]);
      }, before);
    },
    ...(decide === undefined ? {} : { decide }),
  });
}

/** True if nothing was assigned to a variable, or a part of it, since a statement was executed last. */
export function isUnchangedSince(
  definitions: Definitions,
  since: Simple | If | Jump,
  variable: SourceVariable,
  place: SourcePlace,
): boolean {
  if (variable.assignedWithin !== undefined) return false;
  return isOnly('since', {
    definitions,
    place,
    after: (statement) => {
      if (statement.kind === 'simple' && definitions.in(statement, variable).length > 0) return 'changed';
      return statement === since ? 'since' : undefined;
    },
  });
}

/** True if of two statements one was certainly executed last. */
export function isLastOf(
  definitions: Definitions,
  last: Simple | If | Jump,
  other: Simple | If | Jump,
  place: SourcePlace,
): boolean {
  return isOnly('last', {
    definitions,
    place,
    after: (statement) => (statement === last ? 'last' : statement === other ? 'other' : undefined),
  });
}

function isOnly<T extends string>(
  wanted: T,
  {
    definitions,
    place,
    after,
  }: {
    readonly definitions: Definitions;
    readonly place: SourcePlace;
    /** What is true behind a statement; undefined for what was true before it. */
    readonly after: (statement: Simple | If | Jump) => T | 'changed' | 'other' | undefined;
  },
): boolean {
  const state = stateAt<string>(definitions.function.body, {
    start: new Set(['never']),
    isPlace: isAt(place),
    after: (statement, before) => {
      const mark = after(statement);
      return mark === undefined ? before : new Set([mark]);
    },
  });
  return state?.size === 1 && state.has(wanted);
}

function isAt(place: SourcePlace): (part: Part) => boolean {
  return (part) => (typeof place === 'number' ? isAtLine(part, place) : part === place);
}
