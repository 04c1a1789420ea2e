import { DebugError } from '../base/errors.ts';
import { GoType, type Field } from '../types/go-type.ts';
import { channelStruct } from '../values/channel.ts';
import { wordOf, type Value } from '../values/handle.ts';
import { wordValue } from '../values/make.ts';
import { partOf } from '../values/place.ts';
import { dereference, dynamicValue } from '../values/value.ts';
import { bitFieldValue } from '../values/bit-field.ts';
import { typeError } from './constants.ts';
import type { Environment, NamedFunction } from './environment.ts';

/** Deepest embedding, and most pointers in a row, that are followed. */
const DEEPEST = 16;
/** Most embedded structs looked through. */
const MOST_EMBEDDED = 10_000;

const UNKNOWN_FUNC = new GoType({ name: 'func', kind: 'func', size: 8 });

/** `value.name`: a field, also of embedded structs, or a method. Throws `not-found`, or `type` where it is ambiguous. */
export function selectMember(environment: Environment, value: Value, name: string): Value {
  const { context } = environment;
  const holder = throughIndirections(environment, value);
  const path = findField(holder.type, name);
  if (path !== undefined) return walk(environment, holder, path);
  const method = findMethod(environment, value, holder, name);
  if (method !== undefined) return functionValue(environment, method);
  if (holder.type.kind === 'chan') {
    const struct = channelStruct(context, holder);
    if (struct === undefined) throw typeError(`the channel is nil, so it has no ${name}`);
    return selectMember(environment, struct, name);
  }
  const { type } = value.type.kind === 'interface' ? holder : value;
  const what = type.kind === 'struct' || holder.type.kind === 'struct' ? 'field or method' : 'field';
  const fields = holder.type.fields.slice(0, 20).map((field) => field.name);
  throw new DebugError(`${type.name} has no ${what} ${name}`, {
    code: 'not-found',
    ...(fields.length === 0
      ? {}
      : { hint: `it has ${fields.join(', ')}${holder.type.fields.length > 20 ? ' …' : ''}` }),
  });
}

/** The value behind pointers and interfaces, which selectors look through. */
function throughIndirections(environment: Environment, value: Value): Value {
  const { context } = environment;
  let at = value;
  for (let steps = 0; steps < DEEPEST; steps++) {
    if (at.type.kind === 'pointer') {
      if (wordOf(context, at) === 0) throw typeError(`nil pointer dereference: the ${at.type.name} is nil`);
      at = dereference(context, at);
    } else if (at.type.kind === 'interface') {
      const dynamic = dynamicValue(context, at);
      if (dynamic === undefined) throw typeError(`the ${at.type.name} is nil: it holds no value`);
      at = dynamic;
    } else return at;
  }
  return at;
}

interface Candidate {
  readonly path: readonly Field[];
  readonly type: GoType;
}

/** The fields that lead to the shallowest one of that name. Throws `type` if two are equally deep. */
function findField(start: GoType, name: string): readonly Field[] | undefined {
  let level: Candidate[] = [{ path: [], type: start }];
  const seen = new Set<string>();
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const found: (readonly Field[])[] = [];
    const next: Candidate[] = [];
    for (const { path, type } of level) {
      const struct = structOf(type);
      if (struct === undefined || seen.size > MOST_EMBEDDED) continue;
      for (const field of struct.fields) {
        const own = [...path, field];
        if (fieldName(field) === name) found.push(own);
        else if (field.embedded) next.push({ path: own, type: field.type });
      }
    }
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0) return only;
    if (only !== undefined) {
      const names = found.map((path) => path.map(fieldName).join('.'));
      throw typeError(`${name} is ambiguous: ${names.join(', ')}`);
    }
    // A type that was looked through at a shallower level hides itself below.
    level = next.filter(({ type }) => !seen.has(type.name));
    for (const { type } of level) seen.add(type.name);
  }
  return undefined;
}

/** An embedded field is named by its type, without the package and the type arguments. */
function fieldName(field: Field): string {
  if (!field.embedded) return field.name;
  const bracket = field.name.indexOf('[');
  const plain = bracket < 0 ? field.name : field.name.slice(0, bracket);
  return plain.slice(plain.lastIndexOf('.') + 1).replace(/^\*/, '');
}

function structOf(type: GoType): GoType | undefined {
  const target = type.kind === 'pointer' ? type.elem : type;
  return target?.kind === 'struct' ? target : undefined;
}

function walk(environment: Environment, start: Value, path: readonly Field[]): Value {
  let at = start;
  for (const field of path) {
    const holder = at.type.kind === 'pointer' ? throughIndirections(environment, at) : at;
    at = { type: field.type, place: partOf(holder.place, field.offset, field.type.size) };
    if (field.bits !== undefined) at = bitFieldValue(environment.context, at, field.bits) ?? at;
  }
  return at;
}

/** The method that `value.name` is, also of embedded fields. */
function findMethod(environment: Environment, value: Value, holder: Value, name: string): NamedFunction | undefined {
  let level: Value[] = [holder];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const next: Value[] = [];
    for (const each of level) {
      const inner = indirect(environment, each);
      if (inner === undefined) continue;
      const method = environment.method(inner.type, name);
      if (method !== undefined) return method;
      for (const field of inner.type.kind === 'struct' ? inner.type.fields : [])
        if (field.embedded && next.length < MOST_EMBEDDED)
          next.push({ type: field.type, place: partOf(inner.place, field.offset, field.type.size) });
    }
    level = next;
  }
  return value === holder ? undefined : environment.method(value.type, name);
}

function indirect(environment: Environment, value: Value): Value | undefined {
  try {
    return throughIndirections(environment, value);
  } catch (error) {
    if (error instanceof DebugError) return undefined;
    throw error;
  }
}

/** A function as a value: a pointer to an object that begins with its code's address. */
export function functionValue(environment: Environment, func: NamedFunction): Value {
  const object = new Uint8Array(8);
  new DataView(object.buffer).setBigUint64(0, BigInt(func.pc), true);
  return wordValue(func.type ?? UNKNOWN_FUNC, environment.scratch.store(object));
}
