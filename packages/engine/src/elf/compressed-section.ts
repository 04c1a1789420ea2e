import { counters } from '../base/counters.ts';
import { crc32 } from '../base/crc32.ts';
import { badData, hex } from '../base/errors.ts';
import { readU32, readU64 } from '../base/cursor.ts';
import type { ByteSource, Decompressors, ZlibStream } from '../bytes/byte-source.ts';
import { whole, type GrowingBytes } from '../bytes/growing-bytes.ts';
import { ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD, SHF_COMPRESSED, SHT_NOBITS } from './constants.ts';
import { findSection, rawSection, type ElfFile, type Section } from './elf-file.ts';

/** No real debug section is larger; a bound against decompression bombs. */
const LARGEST_SECTION = 0x1_0000_0000;

/** Bytes of the checksum at the end of a zlib stream (RFC 1950, 2.2). */
const CHECKSUM = 4;
/** Sections of which a checksum is quickly made, in bytes. */
const SMALL_SECTION = 4096;

/** Larger ones may be made up: they are inflated as far as they are asked for, in bytes. */
const MOST_BESIDE = 1 << 30;

/** How a section is stored: where its stream begins, by which method it is compressed, and how many bytes that gives. */
interface Compression {
  readonly header: number;
  readonly method: 'zlib' | 'zstd';
  readonly size: number;
}

/** By what a section is kept from run to run. */
export interface KeepSection {
  /** What was kept; undefined if nothing was. Where it is damaged, the section is had by `open`. */
  find(identity: string, size: number, open: () => GrowingBytes): GrowingBytes | undefined;
  /** Has a section kept that was not. */
  keep(identity: string, size: number, contents: GrowingBytes): GrowingBytes;
}

/**
 * The bytes of the section `name`, decompressed as far as they are asked for, if the host can do that. `.debug_x` is also found as
 * `.zdebug_x` (Go <= 1.18). Undefined when there is no such section; `bad-data` when its contents are damaged.
 */
export function sectionContents(
  elf: ElfFile,
  name: string,
  decompress: Decompressors,
  keep?: KeepSection,
): GrowingBytes | undefined {
  const stored = findStored(elf, name);
  if (stored === undefined) return undefined;
  const { section, compression } = stored;
  if (compression === undefined) return whole(rawSection(elf, section));
  const open = (): GrowingBytes => inflate(elf, section, compression, decompress);
  const { found, keepFrom } = keptOf(elf, stored, compression, open, keep);
  return found ?? keepFrom(open());
}

/** What was kept of a compressed section, which `open` inflates, and a way to have that kept that was not: it gives back what it gets. */
function keptOf(
  elf: ElfFile,
  stored: Stored,
  { size }: Compression,
  open: () => GrowingBytes,
  keep: KeepSection | undefined,
): { readonly found: GrowingBytes | undefined; readonly keepFrom: (contents: GrowingBytes) => GrowingBytes } {
  const identity = keep && identityOf(elf, stored);
  if (keep === undefined || identity === undefined) return { found: undefined, keepFrom: (contents) => contents };
  return {
    found: keep.find(identity, size, open),
    keepFrom: (contents) => keep.keep(identity, size, contents),
  };
}

function inflate(elf: ElfFile, section: Section, compression: Compression, decompress: Decompressors): GrowingBytes {
  const { header, method, size } = compression;
  if (size > LARGEST_SECTION) throw badData(`${section.name} claims ${hex(size)} bytes when decompressed`);
  counters.sectionsInflated++;
  if (method === 'zlib' && decompress.growingZlib !== undefined)
    return decompress.growingZlib(elf.source, streamOf(section, compression));
  const inflated = decompress[method](rawSection(elf, section).subarray(header), size);
  counters.bytesInflated += inflated.length;
  return whole(inflated);
}

/** A section as a stream, for one who inflates several at once. */
export interface ZlibSection {
  readonly source: ByteSource;
  readonly stream: ZlibStream;
  /** What was kept of it, undefined if nothing was. */
  readonly found: GrowingBytes | undefined;
  /** Has contents kept as `sectionContents` does; gives them back. */
  readonly keepFrom: (contents: GrowingBytes) => GrowingBytes;
}

