import { DW_LANG_GO } from '../dwarf/attributes.ts';
import { attempt, DebugError } from '../base/errors.ts';
import { staticAddress } from '../dwarf/expression.ts';
import { VariableEntry } from '../dwarf/variables.ts';
import type { Image } from '../image/image.ts';
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

/** Where a package variable is described. */
export interface FoundGlobal {
  readonly entry: VariableEntry;
  readonly image: Image;
}

/** Written before the names of C, as Delve and cgo do. */
export const C_PREFIX = 'C.';

function isOfC({ entry }: VariableEntry): boolean {
  return (entry.unit.language ?? DW_LANG_GO) !== DW_LANG_GO;
}

/**
 * The variable of exactly that name, `C.name` for one of C. The program's own come before those of its plugins, which use
 * the program's as well.
 */
export function findGlobal(program: Program, name: string): FoundGlobal | undefined {
  const ofC = name.startsWith(C_PREFIX);
  for (const image of program.goImages) {
    const named = image.dwarf?.variableNamed(ofC ? name.slice(C_PREFIX.length) : name) ?? [];
    const entries = named.filter((each) => isOfC(each) === ofC);
    // A declaration (`extern` in C) has no address.
    const entry = entries.find((each) => attempt(() => each.location(0)) !== undefined) ?? entries[0];
    if (entry !== undefined) return { entry, image };
  }
  return undefined;
}

/** The names of all package variables, and of C's. */
export function* globalNames(program: Program): Generator<string> {
  for (const { dwarf } of program.goImages) {
    for (const { name, offset } of dwarf?.iterNames('variable') ?? []) {
      // Names of Go have their package: only those of C have no dot.
      const ofC = dwarf !== undefined && !name.includes('.') && isOfC(new VariableEntry(dwarf.entry(offset), 0));
      yield ofC ? `${C_PREFIX}${name}` : name;
    }
  }
}

/** A package variable with its value. */
export function describeGlobal(types: TypeCatalog, name: string, { entry, image }: FoundGlobal): GlobalVariable {
  const line = attempt(() => entry.declLine);
  try {
    const expression = entry.location(0);
    const { unit } = entry.entry;
    const address = expression && staticAddress(expression, (index) => unit.addressAt(index), image.bias);
    if (address === undefined) return { name, value: undefined, absent: 'it has no address', line };
    const type = types.of(image)?.at(entry.typeOffset);
    if (type === undefined) return { name, value: undefined, absent: 'its type cannot be read', line };
    return { name, value: { type, place: memoryPlace(address) }, absent: undefined, line };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return { name, value: undefined, absent: error.message, line };
  }
}
