import { attempt, badData, isDebugError } from '../base/errors.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';
import { findKept, type Keeper } from '../bytes/keeper.ts';
import { KeptColumns, packColumns } from './columns.ts';
import { type Entry, entryAt } from './entry.ts';
import type { FunctionEntry } from './functions.ts';
import {
  findNames,
  NAMES_KEPT_AS,
  scanAllNames,
  scanGoTypes,
  type NamedEntry,
  type NameIndex,
  type NameKind,
} from './names.ts';
import { PcIndex } from './pc-index.ts';
import { SectionData, type DwarfSections } from './sections.ts';
import { guessGoType } from './type-text.ts';
import { UnitFunctions } from './unit-functions.ts';
import { findDirectory, packUnits, UnitTable, UNITS_KEPT_AS } from './unit-table.ts';
import type { Unit } from './unit.ts';
import { VariableEntry } from './variables.ts';

export type { DwarfSections } from './sections.ts';
export type { NameKind } from './names.ts';

/** What the addresses of units are kept as. */
const ADDRESSES_KEPT_AS = 'addresses';

function packIndex({ starts, ends, values }: PcIndex): readonly Uint8Array[] {
  return packColumns([starts, ends, values]);
}

/** So many searches for a text take longer than an index of all types. */
const MOST_GUESSES = 40;

/** Stands before packages that are kept where there are units of other languages besides. */
const MIXED = 'mixed';

