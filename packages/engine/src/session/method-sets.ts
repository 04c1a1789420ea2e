import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { GoType, Method } from '../types/go-type.ts';
import { MethodMatcher } from '../types/method-matcher.ts';
import type { ImplementedResult, MethodResult } from './results-types.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** Methods of types, and which types have the methods of an interface. */
export class MethodSets {
  private readonly program: Program;
  private readonly types: TypeCatalog;

  constructor(program: Program, types: TypeCatalog) {
    this.program = program;
    this.types = types;
  }

  /** The methods of a type and of pointers to it, by name; of an interface, those that it asks for. */
  methodsOf(type: GoType): MethodResult[] {
    const own = this.described(this.addressOf(type));
    if (type.kind === 'interface')
      return (own?.methods ?? []).map((method) => ({ ...signature(method), pointer: false, function: undefined }));
    const plain = type.name.replace(/^\*/, '');
    const found = new Map<string, MethodResult>();
    const value = type.name.startsWith('*') ? this.described(this.addressNamed(plain)) : own;
    for (const method of value?.methods ?? []) found.set(method.name, this.result(method, false));
    for (const method of this.described(this.addressNamed(`*${plain}`))?.methods ?? [])
      if (!found.has(method.name)) found.set(method.name, this.result(method, true));
    for (const [name, result] of this.functionsOf(plain)) {
      const known = found.get(name);
      if (known === undefined || known.function === undefined) found.set(name, { ...result, type: known?.type });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where the descriptor of a type is. */
  private addressOf(type: GoType): number | undefined {
    return type.runtimeType ?? this.addressNamed(type.name);
  }

  private addressNamed(name: string): number | undefined {
    return this.types.named(name)?.runtimeType;
  }

  private described(address: number | undefined): GoType | undefined {
    return address === undefined ? undefined : attempt(() => this.types.runtime.at(address));
  }

  private result(method: Method, pointer: boolean): MethodResult {
    const func = method.code === undefined ? undefined : this.program.findFunc(method.code)?.func.name;
    return { ...signature(method), pointer, function: func };
  }

  /** Methods by the names of functions: `pkg.T.Name` and `pkg.(*T).Name`. */
  private functionsOf(plain: string): Map<string, MethodResult> {
    const found = new Map<string, MethodResult>();
    const bracket = plain.indexOf('[');
    const dot = plain.lastIndexOf('.', bracket < 0 ? plain.length : bracket);
    if (dot < 0) return found;
    const value = `${plain}.`;
    const pointer = `${plain.slice(0, dot)}.(*${plain.slice(dot + 1)}).`;
    for (const { name } of this.program.dwarf?.iterNames('function', plain.slice(0, dot + 1)) ?? []) {
      const prefix = name.startsWith(value) ? value : name.startsWith(pointer) ? pointer : undefined;
      const method = prefix === undefined ? undefined : name.slice(prefix.length);
      // Closures, wrappers of method values and the like have more behind the method's name.
      if (method === undefined || !/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(method)) continue;
      found.set(method, { name: method, type: undefined, pointer: prefix === pointer, function: name });
    }
    return found;
  }

  /** Names of the types that have all methods of an interface: a pass over all types of the program. */
  implementersOf(type: GoType): string[] {
    const address = this.addressOf(type);
    if (address === undefined) return [];
    const held = this.types.held();
    const found = new MethodMatcher(held).implementersOf(address, this.types.allDescribed(held).withMethods);
    return found.flatMap((each) => attempt(() => held.at(each).name) ?? []).sort();
  }

  /** The interfaces, with a method at least, whose methods a type has, or pointers to it have. */
  interfacesOf(type: GoType): ImplementedResult[] {
    const held = this.types.held();
    const matcher = new MethodMatcher(held);
    const isPointer = type.name.startsWith('*');
    const own = matcher.methodsAt(this.addressOf(type));
    const pointer = isPointer ? undefined : this.addressNamed(`*${type.name}`);
    const methods = pointer === undefined ? own : matcher.methodsAt(pointer);
    return matcher
      .interfacesOf(methods, this.types.allDescribed(held).interfaces)
      .flatMap((address) => {
        const name = attempt(() => held.at(address).name);
        return name === undefined ? [] : [{ name, pointer: !isPointer && !matcher.isAskingFor(address, own) }];
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function signature({ name, type }: Method): Pick<MethodResult, 'name' | 'type'> {
  return { name, type: type?.name };
}
