import { attempt, DebugError } from '../base/errors.ts';
import { staticAddress } from '../dwarf/expression.ts';
import type { VariableEntry } from '../dwarf/variables.ts';
import type { Program } from '../program/program.ts';
import { memoryPlace } from '../values/place.ts';
import type { Value } from '../values/value.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** A package variable: a value, or why there is none. */
export interface GlobalVariable {
  readonly name: string;
  readonly value: Value | undefined;
  readonly absent: string | undefined;
  readonly line: number | undefined;
}

/** A package variable by its entry in DWARF. */
export function describeGlobal(
  program: Program,
  types: TypeCatalog,
  name: string,
  entry: VariableEntry,
): GlobalVariable {
  const line = attempt(() => entry.declLine);
  try {
    const expression = entry.location(0);
    const { unit } = entry.entry;
    const bias = program.main?.bias ?? 0;
    const address = expression && staticAddress(expression, (index) => unit.addressAt(index), bias);
    if (address === undefined) return { name, value: undefined, absent: 'it has no address', line };
    const type = types.dwarf?.at(entry.typeOffset);
    if (type === undefined) return { name, value: undefined, absent: 'its type cannot be read', line };
    return { name, value: { type, place: memoryPlace(address) }, absent: undefined, line };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return { name, value: undefined, absent: error.message, line };
  }
}
