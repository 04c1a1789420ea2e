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
  const wanted = variables.map((variable, i) => ({ variable, i })).filter(({ variable }) => isWanted(variable));
  // Locals as they are declared; the compiler's order is by size and name. Arguments have their order.
  wanted.sort((a, b) => declaredAt(a.variable) - declaredAt(b.variable));
  return wanted.map(({ variable, i }) => {
    const { name, type, value, absent, stale, shadowed } = variable;
    const live = value === undefined ? undefined : new LiveValue(session.types.context, value, stale);
    return liveVariable(showing, `${key}${i}`, {
      name,
      value: live,
      absent,
      stale,
      shadowed,
      path: name,
      type: type.name,
    });
  });
}

function declaredAt({ class: kind, line }: FrameVariable): number {
  return kind === 'local' ? (line ?? Infinity) : -1;
}
