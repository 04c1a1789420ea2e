import { encodeUtf8 } from '../base/text.ts';
import { quoteGo } from '../base/quote.ts';
import type { NamedTree, ValueTree } from './tree.ts';

/** Longest line of elements before a list is broken over lines, in the multi-line form. */
const SHORT_LIST = 80;
const INDENT = '\t';

export interface FormatOptions {
  /** One value over several lines where it is large; without it everything is on one line. */
  readonly multiline?: boolean;
  /** Leave the type of the outermost value out. */
  readonly bare?: boolean;
}

interface Flags {
  readonly top: boolean;
  readonly newlines: boolean;
  readonly types: boolean;
}

/** Writes a value as Delve does (users compare the two). Strings are quoted, so no control character gets through. */
export function formatValue(tree: ValueTree, options: FormatOptions = {}): string {
  const flags = { top: true, newlines: options.multiline === true, types: options.bare !== true };
  const text = format(tree, flags, '');
  return tree.note === undefined ? text : `${text}  (${tree.note})`;
}

function format(tree: ValueTree, flags: Flags, indent: string): string {
  if (tree.unreadable !== undefined) return `(unreadable ${tree.unreadable})`;
  switch (tree.kind) {
    case 'slice':
      return formatSlice(tree, flags, indent);
    case 'array':
      return `${flags.types ? `${tree.type} ` : ''}${formatList(tree, flags, indent)}`;
    case 'string':
      return formatString(tree);
    case 'chan':
      return formatChannel(tree);
    case 'struct':
      return formatStruct(tree, flags, indent);
    case 'interface':
      return formatInterface(tree, flags, indent);
    case 'map':
      return formatMap(tree, flags, indent);
    case 'pointer':
      return formatPointer(tree, flags, indent);
    case 'unsafe.Pointer':
      return `unsafe.Pointer(${tree.base ?? '0x0'})`;
    case 'func':
      return formatFunc(tree);
    case 'void':
      return '(void)';
    default:
      return tree.value ?? `(unknown ${tree.kind})`;
  }
}

function inner(flags: Flags, types: boolean): Flags {
  return { top: false, newlines: flags.newlines, types };
}

/** A type name as it stands in a conversion: quoted when it has a slash, which is no Go otherwise. */
function conversion(type: string, address: string): string {
  const name = type.includes('/') ? `"${type}"` : type;
  return `(${name})(${address})`;
}

function formatString(tree: ValueTree): string {
  const text = tree.value ?? '';
  const more = (tree.length ?? 0) - encodeUtf8(text).length;
  return quoteGo(tree.truncated && more > 0 ? `${text}...+${more} more` : text);
}

function formatChannel(tree: ValueTree): string {
  if (tree.nil) return `${tree.type} nil`;
  const state = `${tree.type} ${tree.length ?? 0}/${tree.capacity ?? 0}`;
  const closed = tree.value === 'closed' ? ' (closed)' : '';
  if (tree.children.length === 0) return `${state}${closed}`;
  const items = tree.children.map(({ tree: item }) => format(item, { top: false, newlines: false, types: false }, ''));
  const rest = tree.truncated ? `,...+${(tree.length ?? 0) - items.length} more` : '';
  return `${state}${closed} [${items.join(',')}${rest}]`;
}

function formatFunc(tree: ValueTree): string {
  if (tree.nil) return 'nil';
  const captured = tree.children.map(
    ({ name, tree: value }) => `${name}: ${format(value, { top: false, newlines: false, types: true }, '')}`,
  );
  return captured.length === 0 ? (tree.value ?? '') : `${tree.value ?? ''} {${captured.join(', ')}}`;
}

function formatPointer(tree: ValueTree, flags: Flags, indent: string): string {
  const target = tree.children[0]?.tree;
  if (tree.nil) return flags.types ? `${tree.type} nil` : 'nil';
  if (target === undefined) return conversion(tree.type, tree.base ?? '0x0');
  if (target.onlyAddress && target.kind !== 'struct') return conversion(tree.type, tree.base ?? '0x0');
  if (target.kind === 'void') return conversion(tree.type, tree.base ?? '0x0');
  if (target.onlyAddress) return conversion(tree.type, tree.base ?? '0x0');
  return `*${format(target, inner(flags, flags.types), indent)}`;
}

function formatInterface(tree: ValueTree, flags: Flags, indent: string): string {
  const data = tree.children[0]?.tree;
  if (tree.nil || data === undefined) return flags.types ? `${tree.type} nil` : 'nil';
  const head = flags.types ? `${tree.type}(${data.type}) ` : '';
  if (data.unreadable !== undefined) return `${head}${format(data, inner(flags, false), indent)}`;
  if (data.kind === 'pointer') {
    const target = data.children[0]?.tree;
    if (data.nil) return `${head}nil`;
    if (target === undefined || target.onlyAddress) return `${head}${data.base ?? '...'}`;
    return `${head}${format(data, inner(flags, !flags.types), indent)}`;
  }
  if (data.onlyAddress) {
    const type = tree.type.includes('/') ? `"${tree.type}"` : tree.type;
    return `${head}*(*${type})(${tree.address ?? '0x0'})`;
  }
  return `${head}${format(data, inner(flags, !flags.types), indent)}`;
}

