import { describeGlobal, findGlobal, globalNames, type GlobalVariable } from './global-variable.ts';
import type { Session } from './session.ts';

/** Package variables in name order. */
export function* globalVariables(session: Session, filter: RegExp | undefined): Generator<GlobalVariable> {
  const { program, types } = session;
  const names = new Set<string>();
  for (const name of globalNames(program)) if (filter === undefined || filter.test(name)) names.add(name);
  for (const name of [...names].sort()) {
    const found = findGlobal(program, name);
    if (found !== undefined) yield describeGlobal(types, name, found);
  }
}
