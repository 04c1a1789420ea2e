import { attempt } from '../base/errors.ts';
import type { ModuleData } from '../pclntab/moduledata.ts';
import type { Program } from '../program/program.ts';
import { TypeConstants } from '../types/constants.ts';
import { DwarfTypes } from '../types/from-dwarf.ts';
import { RuntimeTypes } from '../types/from-runtime.ts';
import { BASIC_TYPES, type GoType } from '../types/go-type.ts';
import type { ValueContext } from '../values/context.ts';

/** The types of a program, from DWARF and from the runtime's descriptors, and the context in which values are read. */
export class TypeCatalog {
  readonly context: ValueContext;
  readonly runtime: RuntimeTypes;
  private readonly program: Program;
  private constants: TypeConstants | undefined;
  private dwarfState: { readonly types: DwarfTypes | undefined } | undefined;

  constructor(program: Program) {
    this.program = program;
    const experiments = program.goVersion?.experiments ?? [];
    const modules = (): ModuleData[] => program.modules.map((module) => module.data);
    this.runtime = new RuntimeTypes(program.memory, modules, program.minor, experiments);
    this.context = {
      memory: program.memory,
      minor: program.minor,
      experiments,
      runtimeTypes: this.runtime,
      functionName: (pc) => program.findFunc(pc)?.func.name,
      constantName: (typeName, value) => this.constantName(typeName, value),
      closureFields: (pc) => this.closureFields(pc),
    };
  }

  /** Types by DWARF; undefined in stripped programs. */
  get dwarf(): DwarfTypes | undefined {
    if (this.dwarfState === undefined) {
      const { dwarf } = this.program;
      const base = this.program.modules[0]?.data.types;
      this.dwarfState = { types: dwarf && new DwarfTypes(dwarf, base === 0 ? undefined : base) };
    }
    return this.dwarfState.types;
  }

  /** The type of that name: predeclared, or from DWARF. */
  named(name: string): GoType | undefined {
    return BASIC_TYPES.get(name) ?? this.dwarf?.named(name);
  }

  /** Constants have types with names of their own: those without cost nothing. */
  private constantName(typeName: string, value: bigint): string | undefined {
    const { dwarf } = this.program;
    if (dwarf === undefined || !typeName.includes('.')) return undefined;
    this.constants ??= new TypeConstants(dwarf);
    return this.constants.nameOf(typeName, value);
  }

  /** What the function at `pc` finds in its closure object (DW_AT_go_closure_offset, Go 1.23+). */
  private closureFields(pc: number): { name: string; type: GoType; offset: number }[] {
    const { main } = this.program;
    const dwarf = main?.dwarf;
    const types = this.dwarf;
    if (main === undefined || dwarf === undefined || types === undefined) return [];
    const link = pc - main.bias;
    const func = attempt(() => dwarf.functionAt(link));
    const scope = func?.scopesAt(link).at(-1);
    if (scope === undefined) return [];
    const fields: { name: string; type: GoType; offset: number }[] = [];
    for (const variable of scope.variablesAt(link)) {
      const offset = variable.goClosureOffset;
      if (offset === undefined || offset === 0) continue;
      fields.push({ name: variable.name ?? '?', type: types.at(variable.typeOffset), offset });
    }
    return fields;
  }
}
