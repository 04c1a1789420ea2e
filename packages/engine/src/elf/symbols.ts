import { readU32, readU64 } from '../base/cursor.ts';
import { encodeUtf8 } from '../base/text.ts';
import { SHT_DYNSYM, SHT_SYMTAB } from './constants.ts';
import { rawSection, type ElfFile, type Section } from './elf-file.ts';

/** A symbol's link-time address and size in bytes. */
export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

const SYMBOL_SIZE = 24;

/**
 * Finds symbols by exact name, all in one pass. The table is not parsed: the names are searched for as bytes in the
 * string table, then their offsets in the symbol records; on a 130 MB executable that is tens of milliseconds.
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
  const text = rawSection(elf, strings);
  const nameAt = new Map<number, string>();
  for (const name of names) {
    const at = indexOfName(text, name);
    if (at >= 0) nameAt.set(at, name);
  }
  if (nameAt.size === 0) return;
  const symbols = rawSection(elf, table);
  let missing = nameAt.size;
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    const name = nameAt.get(readU32(symbols, at));
    if (name === undefined) continue;
    // Section index 0 is an undefined (imported) symbol.
    if ((symbols[at + 6] as number) === 0 && (symbols[at + 7] as number) === 0) continue;
    if (!found.has(name)) missing--;
    found.set(name, { name, address: readU64(symbols, at + 8), size: readU64(symbols, at + 16) });
    if (missing === 0) return;
  }
}

/** Offset of the zero-terminated `name` in a string table, or -1. */
function indexOfName(text: Uint8Array, name: string): number {
  const bytes = encodeUtf8(`\0${name}\0`);
  // The last letters differ most between symbols, so candidates are tested from the end.
  const length = bytes.length;
  let at = text.indexOf(bytes[1] as number, 1) - 1;
  while (at >= 0 && at + length <= text.length) {
    if (text[at] === 0) {
      let i = length - 1;
      while (i > 0 && text[at + i] === bytes[i]) i--;
      if (i === 0) return at + 1;
    }
    // Names start behind a zero: jump from terminator to terminator.
    const zero = text.indexOf(0, at + 1);
    if (zero < 0) return -1;
    at = zero;
  }
  return -1;
}

/** The best known symbol at or below a link-time address, from the symbol tables; for non-Go code. */
export interface SymbolTable {
  /** Ascending link-time addresses. */
  readonly addresses: Float64Array;
  nameAt(address: number): { name: string; offset: number } | undefined;
}

/** Parses the function symbols of a file for lookups by address (C code, shared libraries). */
export function functionSymbols(elf: ElfFile): SymbolTable {
  const rows: { address: number; size: number; nameAt: number; text: Uint8Array }[] = [];
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
      if (address !== 0) rows.push({ address, size: readU64(symbols, at + 16), nameAt: readU32(symbols, at), text });
    }
  }
  rows.sort((a, b) => a.address - b.address);
  const addresses = Float64Array.from(rows, (row) => row.address);
  return {
    addresses,
    nameAt(address) {
      let low = 0;
      let high = rows.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((addresses[middle] as number) <= address) low = middle + 1;
        else high = middle;
      }
      const row = rows[low - 1];
      if (row === undefined || (row.size !== 0 && address >= row.address + row.size)) return undefined;
      let end = row.text.indexOf(0, row.nameAt);
      if (end < 0) end = row.text.length;
      let name = '';
      for (let i = row.nameAt; i < end; i++) name += String.fromCharCode(row.text[i] as number);
      return { name, offset: address - row.address };
    },
  };
}
