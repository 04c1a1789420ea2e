import { DebugError } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { pointerTo, type GoType } from '../types/go-type.ts';
import { sameType } from '../values/equality.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import { boolValue, interfaceValue, wordValue } from '../values/make.ts';
import { addressOf, readPlace } from '../values/place.ts';
import { integerOf, isInteger } from '../values/scalars.ts';
import { isScratch } from '../values/scratch.ts';
import { addressValue, dereference, dynamicValue } from '../values/value.ts';
import { BUILTINS, callBuiltin } from './builtins.ts';
import { compositeValue } from './composite.ts';
import { describeConstant, typeError, wholePart } from './constants.ts';
import { assignConstant, convertConstant, convertValue, defaultValue } from './conversion.ts';
import type { Declared, Environment } from './environment.ts';
import { indexValue, sliceExpression } from './indexing.ts';
import { literalConstant, parseString } from './parse/literals.ts';
import type { NodeEvaluator } from './node-evaluator.ts';
import { constantOperand, describeOperand, placed, valueOperand, type Operand } from './operand.ts';
import { binaryOperator, unaryOperator, type Evaluated } from './operators.ts';
import { unwrapped } from './parse/nodes.ts';
import { parseExpression, type Node } from './parse/parser.ts';
import { registerLane, registerValue } from './registers.ts';
import { functionValue, selectMember } from './selectors.ts';
import { TypeResolver } from './type-resolver.ts';

export type { Environment } from './environment.ts';

const LISTS = 'locals, args and vars list variables';
/** Operators that may wait for each other's results: `1+1+1+…`. */
const DEEPEST = 1000;

/** What an expression came to: a value, a constant without a type, or a type. */
export type Evaluation = Evaluated | Extract<Operand, { readonly kind: 'type' }>;

/** Evaluates an expression to a value. Throws `syntax`, `type`, `not-found` or `fault`, with the place in the text. */
export function evaluate(text: string, environment: Environment): Value {
  return new Evaluator(environment).value(parseExpression(text));
}

/** Evaluates an expression or type, and leaves constants as exact as they are. */
export function evaluateAny(text: string, environment: Environment): Evaluation {
  const node = parseExpression(text);
  const evaluator = new Evaluator(environment);
  const operand = evaluator.operand(node);
  return operand.kind === 'type' ? operand : evaluator.evaluated(node, operand);
}

/** Evaluates the nodes of an expression. */
class Evaluator implements NodeEvaluator {
  readonly environment: Environment;
  readonly types: TypeResolver;
  private depth = 0;

  constructor(environment: Environment) {
    this.environment = environment;
    this.types = new TypeResolver(environment, (node) => this.integer(node));
  }

  /** A value; constants get their default type. */
  value(node: Node): Value {
    const operand = this.evaluated(node);
    if (operand.kind === 'value') return operand.value;
    return placed(node.at, () => defaultValue(this.environment.scratch, operand.constant));
  }

  /** A value or a constant. Throws `type` for types, packages and functions that must be called. */
  evaluated(node: Node, operand: Operand = this.operand(node)): Evaluated {
    if (operand.kind === 'value' || operand.kind === 'constant') return operand;
    if (operand.kind === 'register') return valueOperand(registerValue(this.environment.scratch, operand)) as Evaluated;
    throw new DebugError(describeOperand(operand), { code: 'type', position: node.at });
  }

  /** A value of a certain type, as by assignment. */
  assigned(node: Node, type: GoType): Value {
    const { scratch } = this.environment;
    if (node.kind === 'composite' && node.type === undefined) return compositeValue(this, node, type);
    const operand = this.evaluated(node);
    return placed(node.at, () => {
      if (operand.kind === 'constant') return assignConstant(scratch, operand.constant, type);
      const { value } = operand;
      if (sameType(value.type, type)) return value;
      if (type.kind === 'interface') return convertValue(scratch, value, type);
      throw typeError(`a value of type ${value.type.name} is no ${type.name}`);
    });
  }

  /** An index, length or the like. Throws `type` for what is no whole number. */
  integer(node: Node): number {
    const operand = this.evaluated(node);
    const number =
      operand.kind === 'constant'
        ? wholePart(operand.constant)
        : isInteger(operand.value.type.kind)
          ? integerOf(operand.value.type.kind, bytesOf(this.environment.context, operand.value))
          : undefined;
    if (number !== undefined) return Number(number);
    const what = operand.kind === 'constant' ? describeConstant(operand.constant) : operand.value.type.name;
    throw new DebugError(`an index must be a whole number, not ${what}`, { code: 'type', position: node.at });
  }

