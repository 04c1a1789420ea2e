import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { findSection, parseElf, type ElfFile } from '../../engine/src/elf/elf-file.ts';
import { MemorySource } from '@inquest/engine';

const SHF_COMPRESSED = 0x800;
const ELFCOMPRESS_ZLIB = 1;
/** Bytes of an Elf64_Shdr, and of the Elf64_Chdr before a stream. */
const SHDR = 64;
const CHDR = 24;

/** Writes a copy of an executable whose debugging information is compressed, as Go's linker does it by default. */
export function writeCompressed(exe: string, copy: string): void {
  const bytes = readFileSync(exe);
  const headers = Number(bytes.readBigUInt64LE(0x28));
  parseElf(new MemorySource(exe, bytes)).sections.forEach((section, index) => {
    if (!section.name.startsWith('.debug_') || section.size < 1024) return;
    const stream = deflateSync(bytes.subarray(section.offset, section.offset + section.size));
    const header = Buffer.alloc(CHDR);
    header.writeUInt32LE(ELFCOMPRESS_ZLIB, 0);
    header.writeBigUInt64LE(BigInt(section.size), 8);
    header.writeBigUInt64LE(1n, 16);
    header.copy(bytes, section.offset);
    stream.copy(bytes, section.offset + CHDR);
    const at = headers + index * SHDR;
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at + 8) | BigInt(SHF_COMPRESSED), at + 8);
    bytes.writeBigUInt64LE(BigInt(CHDR + stream.length), at + 32);
  });
  writeFileSync(copy, bytes);
}

/** Writes a copy whose compressed sections begin as they did and end as they did, and are nonsense between. */
export function writeHollow(exe: string, copy: string, names: readonly string[]): void {
  const bytes = readFileSync(exe);
  const elf: ElfFile = parseElf(new MemorySource(exe, bytes));
  for (const name of names) {
    const section = findSection(elf, name);
    if (section === undefined) throw new Error(`no ${name} in ${exe}`);
    bytes.fill(0xee, section.offset + CHDR, section.offset + section.size - 4);
  }
  writeFileSync(copy, bytes);
}
