import { lastAtMost } from '../base/ranges.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';
import { DW_AT } from './attributes.ts';
import { entryAt } from './entry.ts';
import {
  HASH_SEED,
  hashName,
  IN_DEBUG_STR,
  IS_DECLARATION,
  KINDS,
  scanNames,
  type NameColumns,
  type NameKind,
} from './name-scan.ts';
import type { UnitTable } from './unit.ts';

export type { NameKind } from './name-scan.ts';

/**
 * Names of functions, types, package-level variables and constants of all units: built by one pass over .debug_info, kept
 * as typed columns without any string. A hash table leads from a name to its entries.
 */
export class NameIndex {
  private readonly table: UnitTable;
  private readonly columns: NameColumns;
  /** First row + 1 by hash bucket, and the next row + 1 with the same bucket. */
  private readonly heads: Uint32Array;
  private readonly nexts: Uint32Array;
  private readonly mask: number;
  private concrete: { readonly origins: Float64Array; readonly offsets: Float64Array } | undefined;
  private runtimeTypes: { readonly values: Float64Array; readonly offsets: Float64Array } | undefined;
  /** Units that could not be read to their end. */
  readonly diagnostics: readonly string[];

  constructor(table: UnitTable) {
    this.table = table;
    this.columns = scanNames(table);
    this.diagnostics = this.columns.diagnostics;
    const { rows, hashes } = this.columns;
    let size = 1024;
    while (size < rows) size *= 2;
    this.mask = size - 1;
    this.heads = new Uint32Array(size);
    this.nexts = new Uint32Array(rows);
    // Backwards, so that each chain ascends.
    for (let row = rows - 1; row >= 0; row--) {
      const bucket = (hashes[row] as number) & this.mask;
      this.nexts[row] = this.heads[bucket] as number;
      this.heads[bucket] = row + 1;
    }
  }

  /** .debug_info offsets of the entries of a kind with that exact name: definitions before declarations, else in file order. */
  find(kind: NameKind, name: string): readonly number[] {
    const { kinds, hashes, entries } = this.columns;
    const wanted = encodeUtf8(name);
    const hash = hashName(wanted, 0, wanted.length, HASH_SEED);
    const number = KINDS.indexOf(kind);
    const found: number[] = [];
    const declared: number[] = [];
    for (let row = (this.heads[hash & this.mask] as number) - 1; row >= 0; row = (this.nexts[row] as number) - 1) {
      const kindOf = kinds[row] as number;
      if (hashes[row] !== hash || (kindOf & 0x0f) !== number || !this.isNamed(row, wanted)) continue;
      (kindOf & IS_DECLARATION ? declared : found).push(entries[row] as number);
    }
    return [...found, ...declared];
  }

  private nameBytes(row: number): Uint8Array {
    const isStr = ((this.columns.kinds[row] as number) & IN_DEBUG_STR) !== 0;
    const bytes = isStr ? this.table.sections.get('.debug_str') : this.table.sections.info;
    const at = this.columns.names[row] as number;
    const zero = bytes.indexOf(0, at);
    return bytes.subarray(at, zero < 0 ? bytes.length : zero);
  }

  private isNamed(row: number, wanted: Uint8Array): boolean {
    const bytes = this.nameBytes(row);
    return bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i]);
  }

  /** All names of a kind, in file order. */
  *iter(kind: NameKind): Iterable<{ readonly name: string; readonly offset: number }> {
    const number = KINDS.indexOf(kind);
    const { kinds, entries, rows } = this.columns;
    for (let row = 0; row < rows; row++) {
      if (((kinds[row] as number) & 0x0f) !== number) continue;
      yield { name: decodeUtf8(this.nameBytes(row)), offset: entries[row] as number };
    }
  }

  /** .debug_info offsets of variables outside functions: an entry that completes a declaration stands for it. */
  variablesNamed(name: string): readonly number[] {
    const found: number[] = [];
    const { origins, offsets } = this.completions();
    for (const offset of this.find('variable', name)) {
      const at = lastAtMost(origins, offset);
      found.push(at >= 0 && origins[at] === offset ? (offsets[at] as number) : offset);
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
    const { origins, offsets } = this.completions();
    const found: number[] = [];
    for (let i = lastAtMost(origins, origin); i >= 0 && origins[i] === origin; i--) {
      const offset = offsets[i] as number;
      const entry = entryAt(this.table, offset);
      if (entry.has(DW_AT.DW_AT_low_pc) || entry.has(DW_AT.DW_AT_ranges)) found.push(offset);
      if (hops < 3) found.push(...this.completionsOf(offset, hops + 1));
    }
    return found.reverse();
  }

  private completions(): { readonly origins: Float64Array; readonly offsets: Float64Array } {
    if (this.concrete === undefined) {
      const { origins, offsets } = sortedPairs(this.columns.origins, this.columns.originOwners);
      this.concrete = { origins, offsets };
    }
    return this.concrete;
  }

  private types(): { readonly values: Float64Array; readonly offsets: Float64Array } {
    if (this.runtimeTypes === undefined) {
      const { origins, offsets } = sortedPairs(this.columns.runtimeValues, this.columns.runtimeOwners);
      this.runtimeTypes = { values: origins, offsets };
    }
    return this.runtimeTypes;
  }

  /** The type entry whose DW_AT_go_runtime_type is `value`. */
  typeAtRuntimeOffset(value: number): number | undefined {
    const { values, offsets } = this.types();
    const at = lastAtMost(values, value);
    return at >= 0 && values[at] === value ? offsets[at] : undefined;
  }

  get runtimeTypeCount(): number {
    return this.types().values.length;
  }
}

function sortedPairs(keys: Float64Array, values: Float64Array): { origins: Float64Array; offsets: Float64Array } {
  const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
  return {
    origins: Float64Array.from(order, (i) => keys[i] as number),
    offsets: Float64Array.from(order, (i) => values[i] as number),
  };
}
