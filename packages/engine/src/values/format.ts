import { encodeUtf8 } from '../base/text.ts';
import { quoteGo } from '../base/quote.ts';
import { quoteBytes } from './quote-bytes.ts';
import type { NamedTree, ValueTree } from './tree.ts';

const INDENT = '\t';
/** Structs and lists that hold a string longer than this (bytes) go over lines, in the multi-line form. */
const SHORT_STRING = 7;

export interface FormatOptions {
  /** One value over several lines where it is large; without it everything is on one line. */
  readonly multiline?: boolean;
  /** Leave the type of the outermost value out. */
  readonly bare?: boolean;
  /** Put the address of what an outermost pointer points to on a line before it, as Delve's `print` does. */
  readonly pointerAddress?: boolean;
}

/** How a part is written. */
interface Style {
  readonly newlines: boolean;
  /** With its type. */
  readonly types: boolean;
  readonly top?: boolean;
}

const ONE_LINE: Style = { newlines: false, types: false };

/** Writes a value as Delve does (users compare the two). Strings are quoted, so no control character gets through. */
export function formatValue(tree: ValueTree, options: FormatOptions = {}): string {
  const style = { top: true, newlines: options.multiline === true, types: options.bare !== true };
  const text = format(tree, style, '');
  const target = tree.kind === 'pointer' && !tree.nil ? tree.children[0]?.tree : undefined;
  const hasAddress = tree.base !== undefined && !text.startsWith('(');
  if (options.pointerAddress !== true || target === undefined || !hasAddress) return text;
  return `${conversion(tree.type, tree.base)}\n${text}`;
}

function format(tree: ValueTree, style: Style, indent: string): string {
  const text = formatPlain(tree, style, indent);
  return tree.note === undefined ? text : `${text}  (${tree.note})`;
}

function formatPlain(tree: ValueTree, style: Style, indent: string): string {
  if (tree.unreadable !== undefined) return `(unreadable ${tree.unreadable})`;
  if (tree.formatted !== undefined) return tree.formatted;
  switch (tree.kind) {
    case 'slice':
      return formatSlice(tree, style, indent);
    case 'array':
      return `${style.types ? `${tree.type} ` : ''}${formatList(tree, style, indent)}`;
    case 'string':
      return formatString(tree);
    case 'chan':
      return formatChannel(tree, style, indent);
    case 'struct':
      return formatStruct(tree, style, indent);
    case 'interface':
      return formatInterface(tree, style, indent);
    case 'map':
      return formatMap(tree, style, indent);
    case 'pointer':
      return formatPointer(tree, style, indent);
    case 'unsafe.Pointer':
      return `unsafe.Pointer(${tree.base ?? '0x0'})`;
    case 'func':
      return formatFunc(tree, style, indent);
    case 'void':
      return tree.nil ? 'nil' : '(void)';
    default:
      return formatScalar(tree);
  }
}

function formatScalar(tree: ValueTree): string {
  if (tree.value === undefined) return tree.onlyAddress ? '...' : `(unknown ${tree.kind})`;
  return tree.constant === undefined ? tree.value : `${tree.constant} (${tree.value})`;
}

/** A type name as it stands in a conversion: quoted when it has a slash, which is no Go otherwise. */
function conversion(type: string, address: string | undefined): string {
  return `(${type.includes('/') ? `"${type}"` : type})(${address ?? '0x0'})`;
}

/** The same with a star before the type. */
function pointerConversion(type: string, address: string | undefined): string {
  return `(*${type.includes('/') ? `"${type}"` : type})(${address ?? '0x0'})`;
}

/** What stands for hidden contents: no quotes, so that it is not taken for them. */
function redactedText({ kind, length }: ValueTree): string {
  const count = length ?? 0;
  const noun = kind === 'string' ? 'byte' : 'element';
  return `(redacted: ${count} ${noun}${count === 1 ? '' : 's'})`;
}

function formatString(tree: ValueTree): string {
  if (tree.redacted === true) return redactedText(tree);
  const end = cutMark(tree);
  return tree.bytes === undefined ? quoteGo(`${tree.value ?? ''}${end}`) : quoteBytes(tree.bytes, end);
}

