import { readU16, readU32, readU64, readU64Big } from '../base/cursor.ts';
import { attempt, badData, hex } from '../base/errors.ts';
import type { AbbrevTable } from './abbrev.ts';
import { addressAtIndex, isAddressForm, readValue, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_TAG, DW_UT } from './attributes.ts';
import { LineTable } from './lines.ts';
import type { PcRange } from './pc-index.ts';
import { readRanges, type ListContext } from './ranges.ts';
import type { SectionData } from './sections.ts';
import { checkCode, skipForm, skipLeb, ulebAt } from './skip.ts';

interface UnitHeader {
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly unitType: number;
  readonly addressSize: number;
  readonly offsetSize: number;
  readonly abbrevOffset: number;
  readonly firstEntry: number;
  readonly signature: bigint | undefined;
  readonly typeOffset: number;
}

/** A value in the unit's root entry that was found but not read yet. */
interface Place {
  readonly form: number;
  readonly at: number;
  readonly constant: bigint | undefined;
}

/** The root attributes that are kept; others are read through `Entry`. */
const ROOT_ATTRIBUTES: ReadonlySet<number> = new Set([
  DW_AT.DW_AT_name,
  DW_AT.DW_AT_stmt_list,
  DW_AT.DW_AT_low_pc,
  DW_AT.DW_AT_high_pc,
  DW_AT.DW_AT_language,
  DW_AT.DW_AT_comp_dir,
  DW_AT.DW_AT_producer,
  DW_AT.DW_AT_ranges,
  DW_AT.DW_AT_str_offsets_base,
  DW_AT.DW_AT_addr_base,
  DW_AT.DW_AT_rnglists_base,
  DW_AT.DW_AT_loclists_base,
  DW_AT.DW_AT_GNU_addr_base,
  DW_AT.DW_AT_go_package_name,
]);

/** What holds the units of a file. */
export interface UnitHolder {
  readonly sections: SectionData;
  /** The unit whose entries include .debug_info offset `offset`. */
  holding(offset: number): Unit | undefined;
  /** The type entry's offset for a DW_FORM_ref_sig8. */
  typeBySignature(signature: bigint): number | undefined;
}

/**
 * One unit of .debug_info: for Go a package, for C a source file. Holds its header and the place of its root attributes;
 * each is decoded when asked for.
 */
export class Unit implements ListContext {
  readonly sections: SectionData;
  /** All units of the file, to follow references into others. */
  readonly table: UnitHolder;
  /** Position in `Dwarf.units`. */
  readonly index: number;
  /** Offset of the header in .debug_info, and one past the unit's last byte. */
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  /** A DW_UT_ value; DW_UT_compile before DWARF 5. */
  readonly unitType: number;
  readonly addressSize: number;
  readonly offsetSize: number;
  readonly abbrevs: AbbrevTable;
  /** Offset of the root entry. */
  readonly firstEntry: number;
  /** Tag of the root entry; 0 for an empty unit. */
  readonly tag: number;
  /** Signature and type entry's absolute offset of a type unit. */
  readonly signature: bigint | undefined;
  readonly typeOffset: number;
  readonly addrBase: number;
  readonly strOffsetsBase: number;
  readonly rnglistsBase: number;
  readonly loclistsBase: number;
  private readonly places: ReadonlyMap<number, Place>;
  private base: number | undefined;
  private lines: { readonly table: LineTable | undefined } | undefined;

