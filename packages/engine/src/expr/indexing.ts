import { DebugError } from '../base/errors.ts';
import { VOID_TYPE, type GoType } from '../types/go-type.ts';
import { equalValues } from '../values/equality.ts';
import { wordOf, type Value } from '../values/handle.ts';
import { basicType } from '../values/make.ts';
import { addressOf, memoryPlace, partOf, readPlace, wordsPlace } from '../values/place.ts';
import { sliceOf } from '../types/go-type.ts';
import { dereference, dynamicValue, mapOf, sequenceOf } from '../values/value.ts';
import { typeError } from './constants.ts';
import type { NodeEvaluator } from './node-evaluator.ts';
import type { Node } from './parse/nodes.ts';

/** Characters of C strings looked at for their end. */
const LONGEST_C_STRING = 1 << 20;

function outOfRange(node: Node, index: number, length: number): DebugError {
  return new DebugError(`index ${index} is out of range: the length is ${length}`, {
    code: 'type',
    position: node.at,
  });
}

/** The value behind interfaces, and behind a pointer to an array: what can be indexed. */
function indexable(evaluator: NodeEvaluator, value: Value): Value {
  const { context } = evaluator.environment;
  if (value.type.kind === 'interface') {
    const dynamic = dynamicValue(context, value);
    if (dynamic === undefined) throw typeError(`the ${value.type.name} is nil: it holds no value`);
    return indexable(evaluator, dynamic);
  }
  if (value.type.kind !== 'pointer' || value.type.elem?.kind !== 'array') return value;
  if (wordOf(context, value) === 0) throw typeError(`nil pointer dereference: the ${value.type.name} is nil`);
  return dereference(context, value);
}

/** `x[i]` of strings, arrays, slices, maps, and of C's pointers. */
export function indexValue(evaluator: NodeEvaluator, node: Node & { kind: 'index' }): Value {
  const { context } = evaluator.environment;
  const [index, ...more] = node.indices;
  if (index === undefined || more.length > 0) throw typeError('one index is needed');
  const value = indexable(evaluator, evaluator.value(node.operand));
  const { type } = value;
  if (type.kind === 'map') return lookUp(evaluator, value, index);
  if (type.kind === 'pointer' && isNativePointer(type)) {
    const elem = type.elem ?? VOID_TYPE;
    const at = wordOf(context, value);
    if (at === 0) throw typeError(`nil pointer dereference: the ${type.name} is nil`);
    return { type: elem, place: memoryPlace(at + evaluator.integer(index) * elem.size) };
  }
  if (type.kind !== 'string' && type.kind !== 'slice' && type.kind !== 'array')
    throw typeError(`a value of type ${type.name} cannot be indexed`);
  const number = evaluator.integer(index);
  const { base, length, capacity, elem } = sequenceOf(context, value);
  // Beyond its length a slice's array has elements as well: a debugger may look at them.
  if (number < 0 || number >= (type.kind === 'slice' ? capacity : length)) throw outOfRange(index, number, length);
  const item = type.kind === 'string' ? basicType('uint8') : elem;
  return { type: item, place: partOf(base, number * item.size, item.size) };
}

/** Pointers of C may point to the first of many. Go's point to one. */
function isNativePointer(type: GoType): boolean {
  const { elem } = type;
  if (elem === undefined || elem.kind === 'void') return false;
  // C's int has a name of Go, and another size.
  const isInt = elem.name === 'int' && elem.size !== 8;
  return elem.native !== undefined || isInt || /(^|\.)_Ctype_/.test(elem.name) || isNativeName(elem.name);
}

/** `unsigned int`, `long int`: names of C's arithmetic types, which Go has not. */
function isNativeName(name: string): boolean {
  return /^(const |volatile )*((un)?signed|char|short|long|double|float|_Bool|size_t|u?int(8|16|32|64)_t)( |$)/.test(
    name,
  );
}

function lookUp(evaluator: NodeEvaluator, map: Value, index: Node): Value {
  const { context } = evaluator.environment;
  const { key: keyType = VOID_TYPE, elem = VOID_TYPE } = map.type;
  const key = mapKey(evaluator, index, keyType);
  const open = mapOf(context, map);
  for (const entry of open?.entries() ?? []) {
    if (equalValues(context, { type: keyType, place: memoryPlace(entry.key) }, key))
      return { type: elem, place: memoryPlace(entry.elem) };
  }
  const what = open === undefined ? 'the map is nil' : 'the map has no such key';
  throw new DebugError(what, { code: 'not-found', position: index.at });
}

