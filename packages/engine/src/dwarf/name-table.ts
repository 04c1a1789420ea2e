import { readU32 } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import { NamePool } from '../base/name-pool.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { GrowingBytes } from '../bytes/growing-bytes.ts';
import { DW_AT } from './attributes.ts';
import { KeptColumns, packColumns } from './columns.ts';
import { entryAt } from './entry.ts';
import { hashName } from './name-hash.ts';
import { IN_DEBUG_STR, KIND_MASK, KINDS, scanNames, type NameColumns } from './name-scan.ts';
import type { UnitTable } from './unit-table.ts';
import type { Unit } from './unit.ts';

/** Numbers to look up by, ascending, and what they lead to: .debug_info offsets. */
export interface Pairs {
  readonly keys: Float64Array;
  readonly offsets: Float64Array;
}

/** The named entries of a file by row, in file order, and what leads to them. */
export interface NameTable {
  /** Of all rows. */
  readonly kinds: Uint8Array;
  /** .debug_info offsets of all rows. */
  readonly entries: Uint32Array;
  /** Entries of functions and variables that complete another one, by that. */
  readonly completions: Pairs;
  /** Types by DW_AT_go_runtime_type. */
  readonly runtimeTypes: Pairs;
  /** True if there are such. */
  readonly hasRuntimeTypes: boolean;
  /** Units that could not be read to their end. */
  readonly diagnostics: readonly string[];
  /** The rows of that name, ascending, by no more than is needed for that. */
  rowsNamed(name: Uint8Array): readonly NamedRow[];
  /** The rows of a kind, ascending; those alone whose names have `part` in them, and perhaps others. */
  rowsOf(kind: number, part: string | undefined): Iterable<number>;
  /** The name of a row, where many are wanted. */
  textOf(row: number): string;
  /** As it is kept: the names are in it, so that looking for one needs nothing else. */
  pack(): readonly Uint8Array[];
}

/** What stands in a row. */
export interface NamedRow {
  readonly kind: number;
  readonly entry: number;
}

/** First row + 1 by hash bucket, of which there is a power of two, and the next row + 1 with the same bucket. */
interface Buckets {
  readonly heads: Uint32Array;
  readonly nexts: Uint32Array;
}

function makeBuckets(hashes: Uint32Array): Buckets {
  let size = 1024;
  while (size < hashes.length) size *= 2;
  const heads = new Uint32Array(size);
  const nexts = new Uint32Array(hashes.length);
  // Backwards, so that each chain ascends.
  for (let row = hashes.length - 1; row >= 0; row--) {
    const bucket = (hashes[row] as number) & (size - 1);
    nexts[row] = heads[bucket] as number;
    heads[bucket] = row + 1;
  }
  return { heads, nexts };
}

/** The names as one pass over .debug_info finds them. */
export class ScannedNames implements NameTable {
  readonly kinds: Uint8Array;
  readonly entries: Uint32Array;
  readonly diagnostics: readonly string[];
  private readonly table: UnitTable;
  private readonly columns: NameColumns;
  private readonly hashes: Uint32Array;
  private readonly buckets: Buckets;
  private sortedCompletions: Pairs | undefined;
  private sortedTypes: Pairs | undefined;

  constructor(table: UnitTable, units: readonly Unit[] = table.units) {
    this.table = table;
    const columns = scanNames(table, units);
    const { rows } = columns;
    this.columns = columns;
    this.diagnostics = columns.diagnostics;
    this.kinds = columns.kinds.subarray(0, rows);
    this.hashes = columns.hashes.subarray(0, rows);
    this.entries = columns.entries.subarray(0, rows);
    this.buckets = makeBuckets(this.hashes);
  }

  get completions(): Pairs {
    this.sortedCompletions ??= sortedPairs(this.columns.origins, this.columns.originOwners);
    return this.sortedCompletions;
  }