function formatStruct(tree: ValueTree, flags: Flags, indent: string): string {
  const length = tree.length ?? 0;
  if (tree.children.length === 0 && length > 0) {
    return tree.address === undefined ? `${tree.type} {...}` : conversion(`*${tree.type}`, tree.address);
  }
  const head = flags.types ? `${tree.type} {` : '{';
  const nl = breakStruct(tree, flags.newlines);
  const next = `${indent}${INDENT}`;
  const parts = tree.children.map(({ name, tree: field }) => {
    const text = `${name}: ${format(field, inner({ ...flags, newlines: nl && flags.newlines }, true), next)}`;
    return nl ? `\n${next}${text},` : text;
  });
  const missing = length - tree.children.length;
  if (nl) return `${head}${parts.join('')}${missing > 0 ? `\n${next}...+${missing} more` : ''}}`;
  return `${head}${parts.join(', ')}${missing > 0 ? `, ...+${missing} more` : ''}}`;
}

/** A struct goes over lines when a field of it is itself broken, or it has many. */
function breakStruct(tree: ValueTree, newlines: boolean): boolean {
  if (!newlines) return false;
  return tree.children.some(({ tree: field }) => isLarge(field)) || totalLength(tree) > SHORT_LIST;
}

function isLarge(tree: ValueTree): boolean {
  if (tree.kind === 'struct' || tree.kind === 'map') return tree.children.length > 0;
  if (tree.kind === 'pointer' || tree.kind === 'interface')
    return tree.children.some(({ tree: child }) => isLarge(child));
  return tree.kind === 'slice' || tree.kind === 'array' ? breakList(tree, true) : false;
}

function totalLength(tree: ValueTree): number {
  return format(tree, { top: false, newlines: false, types: true }, '').length;
}

function formatSlice(tree: ValueTree, flags: Flags, indent: string): string {
  const head = flags.types ? `${tree.type} len: ${tree.length ?? 0}, cap: ${tree.capacity ?? 0}, ` : '';
  if (tree.nil && tree.children.length === 0) return `${head}nil`;
  return `${head}${formatList(tree, flags, indent)}`;
}

/** Elements in brackets, without the type of each. */
function formatList(tree: ValueTree, flags: Flags, indent: string): string {
  const nl = breakList(tree, flags.newlines);
  const next = `${indent}${INDENT}`;
  const texts = tree.children.map(({ tree: item }) => format(item, inner({ ...flags, newlines: nl }, false), next));
  const missing = (tree.length ?? 0) - texts.length;
  if (nl) {
    const lines = texts.map((text) => `\n${next}${text},`).join('');
    return `[${lines}${missing > 0 ? `\n${next}...+${missing} more` : ''}\n${indent}]`;
  }
  const rest = missing > 0 ? `${texts.length > 0 ? ',' : ''}...+${missing} more` : '';
  return `[${texts.join(',')}${rest}]`;
}

/** Lists of structs, maps and the like, and long lists of strings, go over lines. */
function breakList(tree: ValueTree, newlines: boolean): boolean {
  if (!newlines || tree.children.length === 0) return false;
  const kinds = new Set(tree.children.map(({ tree: item }) => item.kind));
  for (const kind of ['struct', 'map', 'slice', 'array'] as const) if (kinds.has(kind)) return true;
  if (!kinds.has('string')) return false;
  return tree.children.reduce((sum, { tree: item }) => sum + (item.value ?? '').length, 0) > SHORT_LIST;
}

function formatMap(tree: ValueTree, flags: Flags, indent: string): string {
  const head = flags.types ? `${tree.type} ` : '';
  if (tree.nil) return `${head}nil`;
  const pairs: [NamedTree, NamedTree][] = [];
  for (let i = 0; i + 1 < tree.children.length; i += 2) {
    pairs.push([tree.children[i] as NamedTree, tree.children[i + 1] as NamedTree]);
  }
  const nl = flags.newlines && pairs.length > 0;
  const next = `${indent}${INDENT}`;
  const child = inner(flags, false);
  const texts = pairs.map(([key, value]) => `${format(key.tree, child, next)}: ${format(value.tree, child, next)}`);
  const missing = (tree.length ?? 0) - pairs.length;
  const more = missing > 0 ? `...+${missing} more` : '';
  if (nl) {
    const lines = texts.map((text) => `\n${next}${text}, `).join('');
    return `${head}[${lines}${more === '' ? '' : `\n${next}${more}`}\n${indent}]`;
  }
  return `${head}[${texts.map((text) => `${text}, `).join('')}${more}]`;
}
