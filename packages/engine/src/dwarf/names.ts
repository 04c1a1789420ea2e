import { iterMatches } from '../base/byte-search.ts';
import { attempt, badData } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import { encodeUtf8 } from '../base/text.ts';
import { findKept, type Keeper } from '../bytes/keeper.ts';
import { DW_AT } from './attributes.ts';
import { entryAt } from './entry.ts';
import { IS_DECLARATION, IS_FOREIGN, KIND_MASK, KINDS, type NameKind } from './name-scan.ts';
import { KeptNames, ScannedNames, type NameTable } from './name-table.ts';
import type { UnitTable } from './unit-table.ts';
import type { Unit } from './unit.ts';

export type { NameKind } from './name-scan.ts';

/** What the names of a file are kept as. */
export const NAMES_KEPT_AS = 'names';

/** The names as they were kept, or undefined. */
export function findNames(table: UnitTable, keeper: Keeper | undefined): NameIndex | undefined {
  const bytes = keeper && findKept(keeper, NAMES_KEPT_AS, () => new ScannedNames(table).pack());
  const names = bytes && attempt(() => new KeptNames(bytes));
  return names && new NameIndex(table, names);
}

/** The names of all units, by one pass over .debug_info. */
export function scanAllNames(table: UnitTable): NameIndex {
  return new NameIndex(table, new ScannedNames(table));
}

/** Units in which it is quicker to look for a text than to read them, in bytes. */
const SMALL_UNIT = 1 << 20;

/**
 * The names of the unit in which Go's linker puts all types: one of those named `runtime`, far smaller than all of .debug_info.
 * Undefined where there is none, or none with the type `name`, if that is looked for.
 */
export function scanGoTypes(table: UnitTable, name?: string): NameIndex | undefined {
  for (const unit of table.named('runtime')) {
    if (name !== undefined && lacksText(unit, name)) continue;
    const index = new NameIndex(table, new ScannedNames(table, [unit]));
    if (index.hasRuntimeTypes) return index;
  }
  return undefined;
}

/** True if a text is certainly not in a unit. */
function lacksText({ sections, offset, end }: Unit, text: string): boolean {
  if (end - offset > SMALL_UNIT) return false;
  return iterMatches(sections.info, encodeUtf8(text), offset, end).next().done === true;
}

/** A named entry, for listings. */
export interface NamedEntry {
  readonly name: string;
  /** Offset in .debug_info. */
  readonly offset: number;
  /** False if its unit is of another language. */
  readonly isGo: boolean;
}

/**
 * Names of functions, types, package-level variables and constants: built by one pass over units, or taken from what was kept of the
 * last one; without any string. A hash table leads from a name to its entries.
 */
export class NameIndex {
  private readonly table: UnitTable;
  private readonly names: NameTable;

  constructor(table: UnitTable, names: NameTable) {
    this.table = table;
    this.names = names;
  }

  /** Units that could not be read to their end. */
  get diagnostics(): readonly string[] {
    return this.names.diagnostics;
  }

  /** As they are kept. Throws `bad-data` where there is damage, for of that every run is to tell. */
  pack(): readonly Uint8Array[] {
    const [problem] = this.diagnostics;
    if (problem !== undefined) throw badData(problem);
    return this.names.pack();
  }

  /** .debug_info offsets of the entries of a kind with that exact name: definitions before declarations, else in file order. */
  find(kind: NameKind, name: string): readonly number[] {
    const number = KINDS.indexOf(kind);
    const found: number[] = [];
    const declared: number[] = [];
    for (const { kind: kindOf, entry } of this.names.rowsNamed(encodeUtf8(name))) {
      if ((kindOf & KIND_MASK) === number) (kindOf & IS_DECLARATION ? declared : found).push(entry);
    }
    return [...found, ...declared];
  }

  /** All names of a kind, in file order; with `part` those alone that have it in them, and perhaps others. */
  *iter(kind: NameKind, part?: string): Iterable<NamedEntry> {
    const { names } = this;
    const { kinds, entries } = names;
    for (const row of names.rowsOf(KINDS.indexOf(kind), part)) {
      const isGo = ((kinds[row] as number) & IS_FOREIGN) === 0;
      yield { name: names.textOf(row), offset: entries[row] as number, isGo };
    }
  }

  /** .debug_info offsets of variables outside functions: an entry that completes a declaration stands for it. */
  variablesNamed(name: string): readonly number[] {
    const found: number[] = [];
    const { keys, offsets } = this.names.completions;
    for (const offset of this.find('variable', name)) {
      const at = lastAtMost(keys, offset);
      found.push(at >= 0 && keys[at] === offset ? (offsets[at] as number) : offset);
    }
    return [...new Set(found)];
  }

  /** .debug_info offsets of subprograms with code whose own or whose origin's name it is. */
  functionsNamed(name: string): readonly number[] {
    const found: number[] = [];
    for (const offset of this.find('function', name)) {
      const entry = entryAt(this.table, offset);
      if (entry.has(DW_AT.DW_AT_low_pc) || entry.has(DW_AT.DW_AT_ranges)) found.push(offset);
      found.push(...this.completionsOf(offset, 0));
    }
    return [...new Set(found)];
  }

  /** Subprograms with code that complete the entry at `origin`, through a declaration and an abstract one at most. */
  private completionsOf(origin: number, hops: number): readonly number[] {
    const { keys, offsets } = this.names.completions;
    const found: number[] = [];
    for (let i = lastAtMost(keys, origin); i >= 0 && keys[i] === origin; i--) {
      const offset = offsets[i] as number;
      const entry = entryAt(this.table, offset);
      if (entry.has(DW_AT.DW_AT_low_pc) || entry.has(DW_AT.DW_AT_ranges)) found.push(offset);
      if (hops < 3) found.push(...this.completionsOf(offset, hops + 1));
    }
    return found.reverse();
  }

  /** The type entry whose DW_AT_go_runtime_type is `value`. */
  typeAtRuntimeOffset(value: number): number | undefined {
    const { keys, offsets } = this.names.runtimeTypes;
    const at = lastAtMost(keys, value);
    return at >= 0 && keys[at] === value ? offsets[at] : undefined;
  }

  get hasRuntimeTypes(): boolean {
    return this.names.hasRuntimeTypes;
  }

  get runtimeTypeCount(): number {
    return this.names.runtimeTypes.keys.length;
  }
}
