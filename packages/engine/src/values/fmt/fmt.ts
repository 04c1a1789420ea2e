import { DebugError } from '../../base/errors.ts';
import { quoteGo } from '../../base/quote.ts';
import { decodeUtf8 } from '../../base/text.ts';
import { formatMagnitude } from './float.ts';
import { quoteBytes } from '../quote-bytes.ts';

/** A verb of Go's fmt with its flags: `%-#08.3x`. */
export interface Verb {
  readonly letter: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** What a verb is applied to. Booleans and strings as they are; integers exact; complex numbers as their parts. */
export type Leaf =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint; readonly unsigned: boolean }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly re: number; readonly im: number }
  | { readonly kind: 'string'; readonly bytes: Uint8Array };

const SPEC = /^%([#+\- 0]*)(\d+)?(?:\.(\d*))?([A-Za-z])$/;
/** Wider fields serve nobody. */
const WIDEST = 1000;

/** Understands `%x`, `%#08x`, `%.3f` and the like. Throws `usage` for what is no verb. */
export function parseVerb(text: string): Verb {
  const match = SPEC.exec(text);
  const [, flags = '', width, precision, letter = ''] = match ?? [];
  if (match === null || Number(width ?? 0) > WIDEST || Number(precision ?? 0) > WIDEST) {
    throw new DebugError(`unknown format ${text}`, {
      code: 'usage',
      hint: "a format is a verb of Go's fmt, such as %x, %#x, %08b, %q, %.3f",
    });
  }
  const minus = flags.includes('-');
  return {
    letter,
    plus: flags.includes('+'),
    minus,
    sharp: flags.includes('#'),
    space: flags.includes(' '),
    // Zeros are not put behind.
    zero: flags.includes('0') && !minus,
    width: width === undefined ? undefined : Number(width),
    precision: precision === undefined ? undefined : Number(precision),
  };
}

/** What Go's fmt prints for a value; a verb that does not fit it says so: `%!d(string=text)`. */
export function formatLeaf(leaf: Leaf, verb: Verb): string {
  if (verb.letter === 'T') return pad(typeName(leaf), verb);
  const text = formatKind(leaf, verb);
  return text ?? `%!${verb.letter}(${typeName(leaf)}=${plainText(leaf)})`;
}

/** Go's fmt sees the widest type of a kind, as Delve gives it. */
function typeName(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'integer':
      return leaf.unsigned ? 'uint64' : 'int64';
    case 'float':
      return 'float64';
    case 'complex':
      return 'complex128';
    default:
      return leaf.kind;
  }
}

const PLAIN: Verb = {
  letter: 'v',
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

function plainText(leaf: Leaf): string {
  return formatKind(leaf, PLAIN) ?? '';
}

function formatKind(leaf: Leaf, verb: Verb): string | undefined {
  switch (leaf.kind) {
    case 'bool':
      return verb.letter === 't' || verb.letter === 'v' ? pad(String(leaf.value), verb) : undefined;
    case 'integer':
      return formatInteger(leaf.value, verb);
    case 'float':
      return formatFloat(leaf.value, verb);
    case 'complex':
      return formatComplex(leaf.re, leaf.im, verb);
    default:
      return formatString(leaf.bytes, verb);
  }
}

function pad(text: string, { width, minus }: Verb): string {
  const missing = (width ?? 0) - Array.from(text).length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

const RADIX: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const SHARP: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatInteger(value: bigint, verb: Verb): string | undefined {
  const { letter, sharp, plus } = verb;
  if (letter === 'c') return pad(runeText(value), verb);
  if (letter === 'q') return pad(quoteRune(value, plus), verb);
  if (letter === 'U') return pad(unicode(value, verb), verb);
  const radix = RADIX[letter];
  if (radix === undefined) return undefined;
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(radix);
  if (letter === 'X') digits = digits.toUpperCase();
  if (verb.precision === 0 && value === 0n) digits = '';
  const sign = negative ? '-' : plus ? '+' : verb.space ? ' ' : '';
  const prefix = letter === 'O' ? '0o' : sharp ? (SHARP[letter] ?? '') : '';
  const least = verb.precision ?? (verb.zero ? (verb.width ?? 0) - sign.length : 0);
  return pad(sign + prefix + digits.padStart(least, '0'), verb);
}

function runeText(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return valid ? String.fromCodePoint(Number(value)) : '\ufffd';
}

/** A character in single quotes, with escapes; with `ascii` for all that is not ASCII. */
function quoteRune(value: bigint, ascii: boolean): string {
  const char = runeText(value);
  if (char === '"') return `'"'`;
  if (char === "'") return `'\\''`;
  return `'${quoted(char, ascii).slice(1, -1)}'`;
}

function quoted(text: string, ascii: boolean): string {
  const plain = quoteGo(text);
  if (!ascii) return plain;
  // eslint-disable-next-line no-control-regex
  return plain.replace(/[^\u0000-\u007f]/gu, (char) => {
    const point = char.codePointAt(0) ?? 0;
    return point < 0x10000 ? `\\u${hexDigits(point, 4)}` : `\\U${hexDigits(point, 8)}`;
  });
}

function hexDigits(value: number, count: number): string {
  return value.toString(16).padStart(count, '0');
}

function unicode(value: bigint, { sharp, precision }: Verb): string {
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, precision ?? 0), '0');
  const char = runeText(value);
  const isShown = sharp && value <= 0x10ffffn && !quoteGo(char).startsWith('"\\');
  return `U+${digits}${isShown ? ` '${char}'` : ''}`;
}

function formatFloat(value: number, verb: Verb): string | undefined {
  const magnitude = Number.isNaN(value)
    ? 'NaN'
    : Number.isFinite(value)
      ? formatMagnitude(Math.abs(value), verb.letter, verb.precision)
      : 'Inf';
  if (magnitude === undefined || formatMagnitude(0, verb.letter, 0) === undefined) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : verb.plus || magnitude === 'Inf' ? '+' : verb.space ? ' ' : '';
  const isNumber = Number.isFinite(value);
  const least = verb.zero && isNumber ? (verb.width ?? 0) - sign.length : 0;
  return pad(sign + magnitude.padStart(least, '0'), verb);
}

function formatComplex(re: number, im: number, verb: Verb): string | undefined {
  const [first, second] = [formatFloat(re, verb), formatFloat(im, { ...verb, plus: true })];
  return first === undefined || second === undefined ? undefined : `(${first}${second}i)`;
}

function formatString(bytes: Uint8Array, verb: Verb): string | undefined {
  const { letter, precision, sharp, plus, space } = verb;
  switch (letter) {
    case 'v':
    case 's':
      return pad(cut(decodeUtf8(bytes), precision), verb);
    case 'q': {
      const text = cut(decodeUtf8(bytes), precision);
      if (sharp && /^[^`\p{Cc}\ufffd\ufeff]*$/u.test(text)) return pad(`\`${text}\``, verb);
      const isWhole = precision === undefined && !plus;
      return pad(isWhole ? quoteBytes(hexOf(bytes)) : quoted(text, plus), verb);
    }
    case 'x':
    case 'X': {
      const shown = precision === undefined ? bytes : bytes.subarray(0, precision);
      const prefix = sharp && shown.length > 0 ? '0x' : '';
      const digits = Array.from(shown, (byte) => hexDigits(byte, 2));
      const text = prefix + digits.join(space ? ` ${prefix}` : '');
      return pad(letter === 'X' ? text.toUpperCase() : text, verb);
    }
    default:
      return undefined;
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hexDigits(byte, 2)).join('');
}
