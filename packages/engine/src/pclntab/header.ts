import { badData, hex } from '../base/errors.ts';
import type { Memory } from '../bytes/memory.ts';

/** The generations of the table's format; see cmd/internal/obj and runtime/symtab.go of each release. */
export type PclnFormat = 'go1.2' | 'go1.16' | 'go1.18' | 'go1.20';

const FORMAT_OF_MAGIC: Readonly<Record<number, PclnFormat>> = {
  0xfffffffb: 'go1.2',
  0xfffffffa: 'go1.16',
  0xfffffff0: 'go1.18',
  0xfffffff1: 'go1.20',
};

/** Where the parts of one pclntab are. All are addresses in memory. */
export interface PclnHeader {
  readonly format: PclnFormat;
  readonly address: number;
  /** Instruction size quantum: 1 on amd64, 4 on arm64. */
  readonly quantum: number;
  readonly functionCount: number;
  /** The text start that the header holds (Go 1.18-1.25, relocated); 0 when it holds none. */
  readonly textStart: number;
  readonly nameTable: number;
  readonly cuTable: number;
  readonly fileTable: number;
  readonly pcTable: number;
  /** What function records are relative to. */
  readonly functionBase: number;
  readonly functab: number;
}

/** True if a pclntab header seems to start at `address`. */
export function looksLikePclntab(memory: Memory, address: number): boolean {
  const head = memory.readSome(address, 8);
  if (head.length < 8) return false;
  const magic =
    (head[0] as number) + ((head[1] as number) << 8) + ((head[2] as number) << 16) + (head[3] as number) * 0x1000000;
  return (
    FORMAT_OF_MAGIC[magic] !== undefined &&
    head[4] === 0 &&
    head[5] === 0 &&
    (head[6] === 1 || head[6] === 4) &&
    head[7] === 8
  );
}

/** Parses the header at `address`. Throws `bad-data` when it is not one. */
export function readPclnHeader(memory: Memory, address: number): PclnHeader {
  if (!looksLikePclntab(memory, address)) throw badData(`no Go function table (pclntab) at ${hex(address)}`);
  const format = FORMAT_OF_MAGIC[memory.u32(address)] as PclnFormat;
  const quantum = memory.u8(address + 6);
  const functionCount = memory.u64(address + 8);
  if (functionCount === 0 || functionCount > 50_000_000) {
    throw badData(`the Go function table at ${hex(address)} claims ${functionCount} functions`);
  }
  if (format === 'go1.2') {
    const functab = address + 16;
    const fileOffsetAt = functab + functionCount * 16 + 8;
    return {
      format,
      address,
      quantum,
      functionCount,
      textStart: 0,
      nameTable: address,
      cuTable: 0,
      fileTable: address + memory.u32(fileOffsetAt),
      pcTable: address,
      functionBase: address,
      functab,
    };
  }
  // Go 1.18 put textStart before the five offsets.
  const hasText = format !== 'go1.16';
  const offsetsAt = address + 24 + (hasText ? 8 : 0);
  const part = (i: number): number => address + memory.u64(offsetsAt + i * 8);
  return {
    format,
    address,
    quantum,
    functionCount,
    textStart: hasText ? memory.u64(address + 24) : 0,
    nameTable: part(0),
    cuTable: part(1),
    fileTable: part(2),
    pcTable: part(3),
    functionBase: part(4),
    functab: part(4),
  };
}

/** True if the index of functions can be read to its end: without it no function is found. */
export function isWholeIndex(memory: Memory, { format, functab, functionCount }: PclnHeader): boolean {
  const size = format === 'go1.2' || format === 'go1.16' ? 8 : 4;
  // Pairs of entry and record, and the end of the text.
  return memory.readSome(functab + functionCount * 2 * size, size).length === size;
}
