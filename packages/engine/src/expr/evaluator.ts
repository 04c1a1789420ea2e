import { DebugError } from '../base/errors.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';
import { BASIC_TYPES, VOID_TYPE, GoType } from '../types/go-type.ts';
import type { ValueContext } from '../values/context.ts';
import { bytesPlace, memoryPlace, partOf, readPlace } from '../values/place.ts';
import { floatOf, integerOf, isFloat, isInteger } from '../values/scalars.ts';
import {
  addressValue,
  bytesOf,
  channelOf,
  dereference,
  dynamicValue,
  elementOf,
  fieldOf,
  mapOf,
  sequenceOf,
  wordOf,
  type Value,
} from '../values/value.ts';
import { parseExpression, type Node } from './parser.ts';

/** Where names come from. */
export interface Environment {
  readonly context: ValueContext;
  /** A variable of the frame or, without a package, of the current package. Throws when it has no value. */
  variable(name: string): Value | undefined;
  /** A package-level variable by package (path or last name) and name. */
  packageVariable(packageName: string, name: string): Value | undefined;
}

/** Entries of a map looked through for a key. */
const MOST_ENTRIES = 100_000_000;

/** Evaluates an expression. Throws `syntax`, `type`, `not-found` or `fault`, with the place in the text where it helps. */
export function evaluate(text: string, environment: Environment): Value {
  return new Evaluator(environment).node(parseExpression(text));
}

function at(node: Node, message: string, code: 'type' | 'not-found' = 'type'): DebugError {
  return new DebugError(message, { code, position: node.at });
}

class Evaluator {
  private readonly environment: Environment;
  private readonly context: ValueContext;

  constructor(environment: Environment) {
    this.environment = environment;
    this.context = environment.context;
  }

  node(node: Node): Value {
    switch (node.kind) {
      case 'name':
        return this.name(node);
      case 'integer':
        return integerValue(node.value);
      case 'string':
        return stringValue(node.value);
      case 'select':
        return this.select(node);
      case 'index':
        return this.index(node);
      case 'slice':
        return this.slice(node);
      case 'assert':
        return this.data(node, this.node(node.operand));
      case 'call':
        return this.call(node);
      default:
        return this.unary(node);
    }
  }

  private name(node: Node & { kind: 'name' }): Value {
    const { name } = node;
    const value = this.environment.variable(name);
    if (value !== undefined) return value;
    if (name === 'true' || name === 'false')
      return { type: basic('bool'), place: bytesPlace(Uint8Array.of(name === 'true' ? 1 : 0)) };
    throw at(node, `there is no variable ${name} here`, 'not-found');
  }

  private select(node: Node & { kind: 'select' }): Value {
    const { operand, name } = node;
    if (operand.kind === 'name' || operand.kind === 'string') {
      const packageName = operand.kind === 'name' ? operand.name : operand.value;
      const local = operand.kind === 'name' ? this.environment.variable(operand.name) : undefined;
      if (local === undefined) {
        const value = this.environment.packageVariable(packageName, name);
        if (value !== undefined) return value;
        throw at(
          operand,
          `there is no variable ${packageName} here, and no package variable ${packageName}.${name}`,
          'not-found',
        );
      }
    }
    const value = this.node(operand);
    const field = fieldOf(this.context, value, name);
    if (field === undefined) throw at(node, `${value.type.name} has no field ${name}`, 'not-found');
    return field;
  }

  private index(node: Node & { kind: 'index' }): Value {
    const value = this.node(node.operand);
    const index = this.node(node.index);
    if (value.type.kind === 'map') return this.lookUp(node, value, index);
    if (value.type.kind === 'string') return this.byte(node, value, this.integer(node.index, index));
    if (!['slice', 'array', 'pointer'].includes(value.type.kind))
      throw at(node, `cannot index a value of type ${value.type.name}`);
    return elementOf(this.context, value, this.integer(node.index, index));
  }

  private byte(node: Node, value: Value, index: number): Value {
    const { base, length } = sequenceOf(this.context, value);
    if (index < 0 || index >= length) throw at(node, `index ${index} is out of range: the length is ${length}`);
    return { type: basic('uint8'), place: partOf(base, index, 1) };
  }

  private lookUp(node: Node, map: Value, key: Value): Value {
    const open = mapOf(this.context, map);
    const { key: keyType, elem } = map.type;
    if (open !== undefined && keyType !== undefined && elem !== undefined) {
      const wanted = this.comparable(key);
      let seen = 0;
      for (const entry of open.entries()) {
        if (++seen > MOST_ENTRIES) break;
        const candidate = { type: keyType, place: memoryPlace(entry.key) };
        if (this.comparable(candidate) === wanted) return { type: elem, place: memoryPlace(entry.elem) };
      }
    }
    throw at(node, 'the map has no such key', 'not-found');
  }