/** The contents of a string without quotes and escapes, with the count of what was left out. */
export function rawString(tree: ValueTree): string {
  return `${tree.value ?? ''}${cutMark(tree)}`;
}

function cutMark({ value = '', length, bytes, truncated }: ValueTree): string {
  const shown = bytes === undefined ? encodeUtf8(value).length : bytes.length / 2;
  const more = (length ?? shown) - shown;
  return truncated && more > 0 ? `...+${more} more` : '';
}

function formatChannel(tree: ValueTree, style: Style, indent: string): string {
  if (tree.nil) return `${tree.type} nil`;
  if (tree.internals !== undefined && style.newlines)
    return formatFields({ ...tree, children: tree.internals }, style.types ? `${tree.type} ` : '', style, indent);
  const state = `${tree.type} ${tree.length ?? 0}/${tree.capacity ?? 0}${tree.value === 'closed' ? ' (closed)' : ''}`;
  if (tree.children.length === 0 || tree.children[0]?.name === 'qcount') return state;
  const items = tree.children.map(({ tree: item }) => format(item, ONE_LINE, ''));
  const rest = tree.truncated ? `,...+${(tree.length ?? 0) - items.length} more` : '';
  return `${state} [${items.join(',')}${rest}]`;
}

function formatFunc(tree: ValueTree, style: Style, indent: string): string {
  if (tree.nil) return 'nil';
  const name = tree.value ?? '...';
  if (!style.newlines || tree.children.length === 0) return name;
  const next = `${indent}${INDENT}`;
  const captured = tree.children.map(({ name: variable, tree: value }) => {
    const text = format(value, { newlines: true, types: false }, next);
    return `${next}${variable} ${value.type} = ${text}\n`;
  });
  return `${name} {\n${captured.join('')}${indent}}`;
}

function formatPointer(tree: ValueTree, style: Style, indent: string): string {
  const target = tree.children[0]?.tree;
  if (target === undefined || (tree.nil && style.top === true)) return style.types ? `${tree.type} nil` : 'nil';
  if (tree.nil) return style.types ? `*${target.type} nil` : '*nil';
  if (isNotLoaded(target)) return conversion(tree.type, tree.base);
  return `*${format(target, { newlines: style.newlines, types: style.types }, indent)}`;
}

/** Not followed at all; what was only cut for its depth has a length. */
function isNotLoaded(tree: ValueTree): boolean {
  return tree.onlyAddress && tree.length === undefined;
}

function formatInterface(tree: ValueTree, style: Style, indent: string): string {
  const data = tree.children[0]?.tree;
  if (tree.nil || data === undefined) return style.types ? `${tree.type} nil` : 'nil';
  const head = style.types ? `${tree.type}(${data.type}) ` : '';
  const inside = { newlines: style.newlines, types: !style.types };
  if (data.unreadable !== undefined) return `${head}${format(data, inside, indent)}`;
  if (data.kind === 'pointer') {
    const target = data.children[0]?.tree;
    if (data.nil) return `${head}nil`;
    if (target === undefined || isNotLoaded(target)) return `${head}${data.onlyAddress ? '...' : (data.base ?? '...')}`;
    return `${head}${format(data, inside, indent)}`;
  }
  if (isNotLoaded(data))
    return `${head}${tree.address === undefined ? '...' : `*${pointerConversion(tree.type, tree.address)}`}`;
  return `${head}${format(data, inside, indent)}`;
}

function formatStruct(tree: ValueTree, style: Style, indent: string): string {
  const length = tree.length ?? 0;
  if (tree.children.length === 0 && (length > 0 || tree.onlyAddress)) {
    return tree.address === undefined ? `${tree.type} {...}` : pointerConversion(tree.type, tree.address);
  }
  const head = tree.value === undefined ? (style.types ? `${tree.type} ` : '') : `${tree.type}(${tree.value})`;
  return formatFields(tree, head, style, indent);
}

