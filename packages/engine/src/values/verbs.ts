import { encodeUtf8 } from '../base/text.ts';
import { rawString } from './format.ts';
import { formatLeaf, parseVerb, type Leaf } from './fmt/fmt.ts';
import { isComplex, isFloat, isInteger } from './scalars.ts';
import type { NamedTree, ValueTree } from './tree.ts';

/**
 * Formats the numbers, strings and booleans of a tree by a verb of Go's fmt, such as `%x` or `%#08b`, as Delve does. A verb that
 * does not fit a value says so at its place. Throws `usage` for what is no verb.
 */
export function applyVerb(tree: ValueTree, format: string): ValueTree {
  const verb = parseVerb(format);
  return rewrite(tree, (leaf) => formatLeaf(leaf, verb));
}

/** Shows the strings of a tree as they are, without quotes and escapes. */
export function showRaw(tree: ValueTree): ValueTree {
  return rewrite(tree, (_leaf, string) => (string.kind === 'string' ? rawString(string) : undefined));
}

function rewrite(tree: ValueTree, format: (leaf: Leaf, tree: ValueTree) => string | undefined): ValueTree {
  const inside = (children: readonly NamedTree[]): NamedTree[] =>
    children.map(({ name, tree: child }) => ({ name, tree: rewrite(child, format) }));
  const leaf = leafOf(tree);
  const formatted = leaf === undefined ? undefined : format(leaf, tree);
  return {
    ...tree,
    ...(formatted === undefined ? {} : { formatted }),
    ...(tree.internals === undefined ? {} : { internals: inside(tree.internals) }),
    children: inside(tree.children),
  };
}

/** What a verb applies to; undefined for values of other kinds, and for those that could not be read. */
function leafOf({ kind, value, bytes }: ValueTree): Leaf | undefined {
  if (value === undefined) return undefined;
  if (kind === 'bool') return { kind, value: value === 'true' };
  if (kind === 'string') return { kind, bytes: bytes === undefined ? encodeUtf8(value) : bytesOf(bytes) };
  if (isInteger(kind)) return { kind: 'integer', value: BigInt(value), unsigned: kind.startsWith('uint') };
  if (isFloat(kind)) return { kind: 'float', value: numberOf(value) };
  if (!isComplex(kind)) return undefined;
  const [, re = '', im = ''] = /^\((.*) \+ (.*)i\)$/.exec(value) ?? [];
  return { kind: 'complex', re: numberOf(re), im: numberOf(im) };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

/** A number as values show it. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
