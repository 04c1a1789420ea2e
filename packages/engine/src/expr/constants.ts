import {
  addRational,
  compareRational,
  divideRational,
  isManageable,
  multiplyRational,
  rational,
  subtractRational,
  type Rational,
} from '../base/rational.ts';
import { DebugError } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { quoteGo } from '../base/quote.ts';

/** A constant without a type, exact as Go's are. */
export type Constant =
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: Uint8Array }
  | { readonly kind: 'int' | 'rune'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: Rational }
  | { readonly kind: 'complex'; readonly re: Rational; readonly im: Rational };

/** Shifts to the left by more make numbers that no type holds. */
const LARGEST_SHIFT = 10_000n;
const RANK = { int: 0, rune: 1, float: 2, complex: 3 } as const;
type NumericKind = keyof typeof RANK;

export function typeError(message: string): DebugError {
  return new DebugError(message, { code: 'type' });
}

/** What an operator is when neither operand has a type: the message names both. */
export function describeConstant(constant: Constant): string {
  switch (constant.kind) {
    case 'nil':
      return 'nil';
    case 'bool':
      return String(constant.value);
    case 'string':
      return quoteGo(decodeUtf8(constant.value));
    case 'int':
    case 'rune':
      return constant.value.toString();
    default:
      return `an untyped ${constant.kind} constant`;
  }
}

function isNumeric(constant: Constant): constant is Constant & { kind: NumericKind } {
  return constant.kind in RANK;
}

/** A numeric constant as a fraction; undefined for complex ones with an imaginary part. */
export function realPart(constant: Constant): Rational | undefined {
  switch (constant.kind) {
    case 'int':
    case 'rune':
      return rational(constant.value);
    case 'float':
      return constant.value;
    case 'complex':
      return constant.im.num === 0n ? constant.re : undefined;
    default:
      return undefined;
  }
}

/** The parts of a numeric constant; undefined for others. */
export function complexParts(constant: Constant): { readonly re: Rational; readonly im: Rational } | undefined {
  if (constant.kind === 'complex') return constant;
  const re = realPart(constant);
  return re && { re, im: rational(0n) };
}

/** A numeric constant that is a whole number. */
export function wholePart(constant: Constant): bigint | undefined {
  const real = realPart(constant);
  return real?.den === 1n ? real.num : undefined;
}

function checked(value: Rational): Rational {
  if (!isManageable(value)) throw typeError('the constant is too large');
  return value;
}

function makeNumber(kind: NumericKind, re: Rational, im: Rational = rational(0n)): Constant {
  if (kind === 'complex') return { kind, re: checked(re), im: checked(im) };
  if (kind === 'float') return { kind, value: checked(re) };
  return { kind, value: checked(re).num };
}

/** `+x -x !x ^x` of a constant. Throws `type`. */
export function unaryConstant(operator: string, operand: Constant): Constant {
  if (operator === '!' && operand.kind === 'bool') return { kind: 'bool', value: !operand.value };
  if (operator === '^' && (operand.kind === 'int' || operand.kind === 'rune'))
    return { kind: operand.kind, value: ~operand.value };
  if (isNumeric(operand) && operator === '+') return operand;
  const parts = complexParts(operand);
  if (isNumeric(operand) && operator === '-' && parts !== undefined) {
    const negated = (part: Rational): Rational => ({ num: -part.num, den: part.den });
    return makeNumber(operand.kind, negated(parts.re), negated(parts.im));
  }
  throw typeError(`the operator ${operator} cannot be applied to ${describeConstant(operand)}`);
}

/** Arithmetic of two constants, as Go does it: the kind is the larger of the two. Throws `type`. */
export function binaryConstant(operator: string, a: Constant, b: Constant): Constant {
  if (a.kind === 'string' && b.kind === 'string' && operator === '+')
    return { kind: 'string', value: Uint8Array.from([...a.value, ...b.value]) };
  if (!isNumeric(a) || !isNumeric(b)) throw mismatch(operator, a, b);
  const kind: NumericKind = RANK[a.kind] > RANK[b.kind] ? a.kind : b.kind;
  if (kind === 'int' || kind === 'rune') {
    const [x, y] = [wholePart(a), wholePart(b)];
    if (x !== undefined && y !== undefined) return makeNumber(kind, rational(constantArithmetic(operator, x, y)));
  }
  if (kind === 'complex') return complexArithmetic(operator, a, b);
  const [x, y] = [realPart(a), realPart(b)];
  if (x === undefined || y === undefined) throw mismatch(operator, a, b);
  return makeNumber('float', realArithmetic(operator, x, y));
}

