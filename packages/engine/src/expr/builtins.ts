import { rational } from '../base/rational.ts';
import { bytesOf, type Value } from '../values/handle.ts';
import { basicType, complexOf, complexValue, floatValue, integerValue, partType } from '../values/make.ts';
import { floatOf, isComplex, isFloat, isInteger } from '../values/scalars.ts';
import { channelOf, dynamicValue, mapOf, sequenceOf } from '../values/value.ts';
import { compareConstants, complexParts, describeConstant, realPart, typeError } from './constants.ts';
import { assignConstant } from './conversion.ts';
import type { NodeEvaluator } from './node-evaluator.ts';
import type { Node } from './parse/nodes.ts';
import { constantOperand, valueOperand, type Operand } from './operand.ts';
import { binaryOperator, type Evaluated } from './operators.ts';

/** What cannot be evaluated without running the program. */
const RUNNING: ReadonlySet<string> = new Set([
  'append',
  'clear',
  'close',
  'copy',
  'delete',
  'make',
  'new',
  'panic',
  'print',
  'println',
  'recover',
]);

/** Go's predeclared functions. */
export const BUILTINS: ReadonlySet<string> = new Set([
  'cap',
  'len',
  'complex',
  'imag',
  'real',
  'min',
  'max',
  ...RUNNING,
]);

/** Number of arguments of those that take a certain number. */
const ARITY: Readonly<Record<string, number>> = { cap: 1, len: 1, complex: 2, imag: 1, real: 1 };

/** Evaluates a call of a predeclared function. Throws `type`. */
export function callBuiltin(evaluator: NodeEvaluator, name: string, node: Node & { kind: 'call' }): Operand {
  if (RUNNING.has(name))
    throw typeError(`${name} is not available: nothing runs in a core dump; T{…} and []T{…} make values`);
  const arity = ARITY[name];
  if (arity !== undefined && node.args.length !== arity)
    throw typeError(`${name} takes ${arity === 1 ? 'one argument' : `${arity} arguments`}, not ${node.args.length}`);
  if (node.args.length === 0) throw typeError(`${name} takes one argument or more`);
  const args = node.args.map((arg) => evaluator.evaluated(arg));
  const [first, second] = args as [Evaluated, Evaluated];
  switch (name) {
    case 'len':
    case 'cap':
      return length(evaluator, name, first);
    case 'complex':
      return complex(evaluator, first, second);
    case 'real':
    case 'imag':
      return part(evaluator, name, first);
    default:
      return extreme(evaluator, name === 'min' ? '<' : '>', args);
  }
}

function length(evaluator: NodeEvaluator, name: 'len' | 'cap', operand: Evaluated): Operand {
  if (operand.kind === 'constant') {
    const { constant } = operand;
    if (constant.kind === 'string' && name === 'len')
      return constantOperand({ kind: 'int', value: BigInt(constant.value.length) });
    throw typeError(`${name} cannot be applied to ${describeConstant(constant)}`);
  }
  return valueOperand(integerValue(basicType('int'), BigInt(size(evaluator, name, operand.value))));
}

function size(evaluator: NodeEvaluator, name: 'len' | 'cap', value: Value): number {
  const { context } = evaluator.environment;
  const { type } = value;
  switch (type.kind) {
    case 'array':
      return type.length;
    case 'string':
    case 'slice': {
      if (type.kind === 'string' && name === 'cap') break;
      const { length: count, capacity } = sequenceOf(context, value);
      return name === 'len' ? count : capacity;
    }
    case 'map':
      if (name === 'cap') break;
      return (mapOf(context, value)?.count ?? 0) - (value.skip ?? 0);
    case 'chan': {
      const channel = channelOf(context, value);
      return (name === 'len' ? channel?.length : channel?.capacity) ?? 0;
    }
    case 'pointer':
      if (type.elem?.kind === 'array') return type.elem.length;
      break;
    case 'interface': {
      const dynamic = dynamicValue(context, value);
      if (dynamic !== undefined) return size(evaluator, name, dynamic);
      break;
    }
    default:
  }
  throw typeError(`${name} cannot be applied to a value of type ${type.name}`);
}