  get runtimeTypes(): Pairs {
    this.sortedTypes ??= this.readRuntimeTypes();
    return this.sortedTypes;
  }

  get hasRuntimeTypes(): boolean {
    return this.columns.runtimeOwners.some((owner) => this.runtimeTypeOf(owner) !== 0);
  }

  private readRuntimeTypes(): Pairs {
    const owners = this.columns.runtimeOwners;
    const values = Float64Array.from(owners, (owner) => this.runtimeTypeOf(owner));
    return sortedPairs(
      values.filter((value) => value !== 0),
      owners.filter((_, i) => values[i] !== 0),
    );
  }

  /** DW_AT_go_runtime_type of a type; 0 where that cannot be read, as the linker writes it where there is none. */
  private runtimeTypeOf(owner: number): number {
    return attempt(() => entryAt(this.table, owner).constant(DW_AT.DW_AT_go_runtime_type)) ?? 0;
  }

  rowsNamed(name: Uint8Array): readonly NamedRow[] {
    const { heads, nexts } = this.buckets;
    const hash = hashName(name);
    const found: NamedRow[] = [];
    for (let row = (heads[hash & (heads.length - 1)] as number) - 1; row >= 0; row = (nexts[row] as number) - 1) {
      if (this.hashes[row] !== hash) continue;
      const own = this.bytesOf(row);
      if (own.length !== name.length || !startsWith(own, name)) continue;
      found.push({ kind: this.kinds[row] as number, entry: this.entries[row] as number });
    }
    return found;
  }

  *rowsOf(kind: number): Iterable<number> {
    for (let row = 0; row < this.kinds.length; row++) if (((this.kinds[row] as number) & KIND_MASK) === kind) yield row;
  }

  textOf(row: number): string {
    return decodeUtf8(this.bytesOf(row));
  }

  private bytesOf(row: number): Uint8Array {
    const isStr = ((this.kinds[row] as number) & IN_DEBUG_STR) !== 0;
    const bytes = isStr ? this.table.sections.get('.debug_str') : this.table.sections.info;
    const at = this.columns.names[row] as number;
    const zero = bytes.indexOf(0, at);
    return bytes.subarray(at, zero < 0 ? bytes.length : zero);
  }

  pack(): readonly Uint8Array[] {
    const { kinds, entries, hashes, buckets, completions, runtimeTypes } = this;
    const names = new Uint32Array(kinds.length);
    const sizes = KINDS.map(() => 0);
    kinds.forEach((kind, row) => {
      const number = kind & KIND_MASK;
      names[row] = sizes[number] as number;
      sizes[number] = (sizes[number] as number) + this.bytesOf(row).length + 1;
    });
    const texts = sizes.map((size) => new Uint8Array(size));
    kinds.forEach((kind, row) => texts[kind & KIND_MASK]?.set(this.bytesOf(row), names[row]));
    const rows = new Uint32Array(kinds.length * ROW_WORDS);
    for (let row = 0, at = 0; row < kinds.length; row++) {
      rows[at++] = buckets.nexts[row] as number;
      rows[at++] = hashes[row] as number;
      rows[at++] = names[row] as number;
      rows[at++] = kinds[row] as number;
      rows[at++] = entries[row] as number;
    }
    const pairs = [completions, runtimeTypes].flatMap(({ keys, offsets }) => [keys, offsets]);
    return packColumns([buckets.heads, rows, names, kinds, entries, ...pairs, ...texts]);
  }
}

// The columns of names that are kept. What a look-up needs of a row is kept once more in one place: it reads few blocks then.
const HEADS = 0;
const ROWS = 1;
const NAMES = 2;
const KINDS_COLUMN = 3;
const ENTRIES = 4;
const COMPLETION_KEYS = 5;
const COMPLETION_OFFSETS = 6;
const TYPE_KEYS = 7;
const TYPE_OFFSETS = 8;
/** The names themselves, a column for each kind. */
const FIRST_TEXTS = 9;

