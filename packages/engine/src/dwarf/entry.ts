import { counters } from '../base/counters.ts';
import { badData, hex } from '../base/errors.ts';
import { abbrevHas } from './abbrev.ts';
import { isAddressForm, readValue, type AttributeValue } from './attribute-value.ts';
import { DW_AT, DW_TAG } from './attributes.ts';
import { DW_FORM } from './forms.ts';
import type { PcRange } from './pc-index.ts';
import { readRanges } from './ranges.ts';
import { checkCode, skipAttributes, skipForm, skipLeb, skipOdd, ulebAt } from './skip.ts';
import type { Unit, UnitHolder } from './unit.ts';

/** How many abstract origins and specifications are followed: real chains have two. */
const FOLLOW_LIMIT = 8;
/** How deep entries may nest. */
const DEPTH_LIMIT = 10_000;

/** One attribute of an entry, for dumps. */
export interface Attribute {
  readonly attribute: number;
  readonly form: number;
  readonly value: AttributeValue | undefined;
}

// Where the last `locate` found its attribute: two plain variables, since an object per look-up would cost more than the look-up.
let foundForm = 0;
let foundConstant: bigint | undefined;

/** One debugging information entry: a cheap handle. Attributes are decoded at each asking, nothing is kept. */
export class Entry {
  readonly unit: Unit;
  /** Offset in .debug_info. */
  readonly offset: number;
  /** A DW_TAG_ value. */
  readonly tag: number;
  private readonly code: number;
  private readonly attributesAt: number;

  /** Reads the entry at `offset`, which must be in `unit`. Throws `bad-data` if none can be there. */
  constructor(unit: Unit, offset: number) {
    counters.entriesRead++;
    const info = unit.sections.info;
    if (!(offset >= unit.firstEntry && offset < unit.end)) throw badData(`no entry at .debug_info+${hex(offset)}`);
    const code = ulebAt(info, offset);
    checkCode(unit.abbrevs, code, offset);
    this.unit = unit;
    this.offset = offset;
    this.code = code;
    this.tag = unit.abbrevs.tags[code] as number;
    this.attributesAt = skipLeb(info, offset);
  }

  get hasChildren(): boolean {
    return unitHasChildren(this.unit, this.code);
  }

  /** Position of an attribute's value, or -1; sets `foundForm` and `foundConstant`. */
  private locate(attribute: number): number {
    const { unit } = this;
    const { specs, skips, specStart, specEnd, constants } = unit.abbrevs;
    const start = specStart[this.code] as number;
    const stop = specEnd[this.code] as number;
    let index = start;
    while (index < stop && specs[index] !== attribute) index += 2;
    if (index >= stop) return -1;
    const { info } = unit.sections;
    let at = this.attributesAt;
    for (let i = start; i < index; i += 2) {
      const skip = skips[i >>> 1] as number;
      at = skip >= 0 ? at + skip : skipOdd(info, at, unit.end, skip, unit);
    }
    foundForm = specs[index + 1] as number;
    foundConstant = foundForm === DW_FORM.DW_FORM_implicit_const ? constants.get(index) : undefined;
    return at;
  }

  /** The attribute's value, decoded according to its form; undefined if absent. Throws `bad-data`. */
  attr(attribute: number): AttributeValue | undefined {
    const at = this.locate(attribute);
    return at < 0 ? undefined : readValue(this.unit, foundForm, at, foundConstant);
  }

  has(attribute: number): boolean {
    return abbrevHas(this.unit.abbrevs, this.code, attribute);
  }

  /** The DW_FORM_ of an attribute; undefined if absent. */
  form(attribute: number): number | undefined {
    return this.locate(attribute) < 0 ? undefined : foundForm;
  }

  /** Offset in .debug_info of an attribute's value, or -1; for tables that must not keep strings. */
  valueOffset(attribute: number): number {
    return this.locate(attribute);
  }

  /** A constant, address or section offset that is exact as a number. */
  constant(attribute: number): number | undefined {
    const value = this.attr(attribute);
    return typeof value === 'number' ? value : undefined;
  }

