import { readU32 } from '../base/cursor.ts';
import { attempt, hex } from '../base/errors.ts';
import { decodeLatin1 } from '../base/text.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { NT_GNU_BUILD_ID, NT_GO_BUILD_ID, PT_NOTE } from './constants.ts';
import { findSection, rawSection, type ElfFile } from './elf-file.ts';

/** One ELF note. `data` is the descriptor. */
export interface Note {
  readonly name: string;
  readonly type: number;
  readonly data: Uint8Array;
}

/** No single note segment is larger in practice (100,000 threads need about 300 MB). */
const LARGEST_NOTES = 0x4000_0000;

/** Parses consecutive notes, with names and descriptors padded to four bytes; stops where they make no sense. */
export function parseNotes(bytes: Uint8Array): { notes: Note[]; damaged: boolean } {
  const notes: Note[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const nameSize = readU32(bytes, at);
    const dataSize = readU32(bytes, at + 4);
    const type = readU32(bytes, at + 8);
    const dataAt = at + 12 + Math.ceil(nameSize / 4) * 4;
    if (dataAt + dataSize > bytes.length) return { notes, damaged: true };
    let name = decodeLatin1(bytes.subarray(at + 12, at + 12 + nameSize));
    const zero = name.indexOf('\0');
    if (zero >= 0) name = name.slice(0, zero);
    notes.push({ name, type, data: bytes.subarray(dataAt, dataAt + dataSize) });
    at = dataAt + Math.ceil(dataSize / 4) * 4;
  }
  return { notes, damaged: false };
}

/** All notes of all PT_NOTE segments, in file order. What is cut off or damaged is told to `complain`. */
export function readNotes(elf: ElfFile, complain: (what: string) => void = () => {}): Note[] {
  const all: Note[] = [];
  const source: ByteSource = elf.source;
  for (const segment of elf.segments) {
    if (segment.type !== PT_NOTE) continue;
    const there = Math.max(0, Math.min(segment.filesz, source.size - segment.offset, LARGEST_NOTES));
    if (there < segment.filesz) complain(`the notes at file offset ${hex(segment.offset)} are cut off`);
    const { notes, damaged } = parseNotes(source.bytes(Math.min(segment.offset, source.size), there));
    if (damaged && there === segment.filesz) complain(`the notes at file offset ${hex(segment.offset)} are damaged`);
    // Not spread: a process of 30,000 threads has more notes than a call may have arguments.
    for (const note of notes) all.push(note);
  }
  return all;
}

/** The two identities that a Go executable can carry. */
export interface BuildIds {
  /** NT_GNU_BUILD_ID in hex digits. */
  readonly gnu?: string;
  /** The Go linker's own build ID text (cmd/internal/buildid). */
  readonly go?: string;
}

/** Picks the build IDs out of an executable's notes. */
export function buildIdsOf(notes: readonly Note[]): BuildIds {
  let gnu: string | undefined;
  let go: string | undefined;
  for (const note of notes) {
    if (note.name === 'GNU' && note.type === NT_GNU_BUILD_ID) {
      gnu = [...note.data].map((b) => b.toString(16).padStart(2, '0')).join('');
    } else if (note.name === 'Go' && note.type === NT_GO_BUILD_ID) {
      go = decodeLatin1(note.data);
    }
  }
  return { ...(gnu === undefined ? {} : { gnu }), ...(go === undefined ? {} : { go }) };
}

/** The build IDs of a file. */
export function readBuildIds(elf: ElfFile): BuildIds {
  return buildIdsOf(readNotes(elf));
}

/** The GNU build ID of a file in hex digits, even if no segment holds it: Go's linker covers only its own note by one. */
export function gnuBuildId(elf: ElfFile): string | undefined {
  const section = findSection(elf, '.note.gnu.build-id');
  const own = readBuildIds(elf).gnu;
  return own ?? (section && attempt(() => buildIdsOf(parseNotes(rawSection(elf, section)).notes).gnu));
}
