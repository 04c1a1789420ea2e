import { attempt, DebugError, isDebugError } from '../../base/errors.ts';
import { evaluateAny } from '../../expr/evaluator.ts';
import { defaultType } from '../../expr/conversion.ts';
import { BASIC_TYPES, type GoType } from '../../types/go-type.ts';
import { funcName, structName } from '../../types/synthetic.ts';
import { dynamicValue } from '../../values/value.ts';
import { sessionEnvironment, type SessionEnvironment } from '../environment.ts';
import { MethodSets } from '../method-sets.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { Page } from '../results.ts';
import type { FieldResult, WhatisResult } from '../results-types.ts';
import type { Session } from '../session.ts';

/** Names listed of types and interfaces. */
const MOST_NAMES = 50;

/** What an expression turned out to be. */
interface Subject {
  readonly isType: boolean;
  readonly type: GoType | undefined;
  readonly name: string;
  readonly dynamicType: string | undefined;
  readonly stale: string | undefined;
}

export const whatisOperation: Operation<WhatisResult> = defineOperation({
  name: 'whatis',
  aliases: ['ptype'],
  group: 'data',
  summary: 'Describe a type, or the type of an expression',
  details: `whatis x             the type of a variable; of an interface also what it holds
whatis pkg.T         a type: size, fields with their offsets, methods
whatis pkg.Iface     an interface: its methods, and the types of the program that have them
whatis map[string]T  any type that can be written`,
  parameters: [
    {
      name: 'expression',
      kind: 'expression',
      positional: true,
      required: true,
      completes: 'type',
      summary: 'an expression or a type',
    },
  ],
  run(session, parameters) {
    const { expression } = parameters;
    if (typeof expression !== 'string' || expression.trim() === '')
      throw new DebugError('whatis needs an expression or a type', { code: 'usage' });
    return describe(session, expression, findNamed(session, expression));
  },
});

/** An expression or type; or else a type by its name as `types` lists it, which need not be Go: `*path/to/pkg.T`. */
function findNamed(session: Session, expression: string): Subject {
  const environment = sessionEnvironment(session);
  try {
    // What else could have been meant takes longer to find than the type.
    return findSubject(expression, { ...environment, suggest: () => undefined });
  } catch (error) {
    if (!isDebugError(error)) throw error;
    const type = session.types.named(expression.trim());
    if (type === undefined) return findSubject(expression, environment);
    return { isType: true, type, name: type.name, dynamicType: undefined, stale: undefined };
  }
}

function findSubject(expression: string, environment: SessionEnvironment): Subject {
  const found = evaluateAny(expression, environment);
  const none = { dynamicType: undefined, stale: environment.staleUsed() };
  if (found.kind === 'type') return { isType: true, type: found.type, name: found.type.name, ...none };
  if (found.kind === 'constant') {
    const { constant } = found;
    if (constant.kind === 'nil') return { isType: false, type: undefined, name: 'untyped nil', ...none };
    const type = defaultType(constant);
    return { isType: false, type, name: type.name, ...none };
  }
  const { value } = found;
  const isInterface = value.type.kind === 'interface';
  const dynamic = isInterface ? attempt(() => dynamicValue(environment.context, value)) : undefined;
  return { isType: false, type: value.type, name: value.type.name, ...none, dynamicType: dynamic?.type.name };
}

function describe(session: Session, expression: string, subject: Subject): WhatisResult {
  const { type, name, isType, dynamicType, stale } = subject;
  const sets = new MethodSets(session.program, session.types);
  const isInterface = type?.kind === 'interface';
  const isNamed = type !== undefined && /^\*?[\p{L}_][^\s({]*\.[^\s({]*$/u.test(type.name);
  return {
    expression,
    isType,
    type: name,
    dynamicType,
    stale,
    location: session.settings.showLocationExpr ? locationOf(session, expression) : undefined,
    kind: type === undefined ? 'nil' : kindName(type),
    underlying: type && underlyingOf(type),
    size: type?.size ?? 0,
    align: type?.align ?? 0,
    elem: type?.elem?.name,
    key: type?.key?.name,
    length: type?.kind === 'array' ? type.length : undefined,
    fields: (type?.kind === 'struct' ? type.fields : []).map(fieldResult),
    methods: type !== undefined && (isNamed || isInterface) ? sets.methodsOf(type) : [],
    constants: type === undefined ? [] : session.types.constantsOf(type.name),
    implementers:
      type !== undefined && isInterface && !type.emptyInterface ? page(sets.implementersOf(type)) : undefined,
    implements: type !== undefined && isNamed && !isInterface ? page(sets.interfacesOf(type)) : undefined,
  };
}

function page<T>(names: readonly T[]): Page<T> {
  return { items: names.slice(0, MOST_NAMES), total: names.length, truncated: names.length > MOST_NAMES };
}

function fieldResult({ name, type, offset, embedded, bits }: GoType['fields'][number]): FieldResult {
  return { name, type: type.name, offset, size: type.size, embedded, bits };
}

/** Delve's words: `ptr` for pointers, else Go's kinds. */
function kindName(type: GoType): string {
  return type.kind === 'pointer' ? 'ptr' : type.kind;
}

/** What a type with a name of its own is defined as; undefined for types that are their own definition. */
function underlyingOf(type: GoType): string | undefined {
  const text = definition(type);
  return text === undefined || text === type.name ? undefined : text;
}

function definition(type: GoType): string | undefined {
  const { elem, key } = type;
  switch (type.kind) {
    case 'struct':
      // The fields are listed by themselves.
      return structName(type.fields) === type.name ? undefined : 'struct';
    case 'array':
      return elem && `[${type.length}]${elem.name}`;
    case 'slice':
      return elem && `[]${elem.name}`;
    case 'map':
      return elem && key && `map[${key.name}]${elem.name}`;
    case 'pointer':
      return elem && `*${elem.name}`;
    case 'chan':
      return (
        elem && `${type.direction === 'both' ? 'chan' : type.direction === 'send' ? 'chan<-' : '<-chan'} ${elem.name}`
      );
    case 'func':
      return funcName(type.params, type.results, type.variadic);
    case 'interface':
      return type.emptyInterface ? 'interface {}' : 'interface';
    default:
      return BASIC_TYPES.has(type.kind) ? type.kind : undefined;
  }
}

/** Where the debugging information puts a variable. */
function locationOf(session: Session, expression: string): string | undefined {
  const name = expression.trim();
  const variables = attempt(() => session.variables.of(session.call())) ?? [];
  const variable = variables.filter((each) => each.name === name).at(-1);
  return variable?.from ?? variable?.absent;
}