/** The key as the map's keys are; values go into interfaces by themselves. */
function mapKey(evaluator: NodeEvaluator, index: Node, type: GoType): Value {
  const key = evaluator.assigned(index, type);
  // Comparing a key with itself finds what Go cannot compare before the map is read.
  if (type.kind === 'interface') equalValues(evaluator.environment.context, key, key);
  return key;
}

/** `x[low:high:max]`; `m[n:]` leaves out the first entries of a map. */
export function sliceExpression(evaluator: NodeEvaluator, node: Node & { kind: 'slice' }): Value {
  const { context } = evaluator.environment;
  const value = indexable(evaluator, evaluator.value(node.operand));
  const { type } = value;
  if (type.kind === 'map') return skipEntries(evaluator, node, value);
  if (type.kind === 'pointer' && isNativePointer(type)) return sliceNative(evaluator, node, value);
  if (type.kind !== 'slice' && type.kind !== 'array' && type.kind !== 'string')
    throw typeError(`a value of type ${type.name} cannot be sliced`);
  if (type.kind === 'string' && node.max !== undefined) throw typeError('a string has no capacity to slice');
  const { base, length, capacity, elem } = sequenceOf(context, value);
  const most = type.kind === 'slice' ? capacity : length;
  const { low, high, max } = bounds(evaluator, node, length, most);
  const size = type.kind === 'string' ? 1 : elem.size;
  const start = addressOf(base) ?? evaluator.environment.scratch.store(readPlace(context.memory, base, type.size));
  if (type.kind === 'string') return { type, place: wordsPlace(start + low, high - low) };
  const sliced = type.kind === 'slice' ? type : sliceOf(elem);
  return { type: sliced, place: wordsPlace(start + low * size, high - low, max - low) };
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly max: number;
}

function bounds(
  evaluator: NodeEvaluator,
  { low, high, max }: Node & { kind: 'slice' },
  length: number,
  most: number,
): Bounds {
  const from = low === undefined ? 0 : evaluator.integer(low);
  const to = high === undefined ? length : evaluator.integer(high);
  const limit = max === undefined ? most : evaluator.integer(max);
  const check = (node: Node | undefined, value: number, least: number, largest: number): void => {
    if (value >= least && value <= largest) return;
    const message =
      value < least && least > 0
        ? `the bounds of the slice are in the wrong order: ${value} is less than ${least}`
        : `the bound ${value} is out of range: the ${largest === length ? 'length' : 'capacity'} is ${largest}`;
    throw new DebugError(message, { code: 'type', ...(node === undefined ? {} : { position: node.at }) });
  };
  check(max, limit, 0, most);
  check(high ?? low, to, 0, limit);
  check(low, from, 0, to);
  return { low: from, high: to, max: limit };
}

function skipEntries(evaluator: NodeEvaluator, node: Node & { kind: 'slice' }, map: Value): Value {
  if (node.high !== undefined) throw typeError('of a map only m[n:] can be shown: it leaves out the first n entries');
  const skip = node.low === undefined ? 0 : evaluator.integer(node.low);
  const count = mapOf(evaluator.environment.context, map)?.count ?? 0;
  if (skip < 0 || skip > count)
    throw new DebugError(`the bound ${skip} is out of range: the map has ${count} entries`, {
      code: 'type',
      position: (node.low ?? node).at,
    });
  return { ...map, skip: (map.skip ?? 0) + skip };
}

/** C does not tell how many elements there are, so the end must be given; but strings end with a zero. */
function sliceNative(evaluator: NodeEvaluator, node: Node & { kind: 'slice' }, pointer: Value): Value {
  const { context } = evaluator.environment;
  const elem = pointer.type.elem ?? VOID_TYPE;
  const start = wordOf(context, pointer);
  const low = node.low === undefined ? 0 : evaluator.integer(node.low);
  if (node.high === undefined && elem.native !== 'char')
    throw typeError(`a ${pointer.type.name} does not tell its length: give the end, p[0:10]`);
  const high = node.high === undefined ? stringEnd(evaluator, start) : evaluator.integer(node.high);
  if (low > high) throw typeError(`the bounds of the slice are in the wrong order: ${high} is less than ${low}`);
  return { type: sliceOf(elem), place: wordsPlace(start + low * elem.size, high - low, high - low) };
}

function stringEnd(evaluator: NodeEvaluator, start: number): number {
  const bytes = evaluator.environment.context.memory.readSome(start, LONGEST_C_STRING);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes.length : end;
}
