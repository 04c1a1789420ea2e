import type { DebugError } from '../base/errors.ts';
import type { GoType } from '../types/go-type.ts';
import { equalValues, incomparable, sameType } from '../values/equality.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import {
  basicType,
  boolValue,
  complexOf,
  complexValue,
  concatBytes,
  floatValue,
  integerValue,
  interfaceValue,
  stringValue,
} from '../values/make.ts';
import { floatOf, integerOf, isComplex, isFloat, isInteger } from '../values/scalars.ts';
import type { Scratch } from '../values/scratch.ts';
import {
  binaryConstant,
  compareBytes,
  compareConstants,
  describeConstant,
  isEquality,
  shiftConstant,
  typeError,
  unaryConstant,
  wholeArithmetic,
  wholePart,
  type Constant,
} from './constants.ts';
import { assignConstant, isNilable, textOf, wrapped } from './conversion.ts';
import { constantOperand, valueOperand, type Operand } from './operand.ts';

/** An operand that is a value or a constant. */
export type Evaluated = Extract<Operand, { readonly kind: 'value' | 'constant' }>;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function cannotApply(operator: string, type: GoType): DebugError {
  return typeError(`the operator ${operator} cannot be applied to a value of type ${type.name}`);
}

/** `+x -x !x ^x`. Throws `type`. */
export function unaryOperator(scratch: Scratch, operator: string, operand: Evaluated): Operand {
  if (operand.kind === 'constant') return constantOperand(unaryConstant(operator, operand.constant));
  const { value } = operand;
  const { type } = value;
  const bytes = (): Uint8Array => bytesOf(scratch.context, value);
  if (operator === '!' && type.kind === 'bool') return valueOperand(boolValue(bytes()[0] === 0, type));
  if (isInteger(type.kind) && operator !== '!') {
    const number = integerOf(type.kind, bytes());
    return valueOperand(integerValue(type, operator === '-' ? -number : operator === '^' ? ~number : number));
  }
  if (isFloat(type.kind) && (operator === '-' || operator === '+')) {
    const number = floatOf(bytes());
    return valueOperand(floatValue(type, operator === '-' ? -number : number));
  }
  if (isComplex(type.kind) && (operator === '-' || operator === '+')) {
    const { re, im } = complexOf(bytes());
    return valueOperand(operator === '-' ? complexValue(type, -re, -im) : complexValue(type, re, im));
  }
  throw cannotApply(operator, type);
}

/** All operators with two operands but `&&` and `||`. Throws `type`. */
export function binaryOperator(scratch: Scratch, operator: string, a: Evaluated, b: Evaluated): Operand {
  if (operator === '<<' || operator === '>>') return shift(scratch, operator, a, b);
  if (a.kind === 'constant' && b.kind === 'constant') return constants(operator, a.constant, b.constant);
  if (COMPARISONS.has(operator)) return valueOperand(boolValue(compare(scratch, operator, a, b)));
  const [left, right] = matched(scratch, a, b);
  return valueOperand(arithmetic(scratch, operator, left, right));
}

function constants(operator: string, a: Constant, b: Constant): Operand {
  if (!COMPARISONS.has(operator)) return constantOperand(binaryConstant(operator, a, b));
  if (a.kind === 'nil' && b.kind === 'nil') throw typeError('nil cannot be compared with nil: it has no type');
  return constantOperand({ kind: 'bool', value: holds(operator, compareConstants(operator, a, b)) });
}

/** Whether `operator` holds, by the order of its operands; NaN as order stands for unordered. */
function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Both operands with the type of the one that has one. Throws `type` if both have, and different ones. */
function matched(scratch: Scratch, a: Evaluated, b: Evaluated): readonly [Value, Value] {
  if (a.kind === 'value' && b.kind === 'value') {
    if (!sameType(a.value.type, b.value.type))
      throw typeError(`mismatched types ${a.value.type.name} and ${b.value.type.name}`);
    return [a.value, b.value];
  }
  if (a.kind === 'value' && b.kind === 'constant') return [a.value, assignConstant(scratch, b.constant, a.value.type)];
  if (a.kind === 'constant' && b.kind === 'value') return [assignConstant(scratch, a.constant, b.value.type), b.value];
  throw typeError('two constants have no type');
}

function arithmetic(scratch: Scratch, operator: string, a: Value, b: Value): Value {
  const { type } = a;
  const { context } = scratch;
  if (isInteger(type.kind)) {
    const [x, y] = [integerOf(type.kind, bytesOf(context, a)), integerOf(type.kind, bytesOf(context, b))];
    return integerValue(type, wrapped(type, integers(operator, x, y, type)));
  }
  if (isFloat(type.kind))
    return floatValue(type, floats(operator, floatOf(bytesOf(context, a)), floatOf(bytesOf(context, b)), type));
  if (isComplex(type.kind)) {
    const { re, im } = complexes(operator, complexOf(bytesOf(context, a)), complexOf(bytesOf(context, b)), type);
    return complexValue(type, re, im);
  }
  if (type.kind === 'string' && operator === '+')
    return stringValue(scratch, concatBytes(textOf(scratch, a), textOf(scratch, b)), type);
  throw cannotApply(operator, type);
}

