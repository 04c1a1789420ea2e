import { attempt } from '../base/errors.ts';
import { HeldMemory } from '../bytes/held-memory.ts';
import type { Memory } from '../bytes/memory.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { Image } from '../image/image.ts';
import type { ModuleData } from '../pclntab/moduledata.ts';
import type { Program } from '../program/program.ts';
import { allDescriptors, type AllDescriptors } from '../types/all-types.ts';
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
  private described: AllDescriptors | undefined;
  private byName: ReadonlyMap<string, number> | undefined;
  private readonly byImage = new Map<Image, DwarfTypes | undefined>();

  /** Values are read through `memory`, by default the program's. */
  constructor(program: Program, memory: Memory = program.memory) {
    this.program = program;
    const experiments = program.goVersion?.experiments ?? [];
    this.runtime = this.descriptorsIn(program.memory);
    this.context = {
      memory,
      minor: program.minor,
      experiments,
      runtimeTypes: this.runtime,
      functionName: (pc) => program.findFunc(pc)?.func.name,
      constantName: (typeName, value) => this.constantName(typeName, value),
      closureFields: (pc) => this.closureFields(pc),
    };
  }

  /** Types by the DWARF of the Go program itself; undefined in stripped programs. */
  get dwarf(): DwarfTypes | undefined {
    return this.program.main && this.of(this.program.main);
  }

  /** Types by the DWARF of an executable, library or plugin. */
  of(image: Image): DwarfTypes | undefined {
    if (!this.byImage.has(image)) {
      const { dwarf } = image;
      const { modules } = this.program;
      const module = modules.find(({ data }) => this.program.imageAt(data.text) === image);
      // Without moduledata, the program's only module has no text address to tell its image by.
      const base = (module ?? (image === this.program.main ? modules[0] : undefined))?.data.types;
      this.byImage.set(image, dwarf && new DwarfTypes(dwarf, base === 0 ? undefined : base));
    }
    return this.byImage.get(image);
  }

  /** The types of the image whose DWARF has the unit. */
  ofUnit(unit: Unit): DwarfTypes | undefined {
    const image = this.program.goImages.find(({ dwarf }) => dwarf?.owns(unit) === true);
    return image && this.of(image);
  }

  /** The type of that name: predeclared, or from the DWARF of the program or one of its plugins. */
  named(name: string): GoType | undefined {
    const basic = BASIC_TYPES.get(name);
    if (basic !== undefined) return basic;
    for (const image of this.program.goImages) {
      const type = this.guessed(image, name) ?? this.of(image)?.named(name);
      if (type !== undefined) return type;
    }
    const address = this.program.dwarf === undefined ? this.describedByName().get(name) : undefined;
    return address === undefined ? undefined : this.runtime.at(address);
  }

  /** The type of that name by a guess about where its entry is; undefined unless the type's descriptor says that it is that type. */
  private guessed(image: Image, name: string): GoType | undefined {
    return attempt(() => {
      const offset = image.dwarf?.guessType(name);
      const type = offset === undefined ? undefined : this.of(image)?.at(offset);
      if (type?.runtimeType === undefined) return undefined;
      const described = this.runtime.at(type.runtimeType);
      const isSame = described.name === name && described.kind === type.kind && described.size === type.size;
      return isSame ? type : undefined;
    });
  }

  private descriptorsIn(memory: Memory): RuntimeTypes {
    const { program } = this;
    const experiments = program.goVersion?.experiments ?? [];
    return new RuntimeTypes(memory, () => modulesOf(program), { minor: program.minor, experiments });
  }

  /** Types by a copy of the modules' type data: for passes over many of them. */
  held(): RuntimeTypes {
    let memory: Memory = this.program.memory;
    for (const { types, etypes } of modulesOf(this.program)) memory = new HeldMemory(memory, types, etypes);
    return this.descriptorsIn(memory);
  }

  /** All descriptors that the runtime keeps, by such a copy: a pass over the modules' lists, once. */
  allDescribed({ descriptors }: RuntimeTypes): AllDescriptors {
    this.described ??= allDescriptors(descriptors, modulesOf(this.program));
    return this.described;
  }

  /** Names of the types that the runtime keeps descriptors of, with repetitions, and the addresses of those. */
  *describedNames(): Generator<readonly [string, number]> {
    const held = this.held();
    for (const address of this.allDescribed(held).all) {
      const name = attempt(() => held.at(address).name);
      if (name !== undefined) yield [name, address];
    }
  }

  /** What stripped programs still know of types: the addresses of their descriptors by name, of several with one name the first. */
  private describedByName(): ReadonlyMap<string, number> {
    if (this.byName === undefined) {
      const names = new Map<string, number>();
      for (const [name, address] of this.describedNames()) if (!names.has(name)) names.set(name, address);
      this.byName = names;
    }
    return this.byName;
  }

  /** The constants of the type of that name, by value. */
  constantsOf(typeName: string): { name: string; value: string }[] {
    const { dwarf } = this.program;
    if (dwarf === undefined || !typeName.includes('.')) return [];
    this.constants ??= new TypeConstants(dwarf);
    return this.constants.of(typeName).map(({ name, value }) => ({ name, value: value.toString() }));
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
    const image = this.program.imageAt(pc);
    const dwarf = image?.dwarf;
    const types = image && this.of(image);
    if (image === undefined || dwarf === undefined || types === undefined) return [];
    const link = pc - image.bias;
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

function modulesOf(program: Program): ModuleData[] {
  return program.modules.map(({ data }) => data);
}
