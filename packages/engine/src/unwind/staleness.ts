import { attempt } from '../base/errors.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { Program } from '../program/program.ts';
import { addressOf, type Place } from '../values/place.ts';
import type { Call } from './call-stack.ts';
import { slotIsCertain } from './spill-slot.ts';
import type { LocatedVariable } from './variables.ts';

/** Functions longer than this are not examined. */
const LONGEST_FUNCTION = 1 << 18;
/** Values in registers, and so spilled ones, have a few words at most. */
const LARGEST_SPILLED = 128;

/** True unless the unit was compiled without optimisation (`-gcflags=-N`, which the producer records). */
export function isOptimised(unit: Unit): boolean {
  const { producer } = unit;
  return producer === undefined || !/(^|[ ;])-N\b/.test(producer);
}

/** Tells whether the source assigns to a variable after its declaration; undefined when the source cannot tell. */
export type AssignmentCheck = (call: Call, name: string, declLine: number) => boolean | undefined;

/**
 * Why a located value may be older (or younger) than the place where execution is; undefined where it is certain.
 * Registers, constants and slots that a variable keeps all through its function are; the spill slots of optimised code
 * only if the machine code shows it, and the source that the variable never changes: a slot is also named for a value that
 * was put elsewhere (parameters and their copies), or that is computed ahead of its time.
 */
export function staleness(
  program: Program,
  call: Call,
  variable: LocatedVariable,
  size: number,
  unit: Unit,
  mayAssign: AssignmentCheck,
): string | undefined {
  if (variable.place === undefined || variable.escaped) return undefined;
  const { declLine, isArgument } = variable.entry;
  if (!isArgument && declLine !== undefined && declLine === call.line) {
    return 'it is declared on this very line and may not be set yet';
  }
  if (!isOptimised(unit) || variable.fixed) return undefined;
  if (variable.provenance === 'register' || variable.provenance === 'constant') return undefined;
  if (!isSettled(program, call, variable.place, size))
    return 'the optimiser may have kept a newer value in a register that is lost';
  if (mayAssign(call, variable.name, declLine ?? 0) !== false) {
    return 'an assignment before or after this place may be the one that is shown';
  }
  return undefined;
}

/** True if every word of a value on the stack was stored exactly once on the way here. */
function isSettled(program: Program, call: Call, place: Place, size: number): boolean {
  const { frame } = call;
  const address = addressOf(place);
  const func = frame.found?.func;
  if (address === undefined || func === undefined || program.target.arch.name !== 'amd64') return false;
  const length = func.end - func.entry;
  const code = length > LONGEST_FUNCTION ? undefined : attempt(() => program.memory.read(func.entry, length));
  if (code === undefined || size > LARGEST_SPILLED) return false;
  for (let at = 0; at < size; at += 8) {
    if (!slotIsCertain(code, frame.lookupPc - func.entry, address + at - frame.sp)) return false;
  }
  return true;
}
