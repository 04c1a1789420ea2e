import { Cursor, readU16, readU32, readU64 } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { DW_FORM, type Encoding } from './forms.ts';
import type { SectionData } from './sections.ts';
import { skipForm, skipLeb, ulebAt } from './skip.ts';

/**
 * What an attribute holds: a number (constants, addresses, indexes, section offsets, and references as absolute offsets in
 * .debug_info), a bigint where a number would not be exact (and for type signatures), a string, a flag, or a block's bytes.
 */
export type AttributeValue = number | bigint | string | boolean | Uint8Array;

/** What values of a unit need to know of it. */
export interface ValueContext extends Encoding {
  readonly sections: SectionData;
  /** Offset in .debug_info of the unit's header, and one past its end. */
  readonly offset: number;
  readonly end: number;
  readonly addrBase: number;
  readonly strOffsetsBase: number;
}

/** Address number `index` of the unit in .debug_addr (link-time). */
export function addressAtIndex(unit: ValueContext, index: number): number {
  return unit.sections.uintAt('.debug_addr', unit.addrBase + index * unit.addressSize, unit.addressSize);
}

function stringAtIndex(unit: ValueContext, index: number): string {
  const offset = unit.sections.uintAt(
    '.debug_str_offsets',
    unit.strOffsetsBase + index * unit.offsetSize,
    unit.offsetSize,
  );
  return unit.sections.stringAt('.debug_str', offset);
}

function u24(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) | ((bytes[at + 2] as number) << 16);
}

function word(bytes: Uint8Array, at: number, size: number): number {
  return size === 8 ? readU64(bytes, at) : readU32(bytes, at);
}

/** The number if it is exact, else the bigint that `exact` gives. */
function exactly(value: number, exact: () => bigint): number | bigint {
  return Number.isSafeInteger(value) ? value : exact();
}

function cursorAt(unit: ValueContext, at: number): Cursor {
  return new Cursor(unit.sections.info, '.debug_info', at, unit.end);
}

/** Block bytes at `at` of a block form that ends before `next`. */
function blockBytes(info: Uint8Array, at: number, next: number, form: number): Uint8Array {
  switch (form) {
    case DW_FORM.DW_FORM_block1:
      return info.subarray(at + 1, next);
    case DW_FORM.DW_FORM_block2:
      return info.subarray(at + 2, next);
    case DW_FORM.DW_FORM_block4:
      return info.subarray(at + 4, next);
    case DW_FORM.DW_FORM_data16:
      return info.subarray(at, next);
    default:
      return info.subarray(skipLeb(info, at), next);
  }
}

/**
 * The value of `form` at `at`; `constant` is the abbreviation's DW_FORM_implicit_const. Undefined for what lies in a
 * supplementary file. Throws `bad-data` on an unknown form or an offset outside its section.
 */
export function readValue(
  unit: ValueContext,
  form: number,
  at: number,
  constant: bigint | undefined,
): AttributeValue | undefined {
  const info = unit.sections.info;
  const F = DW_FORM;
  const next = skipForm(info, at, unit.end, form, unit);
  switch (form) {
    case F.DW_FORM_addr:
      return word(info, at, unit.addressSize);
    case F.DW_FORM_flag:
      return info[at] !== 0;
    case F.DW_FORM_flag_present:
      return true;
    case F.DW_FORM_data1:
      return info[at];
    case F.DW_FORM_data2:
      return readU16(info, at);
    case F.DW_FORM_data4:
      return readU32(info, at);
    case F.DW_FORM_data8:
      return exactly(readU64(info, at), () => cursorAt(unit, at).u64big());
    case F.DW_FORM_udata:
      return exactly(ulebAt(info, at), () => cursorAt(unit, at).ulebBig());
    case F.DW_FORM_sdata:
      return exactly(cursorAt(unit, at).sleb(), () => cursorAt(unit, at).slebBig());
    case F.DW_FORM_implicit_const:
      return exactly(Number(constant ?? 0n), () => constant ?? 0n);
    case F.DW_FORM_loclistx:
    case F.DW_FORM_rnglistx:
      return ulebAt(info, at);
    case F.DW_FORM_sec_offset:
      return word(info, at, unit.offsetSize);
    case F.DW_FORM_ref_sig8:
      return cursorAt(unit, at).u64big();
    case F.DW_FORM_indirect:
      return readValue(unit, ulebAt(info, at), skipLeb(info, at), undefined);
    case F.DW_FORM_block:
    case F.DW_FORM_block1:
    case F.DW_FORM_block2:
    case F.DW_FORM_block4:
    case F.DW_FORM_exprloc:
    case F.DW_FORM_data16:
      return blockBytes(info, at, next, form);
    default:
      return readReference(unit, form, at) ?? readString(unit, form, at, next) ?? readAddressIndex(unit, form, at);
  }
}

