import { readU32, readU64 } from '../base/cursor.ts';
import { lastAtMost } from '../base/ranges.ts';
import { decodeUtf8 } from '../base/text.ts';
import { SHT_DYNSYM, SHT_SYMTAB } from './constants.ts';
import { rawSection, type ElfFile } from './elf-file.ts';
import { SYMBOL_SIZE } from './symbols.ts';

/** Symbol types (ELF gABI, figure 4-18) of things that are read and written. */
const STT_NOTYPE = 0;
const STT_OBJECT = 1;

/** A symbol of data and how far behind its start an address lies. */
export interface DataSymbol {
  readonly name: string;
  readonly offset: number;
}

/** Names of Go's that stand for a whole region: `go:string.*`, `type:*`, `runtime.rodata`, `runtime.edata`. */
const REGION = /\*$|^runtime\.e?(?:text|rodata|types|data|bss|noptrdata|noptrbss|pclntab|symtab|gcdata|gcbss|end)$/;

/**
 * The data symbols that hold the given link-time addresses, in one pass over the symbol table: the smallest that does, but no
 * name of a whole region. Symbols without a size hold only their own address.
 */
export function findDataSymbols(elf: ElfFile, addresses: readonly number[]): Map<number, DataSymbol> {
  const wanted = Float64Array.from(new Set(addresses)).sort();
  const found = new Map<number, DataSymbol>();
  const table = elf.sections.find(({ type }) => type === SHT_SYMTAB) ?? elf.sections.find((s) => s.type === SHT_DYNSYM);
  const strings = table && elf.sections[table.link];
  if (table === undefined || strings === undefined || wanted.length === 0) return found;
  const sizes = new Map<number, number>();
  const symbols = rawSection(elf, table);
  let text: Uint8Array | undefined;
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    const type = (symbols[at + 4] as number) & 15;
    if (type !== STT_OBJECT && type !== STT_NOTYPE) continue;
    const start = readU64(symbols, at + 8);
    const size = readU64(symbols, at + 16);
    const first = start === 0 ? wanted.length : lastAtMost(wanted, start - 1) + 1;
    for (let i = first; i < wanted.length; i++) {
      const address = wanted[i] as number;
      if (address >= start + Math.max(1, size)) break;
      if ((size || Infinity) >= (sizes.get(address) ?? Infinity) && found.has(address)) continue;
      text ??= rawSection(elf, strings);
      const nameAt = readU32(symbols, at);
      const end = text.indexOf(0, nameAt);
      const name = decodeUtf8(text.subarray(nameAt, end < 0 ? text.length : end));
      if (name === '' || REGION.test(name)) continue;
      sizes.set(address, size || Infinity);
      found.set(address, { name, offset: address - start });
    }
  }
  return found;
}
