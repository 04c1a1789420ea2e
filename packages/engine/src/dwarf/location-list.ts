import type { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { addressAtIndex } from './attribute-value.ts';
import { DW_FORM } from './forms.ts';
import { LIST_LIMIT, type ListContext } from './ranges.ts';

/** Location list entries (DWARF 5, table 7.10). */
export const DW_LLE = {
  DW_LLE_end_of_list: 0x00,
  DW_LLE_base_addressx: 0x01,
  DW_LLE_startx_endx: 0x02,
  DW_LLE_startx_length: 0x03,
  DW_LLE_offset_pair: 0x04,
  DW_LLE_default_location: 0x05,
  DW_LLE_base_address: 0x06,
  DW_LLE_start_end: 0x07,
  DW_LLE_start_length: 0x08,
  DW_LLE_GNU_view_pair: 0x09,
} as const;

/** One entry of a location list: an expression and where it holds (link-time addresses). */
export interface LocationEntry {
  readonly low: number;
  readonly high: number;
  readonly expression: Uint8Array;
  /** True for DW_LLE_default_location, which holds wherever no other entry does. */
  readonly isDefault: boolean;
}

/** The location list that an attribute with `value` of `form` names. Throws `bad-data`. */
export function readLocationList(unit: ListContext, form: number, value: number): readonly LocationEntry[] {
  const { sections } = unit;
  if (unit.version < 5) return sections.list('.debug_loc', value, (cursor) => readLocationsV4(unit, cursor));
  let offset = value;
  if (form === DW_FORM.DW_FORM_loclistx) {
    const entry = unit.loclistsBase + value * unit.offsetSize;
    offset = unit.loclistsBase + sections.uintAt('.debug_loclists', entry, unit.offsetSize);
  }
  return sections.list('.debug_loclists', offset, (cursor) => readLocationsV5(unit, cursor));
}

/** .debug_loc (DWARF 4, section 2.6.2). */
function readLocationsV4(unit: ListContext, cursor: Cursor): readonly LocationEntry[] {
  const offset = cursor.at;
  const size = unit.addressSize;
  const selectBase = size === 8 ? 2 ** 64 : 0xffff_ffff;
  const entries: LocationEntry[] = [];
  let base = unit.baseAddress;
  for (let count = 0; count < LIST_LIMIT; count++) {
    const low = cursor.uint(size);
    const high = cursor.uint(size);
    if (low === 0 && high === 0) return entries;
    if (low === selectBase) {
      base = high;
      continue;
    }
    const expression = cursor.take(cursor.u16());
    if (high > low) entries.push({ low: base + low, high: base + high, expression, isDefault: false });
  }
  throw badData(`endless location list at .debug_loc+${hex(offset)}`);
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** .debug_loclists (DWARF 5, section 2.6.2). */
function readLocationsV5(unit: ListContext, cursor: Cursor): readonly LocationEntry[] {
  const offset = cursor.at;
  const entries: LocationEntry[] = [];
  let base = unit.baseAddress;
  for (let count = 0; count < LIST_LIMIT; count++) {
    const at = cursor.at;
    const kind = cursor.u8();
    switch (kind) {
      case DW_LLE.DW_LLE_end_of_list:
        return entries;
      case DW_LLE.DW_LLE_base_addressx:
        base = addressAtIndex(unit, cursor.uleb());
        break;
      case DW_LLE.DW_LLE_base_address:
        base = cursor.uint(unit.addressSize);
        break;
      case DW_LLE.DW_LLE_GNU_view_pair:
        cursor.uleb();
        cursor.uleb();
        break;
      case DW_LLE.DW_LLE_default_location:
        entries.push({ low: 0, high: 0, expression: cursor.take(cursor.uleb()), isDefault: true });
        break;
      default: {
        const { low, high } = readBounds(unit, cursor, kind, base, at);
        const expression = cursor.take(cursor.uleb());
        if (high > low) entries.push({ low, high, expression, isDefault: false });
      }
    }
  }
  throw badData(`endless location list at .debug_loclists+${hex(offset)}`);
}

function readBounds(unit: ListContext, cursor: Cursor, kind: number, base: number, at: number): Bounds {
  switch (kind) {
    case DW_LLE.DW_LLE_offset_pair:
      return { low: base + cursor.uleb(), high: base + cursor.uleb() };
    case DW_LLE.DW_LLE_startx_endx:
      return { low: addressAtIndex(unit, cursor.uleb()), high: addressAtIndex(unit, cursor.uleb()) };
    case DW_LLE.DW_LLE_startx_length: {
      const low = addressAtIndex(unit, cursor.uleb());
      return { low, high: low + cursor.uleb() };
    }
    case DW_LLE.DW_LLE_start_end:
      return { low: cursor.uint(unit.addressSize), high: cursor.uint(unit.addressSize) };
    case DW_LLE.DW_LLE_start_length: {
      const low = cursor.uint(unit.addressSize);
      return { low, high: low + cursor.uleb() };
    }
    default:
      throw badData(`unknown location list entry ${hex(kind)} at .debug_loclists+${hex(at)}`);
  }
}

/** The entry that covers `pc`: the first whose range holds it, else the default location. */
export function locationAt(entries: readonly LocationEntry[], pc: number): LocationEntry | undefined {
  for (const entry of entries) if (pc >= entry.low && pc < entry.high) return entry;
  return entries.find((entry) => entry.isDefault);
}
