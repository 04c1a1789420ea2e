import type { DebugProtocol } from '@vscode/debugprotocol';
import { LiveValue, type FrameVariable, type Session } from '@inquest/engine';
import { liveVariable } from './live-variables.ts';
import { textVariable, type Showing } from './variables.ts';

/** Variables of the selected frame. `key` names the frame among all. */
export function frameVariables(
  session: Session,
  key: string,
  showing: Showing,
  isWanted: (variable: FrameVariable) => boolean = () => true,
): DebugProtocol.Variable[] {
  const call = session.call();
  const problem = session.variables.problem(call);
  if (problem !== undefined) return [textVariable('', `(${problem})`)];
  const variables = session.variables.of(call) ?? [];
  return variables.flatMap((variable, i) => {
    if (!isWanted(variable)) return [];
    const { name, type, value, absent, stale, shadowed } = variable;
    const live = value === undefined ? undefined : new LiveValue(session.types.context, value, stale);
    const named = { name, value: live, absent, stale, shadowed, path: name, type: type.name };
    return [liveVariable(showing, `${key}${i}`, named)];
  });
}
