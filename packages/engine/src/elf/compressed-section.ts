import { badData, hex } from '../base/errors.ts';
import { readU32, readU64 } from '../base/cursor.ts';
import type { Decompressors } from '../bytes/byte-source.ts';
import { ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD, SHF_COMPRESSED } from './constants.ts';
import { findSection, rawSection, type ElfFile, type Section } from './elf-file.ts';

/** No real debug section is larger; a bound against decompression bombs. */
const LARGEST_SECTION = 0x1_0000_0000;

/**
 * The bytes of the section `name`, decompressed. `.debug_x` is also found as `.zdebug_x` (Go <= 1.18).
 * Undefined when there is no such section; `bad-data` when its contents are damaged.
 */
export function sectionContents(elf: ElfFile, name: string, decompress: Decompressors): Uint8Array | undefined {
  const section = findSection(elf, name);
  if (section !== undefined) {
    const raw = rawSection(elf, section);
    return (section.flags & SHF_COMPRESSED) === 0 ? raw : inflateChdr(section, raw, decompress);
  }
  if (!name.startsWith('.debug_')) return undefined;
  const old = findSection(elf, `.z${name.slice(1)}`);
  if (old === undefined) return undefined;
  return inflateZdebug(old, rawSection(elf, old), decompress);
}

/** SHF_COMPRESSED: an Elf64_Chdr {type u32, reserved u32, size u64, align u64} goes before the stream. */
function inflateChdr(section: Section, raw: Uint8Array, decompress: Decompressors): Uint8Array {
  if (raw.length < 24) throw badData(`${section.name} is too short for its compression header`);
  const type = readU32(raw, 0);
  const size = checkedSize(section, readU64(raw, 8));
  const stream = raw.subarray(24);
  if (type === ELFCOMPRESS_ZLIB) return decompress.zlib(stream, size);
  if (type === ELFCOMPRESS_ZSTD) return decompress.zstd(stream, size);
  throw badData(`${section.name} is compressed by the unknown method ${type}`);
}

/** The GNU form before SHF_COMPRESSED: "ZLIB" and the size as 8 bytes big-endian. */
function inflateZdebug(section: Section, raw: Uint8Array, decompress: Decompressors): Uint8Array {
  if (raw.length < 12 || readU32(raw, 0) !== 0x42494c5a) return raw;
  let size = 0;
  for (let i = 4; i < 12; i++) size = size * 256 + (raw[i] as number);
  return decompress.zlib(raw.subarray(12), checkedSize(section, size));
}

function checkedSize(section: Section, size: number): number {
  if (size > LARGEST_SECTION) throw badData(`${section.name} claims ${hex(size)} bytes when decompressed`);
  return size;
}
