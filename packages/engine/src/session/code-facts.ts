import { attempt } from '../base/errors.ts';
import { formatExpression } from '../dwarf/expression-text.ts';
import type { VariableEntry } from '../dwarf/variables.ts';
import { isOptimised } from '../unwind/staleness.ts';
import { DW_AT } from '../dwarf/attributes.ts';
import type { DescribedVariable } from './call-variables.ts';
import type { Session } from './session.ts';

/** What DWARF knows of a function besides its name and lines. */
export interface FunctionFacts {
  /** False for what was compiled with `-N`, for C, and where nothing is known. */
  readonly optimised: boolean;
  /** Where its own code begins, behind what makes its frame; its entry where that is not recorded. */
  readonly bodyStart: number;
}

const known = new WeakMap<Session, Map<number, FunctionFacts>>();

/** Facts about the function that begins at `entry` and ends before `end`. */
export function functionFacts(session: Session, entry: number, end: number): FunctionFacts {
  const facts = known.get(session) ?? new Map<number, FunctionFacts>();
  known.set(session, facts);
  const found = facts.get(entry) ?? findFacts(session, entry, end);
  facts.set(entry, found);
  return found;
}

function findFacts({ program }: Session, entry: number, end: number): FunctionFacts {
  const image = attempt(() => program.imageAt(entry)) ?? program.main;
  const bias = image?.bias ?? 0;
  const unit = attempt(() => image?.dwarf?.unitAt(entry - bias));
  if (unit === undefined) return { optimised: false, bodyStart: entry };
  const body = attempt(() => unit.lineTable()?.prologueEnd(entry - bias, end - bias));
  return { optimised: isOptimised(unit), bodyStart: body === undefined ? entry : body + bias };
}

/**
 * The location that DWARF gives a variable, as text: `[block] DW_OP_fbreg -0x18 `, or with the place of its list and the
 * address looked up. '' where it gives none.
 */
export function locationText({ program }: Session, { entry, pc, escaped }: DescribedVariable): string {
  const { arch } = program.target;
  const expression = attempt(() => entry.location(pc));
  if (expression === undefined) return '';
  const text = formatExpression(expression, (number) => {
    const name = arch.registers.find(({ dwarf }) => dwarf === number)?.name;
    return name && name.charAt(0).toUpperCase() + name.slice(1);
  });
  return `${listText(entry, pc)} ${text}${escaped ? ' (escaped)' : ''}`;
}

function listText(entry: VariableEntry, pc: number): string {
  const list = entry.entry.holderOf(DW_AT.DW_AT_location)?.attr(DW_AT.DW_AT_location);
  return typeof list === 'number' ? `[0x${list.toString(16)}:0x${pc.toString(16)}]` : '[block]';
}