function integers(operator: string, a: bigint, b: bigint, type: GoType): bigint {
  if ((operator === '/' || operator === '%') && b === 0n) throw typeError('integer division by zero');
  const result = wholeArithmetic(operator, a, b);
  if (result === undefined) throw cannotApply(operator, type);
  return result;
}

function floats(operator: string, a: number, b: number, type: GoType): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      throw cannotApply(operator, type);
  }
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

function complexes(operator: string, a: Complex, b: Complex, type: GoType): Complex {
  switch (operator) {
    case '+':
      return { re: a.re + b.re, im: a.im + b.im };
    case '-':
      return { re: a.re - b.re, im: a.im - b.im };
    case '*':
      return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
    case '/':
      return divideComplex(a, b);
    default:
      throw cannotApply(operator, type);
  }
}

/** Smith's way, which does not overflow where the quotient does not. */
function divideComplex(a: Complex, b: Complex): Complex {
  if (Math.abs(b.re) >= Math.abs(b.im)) {
    const ratio = b.im / b.re;
    const size = b.re + ratio * b.im;
    return { re: (a.re + a.im * ratio) / size, im: (a.im - a.re * ratio) / size };
  }
  const ratio = b.re / b.im;
  const size = b.im + ratio * b.re;
  return { re: (a.re * ratio + a.im) / size, im: (a.im * ratio - a.re) / size };
}

function shift(scratch: Scratch, operator: string, a: Evaluated, b: Evaluated): Operand {
  const count = shiftCount(scratch, b);
  if (a.kind === 'constant' && b.kind === 'constant')
    return constantOperand(shiftConstant(operator, a.constant, count));
  // By a count that is no constant, a constant is shifted as an int.
  const value = a.kind === 'value' ? a.value : assignConstant(scratch, a.constant, basicType('int'));
  const { type } = value;
  if (!isInteger(type.kind)) throw cannotApply(operator, type);
  const number = integerOf(type.kind, bytesOf(scratch.context, value));
  // Beyond its size nothing is left of a number but its sign.
  const places = count > 64n ? 64n : count;
  return valueOperand(integerValue(type, wrapped(type, operator === '<<' ? number << places : number >> places)));
}

function shiftCount(scratch: Scratch, operand: Evaluated): bigint {
  let count: bigint | undefined;
  if (operand.kind === 'constant') count = wholePart(operand.constant);
  else if (isInteger(operand.value.type.kind))
    count = integerOf(operand.value.type.kind, bytesOf(scratch.context, operand.value));
  if (count === undefined) {
    const what = operand.kind === 'constant' ? describeConstant(operand.constant) : operand.value.type.name;
    throw typeError(`a shift count must be a whole number, not ${what}`);
  }
  if (count < 0n) throw typeError(`the shift count ${count} is negative`);
  return count;
}

function compare(scratch: Scratch, operator: string, a: Evaluated, b: Evaluated): boolean {
  const nil = [a, b].find((each) => each.kind === 'constant' && each.constant.kind === 'nil');
  const other = [a, b].find((each) => each !== nil);
  if (nil !== undefined && other?.kind === 'value') return compareNil(scratch, operator, other.value);
  const [left, right] = comparable(scratch, a, b);
  const { type } = left;
  if (isEquality(operator)) {
    const why = incomparable(type);
    if (why !== undefined) throw typeError(why);
    return equalValues(scratch.context, left, right) === (operator === '==');
  }
  return holds(operator, order(scratch, operator, left, right));
}

function compareNil(scratch: Scratch, operator: string, value: Value): boolean {
  if (!isNilable(value.type)) throw typeError(`a value of type ${value.type.name} cannot be nil`);
  if (!isEquality(operator)) throw cannotApply(operator, value.type);
  return (wordOf(scratch.context, value) === 0) === (operator === '==');
}

/** Both operands with one type; a value beside an interface is put into one, as in Go. */
function comparable(scratch: Scratch, a: Evaluated, b: Evaluated): readonly [Value, Value] {
  if (a.kind === 'value' && b.kind === 'value' && !sameType(a.value.type, b.value.type)) {
    const [left, right] = [a.value, b.value];
    const mixed = (left.type.kind === 'interface') !== (right.type.kind === 'interface');
    if (mixed && left.type.kind === 'interface') return [left, interfaceValue(scratch, left.type, right)];
    if (mixed) return [interfaceValue(scratch, right.type, left), right];
    // Two interfaces of different types hold the same or not.
    if (left.type.kind === 'interface') return [left, right];
  }
  return matched(scratch, a, b);
}

/** NaN where there is no order. */
function order(scratch: Scratch, operator: string, a: Value, b: Value): number {
  const { type } = a;
  const { context } = scratch;
  if (isInteger(type.kind)) {
    const [x, y] = [integerOf(type.kind, bytesOf(context, a)), integerOf(type.kind, bytesOf(context, b))];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (isFloat(type.kind)) {
    const [x, y] = [floatOf(bytesOf(context, a)), floatOf(bytesOf(context, b))];
    return x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN;
  }
  if (type.kind === 'string') return compareBytes(textOf(scratch, a), textOf(scratch, b));
  throw cannotApply(operator, type);
}
