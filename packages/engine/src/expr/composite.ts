import { DebugError } from '../base/errors.ts';
import { VOID_TYPE, pointerTo, type GoType } from '../types/go-type.ts';
import { arrayOf } from '../types/synthetic.ts';
import { equalValues, incomparable } from '../values/equality.ts';
import type { Value } from '../values/handle.ts';
import { wordValue } from '../values/make.ts';
import { bytesPlace, memoryPlace, readPlace, wordsPlace } from '../values/place.ts';
import type { MapEntry } from '../values/maps/open-map.ts';
import { typeError } from './constants.ts';
import type { NodeEvaluator } from './node-evaluator.ts';
import type { Node } from './parse/nodes.ts';

/** Bytes of the largest array or struct that is made. */
const LARGEST = 1 << 20;

type Composite = Node & { kind: 'composite' };

/** `T{…}` of structs, arrays, slices and maps; inside another literal `{…}` of a pointer's type is `&T{…}`. */
export function compositeValue(evaluator: NodeEvaluator, node: Composite, type: GoType): Value {
  switch (type.kind) {
    case 'struct':
      return structValue(evaluator, node, type);
    case 'array':
    case 'slice':
      return sequenceValue(evaluator, node, type);
    case 'map':
      return mapValue(evaluator, node, type);
    case 'pointer':
      if (node.type === undefined && type.elem !== undefined) return pointerValue(evaluator, node, type.elem);
      break;
    default:
  }
  throw typeError(`${type.name} has no composite literals`);
}

function pointerValue(evaluator: NodeEvaluator, node: Composite, elem: GoType): Value {
  return wordValue(pointerTo(elem), stored(evaluator, compositeValue(evaluator, node, elem)));
}

/** Puts a value into memory of the expression's own. */
function stored(evaluator: NodeEvaluator, value: Value): number {
  const { scratch, context } = evaluator.environment;
  return scratch.store(readPlace(context.memory, value.place, value.type.size));
}

function buffer(type: GoType): Uint8Array {
  if (type.size > LARGEST) throw typeError(`a ${type.name} is too large to make`);
  return new Uint8Array(type.size);
}

/** Puts an element's value at its place. */
function put(evaluator: NodeEvaluator, bytes: Uint8Array, offset: number, node: Node, type: GoType): void {
  const value = evaluator.assigned(node, type);
  bytes.set(readPlace(evaluator.environment.context.memory, value.place, type.size), offset);
}

function structValue(evaluator: NodeEvaluator, { elements }: Composite, type: GoType): Value {
  const bytes = buffer(type);
  const keyed = elements.filter(({ key }) => key !== undefined).length;
  if (keyed !== 0 && keyed !== elements.length) throw typeError('fields have names either all or none');
  if (keyed === 0 && elements.length !== 0 && elements.length !== type.fields.length)
    throw typeError(`${type.name} has ${type.fields.length} fields, not ${elements.length}`);
  const seen = new Set<string>();
  elements.forEach(({ key, value }, i) => {
    const name = key?.kind === 'name' ? key.name : undefined;
    const field = key === undefined ? type.fields[i] : type.fields.find((each) => each.name === name);
    if (field === undefined || (key !== undefined && name === undefined))
      throw new DebugError(`${type.name} has no field ${name ?? 'of that form'}`, {
        code: 'not-found',
        position: (key ?? value).at,
      });
    if (seen.has(field.name) && field.name !== '_')
      throw new DebugError(`the field ${field.name} is there twice`, { code: 'type', position: (key ?? value).at });
    seen.add(field.name);
    put(evaluator, bytes, field.offset, value, field.type);
  });
  return { type, place: bytesPlace(bytes) };
}

function sequenceValue(evaluator: NodeEvaluator, node: Composite, type: GoType): Value {
  const elem = type.elem ?? VOID_TYPE;
  const places: { readonly at: number; readonly value: Node }[] = [];
  const seen = new Set<number>();
  let next = 0;
  for (const { key, value } of node.elements) {
    const at = key === undefined ? next : evaluator.integer(key);
    const position = (key ?? value).at;
    if (at < 0 || (at + 1) * elem.size > LARGEST || at > LARGEST)
      throw new DebugError(`the index ${at} is out of range`, { code: 'type', position });
    if (seen.has(at)) throw new DebugError(`the index ${at} is there twice`, { code: 'type', position });
    seen.add(at);
    places.push({ at, value });
    next = at + 1;
  }
  const most = places.reduce((count, { at }) => Math.max(count, at + 1), 0);
  const isCounted = node.type?.kind === 'array-type' && node.type.length === 'count';
  const array = type.kind === 'slice' || isCounted ? arrayOf(elem, most) : type;
  const beyond = places.find(({ at }) => at >= array.length);
  if (beyond !== undefined)
    throw new DebugError(`the index ${beyond.at} is out of range: the array has ${array.length} elements`, {
      code: 'type',
      position: beyond.value.at,
    });
  const bytes = buffer(array);
  for (const { at, value } of places) put(evaluator, bytes, at * elem.size, value, elem);
  if (type.kind === 'array') return { type: array, place: bytesPlace(bytes) };
  return { type, place: wordsPlace(evaluator.environment.scratch.store(bytes), most, most) };
}

function mapValue(evaluator: NodeEvaluator, { elements }: Composite, type: GoType): Value {
  const { scratch, context } = evaluator.environment;
  const { key: keyType = VOID_TYPE, elem = VOID_TYPE } = type;
  const why = incomparable(keyType);
  if (why !== undefined) throw typeError(`${keyType.name} is no type of keys: ${why}`);
  const entries: MapEntry[] = [];
  for (const { key, value } of elements) {
    if (key === undefined)
      throw new DebugError('an element of a map needs a key', { code: 'type', position: value.at });
    const made = evaluator.assigned(key, keyType);
    const twice = entries.some((entry) => equalValues(context, { type: keyType, place: memoryPlace(entry.key) }, made));
    if (twice) throw new DebugError('the key is there twice', { code: 'type', position: key.at });
    entries.push({ key: stored(evaluator, made), elem: stored(evaluator, evaluator.assigned(value, elem)) });
  }
  return wordValue(type, scratch.storeMap(entries));
}
