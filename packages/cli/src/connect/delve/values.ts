import {
  applyVerb,
  FULL_LIMITS,
  userRegex,
  withRawStrings,
  type Parameters,
  type PrintResult,
  type Scope,
  type VariableResult,
  type VariablesResult,
} from '@inquest/engine';
import { compileGoRegex } from '@inquest/node';
import { treeOfDelve, type DelveVariable } from '@inquest/servers';
import { variableOf, variablesOf } from './places.ts';
import type { DelveCommand, DelveCommands, DelveServer } from './server.ts';

async function print(server: DelveServer, parameters: Parameters, scope: Scope): Promise<PrintResult> {
  const { expression, format, full } = parameters;
  const { settings, load } = server;
  const all = {
    MaxStringLen: FULL_LIMITS.maxStringLen,
    MaxArrayValues: FULL_LIMITS.maxArrayValues,
    MaxVariableRecurse: FULL_LIMITS.maxVariableRecurse,
  };
  const { Variable } = await server.call<{ Variable: DelveVariable }>('Eval', {
    Scope: server.scopeOf(scope),
    Expr: expression,
    Cfg: full === true ? { ...load, ...all } : load,
  });
  const tree = treeOfDelve(Variable);
  const value = typeof format === 'string' ? applyVerb(tree, format) : withRawStrings(tree, settings);
  const variable: VariableResult = { ...variableOf(Variable), value, absent: undefined };
  return { expression: String(expression), variable };
}

/** Variables of the frame. */
function frameVariables(method: string, field: string): DelveCommand {
  return {
    takes: ['v', 'regex'],
    async run(server, { regex }, scope): Promise<VariablesResult> {
      const request = { Scope: server.scopeOf(scope), Cfg: server.load };
      const answer = await server.call<Readonly<Record<string, readonly DelveVariable[] | null>>>(method, request);
      const filter = userRegex(regex, compileGoRegex);
      const variables = variablesOf(answer[field] ?? null).filter(({ name }) => filter?.test(name) !== false);
      return { frame: undefined, variables: shown(server, variables), problem: undefined };
    },
  };
}

async function globals(server: DelveServer, { regex, limit }: Parameters): Promise<VariablesResult> {
  const { Variables } = await server.call<{ Variables: readonly DelveVariable[] | null }>('ListPackageVars', {
    Filter: typeof regex === 'string' ? regex : '',
    Cfg: server.load,
  });
  const variables = variablesOf(Variables).slice(0, typeof limit === 'number' ? Math.max(0, limit) : undefined);
  return { frame: undefined, variables: shown(server, variables), problem: undefined };
}

function shown({ settings }: DelveServer, variables: readonly VariableResult[]): VariableResult[] {
  return variables.map((variable) => ({
    ...variable,
    value: variable.value && withRawStrings(variable.value, settings),
  }));
}

export const VALUE_COMMANDS: DelveCommands = {
  print: { takes: ['expression', 'format', 'full'], run: print },
  args: frameVariables('ListFunctionArgs', 'Args'),
  locals: frameVariables('ListLocalVars', 'Variables'),
  vars: { takes: ['v', 'regex', 'limit'], run: globals },
};