  constructor(table: UnitHolder, index: number, header: UnitHeader) {
    this.table = table;
    this.sections = table.sections;
    this.index = index;
    this.offset = header.offset;
    this.end = header.end;
    this.version = header.version;
    this.unitType = header.unitType;
    this.addressSize = header.addressSize;
    this.offsetSize = header.offsetSize;
    this.firstEntry = header.firstEntry;
    this.signature = header.signature;
    this.typeOffset = header.typeOffset;
    this.abbrevs = this.sections.abbrevs.tableAt(header.abbrevOffset, header);
    const code = header.firstEntry < header.end ? ulebAt(this.sections.info, header.firstEntry) : 0;
    if (code !== 0) checkCode(this.abbrevs, code, header.firstEntry);
    this.tag = code === 0 ? 0 : (this.abbrevs.tags[code] as number);
    this.places = code === 0 ? new Map() : this.findPlaces(code);
    // Without the attribute, a table's first contribution is meant: it starts behind its header.
    const header8 = this.offsetSize === 8 ? 16 : 8;
    this.addrBase = this.rootOffset(DW_AT.DW_AT_addr_base) ?? this.rootOffset(DW_AT.DW_AT_GNU_addr_base) ?? header8;
    this.strOffsetsBase = this.rootOffset(DW_AT.DW_AT_str_offsets_base) ?? header8;
    this.rnglistsBase = this.rootOffset(DW_AT.DW_AT_rnglists_base) ?? header8 + 4;
    this.loclistsBase = this.rootOffset(DW_AT.DW_AT_loclists_base) ?? header8 + 4;
  }

  private findPlaces(code: number): ReadonlyMap<number, Place> {
    const info = this.sections.info;
    const { specs, specStart, specEnd, constants } = this.abbrevs;
    const places = new Map<number, Place>();
    let at = skipLeb(info, this.firstEntry);
    for (let i = specStart[code] as number; i < (specEnd[code] as number); i += 2) {
      const form = specs[i + 1] as number;
      const attribute = specs[i] as number;
      if (ROOT_ATTRIBUTES.has(attribute)) places.set(attribute, { form, at, constant: constants.get(i) });
      at = skipForm(info, at, this.end, form, this);
    }
    return places;
  }

  private root(attribute: number): AttributeValue | undefined {
    const place = this.places.get(attribute);
    return place && readValue(this, place.form, place.at, place.constant);
  }

  private rootOffset(attribute: number): number | undefined {
    const value = this.root(attribute);
    return typeof value === 'number' ? value : undefined;
  }

  private rootString(attribute: number): string | undefined {
    const value = this.root(attribute);
    return typeof value === 'string' ? value : undefined;
  }

  /** For Go the import path (`main` for the program); for C the source file. */
  get name(): string | undefined {
    return this.rootString(DW_AT.DW_AT_name);
  }

  /** Directory of the compilation. */
  get compDir(): string | undefined {
    return this.rootString(DW_AT.DW_AT_comp_dir);
  }

  /** Compiler and its flags, for example `Go cmd/compile go1.24.4; regabi`. */
  get producer(): string | undefined {
    return this.rootString(DW_AT.DW_AT_producer);
  }

  /** A DW_LANG_ value. */
  get language(): number | undefined {
    return this.rootOffset(DW_AT.DW_AT_language);
  }

  /** The name in Go's package clause, which may differ from the end of the import path. */
  get goPackageName(): string | undefined {
    return this.rootString(DW_AT.DW_AT_go_package_name);
  }

  /** DW_AT_low_pc: base of range and location lists; 0 if there is none. Link-time address. */
  get baseAddress(): number {
    this.base ??= this.rootOffset(DW_AT.DW_AT_low_pc) ?? 0;
    return this.base;
  }

  /** Address ranges of the unit's code, link-time. Throws `bad-data`. */
  ranges(): readonly PcRange[] {
    const ranges = this.places.get(DW_AT.DW_AT_ranges);
    if (ranges !== undefined) {
      const value = readValue(this, ranges.form, ranges.at, ranges.constant);
      return typeof value === 'number' ? readRanges(this, ranges.form, value) : [];
    }
    const high = this.places.get(DW_AT.DW_AT_high_pc);
    const value = high && readValue(this, high.form, high.at, high.constant);
    if (high === undefined || typeof value !== 'number') return [];
    const low = this.baseAddress;
    return [{ low, high: isAddressForm(high.form) ? value : low + value }];
  }

