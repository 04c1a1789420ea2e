import type { GrowingBytes } from '../bytes/growing-bytes.ts';
import { KeptColumns, packColumns } from './columns.ts';
import { IN_DEBUG_STR, KIND_MASK, KINDS, scanNames, type NameColumns } from './name-scan.ts';
import type { UnitTable } from './unit-table.ts';

/** Numbers to look up by, ascending, and what they lead to: .debug_info offsets. */
export interface Pairs {
  readonly keys: Float64Array;
  readonly offsets: Float64Array;
}

/** The named entries of a file by row, in file order, and what leads to them. */
export interface NameTable {
  readonly kinds: Uint8Array;
  readonly hashes: Uint32Array;
  /** .debug_info offsets. */
  readonly entries: Uint32Array;
  /** First row + 1 by hash bucket, of which there is a power of two, and the next row + 1 with the same bucket. */
  readonly heads: Uint32Array;
  readonly nexts: Uint32Array;
  /** Entries of functions and variables that complete another one, by that. */
  readonly completions: Pairs;
  /** Types by DW_AT_go_runtime_type. */
  readonly runtimeTypes: Pairs;
  /** Units that could not be read to their end. */
  readonly diagnostics: readonly string[];
  isNamed(row: number, wanted: Uint8Array): boolean;
  /** The name of a row, where many are wanted. */
  nameOf(row: number): Uint8Array;
}

/** The names as one pass over .debug_info finds them. */
export class ScannedNames implements NameTable {
  readonly kinds: Uint8Array;
  readonly hashes: Uint32Array;
  readonly entries: Uint32Array;
  readonly heads: Uint32Array;
  readonly nexts: Uint32Array;
  readonly diagnostics: readonly string[];
  private readonly table: UnitTable;
  private readonly columns: NameColumns;
  private sortedCompletions: Pairs | undefined;
  private sortedTypes: Pairs | undefined;

  constructor(table: UnitTable) {
    this.table = table;
    const columns = scanNames(table);
    const { rows, hashes } = columns;
    this.columns = columns;
    this.diagnostics = columns.diagnostics;
    this.kinds = columns.kinds.subarray(0, rows);
    this.hashes = hashes.subarray(0, rows);
    this.entries = columns.entries.subarray(0, rows);
    let size = 1024;
    while (size < rows) size *= 2;
    this.heads = new Uint32Array(size);
    this.nexts = new Uint32Array(rows);
    // Backwards, so that each chain ascends.
    for (let row = rows - 1; row >= 0; row--) {
      const bucket = (hashes[row] as number) & (size - 1);
      this.nexts[row] = this.heads[bucket] as number;
      this.heads[bucket] = row + 1;
    }
  }

  get completions(): Pairs {
    this.sortedCompletions ??= sortedPairs(this.columns.origins, this.columns.originOwners);
    return this.sortedCompletions;
  }

  get runtimeTypes(): Pairs {
    this.sortedTypes ??= sortedPairs(this.columns.runtimeValues, this.columns.runtimeOwners);
    return this.sortedTypes;
  }

  isNamed(row: number, wanted: Uint8Array): boolean {
    const name = this.nameOf(row);
    return name.length === wanted.length && startsWith(name, wanted);
  }

  nameOf(row: number): Uint8Array {
    const isStr = ((this.kinds[row] as number) & IN_DEBUG_STR) !== 0;
    const bytes = isStr ? this.table.sections.get('.debug_str') : this.table.sections.info;
    return textAt(bytes, this.columns.names[row] as number);
  }
}

// The columns of names that are kept; behind them the names themselves, for each kind a column.
const HEADS = 0;
const NEXTS = 1;
const HASHES = 2;
const ENTRIES = 3;
const NAMES = 4;
const COMPLETION_KEYS = 5;
const COMPLETION_OFFSETS = 6;
const TYPE_KEYS = 7;
const TYPE_OFFSETS = 8;
const KIND_COLUMN = 9;
const FIRST_TEXTS = 10;

