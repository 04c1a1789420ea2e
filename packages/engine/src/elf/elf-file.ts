import { badData, DebugError, hex, unsupported } from '../base/errors.ts';
import { readCString, readU16, readU32, readU64 } from '../base/cursor.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { ET_CORE, MACHINE_NAMES, PN_XNUM, SHT_NOBITS } from './constants.ts';

/** One program header. Offsets and sizes in bytes; `vaddr` is a link-time address. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
  readonly align: number;
}

/** One section header. `addr` is a link-time address, 0 when the section is not loaded. */
export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly addr: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entsize: number;
}

/** An ELF64 little-endian file: executable, shared library or core. Headers only; contents are read on demand. */
export interface ElfFile {
  readonly source: ByteSource;
  readonly type: number;
  readonly machine: number;
  /** GOARCH-like name of the machine. */
  readonly machineName: string;
  readonly entry: number;
  readonly segments: readonly Segment[];
  /** Empty when the section headers were stripped or cut off. */
  readonly sections: readonly Section[];
  /** What could not be read of the headers, in plain words. */
  readonly diagnostics: readonly string[];
}

const HEADER_SIZE = 64;
const SEGMENT_SIZE = 56;
const SECTION_SIZE = 64;
/** More headers than any real file has: a bound against nonsense counts. */
const MOST_SEGMENTS = 4_000_000;

/**
 * Parses the headers of an ELF file (gABI chapters 4 and 5).
 * Throws `bad-data` for what is not ELF and `unsupported` for 32-bit or big-endian files; damage behind the file
 * header is survived and told in `diagnostics`.
 */
export function parseElf(source: ByteSource): ElfFile {
  const name = source.name;
  if (source.size === 0) throw badData(`${name} is empty`);
  if (source.size < 4 || source.u32(0) !== 0x464c457f) throw badData(describeNonElf(source));
  if (source.size < HEADER_SIZE) throw badData(`${name} is cut off: it ends inside the ELF header`);
  const h = source.bytes(0, HEADER_SIZE);
  const machine = readU16(h, 18);
  const machineName = MACHINE_NAMES[machine] ?? `machine ${machine}`;
  if (h[4] !== 2) throw unsupported(`${name} is a 32-bit ELF file (${machineName}); only 64-bit programs can be read`);
  if (h[5] !== 1) throw unsupported(`${name} is big-endian (${machineName}); only little-endian programs can be read`);
  const diagnostics: string[] = [];
  const type = readU16(h, 16);
  const sections = attemptSections(source, h, diagnostics);
  return {
    source,
    type,
    machine,
    machineName,
    entry: readU64(h, 24),
    segments: parseSegments(source, h, diagnostics),
    sections: type === ET_CORE ? [] : sections,
    diagnostics,
  };
}

/** Tells what a file is that does not start with the ELF magic, as far as its first bytes show. */
function describeNonElf(source: ByteSource): string {
  const head = source.bytes(0, Math.min(source.size, 8));
  const starts = (...magic: number[]): boolean => magic.every((b, i) => head[i] === b);
  const name = source.name;
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return `${name} is zstd-compressed: decompress it first (zstd -d)`;
  if (starts(0x1f, 0x8b)) return `${name} is gzip-compressed: decompress it first (gunzip)`;
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return `${name} is xz-compressed: decompress it first (xz -d)`;
  if (starts(0x04, 0x22, 0x4d, 0x18)) return `${name} is lz4-compressed: decompress it first (lz4 -d)`;
  if (starts(0x4d, 0x44, 0x4d, 0x50)) return `${name} is a Windows minidump, which cannot be read`;
  if (starts(0x4d, 0x5a)) return `${name} is a Windows program, not an ELF file`;
  if (starts(0xcf, 0xfa, 0xed, 0xfe) || starts(0xca, 0xfe, 0xba, 0xbe))
    return `${name} is a macOS (Mach-O) file, not an ELF file`;
  if (starts(0x23, 0x21)) return `${name} is a script, not an ELF file`;
  return `${name} is not an ELF file (it starts with ${[...head.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ')})`;
}

function parseSegments(source: ByteSource, h: Uint8Array, diagnostics: string[]): Segment[] {
  const phoff = readU64(h, 32);
  const entsize = readU16(h, 54);
  let count = readU16(h, 56);
  const shoff = readU64(h, 40);
  if (count === PN_XNUM && shoff !== 0 && shoff + SECTION_SIZE <= source.size) count = source.u32(shoff + 44);
  if (count === 0) return [];
  if (entsize !== SEGMENT_SIZE)
    throw badData(`${source.name}: program headers of ${entsize} bytes, not ${SEGMENT_SIZE}`);
  const fit = Math.max(0, Math.floor((source.size - phoff) / SEGMENT_SIZE));
  if (count > MOST_SEGMENTS) throw badData(`${source.name}: ${count} program headers`);
  if (fit < count) {
    diagnostics.push(`${source.name} is cut off: only ${fit} of ${count} program headers are there`);
    count = fit;
  }
  if (count === 0) return [];
  const table = source.bytes(phoff, count * SEGMENT_SIZE);
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * SEGMENT_SIZE;
    segments.push({
      type: readU32(table, at),
      flags: readU32(table, at + 4),
      offset: readU64(table, at + 8),
      vaddr: readU64(table, at + 16),
      filesz: readU64(table, at + 32),
      memsz: readU64(table, at + 40),
      align: readU64(table, at + 48),
    });
  }
  return segments;
}

function attemptSections(source: ByteSource, h: Uint8Array, diagnostics: string[]): Section[] {
  try {
    return parseSections(source, h);
  } catch (error) {
    if (!(error instanceof DebugError)) throw error;
    diagnostics.push(`section headers cannot be read: ${error.message}`);
    return [];
  }
}

function parseSections(source: ByteSource, h: Uint8Array): Section[] {
  const shoff = readU64(h, 40);
  let count = readU16(h, 60);
  let names = readU16(h, 62);
  if (shoff === 0) return [];
  if (readU16(h, 58) !== SECTION_SIZE) throw badData(`${source.name}: section headers of ${readU16(h, 58)} bytes`);
  if (count === 0) count = source.u64(shoff + 32);
  if (names === 0xffff) names = source.u32(shoff + 40);
  if (count > (source.size - shoff) / SECTION_SIZE) {
    throw badData(`${count} section headers at ${hex(shoff)} are beyond its end`);
  }
  const table = source.bytes(shoff, count * SECTION_SIZE);
  const stringsAt = names < count ? names * SECTION_SIZE : 0;
  const strings = source.bytes(readU64(table, stringsAt + 24), Math.min(readU64(table, stringsAt + 32), 1 << 20));
  const sections: Section[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * SECTION_SIZE;
    sections.push({
      name: readCString(strings, Math.min(readU32(table, at), strings.length)),
      type: readU32(table, at + 4),
      flags: readU64(table, at + 8),
      addr: readU64(table, at + 16),
      offset: readU64(table, at + 24),
      size: readU64(table, at + 32),
      link: readU32(table, at + 40),
      info: readU32(table, at + 44),
      entsize: readU64(table, at + 56),
    });
  }
  return sections;
}

/** The section of that exact name. */
export function findSection(elf: ElfFile, name: string): Section | undefined {
  return elf.sections.find((section) => section.name === name);
}

/** The stored bytes of a section, not decompressed; empty for NOBITS. Throws `bad-data` if the file ends before. */
export function rawSection(elf: ElfFile, section: Section): Uint8Array {
  if (section.type === SHT_NOBITS) return new Uint8Array(0);
  return elf.source.bytes(section.offset, section.size);
}
