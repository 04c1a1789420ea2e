import { exactRational } from '../../base/rational.ts';

/** Digits behind the point where no precision is given; also the exponent from which `%g` is scientific. */
const DEFAULT_PRECISION = 6;

/** Shortest decimal digits of a positive number that read back the same, and the exponent of the first digit. */
function shortest(value: number): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

/** `value * 10^places` to the nearest whole number, ties to even. */
function scaled(value: number, places: number): bigint {
  const { num, den } = exactRational(value);
  const top = places > 0 ? num * 10n ** BigInt(places) : num;
  const bottom = places < 0 ? den * 10n ** BigInt(-places) : den;
  const [quotient, rest] = [top / bottom, (top % bottom) * 2n];
  return rest > bottom || (rest === bottom && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** `count` significant digits of a positive number. */
function rounded(value: number, count: number): { readonly digits: string; readonly exponent: number } {
  const { exponent } = shortest(value);
  const digits = scaled(value, count - 1 - exponent).toString();
  if (digits.length > count) return { digits: digits.slice(0, count), exponent: exponent + 1 };
  if (digits.length === count) return { digits, exponent };
  // The shortest digits of the smallest numbers are rounded up to the next power of ten.
  return { digits: scaled(value, count - exponent).toString(), exponent: exponent - 1 };
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** `d.ddde±dd`; without a precision as many digits as needed. */
function scientific(value: number, precision: number | undefined): string {
  const { digits, exponent } =
    value === 0
      ? { digits: '0'.repeat((precision ?? 0) + 1), exponent: 0 }
      : precision === undefined
        ? shortest(value)
        : rounded(value, precision + 1);
  return `${digits.charAt(0)}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponentText(exponent)}`;
}

/** `ddd.ddd`. */
function fixed(value: number, precision: number): string {
  const digits = scaled(value, precision)
    .toString()
    .padStart(precision + 1, '0');
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** `%g`: scientific for small and large exponents; without trailing zeros. */
function general(value: number, precision: number | undefined): string {
  if (value === 0) return '0';
  const count = precision === 0 ? 1 : precision;
  const { digits, exponent } = count === undefined ? shortest(value) : rounded(value, count);
  const plain = digits.replace(/0+$/, '') || '0';
  const limit =
    count === undefined ? DEFAULT_PRECISION : count > plain.length && plain.length > exponent ? plain.length : count;
  if (exponent < -4 || exponent >= limit) {
    return `${plain.charAt(0)}${plain.length > 1 ? `.${plain.slice(1)}` : ''}e${exponentText(exponent)}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${plain}`;
  const whole = plain.padEnd(exponent + 1, '0');
  return whole.length > exponent + 1 ? `${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1)}` : whole;
}

/** `0x1.8p+01`. */
function hexadecimal(value: number, precision: number | undefined): string {
  if (value === 0) return `0x0${precision === undefined || precision === 0 ? '' : `.${'0'.repeat(precision)}`}p+00`;
  const { num, den } = exactRational(value);
  const length = num.toString(2).length;
  let exponent = length - den.toString(2).length;
  // 52 bits behind the first one, exactly: floats have no more.
  let mantissa = ((num << 1100n) / den) >> BigInt(1100 + exponent - 52);
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(52 - precision * 4);
    const [kept, rest] = [mantissa >> drop, mantissa & ((1n << drop) - 1n)];
    const half = 1n << (drop - 1n);
    const up = rest > half || (rest === half && (kept & 1n) === 1n);
    mantissa = (kept + (up ? 1n : 0n)) << drop;
    if (mantissa >> 53n !== 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0');
  const fraction = precision === undefined ? all.replace(/0+$/, '') : all.slice(0, precision).padEnd(precision, '0');
  return `0x1${fraction === '' ? '' : `.${fraction}`}p${exponentText(exponent)}`;
}

/** The mantissa as a whole number and the exponent of two, as `%b` prints them: what the bits say. */
function binary(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  // Numbers without the implicit first bit have the exponent of the smallest that have it.
  const [mantissa, exponent] = field === 0 ? [fraction, 1] : [fraction | (1n << 52n), field];
  return `${mantissa}p${exponent < 1075 ? '' : '+'}${exponent - 1075}`;
}

/**
 * The size of a finite number, which is not negative, by a verb of Go's fmt: e E f F g G v x X b. Undefined for other verbs.
 */
export function formatMagnitude(value: number, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'e':
      return scientific(value, precision ?? DEFAULT_PRECISION);
    case 'E':
      return scientific(value, precision ?? DEFAULT_PRECISION).toUpperCase();
    case 'f':
    case 'F':
      return fixed(value, precision ?? DEFAULT_PRECISION);
    case 'g':
    case 'v':
      return general(value, precision);
    case 'G':
      return general(value, precision).toUpperCase();
    case 'x':
      return hexadecimal(value, precision);
    case 'X':
      return hexadecimal(value, precision).toUpperCase();
    case 'b':
      return binary(value);
    default:
      return undefined;
  }
}