  operand(node: Node): Operand {
    if (this.depth > DEEPEST) throw new DebugError('the expression is too long', { code: 'limit', position: node.at });
    this.depth++;
    try {
      return placed(node.at, () => this.kind(node));
    } finally {
      this.depth--;
    }
  }

  private kind(node: Node): Operand {
    switch (node.kind) {
      case 'name':
        return this.name(node);
      case 'integer':
      case 'float':
      case 'imaginary':
      case 'rune':
      case 'string':
        return constantOperand(literalConstant(node.kind, node.text, node.at));
      case 'paren':
        return this.operand(node.operand);
      case 'select':
        return this.select(node);
      case 'index':
        return this.index(node);
      case 'slice':
        return valueOperand(sliceExpression(this, node));
      case 'call':
        return this.call(node);
      case 'assert':
        return valueOperand(this.assertion(node));
      case 'unary':
        return this.unary(node);
      case 'binary':
        return this.binary(node);
      case 'composite':
        if (node.type === undefined) throw typeError('the composite literal needs a type');
        return valueOperand(compositeValue(this, node, this.types.get(node.type)));
      default:
        return { kind: 'type', type: this.types.get(node) };
    }
  }

  private name(node: Node & { kind: 'name' }): Operand {
    const { name } = node;
    const { environment } = this;
    const variable = environment.variable(name);
    if (variable !== undefined) return valueOperand(variable);
    const local = environment.local(name);
    if (local !== undefined && local.kind !== 'function') return this.declared(local);
    if (name === 'true' || name === 'false') return constantOperand({ kind: 'bool', value: name === 'true' });
    if (name === 'nil') return constantOperand({ kind: 'nil' });
    const type = this.types.predeclared(name);
    if (type !== undefined) return { kind: 'type', type };
    if (local !== undefined) return this.declared(local);
    if (BUILTINS.has(name)) return { kind: 'builtin', name };
    const bytes = environment.register(name);
    if (bytes !== undefined) return { kind: 'register', name, bytes };
    if (environment.hasPackage(name)) return { kind: 'package', name };
    const suggestion = environment.suggest(name);
    throw new DebugError(`there is no variable ${name} here`, {
      code: 'not-found',
      hint: suggestion === undefined ? (environment.nameless ?? LISTS) : `did you mean ${suggestion}?`,
    });
  }

  private declared(declared: Declared): Operand {
    switch (declared.kind) {
      case 'value':
        return valueOperand(declared.value);
      case 'type':
        return { kind: 'type', type: declared.type };
      default:
        return valueOperand(functionValue(this.environment, declared.func));
    }
  }

  private select(node: Node & { kind: 'select' }): Operand {
    const { operand, name, nameAt } = node;
    const other = this.otherFrame(operand);
    if (other !== undefined) return valueOperand(this.inFrame(other, name, nameAt));
    const packageName = this.packageOf(operand);
    if (packageName !== undefined) return placed(nameAt, () => this.packageMember(packageName, operand, name));
    this.refuseFunction(operand);
    const holder = this.operand(operand);
    if (holder.kind === 'register') return valueOperand(placed(nameAt, () => registerLane(holder, name)));
    if (holder.kind === 'type') return valueOperand(placed(nameAt, () => this.methodExpression(holder.type, name)));
    const value = this.evaluated(operand, holder);
    if (value.kind === 'constant') throw typeError(`a constant has no field ${name}`);
    return valueOperand(placed(nameAt, () => selectMember(this.environment, value.value, name)));
  }

  /** The package that the left side of a selector names, if no variable hides it. */
  private packageOf(node: Node): string | undefined {
    if (node.kind === 'string') return decodeUtf8(parseString(node.text, node.at));
    if (node.kind !== 'name') return undefined;
    const { environment } = this;
    const { name } = node;
    if (environment.variable(name) !== undefined) return undefined;
    const local = environment.local(name);
    // A function may have the name of a package: only main.main does in practice.
    if (local !== undefined && local.kind !== 'function') return undefined;
    if (name === 'runtime' || name === 'unsafe' || environment.hasPackage(name)) return name;
    return undefined;
  }

