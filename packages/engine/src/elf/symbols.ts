import { readU16, readU32, readU64 } from '../base/cursor.ts';
import { iterMatches } from '../base/byte-search.ts';
import { attempt } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';
import { SHT_DYNSYM, SHT_SYMTAB } from './constants.ts';
import { rawSection, type ElfFile, type Section } from './elf-file.ts';

/** A symbol's link-time address and size in bytes. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** Bytes of a symbol record. */
export const SYMBOL_SIZE = 24;

/**
 * Finds symbols by exact name, all in one pass. The table is not parsed: the names are searched for as text in the string table, then
 * their offsets in the symbol records; on a 130 MB executable that is tens of milliseconds.
 */
export function findSymbols(elf: ElfFile, names: readonly string[]): Map<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  for (const kind of [SHT_SYMTAB, SHT_DYNSYM]) {
    const table = elf.sections.find((section) => section.type === kind);
    const strings = table && elf.sections[table.link];
    if (table === undefined || strings === undefined) continue;
    const missing = names.filter((name) => !found.has(name));
    if (missing.length > 0) searchTable(elf, table, strings, missing, found);
  }
  return found;
}

function searchTable(
  elf: ElfFile,
  table: Section,
  strings: Section,
  names: readonly string[],
  found: Map<string, ElfSymbol>,
): void {
  const text = textOf(elf, strings);
  const nameAt = new Map<number, string>();
  for (const name of names) {
    // A name stands between two zeros.
    const [at] = iterMatches(text, encodeUtf8(`\0${name}\0`), 0, text.length);
    if (at !== undefined) nameAt.set(at + 1, name);
  }
  for (const [at, name] of nameAt) {
    const record = findSorted(elf, table, at);
    if (record === undefined) continue;
    found.set(name, symbolOf(record, 0, name));
    nameAt.delete(at);
  }
  if (nameAt.size > 0) searchAll(elf, table, nameAt, found);
}

/** Passes over the records for names, by where they are. */
function searchAll(
  elf: ElfFile,
  table: Section,
  nameAt: ReadonlyMap<number, string>,
  found: Map<string, ElfSymbol>,
): void {
  const symbols = rawSection(elf, table);
  let missing = nameAt.size;
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    const name = nameAt.get(readU32(symbols, at));
    if (name === undefined || !isDefined(symbols, at)) continue;
    if (!found.has(name)) missing--;
    found.set(name, symbolOf(symbols, at, name));
    if (missing === 0) return;
  }
}

/**
 * The record of the name at `text`, in a table whose records are in the order of their names' places, as Go's linker writes them;
 * undefined where there is none, or another order.
 */
function findSorted(elf: ElfFile, table: Section, text: number): Uint8Array | undefined {
  const { source } = elf;
  const nameOf = (record: number): number => source.u32(table.offset + record * SYMBOL_SIZE);
  const count = Math.floor(table.size / SYMBOL_SIZE);
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (nameOf(middle) < text) low = middle + 1;
    else high = middle;
  }
  if (low >= count || nameOf(low) !== text) return undefined;
  // With others of the same name it is not certain which one is meant.
  if (low + 1 < count && nameOf(low + 1) <= text) return undefined;
  const record = source.bytes(table.offset + low * SYMBOL_SIZE, SYMBOL_SIZE);
  return isDefined(record, 0) ? record : undefined;
}

/** Section index 0 is an undefined (imported) symbol. */
function isDefined(symbols: Uint8Array, at: number): boolean {
  return readU16(symbols, at + 6) !== 0;
}

function symbolOf(symbols: Uint8Array, at: number, name: string): ElfSymbol {
  return { name, address: readU64(symbols, at + 8), size: readU64(symbols, at + 16) };
}

/** String tables that were searched: most are searched again. */
const texts = new WeakMap<ElfFile, { readonly strings: Section; readonly text: Uint8Array }>();

function textOf(elf: ElfFile, strings: Section): Uint8Array {
  const known = texts.get(elf);
  if (known?.strings === strings) return known.text;
  const text = rawSection(elf, strings);
  texts.set(elf, { strings, text });
  return text;
}