  /** A text that is the same for equal keys of a basic kind. */
  private comparable(value: Value): string {
    const { kind } = value.type;
    if (kind === 'interface') {
      const dynamic = dynamicValue(this.context, value);
      return dynamic === undefined ? 'nil' : this.comparable(dynamic);
    }
    if (value.type === LITERAL && value.place.kind === 'bytes') return `"${decodeUtf8(value.place.bytes)}`;
    if (kind === 'string') return `"${this.text(value)}`;
    if (isInteger(kind)) return integerOf(kind, bytesOf(this.context, value)).toString();
    if (isFloat(kind)) return String(floatOf(bytesOf(this.context, value)));
    return [...bytesOf(this.context, value)].join(',');
  }

  private text(value: Value): string {
    const { base, length } = sequenceOf(this.context, value);
    return decodeUtf8(readPlace(this.context.memory, base, length));
  }

  private integer(node: Node, value: Value): number {
    if (!isInteger(value.type.kind)) throw at(node, `an index must be an integer, not ${value.type.name}`);
    return Number(integerOf(value.type.kind, bytesOf(this.context, value)));
  }

  private slice(node: Node & { kind: 'slice' }): Value {
    const value = this.node(node.operand);
    const { kind } = value.type;
    if (kind !== 'slice' && kind !== 'array' && kind !== 'string')
      throw at(node, `cannot slice a value of type ${value.type.name}`);
    const { base, length, capacity, elem } = sequenceOf(this.context, value);
    if (base.kind !== 'memory') throw at(node, 'the array is in registers and cannot be sliced');
    const low = node.low === undefined ? 0 : this.integer(node.low, this.node(node.low));
    const high = node.high === undefined ? length : this.integer(node.high, this.node(node.high));
    const most = kind === 'slice' ? capacity : length;
    if (low < 0 || low > high || high > most) throw at(node, `slice bounds ${low}:${high} are out of range 0:${most}`);
    const start = base.address + low * (kind === 'string' ? 1 : elem.size);
    if (kind === 'string') return { type: value.type, place: words(start, high - low) };
    const type =
      kind === 'slice' ? value.type : new GoType({ name: `[]${elem.name}`, kind: 'slice', size: 24 }, () => ({ elem }));
    return { type, place: words(start, high - low, capacity - low) };
  }

  private data(node: Node, value: Value): Value {
    if (value.type.kind !== 'interface') throw at(node, `${value.type.name} is not an interface`);
    const dynamic = dynamicValue(this.context, value);
    if (dynamic === undefined) throw at(node, 'the interface is nil');
    return dynamic;
  }

  private call(node: Node & { kind: 'call' }): Value {
    const { operand, args } = node;
    const [argument] = args;
    if (
      operand.kind !== 'name' ||
      (operand.name !== 'len' && operand.name !== 'cap') ||
      argument === undefined ||
      args.length !== 1
    ) {
      throw at(node, 'functions cannot be called in a core dump; len(x) and cap(x) work');
    }
    const value = this.node(argument);
    return integerValue(BigInt(this.size(node, value, operand.name)));
  }

  private size(node: Node, value: Value, what: 'len' | 'cap'): number {
    switch (value.type.kind) {
      case 'string':
      case 'slice':
      case 'array': {
        const { length, capacity } = sequenceOf(this.context, value);
        return what === 'len' ? length : capacity;
      }
      case 'map':
        return mapOf(this.context, value)?.count ?? 0;
      case 'chan': {
        const channel = channelOf(this.context, value);
        return (what === 'len' ? channel?.length : channel?.capacity) ?? 0;
      }
      default:
        throw at(node, `${what} of a value of type ${value.type.name}`);
    }
  }

  private unary(node: Node & { kind: 'unary' }): Value {
    const value = this.node(node.operand);
    if (node.operator === '&') return addressValue(value);
    if (node.operator === '-') {
      if (!isInteger(value.type.kind)) throw at(node, `cannot negate a value of type ${value.type.name}`);
      return integerValue(-integerOf(value.type.kind, bytesOf(this.context, value)));
    }
    if (value.type.kind === 'interface') return dereference(this.context, this.data(node, value));
    if (value.type.kind !== 'pointer') throw at(node, `cannot dereference a value of type ${value.type.name}`);
    if (wordOf(this.context, value) === 0) throw at(node, 'nil pointer dereference');
    return dereference(this.context, value);
  }
}

function basic(name: string): GoType {
  return BASIC_TYPES.get(name) ?? VOID_TYPE;
}

function integerValue(value: bigint): Value {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return { type: basic('int'), place: bytesPlace(bytes) };
}

/** A string literal: kept apart from the process's memory, so it can only be compared. */
function stringValue(text: string): Value {
  return { type: LITERAL, place: bytesPlace(encodeUtf8(text)) };
}

/** The type of string literals: their bytes are the value. */
const LITERAL: GoType = new GoType({ name: 'string', kind: 'array', size: 0 });

/** The words of a string or slice header. */
function words(...values: readonly number[]): Value['place'] {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setBigUint64(i * 8, BigInt(value), true));
  return bytesPlace(bytes);
}
