import {
  DebugError,
  describeGlobal,
  encodeBase64,
  findGlobal,
  globalNames,
  hex,
  isSliceExpression,
  loadEvaluated,
  loadValue,
  locationText,
  type Call,
  type FrameVariable,
  type LoadLimits,
  type Value,
} from '@inquest/engine';
import { FLAG, type DelveVariable } from '../api.ts';
import type { Fields } from '../parameters.ts';
import type { RpcSession } from '../rpc-session.ts';
import { absentVariable, type VariableFacts } from '../values.ts';
import type { Methods } from './method.ts';
import { listRegisters } from './registers.ts';

/** What the values of one answer may take, whatever a client asks for: bytes, roughly. */
const LARGEST_ANSWER = 40_000_000;
const LONGEST_STRING = 16 << 20;

/** Delve's load where none is given. */
const USUAL: LoadLimits = {
  followPointers: true,
  maxVariableRecurse: 1,
  maxStringLen: 64,
  maxArrayValues: 64,
  maxStructFields: -1,
  channelFields: true,
  headers: true,
};

/** Limits for one answer, whose values share what it may take. */
export type AnswerLimits = LoadLimits & Required<Pick<LoadLimits, 'budget'>>;

const NOTHING: LoadLimits = { ...USUAL, followPointers: false, maxStringLen: 0, maxArrayValues: 0, maxStructFields: 0 };

/** How much to load, for one answer. */
export function limitsOf(parameters: Fields): AnswerLimits {
  const budget = { left: LARGEST_ANSWER };
  if (!parameters.has('Cfg')) return { ...USUAL, budget };
  const load = parameters.object('Cfg');
  return {
    ...USUAL,
    budget,
    followPointers: load.flag('FollowPointers'),
    maxVariableRecurse: load.integer('MaxVariableRecurse'),
    maxStringLen: Math.min(Math.max(0, load.integer('MaxStringLen')), LONGEST_STRING),
    maxArrayValues: Math.max(0, load.integer('MaxArrayValues')),
    maxStructFields: load.integer('MaxStructFields'),
  };
}

/** Arguments or locals of a call, the outer scopes first, as Delve lists them. */
export function frameVariables(
  client: RpcSession,
  call: Call,
  wanted: 'arguments' | 'locals',
  limits: LoadLimits,
): DelveVariable[] {
  const { session } = client;
  const found = (session.variables.of(call) ?? []).filter((each) => (each.class === 'local') === (wanted === 'locals'));
  const depth = ({ described }: FrameVariable): number => described?.entry.scopeDepth ?? 0;
  const sorted =
    wanted === 'arguments' ? found : found.toSorted((a, b) => depth(a) - depth(b) || (a.line ?? 0) - (b.line ?? 0));
  return sorted.map((variable) => describe(client, call, variable, limits));
}

function describe(client: RpcSession, call: Call, variable: FrameVariable, limits: LoadLimits): DelveVariable {
  const { session, values } = client;
  const { name, type, value, absent, stale, line, described, shadowed } = variable;
  const facts: VariableFacts = {
    flags:
      (shadowed ? FLAG.shadowed : 0) |
      (described?.escaped === true ? FLAG.escaped : 0) |
      (value?.place.kind === 'bytes' ? FLAG.fakeAddress : 0) |
      (variable.class === 'argument' ? FLAG.argument : variable.class === 'result' ? FLAG.result : 0),
    location: described === undefined ? '' : locationText(session, described, call),
    line,
    stale,
    shallow: !limits.followPointers,
  };
  if (value === undefined) return absentVariable(name, type.name, type.kind, absent ?? 'no value is known', facts);
  return values.variable(name, loadValue(session.types.context, client.addressed(value), limits), facts);
}

