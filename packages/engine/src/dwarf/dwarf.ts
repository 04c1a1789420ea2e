import { attempt, isDebugError } from '../base/errors.ts';
import { type Entry, entryAt } from './entry.ts';
import type { FunctionEntry } from './functions.ts';
import { NameIndex, type NameKind } from './names.ts';
import { PcIndex } from './pc-index.ts';
import { SectionData, type DwarfSections } from './sections.ts';
import { UnitFunctions } from './unit-functions.ts';
import { UnitTable, type Unit } from './unit.ts';
import { VariableEntry } from './variables.ts';

export type { DwarfSections } from './sections.ts';
export type { NameKind } from './names.ts';

/** A named entry, for listings. */
export interface NamedEntry {
  readonly name: string;
  /** Offset in .debug_info. */
  readonly offset: number;
}

/** A package (Go) that has a unit. */
export interface PackageName {
  /** Import path, `main` for the program's own. */
  readonly path: string;
  /** The name in its package clause. */
  readonly name: string;
}

/**
 * The debugging information of one file, DWARF 2 to 5. Everything is done on first need: opening costs nothing, a pc costs
 * the roots of all units and the walk of one, a name costs one pass over everything (once).
 * All addresses are link-time addresses: subtract the image's bias first.
 */
export class Dwarf {
  private readonly source: DwarfSections;
  private data: SectionData | undefined;
  private table: UnitTable | undefined;
  private unitIndex: PcIndex | undefined;
  private names: NameIndex | undefined;
  private readonly functions = new Map<Unit, UnitFunctions>();
  private readonly problems: string[] = [];

  constructor(sections: DwarfSections) {
    this.source = sections;
  }

  private get sections(): SectionData {
    this.data ??= new SectionData(this.source);
    return this.data;
  }

  private get unitTable(): UnitTable {
    this.table ??= new UnitTable(this.sections);
    return this.table;
  }

  /** All units in file order. */
  get units(): readonly Unit[] {
    return this.unitTable.units;
  }

  /** What could not be read so far, a sentence each. */
  get diagnostics(): readonly string[] {
    return [...(this.table?.diagnostics ?? []), ...(this.names?.diagnostics ?? []), ...this.problems];
  }

  /** True if a unit is one of this file's. */
  owns(unit: Unit): boolean {
    return unit.table === this.table;
  }

  /** The units of that name: no more are read for each than lie before it. */
  unitsNamed(name: string): Iterable<Unit> {
    return this.unitTable.named(name);
  }

  /** The unit whose code holds a link-time `pc`. */
  unitAt(pc: number): Unit | undefined {
    return this.unitByName(pc) ?? this.unitByRange(pc);
  }

  /** The unit whose name is that of the package at `pc`, if it has a function there: only the units before it are read for that. */
  private unitByName(pc: number): Unit | undefined {
    const name = this.unitIndex === undefined ? this.source.unitNameAt?.(pc) : undefined;
    if (name === undefined) return undefined;
    for (const unit of this.unitsNamed(name))
      if (this.tolerate(() => this.functionsOf(unit).at(pc)) !== undefined) return unit;
    return undefined;
  }

  private unitByRange(pc: number): Unit | undefined {
    this.unitIndex ??= this.buildUnitIndex();
    const index = this.unitIndex.find(pc);
    return index === undefined ? undefined : this.units[index];
  }

  private buildUnitIndex(): PcIndex {
    const starts: number[] = [];
    const ends: number[] = [];
    const indexes: number[] = [];
    for (const unit of this.units) {
      if (!unit.isCode) continue;
      const ranges = this.tolerate(() => unit.ranges()) ?? [];
      for (const range of ranges) {
        // The linker leaves 0 where it dropped the code.
        if (range.low === 0) continue;
        starts.push(range.low);
        ends.push(range.high);
        indexes.push(unit.index);
      }
    }
    return new PcIndex(starts, ends, indexes);
  }

  /** Runs `read`; bad data becomes a diagnostic and undefined. */
  private tolerate<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDebugError(error)) throw error;
      if (this.problems.length < 100) this.problems.push(error.message);
      return undefined;
    }
  }

  private functionsOf(unit: Unit): UnitFunctions {
    let functions = this.functions.get(unit);
    if (functions === undefined) this.functions.set(unit, (functions = new UnitFunctions(unit)));
    return functions;
  }

  /** The function whose code holds a link-time `pc`: walks its unit the first time. */
  functionAt(pc: number): FunctionEntry | undefined {
    const unit = this.unitAt(pc);
    return unit && this.tolerate(() => this.functionsOf(unit).at(pc));
  }

  /** The functions with code of a unit, by address. */
  functionsIn(unit: Unit): Iterable<FunctionEntry> {
    return this.tolerate(() => [...this.functionsOf(unit).all()]) ?? [];
  }

  /** The function with code whose entry is at `offset`. */
  functionOf(entry: Entry): FunctionEntry | undefined {
    return this.functionsOf(entry.unit).get(entry.offset);
  }

  /** The entry at an absolute .debug_info offset. Throws `bad-data` if none is there. */
  entry(offset: number): Entry {
    return entryAt(this.unitTable, offset);
  }

  /** The name index, built on first use: one pass over .debug_info. */
  private get nameIndex(): NameIndex {
    this.names ??= new NameIndex(this.unitTable);
    return this.names;
  }

  /** Builds the name index now, so that later look-ups are quick. */
  prepareNames(): void {
    void this.nameIndex;
  }

  /** The functions with code of that exact name: several if, say, static C functions share it. */
  functionNamed(name: string): readonly FunctionEntry[] {
    const found: FunctionEntry[] = [];
    for (const offset of this.nameIndex.functionsNamed(name)) {
      const entry = attempt(() => this.functionOf(this.entry(offset)));
      if (entry !== undefined && entry.ranges.length > 0) found.push(entry);
    }
    return found;
  }

  /** Package-level (Go) or global and static (C) variables of that exact name. */
  variableNamed(name: string): readonly VariableEntry[] {
    return this.nameIndex.variablesNamed(name).map((offset) => new VariableEntry(this.entry(offset), 0));
  }

  /** .debug_info offsets of the types of that exact name, definitions before mere declarations. */
  typeNamed(name: string): readonly number[] {
    return this.nameIndex.find('type', name);
  }

  /** Entries of the constants of that exact name (Go: DW_TAG_constant; its value is DW_AT_const_value). */
  constantNamed(name: string): readonly Entry[] {
    return this.nameIndex.find('constant', name).map((offset) => this.entry(offset));
  }

  /** All names of a kind in file order, functions with their abstract entries; duplicates are possible. */
  iterNames(kind: NameKind): Iterable<NamedEntry> {
    return this.nameIndex.iter(kind);
  }

  /** The type whose DW_AT_go_runtime_type is `value`: the descriptor's distance from moduledata.types. */
  typeAtRuntimeOffset(value: number): number | undefined {
    return this.nameIndex.typeAtRuntimeOffset(value);
  }

  /** How many types have a DW_AT_go_runtime_type. */
  get runtimeTypeCount(): number {
    return this.nameIndex.runtimeTypeCount;
  }

  /** Go packages in file order, each once. */
  packages(): readonly PackageName[] {
    const byPath = new Map<string, PackageName>();
    for (const unit of this.units) {
      const name = unit.goPackageName;
      const path = unit.name;
      if (name !== undefined && path !== undefined && !byPath.has(path)) byPath.set(path, { path, name });
    }
    return [...byPath.values()];
  }
}