  /** A constant, exact to 64 bits; dataN forms count as unsigned. */
  constantBig(attribute: number): bigint | undefined {
    const value = this.attr(attribute);
    return typeof value === 'number' ? BigInt(value) : typeof value === 'bigint' ? value : undefined;
  }

  /** A link-time address; undefined if the attribute is absent or of another class. */
  address(attribute: number): number | undefined {
    const at = this.locate(attribute);
    if (at < 0 || !isAddressForm(foundForm)) return undefined;
    const value = readValue(this.unit, foundForm, at, undefined);
    return typeof value === 'number' ? value : undefined;
  }

  string(attribute: number): string | undefined {
    const value = this.attr(attribute);
    return typeof value === 'string' ? value : undefined;
  }

  bytes(attribute: number): Uint8Array | undefined {
    const value = this.attr(attribute);
    return value instanceof Uint8Array ? value : undefined;
  }

  /** A flag; false if absent. (Go writes some flags as constants.) */
  flag(attribute: number): boolean {
    const value = this.attr(attribute);
    return value === true || (typeof value === 'number' && value !== 0);
  }

  /** Absolute .debug_info offset that a reference names. */
  ref(attribute: number): number | undefined {
    const value = this.attr(attribute);
    if (typeof value === 'bigint') return this.unit.table.typeBySignature(value);
    return typeof value === 'number' ? value : undefined;
  }

  /** The entry that a reference names; undefined if the attribute is absent. Throws `bad-data` if it points nowhere. */
  refEntry(attribute: number): Entry | undefined {
    const offset = this.ref(attribute);
    return offset === undefined ? undefined : entryAt(this.unit.table, offset, this.unit);
  }

  /** The entry this one completes: through DW_AT_abstract_origin or DW_AT_specification. */
  origin(): Entry | undefined {
    return this.refEntry(DW_AT.DW_AT_abstract_origin) ?? this.refEntry(DW_AT.DW_AT_specification);
  }

  /** This entry if it has `attribute`, else the first on the chain of origins that has it. */
  holderOf(attribute: number): Entry | undefined {
    if (this.has(attribute)) return this;
    let entry = this.origin();
    for (let hops = 1; entry !== undefined && hops < FOLLOW_LIMIT; hops++) {
      if (entry.has(attribute)) return entry;
      entry = entry.origin();
    }
    return undefined;
  }

  /** DW_AT_name, its own or its origin's. */
  name(): string | undefined {
    return this.holderOf(DW_AT.DW_AT_name)?.string(DW_AT.DW_AT_name);
  }

  /** Absolute .debug_info offset of DW_AT_type, its own or its origin's. */
  typeOffset(): number | undefined {
    return this.holderOf(DW_AT.DW_AT_type)?.ref(DW_AT.DW_AT_type);
  }

  /** DW_AT_decl_line, its own or its origin's. */
  declLine(): number | undefined {
    return this.holderOf(DW_AT.DW_AT_decl_line)?.constant(DW_AT.DW_AT_decl_line);
  }

  /** Source path of DW_AT_decl_file, its own or its origin's. */
  declFile(): string | undefined {
    const holder = this.holderOf(DW_AT.DW_AT_decl_file);
    const file = holder?.constant(DW_AT.DW_AT_decl_file);
    return file === undefined ? undefined : holder?.unit.fileName(file);
  }

  /** Code of this entry: DW_AT_ranges, or DW_AT_low_pc and DW_AT_high_pc. Link-time addresses; empty if it has none. */
  ranges(): readonly PcRange[] {
    const { unit } = this;
    const rangesAt = this.locate(DW_AT.DW_AT_ranges);
    if (rangesAt >= 0) {
      const form = foundForm;
      const list = readValue(unit, form, rangesAt, undefined);
      return typeof list === 'number' ? readRanges(unit, form, list) : [];
    }
    const low = this.address(DW_AT.DW_AT_low_pc);
    const highAt = low === undefined ? -1 : this.locate(DW_AT.DW_AT_high_pc);
    if (low === undefined || highAt < 0) return [];
    const isAddress = isAddressForm(foundForm);
    const value = readValue(unit, foundForm, highAt, foundConstant);
    if (typeof value !== 'number') return [];
    const high = isAddress ? value : low + value;
    return high > low ? [{ low, high }] : [];
  }

