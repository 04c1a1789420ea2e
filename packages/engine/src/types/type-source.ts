import { attempt } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';
import type { Dwarf } from '../dwarf/dwarf.ts';
import type { TypeModule } from './descriptors.ts';
import { DwarfTypes } from './from-dwarf.ts';
import { RuntimeTypes } from './from-runtime.ts';
import type { GoType } from './go-type.ts';

/** From the address of a runtime type descriptor to the type: what reading interfaces needs. */
export interface DynamicTypes {
  /** The type whose descriptor is at `address`. Throws `bad-data` or `fault` when none is there. */
  at(address: number): GoType;
  /** True if an interface holds a value of this type in its data word itself. */
  isDirect(address: number): boolean;
}

export interface TypeSourceOptions<M extends TypeModule> {
  readonly memory: Memory;
  readonly goVersion: { readonly minor: number; readonly experiments: readonly string[] };
  readonly modules: () => readonly M[];
  /** The debugging information of a module's file, at the addresses of the process. */
  readonly dwarfOf: (module: M) => Dwarf | undefined;
}

/**
 * Types by descriptor: from DWARF where that has them (maps and channels then come with the runtime's own structs), else from
 * the descriptors. The first type asked for costs a pass over the module's DWARF; `RuntimeTypes` alone costs nothing.
 */
export class TypeSource<M extends TypeModule> implements DynamicTypes {
  readonly runtime: RuntimeTypes;
  private readonly options: TypeSourceOptions<M>;
  private readonly byModule = new Map<M, DwarfTypes | undefined>();

  constructor(options: TypeSourceOptions<M>) {
    this.options = options;
    const { memory, modules, goVersion } = options;
    this.runtime = new RuntimeTypes(memory, modules, goVersion);
  }

  at(address: number): GoType {
    // The descriptor is read first: it is what proves that a type is there.
    const type = this.runtime.at(address);
    const module = this.options.modules().find((each) => address >= each.types && address < each.etypes);
    const dwarf = module && this.dwarfTypes(module);
    const better = dwarf && attempt(() => dwarf.ofRuntimeType(address));
    return better !== undefined && better.kind === type.kind && better.size === type.size ? better : type;
  }

  isDirect(address: number): boolean {
    return this.runtime.isDirect(address);
  }

  private dwarfTypes(module: M): DwarfTypes | undefined {
    if (!this.byModule.has(module)) {
      const dwarf = this.options.dwarfOf(module);
      this.byModule.set(module, dwarf && new DwarfTypes(dwarf, module.types));
    }
    return this.byModule.get(module);
  }
}