function complex(evaluator: NodeEvaluator, a: Evaluated, b: Evaluated): Operand {
  if (a.kind === 'constant' && b.kind === 'constant') {
    const [re, im] = [realPart(a.constant), realPart(b.constant)];
    if (re === undefined || im === undefined) throw typeError('complex takes two real numbers');
    return constantOperand({ kind: 'complex', re, im });
  }
  const { scratch, context } = evaluator.environment;
  const typed = a.kind === 'value' ? a.value.type : b.kind === 'value' ? b.value.type : basicType('float64');
  const [re, im] = [a, b].map((each) =>
    each.kind === 'value' ? each.value : assignConstant(scratch, each.constant, typed),
  ) as [Value, Value];
  if (re.type.kind !== im.type.kind) throw typeError(`mismatched types ${re.type.name} and ${im.type.name}`);
  if (!isFloat(re.type.kind)) throw typeError(`complex takes floating-point numbers, not ${re.type.name}`);
  const type = basicType(re.type.size === 4 ? 'complex64' : 'complex128');
  return valueOperand(complexValue(type, floatOf(bytesOf(context, re)), floatOf(bytesOf(context, im))));
}

function part(evaluator: NodeEvaluator, name: 'real' | 'imag', operand: Evaluated): Operand {
  if (operand.kind === 'constant') {
    const parts = complexParts(operand.constant);
    if (parts === undefined) throw typeError(`${name} cannot be applied to ${describeConstant(operand.constant)}`);
    const value = name === 'real' ? parts.re : parts.im;
    return constantOperand({ kind: 'float', value: value ?? rational(0n) });
  }
  const { value } = operand;
  if (!isComplex(value.type.kind)) throw typeError(`${name} cannot be applied to a value of type ${value.type.name}`);
  const { re, im } = complexOf(bytesOf(evaluator.environment.context, value));
  return valueOperand(floatValue(partType(value.type), name === 'real' ? re : im));
}

/** `min` and `max`; NaN wins over all, as in Go. */
function extreme(evaluator: NodeEvaluator, operator: '<' | '>', args: readonly Evaluated[]): Operand {
  const { scratch, context } = evaluator.environment;
  let best = args[0] as Evaluated;
  for (const next of args) {
    if (best.kind === 'constant' && next.kind === 'constant') {
      if (best !== next && compareConstants(operator, next.constant, best.constant) < 0 === (operator === '<')) {
        const order = compareConstants(operator, next.constant, best.constant);
        if (order !== 0) best = next;
      } else ordered(best);
      continue;
    }
    const typed = best.kind === 'value' ? best.value.type : next.kind === 'value' ? next.value.type : undefined;
    const wins = binaryOperator(scratch, operator, next, best);
    const isNan =
      next.kind === 'value' && isFloat(next.value.type.kind) && Number.isNaN(floatOf(bytesOf(context, next.value)));
    const isTrue = wins.kind === 'value' && wordIsSet(bytesOf(context, wins.value));
    if (isTrue || isNan) best = next;
    if (best.kind === 'constant' && typed !== undefined)
      best = valueOperand(assignConstant(scratch, best.constant, typed)) as Evaluated;
  }
  return best;
}

function wordIsSet(bytes: Uint8Array): boolean {
  return bytes[0] !== 0;
}

/** Refuses what has no order even where it is alone. */
function ordered(operand: Evaluated): void {
  if (operand.kind === 'constant') {
    const { kind } = operand.constant;
    if (kind === 'string' || realPart(operand.constant) !== undefined) return;
    throw typeError(`${describeConstant(operand.constant)} has no order`);
  }
  const { kind, name } = operand.value.type;
  if (!isInteger(kind) && !isFloat(kind) && kind !== 'string') throw typeError(`values of type ${name} have no order`);
}