/** The best known symbol at or below a link-time address, from the symbol tables; for non-Go code. */
export interface SymbolTable {
  /** Ascending link-time addresses. */
  readonly addresses: Float64Array;
  /** `size` is the symbol's own, or reaches to the next symbol where it has none. */
  nameAt(address: number): { name: string; offset: number; size: number } | undefined;
}

interface SymbolRow {
  readonly address: number;
  readonly size: number;
  /** Assembly may leave the size out: then the function reaches to the next one, or the end of its section. */
  readonly isOpen: boolean;
  readonly nameAt: number;
  readonly text: Uint8Array;
  readonly info: number;
}

/** Symbols that begin before one another's end: how many are looked at for one that reaches an address. */
const MOST_NESTED = 16;

/**
 * Parses the function symbols of files with the same addresses (a library, its debug file) for lookups by address.
 * Tables that are damaged or beyond the end of their file are left out.
 */
export function functionSymbols(files: readonly ElfFile[]): SymbolTable {
  const rows: SymbolRow[] = [];
  for (const elf of files) attempt(() => addRows(elf, rows));
  rows.sort((a, b) => a.address - b.address);
  const addresses = Float64Array.from(rows, (row) => row.address);
  return {
    addresses,
    nameAt(address) {
      const last = lastAtMost(addresses, address);
      for (let i = last; i >= 0 && i > last - MOST_NESTED; i--) {
        const { address: start, size, isOpen } = rows[i] as SymbolRow;
        if (address >= start + size || (isOpen && start !== addresses[last])) continue;
        const next = addresses[last + 1] ?? Infinity;
        return { name: bestName(rows, i), offset: address - start, size: isOpen ? Math.min(size, next - start) : size };
      }
      return undefined;
    },
  };
}

function addRows(elf: ElfFile, rows: SymbolRow[]): void {
  for (const table of elf.sections) {
    if (table.type !== SHT_SYMTAB && table.type !== SHT_DYNSYM) continue;
    const strings = elf.sections[table.link];
    if (strings === undefined) continue;
    const text = rawSection(elf, strings);
    const symbols = rawSection(elf, table);
    for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
      const info = symbols[at + 4] as number;
      // STT_FUNC and STT_GNU_IFUNC
      if ((info & 15) !== 2 && (info & 15) !== 10) continue;
      const address = readU64(symbols, at + 8);
      if (address === 0) continue;
      const size = readU64(symbols, at + 16) || sizeInSection(elf, address, readU16(symbols, at + 6));
      rows.push({ address, size, isOpen: readU64(symbols, at + 16) === 0, nameAt: readU32(symbols, at), text, info });
    }
  }
}

function sizeInSection(elf: ElfFile, address: number, index: number): number {
  const section = elf.sections[index];
  const within = section !== undefined && address >= section.addr && address < section.addr + section.size;
  return within ? section.addr + section.size - address : 0;
}

/** Of the names for the function of row `at`, the one that users know: `abort` rather than `__GI_abort`, `raise` than `gsignal`. */
function bestName(rows: readonly SymbolRow[], at: number): string {
  const { address } = rows[at] as SymbolRow;
  let best = '';
  let bestRank = Infinity;
  for (let i = at; i >= 0 && i > at - MOST_NESTED && rows[i]?.address === address; i--) {
    const row = rows[i] as SymbolRow;
    const name = decodeUtf8(readNameBytes(row));
    const underscores = /^_*/.exec(name)?.[0].length ?? 0;
    // STB_GLOBAL is 1, STB_WEAK 2, STB_LOCAL 0.
    const rank = underscores * 4 + ([2, 0, 1][row.info >> 4] ?? 3);
    if (rank < bestRank) [best, bestRank] = [name, rank];
  }
  return best;
}

function readNameBytes({ text, nameAt }: SymbolRow): Uint8Array {
  const end = text.indexOf(0, nameAt);
  return text.subarray(nameAt, end < 0 ? text.length : end);
}
