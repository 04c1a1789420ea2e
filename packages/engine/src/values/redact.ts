import { encodeUtf8 } from '../base/text.ts';
import type { Kind } from '../types/go-type.ts';
import type { ValueTree } from './tree.ts';

/** Lists of these may be text: bytes, C's char, UTF-16, runes (which DWARF calls int32). */
const TEXT_ELEMENTS: ReadonlySet<Kind> = new Set(['uint8', 'int8', 'uint16', 'int32']);
/** The same in the names of types, for lists of which no element is shown. */
const TEXT_LIST = /^(?:\[\d*\])+(?:uint8|byte|int8|uint16|int32|rune|char)$/;
/** Types of the runtime: what their strings say is the runtime's own. */
const RUNTIME_TYPE = /^\*?runtime\./;

/** A value without the contents of strings and of lists that may be text; lengths and types stay. */
export interface RedactedTree {
  readonly tree: ValueTree;
  /** What was hidden, so that it can be found where it stands in other texts. */
  readonly hidden: readonly string[];
}

/** Hides the contents of strings, and of lists of bytes and runes, in a value and all that hangs on it. */
export function redactTree(tree: ValueTree): RedactedTree {
  const hidden: string[] = [];
  return { tree: redactNode(tree, hidden), hidden };
}

function redactNode(node: ValueTree, hidden: string[]): ValueTree {
  // A text that was asked for in another format may be made of contents.
  const { formatted: _text, ...tree } = node;
  if (tree.kind === 'string') return redactString(tree, hidden);
  if (isTextList(tree)) return { ...tree, children: [], value: undefined, redacted: true };
  const children = tree.children.map(({ name, tree: child }) => ({ name, tree: redactNode(child, hidden) }));
  const internals = tree.internals?.map(({ name, tree: child }) => ({ name, tree: redactNode(child, hidden) }));
  return { ...tree, children, ...(internals === undefined ? {} : { internals }) };
}

function redactString(tree: ValueTree, hidden: string[]): ValueTree {
  // What could not be read has no contents, and the reason is to be told.
  if (tree.unreadable !== undefined) return tree;
  if (tree.value !== undefined && !RUNTIME_TYPE.test(tree.type)) hidden.push(tree.value);
  const { bytes, constant: _name, ...rest } = tree;
  const shown = bytes === undefined ? encodeUtf8(tree.value ?? '').length : bytes.length / 2;
  return { ...rest, length: tree.length ?? shown, value: undefined, redacted: true };
}

function isTextList(tree: ValueTree): boolean {
  if (tree.kind !== 'slice' && tree.kind !== 'array') return false;
  if (tree.nil || tree.unreadable !== undefined) return false;
  const first = tree.children[0]?.tree;
  return first === undefined ? TEXT_LIST.test(tree.type) : TEXT_ELEMENTS.has(first.kind);
}
