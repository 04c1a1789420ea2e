import type { Node } from '../expr/parse/parser.ts';
import { BASIC_TYPES, type GoType } from '../types/go-type.ts';

/** The type of the variable that a name stands for; undefined for names of something else. */
export type TypeOfName = (name: string) => GoType | undefined;

const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '!', '^']);
const ALIASES: ReadonlySet<string> = new Set(['byte', 'rune']);

/**
 * True for an expression whose value follows from the values of its variables alone, at any time: arithmetic, comparisons and
 * conversions of plain values, fields of structs, lengths, string literals in comparisons. Nothing that memory has a part in which
 * may have changed since, and no calls.
 */
export function isPure(node: Node, typeOf: TypeOfName): boolean {
  // A copy of any variable is what the variable is.
  if (node.kind === 'name' && typeOf(node.name) !== undefined) return true;
  return isPlain(node, typeOf) && !mayFuse(node, typeOf);
}

function isPlain(node: Node, typeOf: TypeOfName): boolean {
  const each = (nodes: readonly Node[]): boolean => nodes.every((part) => isPlain(part, typeOf));
  switch (node.kind) {
    case 'integer':
    case 'float':
    case 'rune':
    case 'string':
      return true;
    case 'name':
      return node.name === 'true' || node.name === 'false' || isScalar(typeOf(node.name));
    case 'paren':
      return isPlain(node.operand, typeOf);
    case 'select':
    case 'index':
    case 'slice':
      return isPart(node, typeOf);
    case 'unary':
      return OPERATORS.has(node.operator) && isPlain(node.operand, typeOf);
    case 'binary':
      return isPlainBinary(node, typeOf);
    case 'call':
      return isPlainCall(node, typeOf);
    case 'composite':
      return node.type?.kind === 'name' && each(node.elements.map(({ value }) => value));
    default:
      return false;
  }
}

function isPlainBinary(node: Node & { kind: 'binary' }, typeOf: TypeOfName): boolean {
  const { operator, left, right } = node;
  if (isNil(right) && (operator === '==' || operator === '!='))
    return left.kind === 'name' && typeOf(left.name) !== undefined;
  // What type a shifted constant has depends on what stands around it.
  if ((operator === '<<' || operator === '>>') && left.kind !== 'name') return false;
  return isPlain(left, typeOf) && isPlain(right, typeOf);
}

function isNil(node: Node): boolean {
  return node.kind === 'name' && node.name === 'nil';
}

function isPlainCall({ operand, args }: Node & { kind: 'call' }, typeOf: TypeOfName): boolean {
  if (operand.kind !== 'name' || typeOf(operand.name) !== undefined) return false;
  const [first, ...more] = args;
  if (first === undefined) return false;
  if (operand.name === 'len') return more.length === 0 && first.kind === 'name' && hasOwnLength(typeOf(first.name));
  const isConversion = (BASIC_TYPES.has(operand.name) && operand.name !== 'string') || ALIASES.has(operand.name);
  return isConversion && more.length === 0 && isPlain(first, typeOf);
}

/** `p.x` of a struct, `a[i]` of an array or string, `s[i:j]` of a string: parts of what the variable itself holds. */
function isPart(node: Node & { kind: 'select' | 'index' | 'slice' }, typeOf: TypeOfName): boolean {
  if (node.operand.kind !== 'name') return false;
  const type = typeOf(node.operand.name);
  if (node.kind === 'select')
    return type?.kind === 'struct' && isScalar(type.fields.find(({ name }) => name === node.name)?.type);
  if (node.kind === 'slice')
    return (
      type?.kind === 'string' && [node.low, node.high].every((bound) => bound === undefined || isPlain(bound, typeOf))
    );
  const [index, ...more] = node.indices;
  const isElement = type?.kind === 'string' || (type?.kind === 'array' && isScalar(type.elem));
  return isElement && index !== undefined && more.length === 0 && isPlain(index, typeOf);
}

function hasOwnLength(type: GoType | undefined): boolean {
  return type?.kind === 'string' || type?.kind === 'array' || type?.kind === 'slice';
}

/** Numbers, truth values and strings: nothing that refers to memory that changes. */
export function isScalar(type: GoType | undefined): boolean {
  return type !== undefined && (/^(?:u?int|float)/.test(type.kind) || type.kind === 'bool' || type.kind === 'string');
}

/** Products that are added at once are not rounded in between by some processors: the result may differ in its last bit. */
function mayFuse(node: Node, typeOf: TypeOfName): boolean {
  const operators = new Set<string>();
  let hasFloat = false;
  const visit = (part: Node | undefined): void => {
    if (part === undefined) return;
    if (part.kind === 'name' && [typeOf(part.name)?.kind, part.name].some((text) => text?.startsWith('float') === true))
      hasFloat = true;
    if (part.kind === 'binary') {
      operators.add(part.operator);
      visit(part.left);
      visit(part.right);
    } else if (part.kind === 'unary' || part.kind === 'paren') visit(part.operand);
    else if (part.kind === 'select') hasFloat = true;
    else if (part.kind === 'call') [part.operand, ...part.args].forEach(visit);
    else if (part.kind === 'composite') part.elements.forEach(({ value }) => visit(value));
    else if (part.kind === 'index') hasFloat = true;
  };
  visit(node);
  return hasFloat && operators.has('*') && (operators.has('+') || operators.has('-'));
}