/** How a section is compressed by zlib; undefined where it is not, or is much too large. */
export function zlibSection(
  elf: ElfFile,
  name: string,
  decompress: Decompressors,
  keep?: KeepSection,
): ZlibSection | undefined {
  const stored = findStored(elf, name);
  const { section, compression } = stored ?? {};
  if (section === undefined || compression?.method !== 'zlib' || compression.size > MOST_BESIDE) return undefined;
  const open = (): GrowingBytes => inflate(elf, section, compression, decompress);
  const kept = keptOf(elf, { section, compression }, compression, open, keep);
  return { source: elf.source, stream: streamOf(section, compression), ...kept };
}

function streamOf(section: Section, { header, size }: Compression): ZlibStream {
  return { offset: section.offset + header, length: section.size - header, size };
}

/** True if there is a section of that name, compressed or not. */
export function hasContents(elf: ElfFile, name: string): boolean {
  return findStored(elf, name) !== undefined;
}

/**
 * What tells the contents of a section of that name from others: their size and the checksum that zlib writes behind them, or, of
 * small ones, one of their bytes. Undefined where there is no such section, and where it has no checksum.
 */
export function sectionIdentity(elf: ElfFile, name: string): string | undefined {
  const stored = findStored(elf, name);
  return stored && identityOf(elf, stored);
}

function identityOf(elf: ElfFile, { section, compression }: Stored): string | undefined {
  const size = compression?.size ?? section.size;
  const checksum = checksumOf(elf, section, compression);
  return checksum === undefined ? undefined : `${size.toString(16)}-${checksum.toString(16)}`;
}

function checksumOf(elf: ElfFile, section: Section, compression: Compression | undefined): number | undefined {
  // The linker leaves sections as they are that would not get smaller.
  if (compression === undefined) return section.size > SMALL_SECTION ? undefined : crc32(rawSection(elf, section));
  if (compression.method !== 'zlib' || section.size < compression.header + CHECKSUM) return undefined;
  return elf.source.u32(section.offset + section.size - CHECKSUM);
}

/** A section, and how it is stored; without `compression`, as it is. */
interface Stored {
  readonly section: Section;
  readonly compression: Compression | undefined;
}

function findStored(elf: ElfFile, name: string): Stored | undefined {
  const section = findSection(elf, name);
  if (section !== undefined) {
    const isCompressed = (section.flags & SHF_COMPRESSED) !== 0 && section.type !== SHT_NOBITS;
    return { section, compression: isCompressed ? readChdr(elf, section) : undefined };
  }
  const old = name.startsWith('.debug_') ? findSection(elf, `.z${name.slice(1)}`) : undefined;
  return old && { section: old, compression: readZdebug(elf, old) };
}

/** SHF_COMPRESSED: an Elf64_Chdr {type u32, reserved u32, size u64, align u64} goes before the stream. */
function readChdr(elf: ElfFile, section: Section): Compression {
  if (section.size < 24) throw badData(`${section.name} is too short for its compression header`);
  const raw = elf.source.bytes(section.offset, 24);
  const type = readU32(raw, 0);
  const size = readU64(raw, 8);
  if (type === ELFCOMPRESS_ZLIB) return { header: 24, method: 'zlib', size };
  if (type === ELFCOMPRESS_ZSTD) return { header: 24, method: 'zstd', size };
  throw badData(`${section.name} is compressed by the unknown method ${type}`);
}

/** The GNU form before SHF_COMPRESSED: "ZLIB" and the size as 8 bytes big-endian. Undefined for what is not compressed. */
function readZdebug(elf: ElfFile, section: Section): Compression | undefined {
  if (section.size < 12 || section.type === SHT_NOBITS) return undefined;
  const raw = elf.source.bytes(section.offset, 12);
  if (readU32(raw, 0) !== 0x42494c5a) return undefined;
  let size = 0;
  for (let i = 4; i < 12; i++) size = size * 256 + (raw[i] as number);
  return { header: 12, method: 'zlib', size };
}