/** A table as it is kept: the names are in it, so that looking for one needs nothing else. */
export function packNames(table: NameTable): readonly Uint8Array[] {
  const { heads, nexts, hashes, entries, completions, runtimeTypes, kinds } = table;
  const names = new Uint32Array(kinds.length);
  const sizes = KINDS.map(() => 0);
  kinds.forEach((kind, row) => {
    const number = kind & KIND_MASK;
    names[row] = sizes[number] as number;
    sizes[number] = (sizes[number] as number) + table.nameOf(row).length + 1;
  });
  const texts = sizes.map((size) => new Uint8Array(size));
  kinds.forEach((kind, row) => texts[kind & KIND_MASK]?.set(table.nameOf(row), names[row]));
  const pairs = [completions, runtimeTypes].flatMap(({ keys, offsets }) => [keys, offsets]);
  return packColumns([heads, nexts, hashes, entries, names, ...pairs, kinds, ...texts]);
}

/** Names that were kept: each column is read when it is asked for. */
export class KeptNames implements NameTable {
  readonly diagnostics: readonly string[] = [];
  private readonly columns: KeptColumns;
  private readonly loaded = new Map<number, Uint8Array | Uint32Array | Float64Array>();

  /** Throws `bad-data` unless names are in it. */
  constructor(bytes: GrowingBytes) {
    this.columns = new KeptColumns(bytes, FIRST_TEXTS + KINDS.length);
  }

  private column<T extends Uint8Array | Uint32Array | Float64Array>(number: number, load: (number: number) => T): T {
    let column = this.loaded.get(number) as T | undefined;
    if (column === undefined) this.loaded.set(number, (column = load(number)));
    return column;
  }

  private readonly u8 = (number: number): Uint8Array => this.column(number, () => this.columns.u8(number));
  private readonly u32 = (number: number): Uint32Array => this.column(number, () => this.columns.u32(number));
  private readonly f64 = (number: number): Float64Array => this.column(number, () => this.columns.f64(number));

  get kinds(): Uint8Array {
    return this.u8(KIND_COLUMN);
  }

  get hashes(): Uint32Array {
    return this.u32(HASHES);
  }

  get entries(): Uint32Array {
    return this.u32(ENTRIES);
  }

  get heads(): Uint32Array {
    return this.u32(HEADS);
  }

  get nexts(): Uint32Array {
    return this.u32(NEXTS);
  }

  get completions(): Pairs {
    return { keys: this.f64(COMPLETION_KEYS), offsets: this.f64(COMPLETION_OFFSETS) };
  }

  get runtimeTypes(): Pairs {
    return { keys: this.f64(TYPE_KEYS), offsets: this.f64(TYPE_OFFSETS) };
  }

  private textColumn(row: number): number {
    return FIRST_TEXTS + ((this.kinds[row] as number) & KIND_MASK);
  }

  isNamed(row: number, wanted: Uint8Array): boolean {
    const { length } = wanted;
    const text = this.columns.part(this.textColumn(row), this.u32(NAMES)[row] as number, length + 1);
    return text.length === length + 1 && text[length] === 0 && startsWith(text, wanted);
  }

  nameOf(row: number): Uint8Array {
    return textAt(this.u8(this.textColumn(row)), this.u32(NAMES)[row] as number);
  }
}

function textAt(bytes: Uint8Array, at: number): Uint8Array {
  const zero = bytes.indexOf(0, at);
  return bytes.subarray(at, zero < 0 ? bytes.length : zero);
}

function startsWith(text: Uint8Array, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (text[i] !== wanted[i]) return false;
  return true;
}

function sortedPairs(keys: Float64Array, offsets: Float64Array): Pairs {
  const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  return {
    keys: Float64Array.from(order, (i) => keys[i] as number),
    offsets: Float64Array.from(order, (i) => offsets[i] as number),
  };
}
