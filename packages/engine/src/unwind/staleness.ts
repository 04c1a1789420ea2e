import { evaluateLocation, type ExpressionContext } from '../dwarf/expression.ts';
import type { LocationEntry } from '../dwarf/location-list.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { LocatedVariable } from './variables.ts';

/** A CFA that only stands for "on the stack"; nothing is read. */
const ANYWHERE = 0x10000;

/** True unless the unit was compiled without optimisation (`-gcflags=-N`, which the producer records). */
export function isOptimised(unit: Unit): boolean {
  const { producer } = unit;
  return producer === undefined || !/(^|[ ;])-N\b/.test(producer);
}

/**
 * Whether a value in a stack slot may be older than the place where execution is, and why. The compiler's location list
 * names the slot of a variable also where only an earlier value was ever stored there: a variable that changes may live
 * in a register and be lost with it. One register from its birth and then one slot is the pattern of a variable that was
 * set once and spilled; anything else on the stack is doubtful.
 */
export function staleness(variable: LocatedVariable, unit: Unit, line: number): string | undefined {
  if (variable.place === undefined || variable.escaped) return undefined;
  const declLine = variable.entry.declLine;
  if (!variable.entry.isArgument && declLine !== undefined && declLine === line) {
    return 'it is declared on this very line and may not be set yet';
  }
  if (!isOptimised(unit) || variable.fixed) return undefined;
  if (variable.provenance === 'register' || variable.provenance === 'constant') return undefined;
  const entries = (variable.entry.coveredRanges ?? []) as readonly LocationEntry[];
  if (setOnce(entries)) return undefined;
  return 'the optimiser may have kept its latest value in a register that is lost';
}

/** What an expression refers to: the same text for the same places. */
function shapeOf(entry: LocationEntry): { readonly text: string; readonly inRegister: boolean } {
  const context: ExpressionContext = {
    register: () => undefined,
    cfa: ANYWHERE,
    readMemory: () => 0n,
    addressAt: () => 0,
    bias: 0,
  };
  const pieces = evaluateLocation(entry.expression, context);
  const inRegister = pieces.some((piece) => piece.where.kind === 'register');
  const text = pieces
    .map(({ where }) => {
      if (where.kind === 'register') return `r${where.register}`;
      return where.kind === 'memory' ? `m${where.address}` : where.kind;
    })
    .join(' ');
  return { text, inRegister };
}

/** True for: one place in registers, then one place on the stack, in the order of the code; or one stack place alone. */
function setOnce(entries: readonly LocationEntry[]): boolean {
  const shapes = [...entries].sort((a, b) => a.low - b.low).map(shapeOf);
  const registers = shapes.filter((shape) => shape.inRegister);
  const slots = shapes.filter((shape) => !shape.inRegister);
  if (new Set(slots.map((shape) => shape.text)).size > 1 || registers.length > 1) return false;
  const firstSlot = shapes.findIndex((shape) => !shape.inRegister);
  return registers.length === 0 || shapes.findIndex((shape) => shape.inRegister) < firstSlot;
}