function formatFields(tree: ValueTree, head: string, style: Style, indent: string): string {
  const length = tree.kind === 'chan' ? tree.children.length : (tree.length ?? 0);
  const nl = style.newlines && tree.children.some(({ tree: field }) => isLarge(field));
  const next = `${indent}${INDENT}`;
  const parts = tree.children.map(
    ({ name, tree: field }) => `${name}: ${format(field, { newlines: nl, types: true }, next)}`,
  );
  const missing = length - parts.length;
  const more = missing > 0 ? `...+${missing} more` : '';
  if (!nl) return `${head}{${parts.join(', ')}${more === '' ? '' : `,${more}`}}`;
  return `${head}{${parts.map((part) => `\n${next}${part},`).join('')}${more === '' ? '' : `\n${next}${more}`}}`;
}

/** What makes the struct or list around it go over lines. */
function isLarge(tree: ValueTree): boolean {
  let at = tree;
  let behindPointer = false;
  for (let child = at.children[0]; at.kind === 'pointer' && child !== undefined; child = at.children[0]) {
    at = child.tree;
    behindPointer = true;
  }
  if (at.kind === 'string') return behindPointer || byteLength(at) > SHORT_STRING;
  return ['slice', 'array', 'struct', 'map', 'interface'].includes(at.kind);
}

function byteLength(tree: ValueTree): number {
  return tree.bytes === undefined ? encodeUtf8(tree.value ?? '').length : tree.bytes.length / 2;
}

function formatSlice(tree: ValueTree, style: Style, indent: string): string {
  const head = style.types ? `${tree.type} len: ${tree.length ?? 0}, cap: ${tree.capacity ?? 0}, ` : '';
  if (tree.nil && tree.children.length === 0) return `${head}nil`;
  return `${head}${formatList(tree, style, indent)}`;
}

/** Elements in brackets, without the type of each. */
function formatList(tree: ValueTree, style: Style, indent: string): string {
  if (tree.redacted === true) return redactedText(tree);
  const nl = style.newlines && breaksList(tree.children);
  const next = `${indent}${INDENT}`;
  const texts = tree.children.map(({ tree: item }) => format(item, { newlines: nl, types: false }, next));
  const missing = (tree.length ?? 0) - texts.length;
  const more = missing <= 0 ? '' : texts.length === 0 ? '...' : `...+${missing} more`;
  if (!nl) return `[${texts.join(',')}${more !== '' && texts.length > 0 ? ',' : ''}${more}]`;
  return `[${texts.map((text) => `\n${next}${text},`).join('')}${more === '' ? '' : `\n${next}${more}`}\n${indent}]`;
}

/** The first element decides, except for strings, of which one long one is enough. */
function breaksList(children: readonly NamedTree[]): boolean {
  const first = children[0]?.tree;
  if (first === undefined) return false;
  if (first.kind === 'string') return children.some(({ tree }) => byteLength(tree) > SHORT_STRING);
  return isLarge(first);
}

function formatMap(tree: ValueTree, style: Style, indent: string): string {
  const head = style.types ? `${tree.type} ` : '';
  if (tree.nil) return `${head}nil`;
  const nl = style.newlines && tree.children.length > 0;
  const next = `${indent}${INDENT}`;
  const texts: string[] = [];
  for (let i = 0; i + 1 < tree.children.length; i += 2) {
    const [key, value] = [tree.children[i], tree.children[i + 1]];
    if (key === undefined || value === undefined) break;
    texts.push(`${format(key.tree, ONE_LINE, next)}: ${format(value.tree, { newlines: nl, types: false }, next)}, `);
  }
  const missing = (tree.length ?? 0) - texts.length;
  const more = missing <= 0 ? '' : texts.length === 0 ? '...' : `...+${missing} more`;
  if (!nl) return `${head}[${texts.join('')}${more !== '' && texts.length > 0 ? ',' : ''}${more}]`;
  return `${head}[${texts.map((text) => `\n${next}${text}`).join('')}${more === '' ? '' : `\n${next}${more}`}\n${indent}]`;
}
