import type { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';

/** Link-time addresses that encoded pointers count from. */
export interface PointerBases {
  /** Of the section that holds the pointer. */
  readonly section: number;
  readonly text: number;
  readonly data: number;
}

const DW_EH_PE_omit = 0xff;
const DW_EH_PE_aligned = 0x50;

/**
 * Reads a pointer of .eh_frame (Linux Standard Base, core 5.0, section 10.5). A DW_EH_PE_indirect one gives the address where
 * the pointer is kept. Undefined for DW_EH_PE_omit; throws `bad-data` on an unknown encoding.
 */
export function readPointer(cursor: Cursor, encoding: number, bases: PointerBases): number | undefined {
  if (encoding === DW_EH_PE_omit) return undefined;
  if ((encoding & 0x70) === DW_EH_PE_aligned) {
    const misaligned = (bases.section + cursor.at) % 8;
    if (misaligned !== 0) cursor.skip(8 - misaligned);
    return cursor.u64();
  }
  const place = bases.section + cursor.at;
  const value = readFormat(cursor, encoding & 0x0f);
  switch (encoding & 0x70) {
    case 0x00:
      return value;
    case 0x10: // DW_EH_PE_pcrel
      return place + value;
    case 0x20: // DW_EH_PE_textrel
      return bases.text + value;
    case 0x30: // DW_EH_PE_datarel
      return bases.data + value;
    default:
      throw badData(`unknown pointer encoding ${hex(encoding)} at ${cursor.name}+${hex(cursor.at)}`);
  }
}

function readFormat(cursor: Cursor, format: number): number {
  switch (format) {
    case 0x00: // DW_EH_PE_absptr
      return cursor.u64();
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return cursor.u16();
    case 0x03:
      return cursor.u32();
    case 0x04:
      return cursor.u64();
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return (cursor.u16() << 16) >> 16;
    case 0x0b:
      return cursor.i32();
    case 0x0c:
      return Number(BigInt.asIntN(64, cursor.u64big()));
    default:
      throw badData(`unknown pointer format ${hex(format)} at ${cursor.name}+${hex(cursor.at)}`);
  }
}
