import { readCString, readU32 } from '../base/cursor.ts';
import { crc32 } from '../base/crc32.ts';
import { attempt } from '../base/errors.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { findSection, rawSection, type ElfFile } from './elf-file.ts';
import { readBuildIds } from './notes.ts';

/** What .gnu_debuglink says: the name of the file with the debugging information, and the CRC-32 of its bytes. */
export interface DebugLink {
  readonly name: string;
  readonly crc: number;
}

/** Reads .gnu_debuglink (GDB's manual, "Separate Debug Files"): a name, padding to four bytes, the CRC. */
export function readDebugLink(elf: ElfFile): DebugLink | undefined {
  const section = findSection(elf, '.gnu_debuglink');
  const bytes = section && attempt(() => rawSection(elf, section));
  if (bytes === undefined || bytes.length < 8) return undefined;
  const name = readCString(bytes, 0);
  const crcAt = Math.ceil((name.length + 1) / 4) * 4;
  // A path would lead out of the folders that are searched.
  if (name === '' || name.includes('/') || crcAt + 4 > bytes.length) return undefined;
  return { name, crc: readU32(bytes, crcAt) };
}

/** Bytes that are read at a time for the checksum. */
const STEP = 1 << 20;

function crcOf(source: ByteSource): number {
  let crc = 0;
  for (let at = 0; at < source.size; at += STEP) crc = crc32(source.bytes(at, Math.min(STEP, source.size - at)), crc);
  return crc;
}

/**
 * Why `debug` does not belong to `elf`; undefined if it does: by equal build IDs, or, if one has none, by the checksum
 * of the debug link.
 */
export function whyNotItsDebugFile(elf: ElfFile, debug: ElfFile, link: DebugLink | undefined): string | undefined {
  const own = readBuildIds(elf).gnu;
  const theirs = readBuildIds(debug).gnu;
  if (debug.machine !== elf.machine) return `it is for ${debug.machineName}`;
  if (own !== undefined && theirs !== undefined)
    return own === theirs ? undefined : `its build ID is ${theirs}, not ${own}`;
  if (link === undefined) return 'neither a build ID nor a debug link proves that it belongs to it';
  return crcOf(debug.source) === link.crc ? undefined : 'its checksum is not the one in .gnu_debuglink';
}
