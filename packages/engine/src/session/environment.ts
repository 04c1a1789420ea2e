import { attempt, DebugError } from '../base/errors.ts';
import type { Environment } from '../expr/evaluator.ts';
import { packageOf } from '../runtime/packages.ts';
import { globalVariable } from './globals.ts';
import type { Session } from './session.ts';

/** The names that an expression sees in the selected frame, and whether a doubtful value was among those it used. */
export interface SessionEnvironment extends Environment {
  /** Why a value that was used may be stale; undefined if none was. */
  staleUsed(): string | undefined;
}

export function sessionEnvironment(session: Session): SessionEnvironment {
  const call = attempt(() => session.call());
  const variables = call && session.variables.of(call);
  let stale: string | undefined;
  return {
    context: session.types.context,
    variable(name) {
      // The innermost of the same name is the last.
      const local = variables?.filter((variable) => variable.name === name).at(-1);
      if (local !== undefined) {
        if (local.value === undefined) {
          throw new DebugError(`${name} is not available: ${local.absent ?? 'no value is known'}`, {
            code: 'not-found',
          });
        }
        stale ??= local.stale;
        return local.value;
      }
      return call && globalVariable(session, `${packageOf(call.name)}.${name}`);
    },
    packageVariable: (packageName, name) => globalVariable(session, `${packageName}.${name}`),
    staleUsed: () => stale,
  };
}