function mismatch(operator: string, a: Constant, b: Constant): DebugError {
  return typeError(`the operator ${operator} cannot be applied to ${describeConstant(a)} and ${describeConstant(b)}`);
}

function constantArithmetic(operator: string, a: bigint, b: bigint): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw typeError('division by zero');
  const result = wholeArithmetic(operator, a, b);
  if (result === undefined) throw typeError(`the operator ${operator} cannot be applied to numbers`);
  return result;
}

/** Arithmetic of whole numbers by Go's operators, without bounds; undefined for other operators. The divisor must not be zero. */
export function wholeArithmetic(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&^':
      return a & ~b;
    default:
      return undefined;
  }
}

function realArithmetic(operator: string, a: Rational, b: Rational): Rational {
  switch (operator) {
    case '+':
      return addRational(a, b);
    case '-':
      return subtractRational(a, b);
    case '*':
      return multiplyRational(a, b);
    case '/':
      if (b.num === 0n) throw typeError('division by zero');
      return divideRational(a, b);
    default:
      throw typeError(`the operator ${operator} cannot be applied to floating-point numbers`);
  }
}

function complexArithmetic(operator: string, a: Constant, b: Constant): Constant {
  const [x, y] = [complexParts(a), complexParts(b)];
  if (x === undefined || y === undefined) throw mismatch(operator, a, b);
  const { re: p, im: q } = x;
  const { re: r, im: s } = y;
  switch (operator) {
    case '+':
      return makeNumber('complex', addRational(p, r), addRational(q, s));
    case '-':
      return makeNumber('complex', subtractRational(p, r), subtractRational(q, s));
    case '*':
      return makeNumber(
        'complex',
        subtractRational(multiplyRational(p, r), multiplyRational(q, s)),
        addRational(multiplyRational(p, s), multiplyRational(q, r)),
      );
    case '/': {
      const size = addRational(multiplyRational(r, r), multiplyRational(s, s));
      if (size.num === 0n) throw typeError('division by zero');
      const re = addRational(multiplyRational(p, r), multiplyRational(q, s));
      const im = subtractRational(multiplyRational(q, r), multiplyRational(p, s));
      return makeNumber('complex', divideRational(re, size), divideRational(im, size));
    }
    default:
      throw typeError(`the operator ${operator} cannot be applied to complex numbers`);
  }
}

/** `a << count` or `a >> count`. Throws `type` for what is no whole number. */
export function shiftConstant(operator: string, a: Constant, count: bigint): Constant {
  const value = wholePart(a);
  if (value === undefined) throw typeError(`${describeConstant(a)} cannot be shifted: it is no whole number`);
  if (count > LARGEST_SHIFT) {
    if (operator === '<<' && value !== 0n) throw typeError(`the shift count ${count} is too large`);
    return { kind: 'int', value: operator === '>>' && value < 0n ? -1n : 0n };
  }
  const kind = a.kind === 'rune' ? 'rune' : 'int';
  return makeNumber(kind, rational(operator === '<<' ? value << count : value >> count));
}

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b`; for != and == alone where there is no order. */
export function compareConstants(operator: string, a: Constant, b: Constant): number {
  if (a.kind === 'string' && b.kind === 'string') return compareBytes(a.value, b.value);
  if (a.kind === 'bool' && b.kind === 'bool' && isEquality(operator)) return Number(a.value) - Number(b.value);
  const [x, y] = [complexParts(a), complexParts(b)];
  if (x === undefined || y === undefined) throw mismatch(operator, a, b);
  const difference = compareRational(x.re, y.re);
  if (x.im.num === 0n && y.im.num === 0n) return difference;
  if (!isEquality(operator)) throw mismatch(operator, a, b);
  return difference === 0 && compareRational(x.im, y.im) === 0 ? 0 : 1;
}

export function isEquality(operator: string): boolean {
  return operator === '==' || operator === '!=';
}

/** The order of two strings, byte by byte. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** True for integers that fit into no int: they are shown, but are no values. */
export function isLargeInteger(constant: Constant): boolean {
  if (constant.kind !== 'int' && constant.kind !== 'rune') return false;
  return BigInt.asIntN(64, constant.value) !== constant.value;
}
