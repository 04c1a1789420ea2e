import { attempt, DebugError } from '../base/errors.ts';
import { DW_AT, DW_TAG } from '../dwarf/attributes.ts';
import type { FunctionEntry } from '../dwarf/functions.ts';
import type { Image } from '../image/image.ts';
import type { Program } from '../program/program.ts';
import type { Declared, NamedFunction } from '../expr/environment.ts';
import { packageOf } from '../pclntab/function-name.ts';
import type { GoType } from '../types/go-type.ts';
import { funcOf } from '../types/synthetic.ts';
import type { Value } from '../values/handle.ts';
import { integerValue } from '../values/make.ts';
import { isInteger } from '../values/scalars.ts';
import { C_PREFIX, describeGlobal, findGlobal } from './global-variable.ts';
import type { TypeCatalog } from './type-catalog.ts';

/** Names given when a name is ambiguous. */
const MOST_NAMED = 5;

/** Names of packages and what they declare: variables, constants, types and functions. */
export class PackageMembers {
  private readonly program: Program;
  private readonly types: TypeCatalog;
  /** Import paths by everything that a package can be called by: its path, the path's last element, its name. */
  private names: ReadonlyMap<string, readonly string[]> | undefined;
  private functions: ReadonlyMap<string, number> | undefined;

  constructor(program: Program, types: TypeCatalog) {
    this.program = program;
    this.types = types;
  }

  /** The import paths of the packages of that path, last element of the path, or name. */
  paths(packageName: string): readonly string[] {
    this.names ??= this.collect();
    return this.names.get(packageName) ?? [];
  }

  private collect(): ReadonlyMap<string, readonly string[]> {
    const names = new Map<string, string[]>();
    const add = (name: string, path: string): void => {
      const list = names.get(name) ?? [];
      if (!list.includes(path)) list.push(path);
      names.set(name, list);
    };
    for (const { dwarf } of this.program.goImages) {
      if (dwarf === undefined) continue;
      for (const { path, name } of dwarf.packages()) {
        add(path, path);
        add(path.slice(path.lastIndexOf('/') + 1), path);
        add(name, path);
      }
      if (dwarf.hasForeignUnits) add('C', 'C');
    }
    if (this.program.dwarf === undefined) this.addTablePackages(add);
    return names;
  }

  /** Without DWARF the names of functions tell which packages there are. */
  private addTablePackages(add: (name: string, path: string) => void): void {
    for (const path of new Set([...this.functionEntries().keys()].map(packageOf))) {
      add(path, path);
      add(path.slice(path.lastIndexOf('/') + 1), path);
    }
  }

  /** What a package declares under a name. Throws `not-found` if several packages of the name do. */
  find(packageName: string, name: string): Declared | undefined {
    const exact = this.declared(packageName, name);
    if (exact !== undefined) return exact;
    const found = new Map<string, Declared>();
    for (const path of this.paths(packageName)) {
      const declared = path === packageName ? undefined : this.declared(path, name);
      if (declared !== undefined) found.set(path, declared);
    }
    const [only, ...others] = [...found.values()];
    if (others.length === 0) return only;
    const all = [...found.keys()].map((path) => `"${path}".${name}`);
    throw new DebugError(`${packageName}.${name} is ambiguous: ${all.slice(0, MOST_NAMED).join(', ')}`, {
      code: 'not-found',
      hint: 'write the path of the package in quotes',
    });
  }

  /** What the package of that path declares: looked for among variables, constants, types and functions, in this order. */
  private declared(path: string, name: string): Declared | undefined {
    for (const full of spellings(path, name)) {
      const variable = findGlobal(this.program, full);
      if (variable !== undefined) {
        const { value, absent } = describeGlobal(this.types, full, variable);
        if (value !== undefined) return { kind: 'value', value };
        throw new DebugError(`${full} is not available: ${absent ?? 'no value is known'}`, { code: 'not-found' });
      }
      const constant = this.constant(full);
      if (constant !== undefined) return { kind: 'value', value: constant };
      const type = this.types.named(full);
      if (type !== undefined) return { kind: 'type', type };
      const func = this.functionNamed(full);
      if (func !== undefined) return { kind: 'function', func };
    }
    return undefined;
  }

