import { rational, type Rational } from '../../base/rational.ts';
import { encodeUtf8 } from '../../base/text.ts';
import type { Constant } from '../constants.ts';
import { syntaxError } from './lexer.ts';

/** Larger exponents give numbers that no type of Go holds, and that take long to compute with. */
const LARGEST_EXPONENT = 5000;

/** The value of an integer literal: decimal, 0x, 0o, 0b, and octal with a leading 0. Throws `syntax`. */
export function parseInteger(text: string, at: number): bigint {
  if (/__|_$/.test(text) || /^0[xXbBoO]_?$/.test(text)) throw syntaxError(`${text} is no number`, at);
  const digits = text.replaceAll('_', '').toLowerCase();
  const octal = /^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const wrong = octal.startsWith('0o') ? /[89]/.exec(octal) : octal.startsWith('0b') ? /[2-9]/.exec(octal) : undefined;
  if (wrong) throw syntaxError(`${text} is no number: ${wrong[0]} is no digit of it`, at);
  return BigInt(octal);
}

/** The value of a floating-point literal, decimal or hexadecimal, exactly. Throws `syntax`. */
export function parseFloatLiteral(text: string, at: number): Rational {
  const clean = text.replaceAll('_', '').toLowerCase();
  const isHex = clean.startsWith('0x');
  const [mantissa = '', exponentText = '0'] = clean.slice(isHex ? 2 : 0).split(isHex ? 'p' : 'e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  if (whole + fraction === '') throw syntaxError(`${text} is no number`, at);
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > LARGEST_EXPONENT) throw syntaxError(`the exponent of ${text} is too large`, at);
  const digits = BigInt((isHex ? '0x' : '') + (whole + fraction));
  const shift = exponent - fraction.length * (isHex ? 4 : 1);
  const scale = (isHex ? 2n : 10n) ** BigInt(Math.abs(shift));
  return shift < 0 ? rational(digits, scale) : rational(digits * scale);
}

/** The value of an imaginary literal, without the i. A leading 0 does not make it octal, for old programs' sake. */
export function parseImaginary(text: string, at: number): Rational {
  const number = text.slice(0, -1);
  if (/^[0-9_]+$/.test(number)) return rational(BigInt(number.replaceAll('_', '')));
  return /^0[xXoObB][0-9a-fA-F_]+$/.test(number) ? rational(parseInteger(number, at)) : parseFloatLiteral(number, at);
}

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};

const PART = /\\([abfnrtv\\'"])|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|[^\\]/uy;

/** One character or escape of a literal: a code point, or a byte (`\xff`, `\377`). */
interface Part {
  readonly value: number;
  readonly isByte: boolean;
}

function parts(body: string, quote: string, at: number): Part[] {
  const found: Part[] = [];
  let next = 0;
  while (next < body.length) {
    PART.lastIndex = next;
    const match = PART.exec(body);
    if (match === null) throw syntaxError(`unknown escape ${body.slice(next, next + 2)}`, at + 1 + next);
    found.push(partOf(match, quote, at + 1 + next));
    next = PART.lastIndex;
  }
  return found;
}

function partOf(match: RegExpExecArray, quote: string, at: number): Part {
  const [all, simple, hex, octal, short, long] = match;
  if (simple !== undefined) {
    if ((simple === "'" || simple === '"') && simple !== quote) throw syntaxError(`unknown escape ${all}`, at);
    return { value: SIMPLE[simple] ?? 0, isByte: false };
  }
  if (hex !== undefined) return { value: Number.parseInt(hex, 16), isByte: true };
  if (octal !== undefined) {
    const value = Number.parseInt(octal, 8);
    if (value > 255) throw syntaxError(`the octal escape ${all} is larger than a byte`, at);
    return { value, isByte: true };
  }
  const point = short ?? long;
  if (point === undefined) return { value: all.codePointAt(0) ?? 0, isByte: false };
  const value = Number.parseInt(point, 16);
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) throw syntaxError(`${all} is no character`, at);
  return { value, isByte: false };
}

/** The bytes of a string literal, raw or not. Throws `syntax` for an unknown escape. */
export function parseString(text: string, at: number): Uint8Array {
  const body = text.slice(1, -1);
  if (text.startsWith('`')) return encodeUtf8(body.replaceAll('\r', ''));
  const bytes: number[] = [];
  for (const { value, isByte } of parts(body, '"', at)) {
    if (isByte) bytes.push(value);
    else bytes.push(...encodeUtf8(String.fromCodePoint(value)));
  }
  return Uint8Array.from(bytes);
}

/** The code point of a rune literal. Throws `syntax` unless it is exactly one character. */
export function parseRune(text: string, at: number): bigint {
  const [only, ...more] = parts(text.slice(1, -1), "'", at);
  if (only === undefined || more.length > 0) throw syntaxError(`${text} is more than one character`, at);
  return BigInt(only.value);
}

/** The constant that a literal is. Throws `syntax` for one that is badly written. */
export function literalConstant(
  kind: 'integer' | 'float' | 'imaginary' | 'rune' | 'string',
  text: string,
  at: number,
): Constant {
  switch (kind) {
    case 'integer':
      return { kind: 'int', value: parseInteger(text, at) };
    case 'float':
      return { kind: 'float', value: parseFloatLiteral(text, at) };
    case 'imaginary':
      return { kind: 'complex', re: rational(0n), im: parseImaginary(text, at) };
    case 'rune':
      return { kind: 'rune', value: parseRune(text, at) };
    default:
      return { kind: 'string', value: parseString(text, at) };
  }
}
