import { DebugError } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { BASIC_TYPES, GoType, pointerTo, sliceOf, VOID_TYPE } from '../types/go-type.ts';
import {
  arrayOf,
  chanName,
  chanOf,
  funcName,
  funcOf,
  interfaceOf,
  mapName,
  mapOfTypes,
  structName,
  structOf,
} from '../types/synthetic.ts';
import type { Environment } from './environment.ts';
import { parseString } from './parse/literals.ts';
import type { FieldNode, Node } from './parse/nodes.ts';
import { TypeText } from './type-text.ts';

/** More elements than fit into memory. */
const LONGEST_ARRAY = 2 ** 40;

const EMPTY_INTERFACE = interfaceOf('interface {}', true);
const ERROR = interfaceOf('error', false);
const UNSAFE_POINTER = new GoType({ name: 'unsafe.Pointer', kind: 'unsafe.Pointer', size: 8 }, () => ({
  elem: VOID_TYPE,
}));

/** Types by the nodes that write them. Types that the program has not got are made. */
export class TypeResolver {
  private readonly environment: Environment;
  private readonly integer: (node: Node) => number;

  /** @param integer evaluates the length of an array */
  constructor(environment: Environment, integer: (node: Node) => number) {
    this.environment = environment;
    this.integer = integer;
  }

  /** The type that a node stands for; undefined if it is none. */
  find(node: Node): GoType | undefined {
    switch (node.kind) {
      case 'name':
        return this.named(node.name);
      case 'string':
        return this.quoted(node);
      case 'paren':
        return this.find(node.operand);
      case 'unary': {
        const elem = node.operator === '*' ? this.find(node.operand) : undefined;
        return elem && pointerTo(elem);
      }
      case 'select':
        return this.selected(node, node.name);
      case 'index':
        return this.instance(node);
      default:
        return this.composed(node);
    }
  }

  /** The type that a node stands for. Throws `not-found` where there is none. */
  get(node: Node): GoType {
    const type = this.find(node);
    if (type === undefined)
      throw new DebugError(`there is no type ${textOf(node)}`, {
        code: 'not-found',
        position: node.at,
        hint: 'types REGEX finds names of types; write a path in quotes: "path/of/package.T"',
      });
    return type;
  }

  private named(name: string): GoType | undefined {
    const predeclared = this.predeclared(name);
    if (predeclared !== undefined) return predeclared;
    const local = this.environment.local(name);
    return local?.kind === 'type' ? local.type : undefined;
  }

  /** `int`, `byte`, `error` and the like. */
  predeclared(name: string): GoType | undefined {
    const basic = BASIC_TYPES.get(name === 'byte' ? 'uint8' : name === 'rune' ? 'int32' : name);
    if (basic !== undefined) return this.environment.typeNamed(basic.name) ?? basic;
    if (name === 'any') return this.environment.typeNamed('interface {}') ?? EMPTY_INTERFACE;
    return name === 'error' ? (this.environment.typeNamed('error') ?? ERROR) : undefined;
  }

  private selected(node: Node & { kind: 'select' }, name: string): GoType | undefined {
    const { operand } = node;
    const packageName =
      operand.kind === 'name'
        ? operand.name
        : operand.kind === 'string'
          ? decodeUtf8(parseString(operand.text, operand.at))
          : undefined;
    if (packageName === undefined) return undefined;
    if (packageName === 'unsafe' && name === 'Pointer') return UNSAFE_POINTER;
    const member = this.environment.member(packageName, name);
    return member?.kind === 'type' ? member.type : undefined;
  }

  /** An instance of a generic type: `pkg.Pair[int, string]`. */
  private instance({ operand, indices }: Node & { kind: 'index' }): GoType | undefined {
    if (operand.kind !== 'name' && operand.kind !== 'select') return undefined;
    const args: string[] = [];
    for (const index of indices) {
      const type = this.find(index);
      if (type === undefined) return undefined;
      args.push(type.name);
    }
    const suffix = `[${args.join(',')}]`;
    return operand.kind === 'name'
      ? this.named(`${operand.name}${suffix}`)
      : this.selected(operand, `${operand.name}${suffix}`);
  }

  private composed(node: Node): GoType | undefined {
    const { environment } = this;
    switch (node.kind) {
      case 'array-type': {
        const elem = this.get(node.elem);
        if (node.length === 'slice') return sliceOf(elem);
        return node.length === 'count' ? arrayOf(elem, 0) : this.array(node.length, elem);
      }
      case 'map-type': {
        const [key, elem] = [this.get(node.key), this.get(node.elem)];
        return environment.typeNamed(mapName(key.name, elem.name)) ?? mapOfTypes(key, elem);
      }
      case 'chan-type': {
        const elem = this.get(node.elem);
        return environment.typeNamed(chanName(elem.name, node.direction)) ?? chanOf(elem, node.direction);
      }
      case 'func-type': {
        const [params, results] = [this.types(node.params), this.types(node.results)];
        const all = node.variadic ? params.map((type, i) => (i === params.length - 1 ? sliceOf(type) : type)) : params;
        return environment.typeNamed(funcName(all, results, node.variadic)) ?? funcOf(all, results, node.variadic);
      }
      case 'struct-type': {
        const members = node.fields.map((field) => this.member(field));
        return environment.typeNamed(structName(members)) ?? structOf(members);
      }
      case 'interface-type':
        if (node.methods.length === 0) return environment.typeNamed('interface {}') ?? EMPTY_INTERFACE;
        return interfaceOf(`interface { ${node.methods.map((name) => `${name}()`).join('; ')} }`, false);
      default:
        return undefined;
    }
  }

  private types(fields: readonly FieldNode[]): GoType[] {
    return fields.map(({ type }) => this.get(type));
  }

  private member({ name, type }: FieldNode): { name: string; type: GoType; embedded: boolean } {
    const resolved = this.get(type);
    if (name !== undefined) return { name, type: resolved, embedded: false };
    const last = resolved.name.replace(/^\*/, '');
    return { name: last.slice(last.lastIndexOf('.') + 1), type: resolved, embedded: true };
  }

  private array(length: Node, elem: GoType): GoType {
    const count = this.integer(length);
    if (count < 0 || count * elem.size > LONGEST_ARRAY)
      throw new DebugError(`an array of ${count} elements is no type`, { code: 'type', position: length.at });
    return arrayOf(elem, count);
  }

  /** A type in quotes, which may have a path: `"path/pkg.T"`, `"*path/pkg.T"`, `"[5]uint8"`. */
  private quoted(node: Node & { readonly text: string }): GoType | undefined {
    const text = decodeUtf8(parseString(node.text, node.at));
    return new TypeText(this.environment, (name) => this.predeclared(name)).find(text);
  }
}

/** A node that could be a type, as text, for messages. */
function textOf(node: Node): string {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'string':
      return node.text;
    case 'select':
      return `${textOf(node.operand)}.${node.name}`;
    case 'unary':
      return `${node.operator}${textOf(node.operand)}`;
    case 'index':
      return `${textOf(node.operand)}[${node.indices.map(textOf).join(',')}]`;
    case 'paren':
      return textOf(node.operand);
    default:
      return 'of that form';
  }
}
