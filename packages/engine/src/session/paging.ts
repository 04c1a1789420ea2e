import { DebugError } from '../base/errors.ts';
import type { ValueContext } from '../values/context.ts';
import type { ValueTree } from '../values/tree.ts';
import { channelOf, dereference, dynamicValue, mapOf, sequenceOf, sliceValue, type Value } from '../values/value.ts';
import { wordOf } from '../values/handle.ts';

/** Pointers and interfaces looked through to find what has elements. */
const MOST_STEPS = 8;

/** What `print` showed a part of, and how much: `more` goes on from there. */
export interface ShownPart {
  readonly expression: string;
  readonly context: ValueContext;
  readonly value: Value;
  /** Elements, bytes or entries shown so far. */
  readonly shown: number;
  readonly total: number;
  readonly format: string | undefined;
}

/** The sequence, map or channel that a value is, or leads to by pointers and interfaces; undefined for others. */
export function elementsOf(
  context: ValueContext,
  value: Value,
): { readonly value: Value; readonly total: number } | undefined {
  let at = value;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    switch (at.type.kind) {
      case 'pointer':
        if (wordOf(context, at) === 0) return undefined;
        at = dereference(context, at);
        continue;
      case 'interface': {
        const dynamic = dynamicValue(context, at);
        if (dynamic === undefined) return undefined;
        at = dynamic;
        continue;
      }
      case 'string':
      case 'slice':
      case 'array':
        return { value: at, total: sequenceOf(context, at).length };
      case 'map':
        return { value: at, total: (mapOf(context, at)?.count ?? 0) - (at.skip ?? 0) };
      case 'chan':
        return { value: at, total: channelOf(context, at)?.length ?? 0 };
      default:
        return undefined;
    }
  }
  return undefined;
}

/** The same value without its first `count` elements. */
export function withoutFirst(context: ValueContext, value: Value, count: number): Value {
  if (value.type.kind === 'map' || value.type.kind === 'chan') return { ...value, skip: (value.skip ?? 0) + count };
  return sliceValue(context, value, count);
}

/** How many elements, bytes or entries a loaded value shows, wherever pointers and interfaces lead to it. */
export function shownCount(tree: ValueTree): number {
  const [only] = tree.children;
  if ((tree.kind === 'pointer' || tree.kind === 'interface') && only !== undefined) return shownCount(only.tree);
  if (tree.kind === 'map') return tree.children.length / 2;
  if (tree.kind !== 'string') return tree.children.length;
  return (tree.length ?? 0) - missingBytes(tree);
}

function missingBytes(tree: ValueTree): number {
  if (!tree.truncated) return 0;
  const shown = tree.bytes === undefined ? utf8Length(tree.value ?? '') : tree.bytes.length / 2;
  return (tree.length ?? 0) - shown;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

/** What is said where there is no more. */
export function nothingMore(last: ShownPart | undefined): DebugError {
  if (last === undefined)
    return new DebugError('there is nothing to go on with: more follows a print that was cut', { code: 'usage' });
  return new DebugError(`${last.expression} was shown to its end`, { code: 'usage' });
}
