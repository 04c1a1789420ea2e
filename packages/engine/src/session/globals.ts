import { attempt, DebugError } from '../base/errors.ts';
import { staticAddress } from '../dwarf/expression.ts';
import type { VariableEntry } from '../dwarf/variables.ts';
import { memoryPlace } from '../values/place.ts';
import type { Value } from '../values/value.ts';
import type { Session } from './session.ts';

/** A package variable: a value, or why there is none. */
export interface GlobalVariable {
  readonly name: string;
  readonly value: Value | undefined;
  readonly absent: string | undefined;
  readonly line: number | undefined;
}

function describe(session: Session, name: string, entry: VariableEntry): GlobalVariable {
  const line = attempt(() => entry.declLine);
  try {
    const expression = entry.location(0);
    const { unit } = entry.entry;
    const bias = session.program.main?.bias ?? 0;
    const address = expression && staticAddress(expression, (index) => unit.addressAt(index), bias);
    if (address === undefined) return { name, value: undefined, absent: 'it has no address', line };
    const type = session.types.dwarf?.at(entry.typeOffset);
    if (type === undefined) return { name, value: undefined, absent: 'its type cannot be read', line };
    return { name, value: { type, place: memoryPlace(address) }, absent: undefined, line };
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    return { name, value: undefined, absent: error.message, line };
  }
}

/** A package variable by `path/of/package.name`, or by the package's last name if that is not ambiguous. */
export function globalVariable(session: Session, name: string): Value | undefined {
  const { dwarf } = session.program;
  if (dwarf === undefined) return undefined;
  const exact = dwarf.variableNamed(name)[0];
  if (exact !== undefined) return describe(session, name, exact).value;
  const matches = new Set<string>();
  for (const { name: candidate } of dwarf.iterNames('variable'))
    if (candidate.endsWith(`/${name}`)) matches.add(candidate);
  if (matches.size > 1) {
    throw new DebugError(`${name} is ambiguous: ${[...matches].slice(0, 5).join(', ')}`, {
      code: 'not-found',
      hint: 'write the package as a string: "path/of/package".name',
    });
  }
  const [full] = matches;
  const entry = full === undefined ? undefined : dwarf.variableNamed(full)[0];
  return entry && describe(session, name, entry).value;
}

/** Package variables in name order. */
export function* globalVariables(session: Session, filter: RegExp | undefined): Generator<GlobalVariable> {
  const { dwarf } = session.program;
  if (dwarf === undefined) return;
  const names = new Set<string>();
  for (const { name } of dwarf.iterNames('variable')) if (filter === undefined || filter.test(name)) names.add(name);
  for (const name of [...names].sort()) {
    const entry = dwarf.variableNamed(name)[0];
    if (entry !== undefined) yield describe(session, name, entry);
  }
}