  private packageMember(packageName: string, node: Node, name: string): Operand {
    const { environment } = this;
    const special = packageName === 'runtime' ? environment.special(name) : undefined;
    if (special !== undefined) return valueOperand(special);
    const member = environment.member(packageName, name);
    if (member !== undefined) return this.declared(member);
    if (packageName === 'unsafe' && name === 'Pointer')
      return {
        kind: 'type',
        type: this.types.get({ kind: 'select', operand: node, name, nameAt: node.at, at: node.at }),
      };
    if (packageName === 'unsafe') throw typeError(`unsafe.${name} is not available: whatis tells sizes and offsets`);
    if (environment.hasPackage(packageName))
      throw new DebugError(`the package ${packageName} has no ${name}`, { code: 'not-found' });
    throw new DebugError(`there is no package ${packageName}`, { code: 'not-found', position: node.at });
  }

  /** `T.Method`: the method as a function. */
  private methodExpression(type: GoType, name: string): Value {
    const method = this.environment.method(type, name);
    if (method === undefined) throw new DebugError(`${type.name} has no method ${name}`, { code: 'not-found' });
    return functionValue(this.environment, method);
  }

  /** N of `runtime.frame(N)`. */
  private otherFrame(node: Node): number | undefined {
    if (node.kind !== 'call' || node.operand.kind !== 'select' || node.operand.name !== 'frame') return undefined;
    const { operand } = node.operand;
    if (operand.kind !== 'name' || operand.name !== 'runtime') return undefined;
    const [only, ...more] = node.args;
    if (only === undefined || more.length > 0)
      throw typeError('runtime.frame takes the number of a frame: runtime.frame(2).x');
    return this.integer(only);
  }

  private inFrame(frame: number, name: string, position: number): Value {
    const value = placed(position, () => this.environment.frameVariable(frame, name));
    if (value !== undefined) return value;
    throw new DebugError(`there is no variable ${name} in frame ${frame}`, { code: 'not-found', position });
  }

  private index(node: Node & { kind: 'index' }): Operand {
    const type = this.instance(node);
    if (type !== undefined) return { kind: 'type', type };
    this.refuseFunction(node.operand);
    return valueOperand(indexValue(this, node));
  }

  /** A name that only a function has, where a variable was meant: one of that name may have been optimised away. */
  private refuseFunction(node: Node): void {
    if (node.kind !== 'name' || this.environment.variable(node.name) !== undefined) return;
    if (this.environment.local(node.name)?.kind !== 'function') return;
    throw new DebugError(`there is no variable ${node.name} here, only a function of that name`, {
      code: 'not-found',
      position: node.at,
    });
  }

  /** A generic type with its arguments, unless the operand is a variable. */
  private instance(node: Node & { kind: 'index' }): GoType | undefined {
    const { operand, indices } = node;
    if (operand.kind !== 'name' && operand.kind !== 'select') return undefined;
    if (indices.length === 1) {
      if (operand.kind === 'name' && this.environment.variable(operand.name) !== undefined) return undefined;
      // A number or string is no type argument.
      if (['integer', 'float', 'rune', 'string', 'binary'].includes(indices[0]?.kind ?? '')) return undefined;
    }
    return this.types.find(node);
  }

  private call(node: Node & { kind: 'call' }): Operand {
    const callee = unwrapped(node.operand);
    const type = callee.kind === 'string' ? this.types.get(callee) : undefined;
    if (this.otherFrame(node) !== undefined) throw typeError('runtime.frame(N) needs a variable: runtime.frame(2).x');
    const operand: Operand = type === undefined ? this.operand(node.operand) : { kind: 'type', type };
    if (operand.kind === 'builtin') return callBuiltin(this, operand.name, node);
    if (operand.kind === 'type') return this.conversion(node, operand.type);
    throw typeError('functions cannot be called: nothing runs in a core dump');
  }

  private conversion(node: Node & { kind: 'call' }, type: GoType): Operand {
    const [argument, ...more] = node.args;
    if (argument === undefined || more.length > 0) throw typeError(`a conversion to ${type.name} takes one value`);
    const { scratch } = this.environment;
    const operand = this.evaluated(argument);
    const value = placed(argument.at, () =>
      operand.kind === 'constant'
        ? convertConstant(scratch, operand.constant, type)
        : convertValue(scratch, operand.value, type),
    );
    // As Delve: of a pointer that was a number, the address is what was asked for.
    const fromNumber = operand.kind === 'constant' || isInteger(operand.value.type.kind);
    return valueOperand(fromNumber && type.kind === 'pointer' ? { ...value, unfollowed: true } : value);
  }

