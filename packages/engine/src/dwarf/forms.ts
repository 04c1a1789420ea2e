/** Attribute forms (DWARF 5, table 7.6; GNU additions at the end). */
export const DW_FORM = {
  DW_FORM_addr: 0x01,
  DW_FORM_block2: 0x03,
  DW_FORM_block4: 0x04,
  DW_FORM_data2: 0x05,
  DW_FORM_data4: 0x06,
  DW_FORM_data8: 0x07,
  DW_FORM_string: 0x08,
  DW_FORM_block: 0x09,
  DW_FORM_block1: 0x0a,
  DW_FORM_data1: 0x0b,
  DW_FORM_flag: 0x0c,
  DW_FORM_sdata: 0x0d,
  DW_FORM_strp: 0x0e,
  DW_FORM_udata: 0x0f,
  DW_FORM_ref_addr: 0x10,
  DW_FORM_ref1: 0x11,
  DW_FORM_ref2: 0x12,
  DW_FORM_ref4: 0x13,
  DW_FORM_ref8: 0x14,
  DW_FORM_ref_udata: 0x15,
  DW_FORM_indirect: 0x16,
  DW_FORM_sec_offset: 0x17,
  DW_FORM_exprloc: 0x18,
  DW_FORM_flag_present: 0x19,
  DW_FORM_strx: 0x1a,
  DW_FORM_addrx: 0x1b,
  DW_FORM_ref_sup4: 0x1c,
  DW_FORM_strp_sup: 0x1d,
  DW_FORM_data16: 0x1e,
  DW_FORM_line_strp: 0x1f,
  DW_FORM_ref_sig8: 0x20,
  DW_FORM_implicit_const: 0x21,
  DW_FORM_loclistx: 0x22,
  DW_FORM_rnglistx: 0x23,
  DW_FORM_ref_sup8: 0x24,
  DW_FORM_strx1: 0x25,
  DW_FORM_strx2: 0x26,
  DW_FORM_strx3: 0x27,
  DW_FORM_strx4: 0x28,
  DW_FORM_addrx1: 0x29,
  DW_FORM_addrx2: 0x2a,
  DW_FORM_addrx3: 0x2b,
  DW_FORM_addrx4: 0x2c,
  DW_FORM_GNU_addr_index: 0x1f01,
  DW_FORM_GNU_str_index: 0x1f02,
  DW_FORM_GNU_ref_alt: 0x1f20,
  DW_FORM_GNU_strp_alt: 0x1f21,
} as const;

/** What skips a form: a count of bytes (>= 0), or one of these. */
export const SKIP_END = 0;
export const SKIP_LEB = -1;
export const SKIP_STRING = -2;
/** A block whose length is a ULEB128. */
export const SKIP_BLOCK = -3;
export const SKIP_BLOCK1 = -4;
export const SKIP_BLOCK2 = -5;
export const SKIP_BLOCK4 = -6;
/** The form itself stands before the value. */
export const SKIP_INDIRECT = -7;
/** A form nobody knows. */
export const SKIP_UNKNOWN = -99;

/** What decides the size of addresses and offsets in a unit. */
export interface Encoding {
  readonly version: number;
  /** Bytes of an address: 4 or 8. */
  readonly addressSize: number;
  /** Bytes of a section offset: 4, or 8 in 64-bit DWARF. */
  readonly offsetSize: number;
}

// prettier-ignore
const FIXED_SKIPS: Readonly<Record<number, number>> = {
  0x03: SKIP_BLOCK2, 0x04: SKIP_BLOCK4, 0x05: 2, 0x06: 4, 0x07: 8, 0x08: SKIP_STRING, 0x09: SKIP_BLOCK,
  0x0a: SKIP_BLOCK1, 0x0b: 1, 0x0c: 1, 0x0d: SKIP_LEB, 0x0f: SKIP_LEB, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8,
  0x15: SKIP_LEB, 0x16: SKIP_INDIRECT, 0x18: SKIP_BLOCK, 0x19: 0, 0x1a: SKIP_LEB, 0x1b: SKIP_LEB, 0x1c: 4,
  0x1e: 16, 0x20: 8, 0x21: 0, 0x22: SKIP_LEB, 0x23: SKIP_LEB, 0x24: 8, 0x25: 1, 0x26: 2, 0x27: 3, 0x28: 4,
  0x29: 1, 0x2a: 2, 0x2b: 3, 0x2c: 4,
};
/** The same as a dense table: look-ups in a sparse object cost ten times as much. */
const FIXED: Int8Array = Int8Array.from({ length: 0x40 }, (_, form) => FIXED_SKIPS[form] ?? SKIP_UNKNOWN);

/** How to skip a value of `form`: bytes, or one of the SKIP_ codes. */
export function skipOf(form: number, encoding: Encoding): number {
  switch (form) {
    case DW_FORM.DW_FORM_addr:
      return encoding.addressSize;
    case DW_FORM.DW_FORM_ref_addr:
      return encoding.version <= 2 ? encoding.addressSize : encoding.offsetSize;
    case DW_FORM.DW_FORM_strp:
    case DW_FORM.DW_FORM_sec_offset:
    case DW_FORM.DW_FORM_strp_sup:
    case DW_FORM.DW_FORM_line_strp:
    case DW_FORM.DW_FORM_GNU_ref_alt:
    case DW_FORM.DW_FORM_GNU_strp_alt:
      return encoding.offsetSize;
    case DW_FORM.DW_FORM_GNU_addr_index:
    case DW_FORM.DW_FORM_GNU_str_index:
      return SKIP_LEB;
    default:
      return FIXED[form] ?? SKIP_UNKNOWN;
  }
}