function readReference(unit: ValueContext, form: number, at: number): number | undefined {
  const info = unit.sections.info;
  switch (form) {
    case DW_FORM.DW_FORM_ref1:
      return unit.offset + (info[at] as number);
    case DW_FORM.DW_FORM_ref2:
      return unit.offset + readU16(info, at);
    case DW_FORM.DW_FORM_ref4:
      return unit.offset + readU32(info, at);
    case DW_FORM.DW_FORM_ref8:
      return unit.offset + readU64(info, at);
    case DW_FORM.DW_FORM_ref_udata:
      return unit.offset + ulebAt(info, at);
    case DW_FORM.DW_FORM_ref_addr:
      return word(info, at, unit.version <= 2 ? unit.addressSize : unit.offsetSize);
    default:
      return undefined;
  }
}

function readString(unit: ValueContext, form: number, at: number, next: number): string | undefined {
  const info = unit.sections.info;
  switch (form) {
    case DW_FORM.DW_FORM_string:
      return decodeUtf8(info.subarray(at, next - 1));
    case DW_FORM.DW_FORM_strp:
      return unit.sections.stringAt('.debug_str', word(info, at, unit.offsetSize));
    case DW_FORM.DW_FORM_line_strp:
      return unit.sections.stringAt('.debug_line_str', word(info, at, unit.offsetSize));
    case DW_FORM.DW_FORM_strx:
    case DW_FORM.DW_FORM_GNU_str_index:
      return stringAtIndex(unit, ulebAt(info, at));
    case DW_FORM.DW_FORM_strx1:
      return stringAtIndex(unit, info[at] as number);
    case DW_FORM.DW_FORM_strx2:
      return stringAtIndex(unit, readU16(info, at));
    case DW_FORM.DW_FORM_strx3:
      return stringAtIndex(unit, u24(info, at));
    case DW_FORM.DW_FORM_strx4:
      return stringAtIndex(unit, readU32(info, at));
    default:
      return undefined;
  }
}

function readAddressIndex(unit: ValueContext, form: number, at: number): number | undefined {
  const info = unit.sections.info;
  switch (form) {
    case DW_FORM.DW_FORM_addrx:
    case DW_FORM.DW_FORM_GNU_addr_index:
      return addressAtIndex(unit, ulebAt(info, at));
    case DW_FORM.DW_FORM_addrx1:
      return addressAtIndex(unit, info[at] as number);
    case DW_FORM.DW_FORM_addrx2:
      return addressAtIndex(unit, readU16(info, at));
    case DW_FORM.DW_FORM_addrx3:
      return addressAtIndex(unit, u24(info, at));
    case DW_FORM.DW_FORM_addrx4:
      return addressAtIndex(unit, readU32(info, at));
    case DW_FORM.DW_FORM_ref_sup4:
    case DW_FORM.DW_FORM_ref_sup8:
    case DW_FORM.DW_FORM_strp_sup:
    case DW_FORM.DW_FORM_GNU_ref_alt:
    case DW_FORM.DW_FORM_GNU_strp_alt:
      return undefined;
    default:
      throw badData(`unknown attribute form ${hex(form)} at .debug_info+${hex(at)}`);
  }
}

/** True for forms whose value is an address, so that DW_AT_high_pc of such a form is one too (DWARF 5, 2.17.2). */
export function isAddressForm(form: number): boolean {
  return (
    form === DW_FORM.DW_FORM_addr ||
    form === DW_FORM.DW_FORM_addrx ||
    (form >= DW_FORM.DW_FORM_addrx1 && form <= DW_FORM.DW_FORM_addrx4) ||
    form === DW_FORM.DW_FORM_GNU_addr_index
  );
}