  private assertion(node: Node & { kind: 'assert' }): Value {
    const { scratch, context } = this.environment;
    const value = this.value(node.operand);
    if (value.type.kind !== 'interface') throw typeError(`a value of type ${value.type.name} is no interface`);
    const dynamic = dynamicValue(context, value);
    const wanted = node.type && this.types.get(node.type);
    if (dynamic === undefined)
      throw typeError(`interface conversion: the ${value.type.name} is nil${wanted ? `, not ${wanted.name}` : ''}`);
    if (wanted === undefined || sameType(dynamic.type, wanted)) return dynamic;
    if (wanted.kind === 'interface') {
      const missing = this.missingMethod(dynamic.type, wanted);
      if (missing === undefined) return interfaceValue(scratch, wanted, dynamic);
      throw typeError(`interface conversion: ${dynamic.type.name} is not ${wanted.name}: it has no method ${missing}`);
    }
    throw typeError(`interface conversion: ${value.type.name} is ${dynamic.type.name}, not ${wanted.name}`);
  }

  /** A method of the interface that the type has not got. */
  private missingMethod(type: GoType, wanted: GoType): string | undefined {
    if (wanted.emptyInterface) return undefined;
    const { environment } = this;
    const described = environment.described(wanted);
    if (described === undefined) throw typeError(`the methods of ${wanted.name} are not known`);
    return described.methods.find(({ name }) => !environment.hasMethod(type, name))?.name;
  }

  private unary(node: Node & { kind: 'unary' }): Operand {
    const { operator, operand } = node;
    if (operator === '<-') throw typeError('receiving would change the channel; ch.buf shows what is in it');
    if (operator === '&') return valueOperand(this.address(node));
    if (operator === '*') return this.star(node);
    return unaryOperator(this.environment.scratch, operator, this.evaluated(operand));
  }

  private address({ operand }: Node & { kind: 'unary' }): Value {
    const { scratch } = this.environment;
    const target = this.evaluated(operand);
    if (target.kind === 'constant') throw typeError('a constant has no address');
    const { value } = target;
    if (unwrapped(operand).kind === 'composite') {
      const address = scratch.store(readPlace(scratch.context.memory, value.place, value.type.size));
      return wordValue(pointerTo(value.type), address);
    }
    const address = addressOf(value.place);
    if (address !== undefined && isScratch(address))
      throw typeError('a value that the expression makes has no address');
    return { ...addressValue(value), unfollowed: true };
  }

  private star({ operand }: Node & { kind: 'unary' }): Operand {
    if (unwrapped(operand).kind === 'string') return { kind: 'type', type: pointerTo(this.types.get(operand)) };
    const target = this.operand(operand);
    if (target.kind === 'type') return { kind: 'type', type: pointerTo(target.type) };
    const pointer = this.evaluated(operand, target);
    if (pointer.kind === 'constant')
      throw typeError('a constant cannot be dereferenced; (*T)(0xaddress) makes a pointer of a number');
    return valueOperand(this.dereferenced(pointer.value));
  }

  private dereferenced(value: Value): Value {
    const { context } = this.environment;
    const { type } = value;
    if (type.kind === 'interface') {
      const dynamic = dynamicValue(context, value);
      if (dynamic === undefined) throw typeError(`the ${type.name} is nil`);
      return this.dereferenced(dynamic);
    }
    if (type.kind === 'unsafe.Pointer' || (type.kind === 'pointer' && type.elem?.kind === 'void'))
      throw typeError(`a ${type.name} does not tell what it points to; convert it: *(*T)(p)`);
    if (type.kind !== 'pointer') throw typeError(`a value of type ${type.name} cannot be dereferenced`);
    if (wordOf(context, value) === 0) throw typeError(`nil pointer dereference: the ${type.name} is nil`);
    return dereference(context, value);
  }

  private binary(node: Node & { kind: 'binary' }): Operand {
    const { operator, left, right } = node;
    if (operator === '&&' || operator === '||') return this.logic(operator, left, right);
    return binaryOperator(this.environment.scratch, operator, this.evaluated(left), this.evaluated(right));
  }

  /** The right side is evaluated only if the left one does not decide. */
  private logic(operator: '&&' | '||', left: Node, right: Node): Operand {
    const decided = operator === '||';
    const first = this.truth(operator, left);
    const result = first === decided ? first : this.truth(operator, right);
    return valueOperand(boolValue(result));
  }

  private truth(operator: string, node: Node): boolean {
    const operand = this.evaluated(node);
    if (operand.kind === 'constant' && operand.constant.kind === 'bool') return operand.constant.value;
    if (operand.kind === 'value' && operand.value.type.kind === 'bool')
      return bytesOf(this.environment.context, operand.value)[0] !== 0;
    const what = operand.kind === 'value' ? `a value of type ${operand.value.type.name}` : 'a number';
    throw new DebugError(`the operator ${operator} cannot be applied to ${what}`, { code: 'type', position: node.at });
  }
}
