import { attempt } from '../base/errors.ts';
import { PF_X, PT_LOAD } from '../elf/constants.ts';
import type { Image } from '../image/image.ts';
import type { Program } from '../program/program.ts';

/** Code outside Go's function tables: C in the executable or in a library. */
export interface NativeSymbol {
  readonly name: string;
  /** From DWARF; '' without. */
  readonly file: string;
  readonly line: number;
  readonly address: number;
}

/** The images that are at hand: the executable, and the libraries that were mapped. */
export function openImages(program: Program): readonly Image[] {
  const images = new Set<Image>();
  if (program.main !== undefined) images.add(program.main);
  for (const { start } of program.target.mappedFiles) {
    const image = attempt(() => program.imageAt(start));
    if (image !== undefined) images.add(image);
  }
  return [...images];
}

/** The symbol of exactly that name: of the executable, else of the first library that has it. */
export function nativeSymbol(program: Program, name: string): NativeSymbol | undefined {
  for (const image of openImages(program)) {
    const symbol = attempt(() => image.symbol(name));
    if (symbol === undefined || symbol.address === image.bias) continue;
    const line = nativeLine(program, symbol.address);
    return { name, file: line?.file ?? '', line: line?.line ?? 0, address: symbol.address };
  }
  return undefined;
}

/** Whether an address is in a part of a file that may be executed: what symbols of data have no business with. */
export function isCode(program: Program, address: number): boolean {
  const image = attempt(() => program.imageAt(address));
  if (image === undefined) return false;
  const at = address - image.bias;
  return image.elf.segments.some(
    ({ type, flags, vaddr, memsz }) => type === PT_LOAD && (flags & PF_X) !== 0 && at >= vaddr && at < vaddr + memsz,
  );
}

/** File and line of native code, from its DWARF. */
export function nativeLine(program: Program, pc: number): { readonly file: string; readonly line: number } | undefined {
  const image = attempt(() => program.imageAt(pc));
  if (image === undefined) return undefined;
  const link = pc - image.bias;
  const row = attempt(() => image.dwarf?.unitAt(link)?.lineTable()?.findLine(link));
  return row && row.file !== '?' ? { file: row.file, line: row.line } : undefined;
}
