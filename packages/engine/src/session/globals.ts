import { describeGlobal, type GlobalVariable } from './global-variable.ts';
import type { Session } from './session.ts';

/** Package variables in name order. */
export function* globalVariables(session: Session, filter: RegExp | undefined): Generator<GlobalVariable> {
  const { dwarf } = session.program;
  if (dwarf === undefined) return;
  const names = new Set<string>();
  for (const { name } of dwarf.iterNames('variable')) if (filter === undefined || filter.test(name)) names.add(name);
  for (const name of [...names].sort()) {
    const entry = dwarf.variableNamed(name)[0];
    if (entry !== undefined) yield describeGlobal(session.program, session.types, name, entry);
  }
}