function evaluate(client: RpcSession, expression: string, limits: LoadLimits): DelveVariable {
  const { session, values } = client;
  const found = client.evaluate(expression);
  const { constant, stale } = found;
  if (constant?.kind === 'nil') return NIL;
  const variable = session.variables
    .of(session.call())
    ?.findLast(({ value }) => value !== undefined && value === found.value);
  // What was computed has an address only where it has parts.
  const value =
    found.value && (variable !== undefined || hasParts(found.value) ? client.addressed(found.value) : found.value);
  // What was asked for as a part is shown whole, as in Delve.
  const whole = isSliceExpression(expression) ? { maxArrayValues: Infinity, maxStringLen: LONGEST_STRING } : {};
  const shallow = !limits.followPointers;
  const tree = loadEvaluated({ ...found, value }, { ...limits, ...whole });
  const converted = values.variable(expression, tree, { stale, shallow });
  if (constant !== undefined) return { ...converted, type: '', realType: '', flags: converted.flags | FLAG.constant };
  if (value?.unfollowed === true) return { ...converted, value: '', len: 0 };
  if (variable === undefined) return converted;
  // A variable by its name is told as in the lists.
  const { flags, LocationExpr, DeclLine } = describe(client, session.call(), variable, NOTHING);
  return { ...converted, flags: converted.flags | flags, LocationExpr, DeclLine };
}

const WITH_PARTS: ReadonlySet<string> = new Set(['struct', 'array', 'slice', 'interface', 'complex64', 'complex128']);

function hasParts({ type }: Value): boolean {
  return WITH_PARTS.has(type.kind);
}

const NIL: DelveVariable = {
  ...absentVariable('nil', '', 'pointer', ''),
  children: [{ ...absentVariable('', '', 'void', ''), onlyAddr: true }],
};

function* globals(client: RpcSession, filter: string, limits: AnswerLimits): Generator<DelveVariable> {
  const { session, values } = client;
  const { program, types } = session;
  const pattern = session.regex(filter);
  const seen = new Set<string>();
  for (const name of globalNames(program)) {
    if (seen.has(name) || pattern?.test(name) === false) continue;
    seen.add(name);
    if (limits.budget.left < 0) {
      yield absentVariable(name, '', 'unknown', 'not loaded: ask for fewer variables, or for less of each');
      continue;
    }
    const found = findGlobal(program, name);
    if (found === undefined) continue;
    const { value, absent } = describeGlobal(types, name, found);
    if (value === undefined) yield absentVariable(name, '', 'unknown', absent ?? 'no value is known');
    else
      yield values.variable(name, loadValue(types.context, value, limits), {
        location: globalLocation(value),
        shallow: !limits.followPointers,
      });
  }
}

function globalLocation({ place }: Value): string {
  return place.kind === 'memory' ? `[block] DW_OP_addr ${hex(place.address)} ` : '';
}

/** Longest piece of memory that is given at once, as in Delve. */
const MOST_MEMORY = 65_536;

export const VALUE_METHODS: Methods = {
  Eval: (client, parameters) => {
    const limits = limitsOf(parameters);
    const expression = parameters.text('Expr');
    return {
      Variable: client.inScope(parameters.object('Scope'), () => evaluate(client, expression, limits)),
    };
  },
  ExamineMemory: ({ session }, parameters) => {
    const length = parameters.integer('Length');
    if (length > MOST_MEMORY)
      throw new DebugError(`len must be less than or equal to ${MOST_MEMORY}`, { code: 'limit' });
    const bytes = session.types.context.memory.read(parameters.integer('Address'), Math.max(0, length));
    return { Mem: encodeBase64(bytes), IsLittleEndian: true };
  },
  ListFunctionArgs: (client, parameters) => {
    const limits = limitsOf(parameters);
    return {
      Args: client.inScope(parameters.object('Scope'), (call) => frameVariables(client, call, 'arguments', limits)),
    };
  },
  ListLocalVars: (client, parameters) => {
    const limits = limitsOf(parameters);
    return {
      Variables: client.inScope(parameters.object('Scope'), (call) => frameVariables(client, call, 'locals', limits)),
    };
  },
  ListPackageVars: (client, parameters) => ({
    Variables: [...globals(client, parameters.text('Filter'), limitsOf(parameters))],
  }),
  ListRegisters: listRegisters,
};
