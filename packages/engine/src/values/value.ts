import { DebugError, fault } from '../base/errors.ts';
import { type GoType, pointerTo, sliceOf, VOID_TYPE } from '../types/go-type.ts';
import type { ValueContext } from './context.ts';
import { wordOf, type Value } from './handle.ts';
import { openMap } from './maps/entries.ts';
import type { OpenMap } from './maps/open-map.ts';
import { addressOf, memoryPlace, partOf, wordsPlace, type Place } from './place.ts';

export { channelOf, type ChannelState } from './channel.ts';
export { bytesOf, wordOf, type Value } from './handle.ts';

/** Longer than any string or slice: bounds against garbage. */
const LONGEST = 2 ** 47;

function typeError(message: string): DebugError {
  return new DebugError(message, { code: 'type' });
}

/** What a pointer points to. Throws `fault` for nil. */
export function dereference(context: ValueContext, value: Value): Value {
  const { type } = value;
  if (type.kind !== 'pointer') throw typeError(`cannot dereference a value of type ${type.name}`);
  const address = wordOf(context, value);
  if (address === 0) throw fault(0, 'nil pointer');
  return { type: type.elem ?? VOID_TYPE, place: memoryPlace(address) };
}

/** A field by name, through pointers and embedded structs, the shallowest first; undefined if there is none. */
export function fieldOf(context: ValueContext, value: Value, name: string): Value | undefined {
  let level: Value[] = [value];
  for (let depth = 0; depth < 10 && level.length > 0; depth++) {
    const next: Value[] = [];
    for (const holder of level) {
      const struct = throughPointer(context, holder);
      if (struct === undefined || struct.type.kind !== 'struct') continue;
      for (const field of struct.type.fields) {
        const part = { type: field.type, place: partOf(struct.place, field.offset, field.type.size) };
        if (field.name === name || (field.embedded && lastName(field.name) === name)) return part;
        if (field.embedded) next.push(part);
      }
    }
    level = next;
  }
  return undefined;
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The struct behind a pointer, an interface, or the value itself; undefined for nil. */
function throughPointer(context: ValueContext, value: Value): Value | undefined {
  let at = value;
  for (let steps = 0; steps < 4; steps++) {
    if (at.type.kind === 'pointer') {
      if (wordOf(context, at) === 0) {
        if (at === value) throw fault(0, `nil pointer of type ${at.type.name}`);
        return undefined;
      }
      at = dereference(context, at);
    } else if (at.type.kind === 'interface') {
      const dynamic = dynamicValue(context, at);
      if (dynamic === undefined) return undefined;
      at = dynamic;
    } else break;
  }
  return at;
}

/** Number of elements and where the first is, of strings, slices, arrays. */
export function sequenceOf(
  context: ValueContext,
  value: Value,
): { base: Place; length: number; capacity: number; elem: GoType } {
  const { type, place } = value;
  if (type.kind === 'array')
    return { base: place, length: type.length, capacity: type.length, elem: type.elem ?? VOID_TYPE };
  const length = wordOf(context, value, 8);
  const capacity = type.kind === 'slice' ? wordOf(context, value, 16) : length;
  if (length > LONGEST || capacity > LONGEST || length > capacity) {
    throw new DebugError(`damaged ${type.kind}: length ${length}, capacity ${capacity}`, { code: 'bad-data' });
  }
  return { base: memoryPlace(wordOf(context, value)), length, capacity, elem: type.elem ?? VOID_TYPE };
}

/** Element `index` of an array, slice or pointer to array; slices may be read up to their capacity. */
export function elementOf(context: ValueContext, value: Value, index: number): Value {
  if (value.type.kind === 'pointer' && value.type.elem?.kind === 'array')
    return elementOf(context, dereference(context, value), index);
  const { base, length, capacity, elem } = sequenceOf(context, value);
  if (index < 0 || index >= capacity) {
    throw new DebugError(`index ${index} is out of range: the length is ${length}`, { code: 'type' });
  }
  return { type: elem, place: partOf(base, index * elem.size, elem.size) };
}

/** The value in an interface: its dynamic type from the runtime's descriptor. Undefined for a nil interface. */
export function dynamicValue(context: ValueContext, value: Value): Value | undefined {
  const { runtimeTypes, memory } = context;
  const first = wordOf(context, value);
  if (first === 0) return undefined;
  // An itab is {interface type, dynamic type, …}.
  const descriptor = value.type.emptyInterface ? first : memory.u64(first + 8);
  const type = runtimeTypes.at(descriptor);
  if (runtimeTypes.isDirect(descriptor)) return { type, place: partOf(value.place, 8, 8) };
  const data = wordOf(context, value, 8);
  if (data === 0 && type.size > 0) throw new DebugError(`interface of ${type.name} without data`, { code: 'bad-data' });
  return { type, place: memoryPlace(data) };
}

/** The map behind a map value; undefined for nil. */
export function mapOf(context: ValueContext, value: Value): OpenMap | undefined {
  const address = wordOf(context, value);
  if (address === 0) return undefined;
  return context.madeMap?.(address) ?? openMap(context, value.type, address);
}

/**
 * `value[low:high]` of a string, slice, array or pointer to array; slices may be extended up to their capacity. Without `high` up
 * to the length. Throws `type` for bounds outside, and for arrays in registers.
 */
export function sliceValue(context: ValueContext, value: Value, low = 0, high?: number): Value {
  const { type } = value;
  if (type.kind === 'pointer' && type.elem?.kind === 'array')
    return sliceValue(context, dereference(context, value), low, high);
  if (type.kind !== 'slice' && type.kind !== 'array' && type.kind !== 'string')
    throw typeError(`cannot slice a value of type ${type.name}`);
  const { base, length, capacity, elem } = sequenceOf(context, value);
  const start = addressOf(base);
  if (start === undefined) throw typeError('the array is in registers and cannot be sliced');
  const end = high ?? length;
  const most = type.kind === 'slice' ? capacity : length;
  if (low < 0 || low > end || end > most) throw typeError(`slice bounds ${low}:${end} are out of range 0:${most}`);
  if (type.kind === 'string') return { type, place: wordsPlace(start + low, end - low) };
  return {
    type: type.kind === 'slice' ? type : sliceOf(elem),
    place: wordsPlace(start + low * elem.size, end - low, capacity - low),
  };
}

/** A pointer to a value that is in memory. */
export function addressValue(value: Value): Value {
  const address = addressOf(value.place);
  if (address === undefined) throw typeError('the value is in registers and has no address');
  return { type: pointerTo(value.type), place: wordsPlace(address) };
}
