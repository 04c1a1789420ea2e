import type { GoType } from '../types/go-type.ts';
import { assignmentsTo, codeOf, usesGoto, type FunctionSource } from './assignments.ts';

/**
 * The bytes of a variable that the compiler dropped because it only ever holds a number, a truth value or the zero of its type: from the
 * source of its declaration. Undefined where that is anything else, or the variable is assigned to.
 */
export function constantInSource(
  source: FunctionSource,
  name: string,
  declLine: number,
  type: GoType,
): Uint8Array | undefined {
  if (usesGoto(source) || assignmentsTo(source, name, declLine, false).length > 0) return undefined;
  const text = source
    .text(declLine)
    .replace(/\/\/.*$/, '')
    .trim();
  // What holds quotes is not taken apart.
  if (text !== codeOf(text).trim() || /^(?:if|for|switch|case|select)\b/.test(text)) return undefined;
  if (new RegExp(`^var ${name} [^=,]+$`).test(text)) return new Uint8Array(type.size);
  const match =
    /^var\s+([\p{L}\p{Nd}_, ]*?)(?:\s+[\w.]+)?\s*=\s*(.+)$/u.exec(text) ??
    /^([\p{L}\p{Nd}_, ]+?)\s*:=\s*(.+)$/u.exec(text);
  if (match === null) return undefined;
  const names = (match[1] ?? '').split(',').map((each) => each.trim());
  const values = (match[2] ?? '').split(',').map((each) => each.trim());
  const value = names.length === values.length ? values[names.indexOf(name)] : undefined;
  return value === undefined ? undefined : bytesOfLiteral(value, type);
}

function bytesOfLiteral(text: string, type: GoType): Uint8Array | undefined {
  const inner = /^([\w.]+)\(([^()]*)\)$/.exec(text);
  if (inner !== null) {
    const isOwnType = inner[1] === type.name || inner[1] === type.name.slice(type.name.lastIndexOf('.') + 1);
    return isOwnType ? bytesOfLiteral(inner[2] ?? '', type) : undefined;
  }
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if (type.kind === 'bool') {
    if (text !== 'true' && text !== 'false') return undefined;
    bytes[0] = text === 'true' ? 1 : 0;
  } else if (/^u?int/.test(type.kind)) {
    const value = integerOf(text);
    const bits = type.size * 8;
    if (value === undefined) return undefined;
    const fits = type.kind.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
    if (fits !== value) return undefined;
    view.setBigUint64(0, BigInt.asUintN(64, value), true);
  } else if (type.kind === 'float64' && /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(text)) {
    view.setFloat64(0, Number(text), true);
  } else return undefined;
  return bytes.subarray(0, type.size);
}

/** An integer literal: decimal, hexadecimal, binary or octal with 0o, with underscores. */
function integerOf(text: string): bigint | undefined {
  const match = /^(-?)(0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|0|[1-9][\d_]*)$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt((match[2] ?? '0').replaceAll('_', ''));
  return match[1] === '-' ? -value : value;
}