  private constant(full: string): Value | undefined {
    for (const image of this.program.goImages) {
      const entry = image.dwarf?.constantNamed(full)[0];
      const number = entry?.constantBig(DW_AT.DW_AT_const_value);
      if (entry === undefined || number === undefined) continue;
      const type = attempt(() => this.types.of(image)?.at(entry.typeOffset()));
      const int = this.types.named('int');
      const known = type !== undefined && isInteger(type.kind) ? type : int;
      return known && integerValue(known, number);
    }
    return undefined;
  }

  /** The function of that name. */
  functionNamed(name: string): NamedFunction | undefined {
    for (const image of this.program.goImages) {
      const entry = image.dwarf?.functionNamed(name.startsWith(C_PREFIX) ? name.slice(C_PREFIX.length) : name)[0];
      if (entry !== undefined) return { name, pc: entry.lowPc + image.bias, type: this.signature(entry, image) };
    }
    const pc = this.program.dwarf === undefined ? this.tableEntry(name) : undefined;
    return pc === undefined ? undefined : { name, pc, type: undefined };
  }

  /** The type of a function, by its parameters in DWARF. */
  signature(func: FunctionEntry, image: Image): GoType | undefined {
    const dwarf = this.types.of(image);
    if (dwarf === undefined) return undefined;
    return attempt(() => {
      const [params, results]: [GoType[], GoType[]] = [[], []];
      for (const child of func.entry.children()) {
        if (child.tag !== DW_TAG.DW_TAG_formal_parameter) continue;
        const isResult = child.holderOf(DW_AT.DW_AT_variable_parameter)?.flag(DW_AT.DW_AT_variable_parameter) === true;
        (isResult ? results : params).push(dwarf.at(child.typeOffset()));
      }
      return funcOf(params, results, false);
    });
  }

  /** Without DWARF the function table tells where functions begin. */
  private tableEntry(name: string): number | undefined {
    return this.functionEntries().get(name);
  }

  private functionEntries(): ReadonlyMap<string, number> {
    this.functions ??= this.collectFunctions();
    return this.functions;
  }

  private collectFunctions(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const { pclntab } of this.program.modules)
      for (const [i, name] of pclntab.names()) found.set(name, pclntab.entryOf(i));
    return found;
  }

  /** The method of a defined type, with a receiver T or *T. Throws `not-found` where the linker left its code out. */
  method(type: GoType, name: string): NamedFunction | undefined {
    const described = this.described(type)?.methods.find((method) => method.name === name);
    if (described?.code !== undefined) {
      const found = this.program.findFunc(described.code)?.func.name;
      return { name: found ?? name, pc: described.code, type: described.type };
    }
    const found = this.methodByName(type, name);
    if (found !== undefined || described === undefined) return found;
    throw new DebugError(
      `the method ${name} of ${type.name} is not in the program: the linker left it out, as nothing calls it`,
      {
        code: 'not-found',
      },
    );
  }

  /** Methods that no descriptor tells of are functions all the same: `pkg.T.Name` and `pkg.(*T).Name`. */
  private methodByName(type: GoType, name: string): NamedFunction | undefined {
    const plain = type.name.replace(/^\*/, '');
    const bracket = plain.indexOf('[');
    const dot = plain.lastIndexOf('.', bracket < 0 ? plain.length : bracket);
    if (dot < 0) return undefined;
    const [path, own] = [plain.slice(0, dot), plain.slice(dot + 1)];
    const func = this.functionNamed(`${path}.${own}.${name}`) ?? this.functionNamed(`${path}.(*${own}).${name}`);
    // The receiver is no parameter of a method value.
    const { params = [], results = [] } = func?.type ?? {};
    return func && { ...func, type: func.type && funcOf(params.slice(1), results, false) };
  }

  /** True if a type has a method of that name, by its descriptor or by a function. */
  hasMethod(type: GoType, name: string): boolean {
    const methods = this.described(type)?.methods ?? [];
    return methods.some((method) => method.name === name) || this.methodByName(type, name) !== undefined;
  }

  /** The descriptor's own description of a type, which knows its methods. */
  described(type: GoType): GoType | undefined {
    const address = type.runtimeType ?? this.types.named(type.name)?.runtimeType;
    return address === undefined ? undefined : attempt(() => this.types.runtime.at(address));
  }
}

/** The linker wrote dots of a path's last element as %2e until Go 1.22. */
function spellings(path: string, name: string): string[] {
  const plain = `${path}.${name}`;
  const slash = path.lastIndexOf('/') + 1;
  const last = path.slice(slash);
  return last.includes('.') ? [plain, `${path.slice(0, slash)}${last.replaceAll('.', '%2e')}.${name}`] : [plain];
}