function packTexts(texts: readonly string[]): readonly Uint8Array[] {
  return packColumns([encodeUtf8(texts.map((text) => `${text}\0`).join(''))]);
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
  private keeperState: { readonly keeper: Keeper | undefined } | undefined;
  private table: UnitTable | undefined;
  private unitIndex: PcIndex | undefined;
  private names: NameIndex | undefined;
  private soughtNames = false;
  private guesses = 0;
  private lastGuess = 0;
  private typesState: { readonly index: NameIndex | undefined } | undefined;
  private readonly functions = new Map<Unit, UnitFunctions>();
  /** Units that were found for functions of which more is known, by where these begin. */
  private readonly unitsOfKnown = new Map<number, Unit>();
  private files: readonly string[] | undefined;
  private packageState: { readonly list: readonly PackageName[]; readonly isMixed: boolean } | undefined;
  private readonly problems: string[] = [];

  constructor(sections: DwarfSections) {
    this.source = sections;
  }

  private get sections(): SectionData {
    this.data ??= new SectionData(this.source);
    return this.data;
  }

  private get keeper(): Keeper | undefined {
    this.keeperState ??= { keeper: this.source.kept };
    return this.keeperState.keeper;
  }

  private get unitTable(): UnitTable {
    this.table ??= this.openUnits();
    return this.table;
  }

  /** The units; whoever asks for them will ask for names and addresses as well, in this run or the next. */
  private openUnits(): UnitTable {
    const { sections } = this;
    const { keeper } = this;
    const directory = keeper && findDirectory(keeper, () => packUnits(new UnitTable(sections)));
    const table = new UnitTable(sections, directory);
    keeper?.keep(UNITS_KEPT_AS, sections.info.length, () => packUnits(table));
    keeper?.keep(NAMES_KEPT_AS, sections.info.length, () => this.nameIndex.pack());
    return table;
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
    const known = this.unitIndex === undefined ? this.source.functionAt?.(pc) : undefined;
    if (known === undefined) return undefined;
    const unit =
      this.unitsOfKnown.get(known.start) ??
      this.unitWith(known.unit, (functions) => functions.atKnown(pc, known)) ??
      // One that does not tell the truth about its ranges.
      this.unitWith(known.unit, (functions) => functions.at(pc));
    if (unit !== undefined) this.unitsOfKnown.set(known.start, unit);
    return unit;
  }

  /** The first unit of a name in which a function is found. */
  private unitWith(name: string, find: (functions: UnitFunctions) => FunctionEntry | undefined): Unit | undefined {
    for (const unit of this.unitsNamed(name))
      if (this.tolerate(() => find(this.functionsOf(unit))) !== undefined) return unit;
    return undefined;
  }

  private unitByRange(pc: number): Unit | undefined {
    this.unitIndex ??= this.findUnitIndex() ?? this.buildUnitIndex();
    const index = this.unitIndex.find(pc);
    return index === undefined ? undefined : this.unitTable.at(index);
  }

  /** Units by address as they were kept; undefined if none were, and then they are. */
  private findUnitIndex(): PcIndex | undefined {
    const { keeper } = this;
    const bytes = keeper && findKept(keeper, ADDRESSES_KEPT_AS, () => packIndex(this.buildUnitIndex()));
    const columns = bytes && attempt(() => new KeptColumns(bytes, 3));
    if (columns !== undefined) return new PcIndex(columns.f64(0), columns.f64(1), columns.f64(2));
    keeper?.keep(ADDRESSES_KEPT_AS, this.sections.info.length, () => packIndex(this.unlessDamaged(this.unitIndex)));
    return undefined;
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

  /** The name index, where it was built or kept. */
  private get knownNames(): NameIndex | undefined {
    if (!this.soughtNames) this.names = findNames(this.unitTable, this.keeper);
    this.soughtNames = true;
    return this.names;
  }

  /** The name index, built on first use: one pass over .debug_info, unless it was kept. */
  private get nameIndex(): NameIndex {
    this.names ??= this.knownNames ?? scanAllNames(this.unitTable);
    return this.names;
  }

  /** Where types of Go are looked for first: all names, where they are there already, else those of one unit. */
  private typeIndex(name?: string): NameIndex | undefined {
    if (this.knownNames !== undefined) return this.names;
    this.typesState ??= { index: scanGoTypes(this.unitTable, name) };
    return this.typesState.index;
  }

  /**
   * Offset in .debug_info of what is probably the entry of the type of Go of that name (`guessGoType`): sooner there than an index of
   * names. Undefined where there is one already, or so much is asked for that it pays to make it.
   */
  guessType(name: string): number | undefined {
    if (this.knownNames !== undefined || this.typesState !== undefined || this.guesses >= MOST_GUESSES)
      return undefined;
    this.guesses++;
    const found = guessGoType(this.unitTable, name, this.lastGuess);
    this.lastGuess = found ?? this.lastGuess;
    return found;
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

  /** .debug_info offsets of the types of that exact name, definitions before mere declarations; perhaps of Go's alone. */
  typeNamed(name: string): readonly number[] {
    const found = this.typeIndex(name)?.find('type', name) ?? [];
    return found.length > 0 ? found : this.nameIndex.find('type', name);
  }

  /** Entries of the constants of that exact name (Go: DW_TAG_constant; its value is DW_AT_const_value). */
  constantNamed(name: string): readonly Entry[] {
    return this.nameIndex.find('constant', name).map((offset) => this.entry(offset));
  }

  /**
   * All names of a kind in file order, functions with their abstract entries; duplicates are possible. With `part` those alone that
   * have it in them, and perhaps others.
   */
  iterNames(kind: NameKind, part?: string): Iterable<NamedEntry> {
    return this.nameIndex.iter(kind, part);
  }

  /** The type whose DW_AT_go_runtime_type is `value`: the descriptor's distance from moduledata.types. */
  typeAtRuntimeOffset(value: number): number | undefined {
    return this.typeIndex()?.typeAtRuntimeOffset(value) ?? this.nameIndex.typeAtRuntimeOffset(value);
  }

  /** How many types have a DW_AT_go_runtime_type. */
  get runtimeTypeCount(): number {
    return this.nameIndex.runtimeTypeCount;
  }

  /** The names that the line tables of all units have for files, each once, in file order. */
  fileNames(): readonly string[] {
    this.files ??= this.keptTexts('files', () => this.readFileNames());
    return this.files;
  }

  private readFileNames(): readonly string[] {
    const names = new Set<string>();
    for (const unit of this.units)
      for (const file of attempt(() => unit.lineTable()?.fileNames()) ?? []) names.add(file);
    return [...names];
  }

  /** Go packages in file order, each once. */
  packages(): readonly PackageName[] {
    return this.allPackages.list;
  }

  /** True if there are units of another language than Go. */
  get hasForeignUnits(): boolean {
    return this.allPackages.isMixed;
  }

  private get allPackages(): { readonly list: readonly PackageName[]; readonly isMixed: boolean } {
    if (this.packageState === undefined) {
      const [mixed, ...texts] = this.keptTexts('packages', () => this.readPackages());
      const list: PackageName[] = [];
      for (let i = 0; i + 1 < texts.length; i += 2) list.push({ path: texts[i] ?? '', name: texts[i + 1] ?? '' });
      this.packageState = { list, isMixed: mixed === MIXED };
    }
    return this.packageState;
  }

  /** Whether there are other units, then path and name of each package. */
  private readPackages(): readonly string[] {
    const byPath = new Map<string, string>();
    let isMixed = false;
    for (const unit of this.units) {
      const name = unit.goPackageName;
      const path = unit.name;
      if (name !== undefined && path !== undefined && !byPath.has(path)) byPath.set(path, name);
      if (name === undefined && unit.language !== undefined) isMixed = true;
    }
    return [isMixed ? MIXED : '', ...[...byPath].flat()];
  }

  /** Texts as they were kept; if they were not, they are made, and kept. */
  private keptTexts(name: string, make: () => readonly string[]): readonly string[] {
    const { keeper } = this;
    const bytes = keeper && findKept(keeper, name, () => packTexts(make()));
    const kept = bytes && attempt(() => new KeptColumns(bytes, 1).u8(0));
    if (kept !== undefined) return decodeUtf8(kept).split('\0').slice(0, -1);
    const made = make();
    keeper?.keep(name, this.sections.info.length, () => packTexts(this.unlessDamaged(made)));
    return made;
  }

  /** What is to be kept. Throws `bad-data` where there is damage, for of that every run is to tell. */
  private unlessDamaged<T>(made: T | undefined): T {
    const [problem] = this.diagnostics;
    if (problem !== undefined || made === undefined) throw badData(problem ?? 'nothing was made');
    return made;
  }
}