/** Words of a row: next row + 1 of the bucket, hash, place of the name, kind, entry. */
const ROW_WORDS = 5;

/** Names that were kept: each column is read when it is asked for. */
export class KeptNames implements NameTable {
  readonly diagnostics: readonly string[] = [];
  private readonly bytes: GrowingBytes;
  private readonly columns: KeptColumns;
  private readonly pools = new Map<number, NamePool>();
  private known: { readonly kinds: Uint8Array; readonly names: Uint32Array; readonly entries: Uint32Array } | undefined;

  /** Throws `bad-data` unless names are in it. */
  constructor(bytes: GrowingBytes) {
    this.bytes = bytes;
    this.columns = new KeptColumns(bytes, FIRST_TEXTS + KINDS.length);
  }

  private get whole(): { readonly kinds: Uint8Array; readonly names: Uint32Array; readonly entries: Uint32Array } {
    const { columns } = this;
    this.known ??= { kinds: columns.u8(KINDS_COLUMN), names: columns.u32(NAMES), entries: columns.u32(ENTRIES) };
    return this.known;
  }

  get kinds(): Uint8Array {
    return this.whole.kinds;
  }

  get entries(): Uint32Array {
    return this.whole.entries;
  }

  get completions(): Pairs {
    return { keys: this.columns.f64(COMPLETION_KEYS), offsets: this.columns.f64(COMPLETION_OFFSETS) };
  }

  get runtimeTypes(): Pairs {
    return { keys: this.columns.f64(TYPE_KEYS), offsets: this.columns.f64(TYPE_OFFSETS) };
  }

  get hasRuntimeTypes(): boolean {
    return this.columns.sizeOf(TYPE_KEYS) > 0;
  }

  rowsNamed(name: Uint8Array): readonly NamedRow[] {
    const { columns } = this;
    const hash = hashName(name);
    const found: NamedRow[] = [];
    const buckets = columns.sizeOf(HEADS) / 4;
    let next = readU32(columns.part(HEADS, (hash & (buckets - 1)) * 4, 4), 0);
    while (next > 0) {
      const row = columns.part(ROWS, (next - 1) * ROW_WORDS * 4, ROW_WORDS * 4);
      next = readU32(row, 0);
      const kind = readU32(row, 12);
      if (readU32(row, 4) !== hash) continue;
      const text = columns.part(FIRST_TEXTS + (kind & KIND_MASK), readU32(row, 8), name.length + 1);
      if (text[name.length] === 0 && startsWith(text, name)) found.push({ kind, entry: readU32(row, 16) });
    }
    return found;
  }

  *rowsOf(kind: number, part: string | undefined): Iterable<number> {
    const { kinds, names } = this.whole;
    const hasPart = part === undefined ? undefined : this.poolOf(kind).finder(part);
    for (let row = 0; row < kinds.length; row++) {
      if (((kinds[row] as number) & KIND_MASK) !== kind) continue;
      if (hasPart === undefined || hasPart(names[row] as number)) yield row;
    }
  }

  textOf(row: number): string {
    const { kinds, names } = this.whole;
    return this.poolOf((kinds[row] as number) & KIND_MASK).at(names[row] as number);
  }

  private poolOf(kind: number): NamePool {
    let pool = this.pools.get(kind);
    if (pool === undefined) this.pools.set(kind, (pool = new NamePool(this.columns.u8(FIRST_TEXTS + kind))));
    return pool;
  }

  pack(): readonly Uint8Array[] {
    this.bytes.fill(this.bytes.bytes.length);
    return [this.bytes.bytes];
  }
}

function startsWith(text: Uint8Array, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (text[i] !== wanted[i]) return false;
  return true;
}

function sortedPairs(keys: Float64Array, offsets: ArrayLike<number>): Pairs {
  const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  return {
    keys: Float64Array.from(order, (i) => keys[i] as number),
    offsets: Float64Array.from(order, (i) => offsets[i] as number),
  };
}
