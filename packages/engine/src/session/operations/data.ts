import { frameResult } from '../calls.ts';
import { presented } from '../presentation.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import type { VariableResult, VariablesResult } from '../results.ts';
import type { Session } from '../session.ts';
import { globalVariables } from '../globals.ts';

const VARIABLE_PARAMETERS = [
  { name: 'v', kind: 'flag', summary: 'with types, and where each value was read from' },
  { name: 'regex', kind: 'regex', positional: true, completes: 'variable', summary: 'only names that match' },
] as const;

function frameVariables(session: Session, parameters: Parameters, wanted: 'arguments' | 'locals'): VariablesResult {
  const call = session.call();
  const filter = session.regex(parameters['regex']);
  const all = session.variables[wanted](call, session.settings);
  const variables = filter === undefined ? all : all.filter((variable) => filter.test(variable.name));
  return { frame: frameResult(call), variables, problem: session.variables.problem(call) };
}

export const argsOperation: Operation<VariablesResult> = defineOperation({
  name: 'args',
  aliases: [],
  group: 'data',
  summary: 'Print the arguments and results of the selected frame',
  parameters: VARIABLE_PARAMETERS,
  run: (session, parameters) => frameVariables(session, parameters, 'arguments'),
});

export const localsOperation: Operation<VariablesResult> = defineOperation({
  name: 'locals',
  aliases: [],
  group: 'data',
  summary: 'Print the local variables of the selected frame',
  parameters: VARIABLE_PARAMETERS,
  run: (session, parameters) => frameVariables(session, parameters, 'locals'),
});

export const varsOperation: Operation<VariablesResult> = defineOperation({
  name: 'vars',
  aliases: [],
  group: 'data',
  summary: 'Print package variables, optionally those that match a regular expression',
  details: 'vars main       the variables whose name (package.name) matches the expression',
  parameters: [...VARIABLE_PARAMETERS, { name: 'limit', kind: 'number', summary: 'how many at most' }],
  run(session, parameters) {
    const limit = typeof parameters['limit'] === 'number' ? parameters['limit'] : Infinity;
    const variables: VariableResult[] = [];
    const filter = session.regex(parameters['regex']);
    const isWanted = (name: string): boolean => filter?.test(name) !== false;
    for (const { name, value, absent, line } of globalVariables(session, isWanted)) {
      if (variables.length >= limit) break;
      const tree = value === undefined ? undefined : presented(session.types.context, value, session.settings);
      const type = value?.type.name ?? '?';
      variables.push({
        name,
        type,
        class: 'global',
        value: tree,
        absent,
        stale: undefined,
        from: undefined,
        shadowed: false,
        line,
      });
    }
    return {
      frame: undefined,
      variables,
      problem:
        session.program.main?.hasDwarf === true ? undefined : 'the executable has no DWARF, so it names no variables',
    };
  },
});
