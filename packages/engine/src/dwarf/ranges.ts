import type { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { addressAtIndex, type ValueContext } from './attribute-value.ts';
import { DW_FORM } from './forms.ts';
import type { PcRange } from './pc-index.ts';

/** Range list entries (DWARF 5, table 7.30). */
export const DW_RLE = {
  DW_RLE_end_of_list: 0x00,
  DW_RLE_base_addressx: 0x01,
  DW_RLE_startx_endx: 0x02,
  DW_RLE_startx_length: 0x03,
  DW_RLE_offset_pair: 0x04,
  DW_RLE_base_address: 0x05,
  DW_RLE_start_end: 0x06,
  DW_RLE_start_length: 0x07,
} as const;

/** What range lists need to know of their unit. */
export interface ListContext extends ValueContext {
  readonly rnglistsBase: number;
  readonly loclistsBase: number;
  /** The unit's base address: its DW_AT_low_pc, or 0. */
  readonly baseAddress: number;
}

/** The largest number of a list's entries that is read: more is taken for damage. */
export const LIST_LIMIT: number = 1 << 20;

/** The ranges that DW_AT_ranges with `value` of `form` names; empty ones are left out. Throws `bad-data`. */
export function readRanges(unit: ListContext, form: number, value: number): readonly PcRange[] {
  const { sections } = unit;
  if (unit.version < 5) return sections.list('.debug_ranges', value, (cursor) => readRangesV4(unit, cursor));
  let offset = value;
  if (form === DW_FORM.DW_FORM_rnglistx) {
    const entry = unit.rnglistsBase + value * unit.offsetSize;
    offset = unit.rnglistsBase + sections.uintAt('.debug_rnglists', entry, unit.offsetSize);
  }
  return sections.list('.debug_rnglists', offset, (cursor) => readRangesV5(unit, cursor));
}

/** .debug_ranges (DWARF 4, section 2.17.3). */
function readRangesV4(unit: ListContext, cursor: Cursor): readonly PcRange[] {
  const offset = cursor.at;
  const size = unit.addressSize;
  const selectBase = size === 8 ? 2 ** 64 : 0xffff_ffff;
  const ranges: PcRange[] = [];
  let base = unit.baseAddress;
  for (let count = 0; count < LIST_LIMIT; count++) {
    const low = cursor.uint(size);
    const high = cursor.uint(size);
    if (low === 0 && high === 0) return ranges;
    // All ones selects a base; as a double 2^64-1 rounds to 2^64.
    if (low === selectBase) base = high;
    else if (high > low) ranges.push({ low: base + low, high: base + high });
  }
  throw badData(`endless range list at .debug_ranges+${hex(offset)}`);
}

/** .debug_rnglists (DWARF 5, section 2.17.3). */
function readRangesV5(unit: ListContext, cursor: Cursor): readonly PcRange[] {
  const offset = cursor.at;
  const size = unit.addressSize;
  const ranges: PcRange[] = [];
  const add = (low: number, high: number): void => {
    if (high > low) ranges.push({ low, high });
  };
  let base = unit.baseAddress;
  for (let count = 0; count < LIST_LIMIT; count++) {
    const at = cursor.at;
    const kind = cursor.u8();
    switch (kind) {
      case DW_RLE.DW_RLE_end_of_list:
        return ranges;
      case DW_RLE.DW_RLE_base_addressx:
        base = addressAtIndex(unit, cursor.uleb());
        break;
      case DW_RLE.DW_RLE_base_address:
        base = cursor.uint(size);
        break;
      case DW_RLE.DW_RLE_startx_endx:
        add(addressAtIndex(unit, cursor.uleb()), addressAtIndex(unit, cursor.uleb()));
        break;
      case DW_RLE.DW_RLE_startx_length: {
        const low = addressAtIndex(unit, cursor.uleb());
        add(low, low + cursor.uleb());
        break;
      }
      case DW_RLE.DW_RLE_offset_pair:
        add(base + cursor.uleb(), base + cursor.uleb());
        break;
      case DW_RLE.DW_RLE_start_end:
        add(cursor.uint(size), cursor.uint(size));
        break;
      case DW_RLE.DW_RLE_start_length: {
        const low = cursor.uint(size);
        add(low, low + cursor.uleb());
        break;
      }
      default:
        throw badData(`unknown range list entry ${hex(kind)} at .debug_rnglists+${hex(at)}`);
    }
  }
  throw badData(`endless range list at .debug_rnglists+${hex(offset)}`);
}
