import { attempt, DebugError } from '../base/errors.ts';
import { MemorySource } from '../bytes/memory-source.ts';
import { PT_LOAD, SHT_NOBITS } from '../elf/constants.ts';
import { parseElf, type ElfFile } from '../elf/elf-file.ts';
import { buildIdsOf, parseNotes, readBuildIds, type BuildIds, type Note } from '../elf/notes.ts';
import { readU16, readU32, readU64 } from '../base/cursor.ts';
import type { LoadedFile } from './loaded-file.ts';

/**
 * `proven`: the first page of the file, build ID included, is in the core and equal.
 * `unproven`: the core has nothing to compare with, or is cut off inside that page. `differs`: it is another build, and the user insisted.
 */
export type ExecutableProof = 'proven' | 'unproven' | 'differs';

/** The least that the kernel dumps of a file with an ELF header, in bytes. */
const FIRST_PAGE = 4096;

/** Whether a file is the one that was mapped. `difference` is why it is another one, a sentence; only where it `differs`. */
export interface Judgement {
  readonly proof: ExecutableProof;
  readonly difference: string | undefined;
}

/**
 * Compares a file with the copy of its first page that the kernel keeps in cores (coredump_filter bit 4): ELF header,
 * program headers and, in Go executables, the build ID.
 * @param start address of that page; undefined if that is not known
 */
export function judgeExecutable(file: ElfFile, core: ElfFile, start: number | undefined): Judgement {
  const page = start === undefined ? undefined : firstPage(core, start);
  if (page === undefined || page.length < 64) return { proof: 'unproven', difference: undefined };
  const { source } = file;
  const own = source.bytes(0, Math.min(page.length, source.size));
  let same = own.length === page.length;
  for (let i = 0; same && i < own.length; i++) same = own[i] === page[i];
  // Builds differ in the build ID, far behind the headers: part of the page proves nothing.
  if (same)
    return { proof: page.length < Math.min(FIRST_PAGE, source.size) ? 'unproven' : 'proven', difference: undefined };
  return { proof: 'differs', difference: differenceText(file, page) };
}

/** The same for the executable that is used: throws `mismatch` when they differ, unless `force`. */
export function compareExecutable(
  file: LoadedFile,
  core: ElfFile,
  start: number | undefined,
  force: boolean,
  complain: (what: string) => void,
): ExecutableProof {
  const { proof, difference } = judgeExecutable(file.elf, core, start);
  if (difference === undefined) return proof;
  if (!force) {
    throw new DebugError(difference, {
      code: 'mismatch',
      hint: 'give the executable that crashed, or --force to go on with this one (names, lines and values may be wrong)',
    });
  }
  complain(difference);
  return proof;
}

/**
 * Compares a candidate for a library with the first page of what was mapped. Equal GNU build IDs and program headers are
 * proof, even if the file was stripped since; without them the page must be equal. `difference` is why it is another file.
 */
export function compareLibrary(
  elf: ElfFile,
  page: Uint8Array | undefined,
): { readonly proof: ExecutableProof; readonly difference: string | undefined } {
  const text = elf.sections.find((section) => section.name === '.text');
  if (text?.type === SHT_NOBITS)
    return { proof: 'differs', difference: 'it holds only debugging information, no code' };
  if (page === undefined || page.length < 64) return { proof: 'unproven', difference: undefined };
  const own = readBuildIds(elf);
  const theirs = pageBuildIds(page);
  if (own.gnu !== undefined && own.gnu === theirs.gnu && sameProgramHeaders(elf, page))
    return { proof: 'proven', difference: undefined };
  const { source } = elf;
  const bytes = source.bytes(0, Math.min(page.length, source.size));
  if (bytes.length === page.length && bytes.every((byte, i) => byte === page[i])) {
    return { proof: page.length < Math.min(FIRST_PAGE, source.size) ? 'unproven' : 'proven', difference: undefined };
  }
  return {
    proof: 'differs',
    difference: describeIds(own, theirs) ?? 'its first page differs from the one in the core',
  };
}

function sameProgramHeaders({ source }: ElfFile, page: Uint8Array): boolean {
  const start = readU64(page, 32);
  const end = start + readU16(page, 56) * 56;
  if (end > page.length || end > source.size) return false;
  const own = source.bytes(start, end - start);
  return own.every((byte, i) => byte === page[start + i]);
}

/** The build IDs in the first page of a file, as far as they are in it. */
export function pageBuildIds(page: Uint8Array): BuildIds {
  return isElfPage(page) ? buildIdsOf(notesOfPage(page)) : {};
}

/** True if a page begins as an ELF file does. */
export function isElfPage(page: Uint8Array | undefined): page is Uint8Array {
  return page !== undefined && page.length >= 64 && readU32(page, 0) === ELF_MAGIC;
}

const ELF_MAGIC = 0x464c_457f;

/** The file whose first page this is, as far as that page goes: its program headers, and where it begins. */
export function elfOfPage(name: string, page: Uint8Array | undefined): ElfFile | undefined {
  return isElfPage(page) ? attempt(() => parseElf(new MemorySource(name, page))) : undefined;
}

/** The core's own bytes at the start of a mapping, one page at most. */
export function firstPage(core: ElfFile, start: number): Uint8Array | undefined {
  const segment = core.segments.find((s) => s.type === PT_LOAD && s.vaddr === start && s.filesz > 0);
  if (segment === undefined) return undefined;
  const there = Math.max(0, Math.min(segment.filesz, core.source.size - segment.offset, FIRST_PAGE));
  return core.source.bytes(Math.min(segment.offset, core.source.size), there);
}

function differenceText(file: ElfFile, page: Uint8Array): string {
  const { name, size } = file.source;
  if (size < page.length) return `${name} is not the file that crashed, or is cut off: it has only ${size} bytes`;
  const own = readBuildIds(file);
  const theirs = buildIdsOf(notesOfPage(page));
  const ids = describeIds(own, theirs);
  return `${name} is not the file that crashed: ${ids ?? 'its first page differs from the one in the core'}`;
}

function describeIds(own: BuildIds, theirs: BuildIds): string | undefined {
  if (own.gnu !== theirs.gnu && theirs.gnu !== undefined) {
    return `its build ID is ${own.gnu ?? 'absent'}, the core's is ${theirs.gnu}`;
  }
  if (own.go !== theirs.go && theirs.go !== undefined) {
    return `its Go build ID is ${own.go ?? 'absent'}, the core's is ${theirs.go}`;
  }
  return undefined;
}

/** Notes in the first page of an executable, by its own program headers. */
function notesOfPage(page: Uint8Array): Note[] {
  const notes: Note[] = [];
  const phoff = readU64(page, 32);
  const count = readU16(page, 56);
  for (let i = 0; i < count && phoff + (i + 1) * 56 <= page.length; i++) {
    const at = phoff + i * 56;
    if (readU32(page, at) !== 4) continue;
    const offset = readU64(page, at + 8);
    const size = readU64(page, at + 32);
    if (offset + size <= page.length) notes.push(...parseNotes(page.subarray(offset, offset + size)).notes);
  }
  return notes;
}
