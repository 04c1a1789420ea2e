import { attempt } from '../base/errors.ts';
import { readU64 } from '../base/cursor.ts';
import type { ValueContext } from './context.ts';
import { memoryPlace } from './place.ts';
import { dereference, wordOf, type Value } from './value.ts';

/** A value that is a part of another, and what it is called there. */
export interface NamedValue {
  readonly name: string;
  readonly value: Value;
  /** A closure holds its address. */
  readonly byReference?: true;
}

/** The code that a func value leads to: its object's first word. Undefined for nil. */
export function codeOf(context: ValueContext, value: Value): number | undefined {
  const object = wordOf(context, value);
  return object === 0 ? undefined : readU64(context.memory.read(object, 8), 0);
}

/** What a closure captured, as far as DWARF tells; empty for other functions. What was captured by reference is what it refers to. */
export function capturedOf(context: ValueContext, value: Value): readonly NamedValue[] {
  const pc = codeOf(context, value);
  if (pc === undefined) return [];
  const object = wordOf(context, value);
  const fields = attempt(() => context.closureFields(pc)) ?? [];
  return fields.map(({ name, type, offset }) => {
    const held = { type, place: memoryPlace(object + offset) };
    // `&x` was captured by reference: the closure holds its address.
    if (!name.startsWith('&') || type.kind !== 'pointer') return { name, value: held };
    const value = attempt(() => dereference(context, held));
    return value === undefined
      ? { name: name.slice(1), value: held }
      : { name: name.slice(1), value, byReference: true };
  });
}
