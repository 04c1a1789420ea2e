import { attempt } from '../../base/errors.ts';
import type { GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../../values/context.ts';
import { formatValue } from '../../values/format.ts';
import { loadValue } from '../../values/load.ts';
import { partOf } from '../../values/place.ts';
import { DEFAULT_LIMITS } from '../../values/tree.ts';
import { dereference, dynamicValue, elementOf, sequenceOf, wordOf, type Value } from '../../values/value.ts';
import { printedText } from '../panic-text.ts';

/** Errors in errors that are told of, and how deep they are looked for. */
const MOST = 8;
const DEEPEST = 8;
/** Errors of one list (errors.Join) that are looked at. */
const MOST_OF_LIST = 4;
const LIMITS = { ...DEFAULT_LIMITS, maxStringLen: 200, maxArrayValues: 8 };

/** An error of a chain in words: `*fs.PathError {Op: "open", Path: "/x"}`, without the errors in it. */
export interface ChainLink {
  readonly text: string;
  /** 0 for the first error, 1 for what it wraps, and so on. */
  readonly depth: number;
  /** Whether one of its fields is the text that was asked for. */
  readonly hasText: boolean;
}

/**
 * An error (or other value) and those that its fields hold, which is how errors wrap each other: depth first, the outermost first.
 * @param known a text that is told elsewhere: the field that is this is left out
 */
export function errorChain(context: ValueContext, value: Value, known: string | undefined): readonly ChainLink[] {
  const links: ChainLink[] = [];
  addLinks(context, value, known, 0, links);
  return links;
}

function addLinks(
  context: ValueContext,
  value: Value,
  known: string | undefined,
  depth: number,
  links: ChainLink[],
): void {
  if (links.length >= MOST || depth > DEEPEST) return;
  const struct = structOf(context, value);
  const wrapped: Value[] = [];
  const parts: string[] = [];
  let hasText = false;
  for (const field of struct?.type.fields ?? []) {
    const part = fieldValue(struct, field);
    const errors = part && errorsIn(context, part);
    if (errors !== undefined) wrapped.push(...errors);
    else if (part?.type.kind === 'string' && attempt(() => printedText(context, part)) === known) hasText = true;
    else if (part !== undefined) parts.push(`${field.name}: ${shown(context, part)}`);
  }
  const fields = parts.length === 0 ? '' : ` {${parts.join(', ')}}`;
  const { name } = value.type;
  const text = struct === undefined ? scalarText(context, value) : `${name}${fields}`;
  links.push({ text, depth, hasText });
  for (const error of wrapped) addLinks(context, error, known, depth + 1, links);
}

/** The struct that a value is, or points to. */
function structOf(context: ValueContext, value: Value): Value | undefined {
  const { type } = value;
  if (type.kind === 'struct') return value;
  if (type.kind !== 'pointer' || type.elem?.kind !== 'struct' || wordOf(context, value) === 0) return undefined;
  return attempt(() => dereference(context, value));
}

function fieldValue(struct: Value | undefined, { offset, type, name }: GoType['fields'][number]): Value | undefined {
  if (struct === undefined || name === '_') return undefined;
  return { type, place: partOf(struct.place, offset, type.size) };
}

/** The errors of a field that is an error or a list of them; undefined for other fields. */
function errorsIn(context: ValueContext, { type, place }: Value): readonly Value[] | undefined {
  const value = { type, place };
  if (isError(type)) {
    const held = attempt(() => dynamicValue(context, value));
    return held === undefined ? [] : [held];
  }
  if (type.kind !== 'slice' || type.elem === undefined || !isError(type.elem)) return undefined;
  const length = attempt(() => sequenceOf(context, value).length) ?? 0;
  const items = Array.from({ length: Math.min(length, MOST_OF_LIST) }, (_, i) =>
    attempt(() => dynamicValue(context, elementOf(context, value, i))),
  );
  return items.filter((item) => item !== undefined);
}

function isError({ kind, name }: Value['type']): boolean {
  return kind === 'interface' && name === 'error';
}

function shown(context: ValueContext, value: Value): string {
  return attempt(() => formatValue(loadValue(context, value, LIMITS))) ?? '(unreadable)';
}

/** With its type, which numbers and strings are shown without. */
function scalarText(context: ValueContext, value: Value): string {
  const text = shown(context, value);
  return text.includes(value.type.name) ? text : `${value.type.name} ${text}`;
}