  /** Link-time address number `index` of .debug_addr, for DW_OP_addrx. */
  addressAt(index: number): number {
    return addressAtIndex(this, index);
  }

  /** The unit's line table; rows are decoded when first asked for. Undefined if there is none or its header is damaged. */
  lineTable(): LineTable | undefined {
    if (this.lines === undefined) {
      const offset = this.rootOffset(DW_AT.DW_AT_stmt_list);
      const open = (at: number): LineTable => new LineTable(this.sections, at, this.compDir ?? '', this.addressSize);
      this.lines = { table: offset === undefined ? undefined : attempt(() => open(offset)) };
    }
    return this.lines.table;
  }

  /** The source path behind a DW_AT_decl_file or DW_AT_call_file of this unit. */
  fileName(file: number): string | undefined {
    return this.lineTable()?.fileName(file);
  }

  /** True for units that describe code: neither type units nor empty ones. */
  get isCode(): boolean {
    return this.tag === DW_TAG.DW_TAG_compile_unit || this.tag === DW_TAG.DW_TAG_partial_unit;
  }
}

/** Bytes of the longest form of a unit's length. */
export const LONGEST_LENGTH = 12;

/** How long a unit is. */
export interface UnitLength {
  /** Offset behind the length. */
  readonly body: number;
  readonly end: number;
  readonly offsetSize: number;
}

/** Reads the length of the unit at an offset; it may run past the end of the section. */
export function readLength(info: Uint8Array, at: number): UnitLength {
  if (at + 4 > info.length) return { body: at + 4, end: at + 4, offsetSize: 4 };
  const length = readU32(info, at);
  if (length !== 0xffff_ffff) return { body: at + 4, end: at + 4 + length, offsetSize: 4 };
  if (at + 12 > info.length) return { body: at + 12, end: at + 12, offsetSize: 8 };
  return { body: at + 12, end: at + 12 + readU64(info, at + 4), offsetSize: 8 };
}

/** Reads a unit header (DWARF 5, section 7.5.1). Throws `bad-data`. */
export function readHeader(info: Uint8Array, offset: number, length: UnitLength): UnitHeader {
  const { body, end, offsetSize } = length;
  const word = (at: number): number => (offsetSize === 8 ? readU64(info, at) : readU32(info, at));
  const isLong = end - body >= 4 + offsetSize;
  const version = isLong ? readU16(info, body) : 0;
  if (version < 2 || version > 5)
    throw badData(`unit of unknown DWARF version ${version} at .debug_info+${hex(offset)}`);
  const isNew = version >= 5;
  const unitType = isNew ? (info[body + 2] as number) : DW_UT.DW_UT_compile;
  const addressSize = info[isNew ? body + 3 : body + 2 + offsetSize] as number;
  if (addressSize !== 4 && addressSize !== 8)
    throw badData(`address size ${addressSize} in unit at .debug_info+${hex(offset)}`);
  const abbrevOffset = word(isNew ? body + 4 : body + 2);
  let at = isNew ? body + 4 + offsetSize : body + 3 + offsetSize;
  let signature: bigint | undefined;
  let typeOffset = 0;
  if (unitType === DW_UT.DW_UT_type || unitType === DW_UT.DW_UT_split_type) {
    if (at + 8 + offsetSize > end) throw badData(`truncated type unit at .debug_info+${hex(offset)}`);
    signature = readU64Big(info, at);
    typeOffset = offset + word(at + 8);
    at += 8 + offsetSize;
  } else if (unitType === DW_UT.DW_UT_skeleton || unitType === DW_UT.DW_UT_split_compile) at += 8;
  const rest = { version, unitType, addressSize, offsetSize, abbrevOffset, signature, typeOffset };
  return { offset, end, firstEntry: at, ...rest };
}
