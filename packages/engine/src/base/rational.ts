/** An exact fraction in lowest terms; `den` is positive. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** `num/den` in lowest terms; `den` must not be 0. */
export function rational(num: bigint, den = 1n): Rational {
  if (den === 1n) return { num, den };
  const sign = den < 0n ? -1n : 1n;
  const divisor = gcd(num, den < 0n ? -den : den) || 1n;
  return { num: (sign * num) / divisor, den: (sign * den) / divisor };
}

export function addRational(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtractRational(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiplyRational(a: Rational, b: Rational): Rational {
  return rational(a.num * b.num, a.den * b.den);
}

/** `a / b`; `b` must not be 0. */
export function divideRational(a: Rational, b: Rational): Rational {
  return rational(a.num * b.den, a.den * b.num);
}

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b`. */
export function compareRational(a: Rational, b: Rational): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The number of bits of a positive integer. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** Precision (bits of the mantissa) and lowest exponent of the last bit, by bytes of a float: IEEE 754. */
const FLOATS = { 4: [24, -149], 8: [53, -1074] } as const;

/** The nearest float of 4 or 8 bytes, ties to even, as a number; infinite where it is too large. */
export function nearestFloat({ num, den }: Rational, size: 4 | 8): number {
  if (num === 0n) return 0;
  const [precision, lowest] = FLOATS[size];
  const magnitude = num < 0n ? -num : num;
  // The exponent of the mantissa's last bit: two more bits than needed, then rounded once.
  const top = bitLength(magnitude) - bitLength(den);
  let exponent = Math.max(top - precision - 1, lowest);
  let mantissa = roundedQuotient(magnitude, den, exponent);
  if (bitLength(mantissa) > precision) {
    exponent = Math.max(exponent + bitLength(mantissa) - precision, lowest);
    mantissa = roundedQuotient(magnitude, den, exponent);
  }
  const value = Number(mantissa) * 2 ** Math.max(exponent, -1074);
  const scaled = Number.isFinite(value) ? value : Infinity;
  const limited = size === 4 ? Math.fround(scaled) : scaled;
  return num < 0n ? -limited : limited;
}

/** `a / (b * 2^exponent)` to the nearest integer, ties to even. */
function roundedQuotient(a: bigint, b: bigint, exponent: number): bigint {
  const top = exponent < 0 ? a << BigInt(-exponent) : a;
  const bottom = exponent < 0 ? b : b << BigInt(exponent);
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  return twice > bottom || (twice === bottom && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** The exact value of a finite number. */
export function exactRational(value: number): Rational {
  let [mantissa, exponent] = [value, 0];
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent++;
  }
  return rational(BigInt(mantissa), 1n << BigInt(exponent));
}

/** True for numbers that are small enough to compute with. */
export function isManageable({ num, den }: Rational): boolean {
  return bitLength(num < 0n ? -num : num) <= 40_000 && bitLength(den) <= 40_000;
}
