import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';
import type { GoType, Method } from '../types/go-type.ts';
import type { ImplementedResult, MethodResult } from './results-types.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** Methods of types, and which types have the methods of an interface. */
export class MethodSets {
  private readonly program: Program;
  private readonly types: TypeCatalog;
  /** All types with methods that have a descriptor, by their descriptors. */
  private described: readonly GoType[] | undefined;

  constructor(program: Program, types: TypeCatalog) {
    this.program = program;
    this.types = types;
  }

  /** The methods of a type and of pointers to it, by name; of an interface, those that it asks for. */
  methodsOf(type: GoType): MethodResult[] {
    const own = this.descriptor(type);
    if (type.kind === 'interface')
      return (own?.methods ?? []).map((method) => ({ ...signature(method), pointer: false, function: undefined }));
    const plain = type.name.replace(/^\*/, '');
    const found = new Map<string, MethodResult>();
    const value = type.name.startsWith('*') ? this.named(plain) : own;
    for (const method of value?.methods ?? []) found.set(method.name, this.result(method, false));
    for (const method of this.named(`*${plain}`)?.methods ?? [])
      if (!found.has(method.name)) found.set(method.name, this.result(method, true));
    for (const [name, result] of this.functionsOf(plain)) {
      const known = found.get(name);
      if (known === undefined || known.function === undefined) found.set(name, { ...result, type: known?.type });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The descriptor's own description of a type. */
  private descriptor(type: GoType): GoType | undefined {
    const address = type.runtimeType ?? this.types.named(type.name)?.runtimeType;
    return address === undefined ? undefined : attempt(() => this.types.runtime.at(address));
  }

  private named(name: string): GoType | undefined {
    const address = this.types.named(name)?.runtimeType;
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
    for (const { name } of this.program.dwarf?.iterNames('function') ?? []) {
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
    const wanted = this.descriptor(type)?.methods ?? [];
    if (wanted.length === 0) return [];
    return this.all()
      .filter((each) => each.kind !== 'interface' && hasAll(each.methods, wanted))
      .map(({ name }) => name)
      .sort();
  }

  /** The interfaces, with a method at least, whose methods a type has, or pointers to it have. */
  interfacesOf(type: GoType): ImplementedResult[] {
    const isPointer = type.name.startsWith('*');
    const own = this.descriptor(type)?.methods ?? [];
    const pointers = isPointer ? own : (this.named(`*${type.name}`)?.methods ?? own);
    if (pointers.length === 0) return [];
    return this.all()
      .filter((each) => each.kind === 'interface' && hasAll(pointers, each.methods))
      .map((each) => ({ name: each.name, pointer: !isPointer && !hasAll(own, each.methods) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private all(): readonly GoType[] {
    this.described ??= this.collect();
    return this.described;
  }

  /** Only types with a name, pointers to them and interfaces have methods. */
  private collect(): GoType[] {
    return this.types.allDescribed().filter((type) => (attempt(() => type.methods.length) ?? 0) > 0);
  }
}

function signature({ name, type }: Method): Pick<MethodResult, 'name' | 'type'> {
  return { name, type: type?.name };
}

/** True if there are methods of the wanted names and types; a type that the linker dropped is taken for the same. */
function hasAll(methods: readonly Method[], wanted: readonly Method[]): boolean {
  return wanted.every(({ name, type }) => {
    const method = methods.find((each) => each.name === name);
    if (method === undefined) return false;
    return type === undefined || method.type === undefined || type.name === method.type.name;
  });
}
