import { describeGlobal, findGlobal, globalNames, type GlobalVariable } from './global-variable.ts';
import type { Session } from './session.ts';

/** Package variables in name order. */
export function* globalVariables(
  session: Session,
  isWanted: (name: string) => boolean = () => true,
): Generator<GlobalVariable> {
  const { program, types } = session;
  const names = new Set<string>();
  for (const name of globalNames(program)) if (isWanted(name)) names.add(name);
  for (const name of [...names].sort()) {
    const found = findGlobal(program, name);
    if (found !== undefined) yield describeGlobal(types, name, found);
  }
}