  /** All attributes in file order. */
  *attributes(): Iterable<Attribute> {
    const { specs, specStart, specEnd, constants } = this.unit.abbrevs;
    let at = this.attributesAt;
    for (let i = specStart[this.code] as number; i < (specEnd[this.code] as number); i += 2) {
      const form = specs[i + 1] as number;
      yield { attribute: specs[i] as number, form, value: readValue(this.unit, form, at, constants.get(i)) };
      at = skipForm(this.unit.sections.info, at, this.unit.end, form, this.unit);
    }
  }

  /** The entries directly below, in file order. Throws `bad-data` where the tree is broken. */
  *children(): Iterable<Entry> {
    if (!this.hasChildren) return;
    const { unit } = this;
    let at = skipAttributes(unit.sections.info, this.attributesAt, unit.end, unit.abbrevs, this.code, unit);
    while (at < unit.end && unit.sections.info[at] !== 0) {
      const child = new Entry(unit, at);
      yield child;
      at = child.next();
    }
  }

  /** The first child with `tag`. */
  child(tag: number): Entry | undefined {
    for (const entry of this.children()) if (entry.tag === tag) return entry;
    return undefined;
  }

  /** Offset behind this entry and all below it: of its next sibling, or of the zero that ends the siblings. */
  next(): number {
    const { unit } = this;
    const after = skipAttributes(unit.sections.info, this.attributesAt, unit.end, unit.abbrevs, this.code, unit);
    if (!this.hasChildren) return after;
    const sibling = this.has(DW_AT.DW_AT_sibling) ? this.ref(DW_AT.DW_AT_sibling) : undefined;
    // A sibling behind this entry always: so a walk along siblings ends.
    if (sibling !== undefined && sibling > after && sibling <= unit.end) return sibling;
    return skipChildren(unit, after);
  }
}

function unitHasChildren(unit: Unit, code: number): boolean {
  return unit.abbrevs.hasChildren[code] !== 0;
}

/** Offset behind the zero that ends a list of siblings, the first of which is at `at`. */
function skipChildren(unit: Unit, at: number): number {
  const { info } = unit.sections;
  const { abbrevs, end } = unit;
  let depth = 1;
  let next = at;
  while (next < end) {
    let code = info[next] as number;
    const start = next;
    if (code >= 0x80) {
      code = ulebAt(info, next);
      next = skipLeb(info, next);
    } else next++;
    if (code === 0) {
      if (--depth === 0) return next;
      continue;
    }
    checkCode(abbrevs, code, start);
    next = skipAttributes(info, next, end, abbrevs, code, unit);
    if (abbrevs.hasChildren[code] !== 0 && ++depth > DEPTH_LIMIT) {
      throw badData(`entries nest deeper than ${DEPTH_LIMIT} at .debug_info+${hex(start)}`);
    }
  }
  return end;
}

/** The entry at an absolute .debug_info offset; `near` is tried as its unit first. Throws `bad-data` if none is there. */
export function entryAt(table: UnitHolder, offset: number, near?: Unit): Entry {
  const unit = near !== undefined && offset >= near.firstEntry && offset < near.end ? near : table.holding(offset);
  if (unit === undefined) throw badData(`no unit holds .debug_info+${hex(offset)}`);
  return new Entry(unit, offset);
}

/** True for tags that describe types. */
export function isTypeTag(tag: number): boolean {
  return TYPE_TAGS.has(tag);
}

const TYPE_TAGS: ReadonlySet<number> = new Set([
  DW_TAG.DW_TAG_array_type,
  DW_TAG.DW_TAG_class_type,
  DW_TAG.DW_TAG_enumeration_type,
  DW_TAG.DW_TAG_pointer_type,
  DW_TAG.DW_TAG_reference_type,
  DW_TAG.DW_TAG_structure_type,
  DW_TAG.DW_TAG_subroutine_type,
  DW_TAG.DW_TAG_typedef,
  DW_TAG.DW_TAG_union_type,
  DW_TAG.DW_TAG_base_type,
  DW_TAG.DW_TAG_const_type,
  DW_TAG.DW_TAG_volatile_type,
  DW_TAG.DW_TAG_interface_type,
  DW_TAG.DW_TAG_unspecified_type,
]);
