import { counters } from '../base/counters.ts';
import { readU16, readU32 } from '../base/cursor.ts';
import { attempt, isDebugError } from '../base/errors.ts';
import { LongWork } from '../base/long-work.ts';
import { abbrevHas, type AbbrevTable } from './abbrev.ts';
import { DW_AT, DW_LANG_GO, DW_TAG } from './attributes.ts';
import { Entry, isTypeTag } from './entry.ts';
import { DW_FORM, SKIP_STRING } from './forms.ts';
import { HASH_SEED, hashName } from './name-hash.ts';
import { checkCode, runSkip, skipForm, skipLeb, ulebAt } from './skip.ts';
import type { UnitTable } from './unit-table.ts';
import type { Unit } from './unit.ts';

/** What a name may stand for: a subprogram, a type, a variable outside functions, a constant. */
export type NameKind = 'function' | 'type' | 'variable' | 'constant';

/** Kinds by the number they have in the columns. */
export const KINDS: readonly NameKind[] = ['function', 'type', 'variable', 'constant'];
const FUNCTION = 0;
const TYPE = 1;
const VARIABLE = 2;
const CONSTANT = 3;
const NO_KIND = 0x0f;
/** The part of a row's kind that is a place in `KINDS`. */
export const KIND_MASK = 0x0f;

/** Set beside a row's kind: its unit is not of Go. */
export const IS_FOREIGN = 0x20;
/** Set beside a row's kind: it is a mere declaration. */
export const IS_DECLARATION = 0x40;
/** Set beside a row's kind: its name is in .debug_str, not in .debug_info. */
export const IN_DEBUG_STR = 0x80;

// What an abbreviation code asks of the scan, above its kind.
const NAME_FIRST = 0x100; // the name is an inline string and comes first: always so in Go
const NAME_ELSEWHERE = 0x200;
const RUNTIME_TYPE = 0x400;
const ORIGIN = 0x800;

/** The names of a file as columns; `rows` of them are filled. Offsets are offsets in .debug_info unless IN_DEBUG_STR. */
export interface NameColumns {
  readonly rows: number;
  readonly kinds: Uint8Array;
  readonly hashes: Uint32Array;
  readonly names: Uint32Array;
  readonly entries: Uint32Array;
  /** Entries of functions and variables that complete another one, and which. */
  readonly origins: Float64Array;
  readonly originOwners: Float64Array;
  /** Types that have a DW_AT_go_runtime_type. */
  readonly runtimeOwners: Uint32Array;
  readonly diagnostics: readonly string[];
}

/** Reads units once. A broken one is left where it breaks, and told in `diagnostics`. */
export function scanNames(table: UnitTable, units: readonly Unit[]): NameColumns {
  const size = units.reduce((sum, { offset, end }) => sum + end - offset, 0);
  const scan = new NameScan(table, size);
  const work = new LongWork('reading names', 'bytes', size, 1 << 16);
  let done = 0;
  for (const unit of units) {
    work.at(done);
    done += unit.end - unit.offset;
    try {
      scan.scanUnit(unit);
    } catch (error) {
      if (!isDebugError(error)) throw error;
      if (scan.diagnostics.length < 100) scan.diagnostics.push(error.message);
    }
  }
  return scan.columns();
}

function kindOf(tag: number): number {
  if (tag === DW_TAG.DW_TAG_subprogram) return FUNCTION;
  if (tag === DW_TAG.DW_TAG_variable) return VARIABLE;
  if (tag === DW_TAG.DW_TAG_constant) return CONSTANT;
  return isTypeTag(tag) ? TYPE : NO_KIND;
}

function classify(table: AbbrevTable, code: number): number {
  const kind = kindOf(table.tags[code] as number);
  const has = (attribute: number): boolean => abbrevHas(table, code, attribute);
  if (kind === NO_KIND) return NO_KIND;
  const first = table.specStart[code] as number;
  const isInline = table.specs[first] === DW_AT.DW_AT_name && table.specs[first + 1] === DW_FORM.DW_FORM_string;
  let flags = kind;
  if (has(DW_AT.DW_AT_declaration)) flags |= IS_DECLARATION;
  if (has(DW_AT.DW_AT_name)) flags |= isInline ? NAME_FIRST : NAME_ELSEWHERE;
  if (kind === TYPE && has(DW_AT.DW_AT_go_runtime_type)) flags |= RUNTIME_TYPE;
  const completes = has(DW_AT.DW_AT_abstract_origin) || has(DW_AT.DW_AT_specification);
  if (completes && (kind === FUNCTION || kind === VARIABLE)) flags |= ORIGIN;
  return flags;
}

class NameScan {
  readonly diagnostics: string[] = [];
  private readonly table: UnitTable;
  private readonly classes = new Map<AbbrevTable, Uint16Array>();
  private rows = 0;
  /** What rows of the unit in hand have beside their kind. */
  private language = 0;
  private kinds: Uint8Array;
  private hashes: Uint32Array;
  private names: Uint32Array;
  private entries: Uint32Array;
  private readonly origins: number[] = [];
  private readonly originOwners: number[] = [];
  private readonly runtimeOwners: number[] = [];

  /** @param size of the units that are to be read */
  constructor(table: UnitTable, size: number) {
    this.table = table;
    // A named entry takes 150 bytes of .debug_info on average, with all that is below it.
    const guess = 1024 + Math.floor(size / 128);
    this.kinds = new Uint8Array(guess);
    this.hashes = new Uint32Array(guess);
    this.names = new Uint32Array(guess);
    this.entries = new Uint32Array(guess);
  }

  columns(): NameColumns {
    return {
      rows: this.rows,
      kinds: this.kinds,
      hashes: this.hashes,
      names: this.names,
      entries: this.entries,
      origins: Float64Array.from(this.origins),
      originOwners: Float64Array.from(this.originOwners),
      runtimeOwners: Uint32Array.from(this.runtimeOwners),
      diagnostics: this.diagnostics,
    };
  }

  private classesOf(table: AbbrevTable): Uint16Array {
    let classes = this.classes.get(table);
    if (classes === undefined) {
      classes = Uint16Array.from(table.tags, (tag, code) => (tag === 0 ? NO_KIND : classify(table, code)));
      this.classes.set(table, classes);
    }
    return classes;
  }

  scanUnit(unit: Unit): void {
    const { info } = this.table.sections;
    const { abbrevs, end } = unit;
    const { program, skipStart, hasChildren, tags } = abbrevs;
    const classes = this.classesOf(abbrevs);
    this.language = (attempt(() => unit.language) ?? DW_LANG_GO) === DW_LANG_GO ? 0 : IS_FOREIGN;
    let depth = 0;
    let at = unit.firstEntry;
    while (at < end) {
      const start = at;
      counters.entriesRead++;
      let code = info[at++] as number;
      if (code >= 0x80) {
        code = ulebAt(info, start);
        at = skipLeb(info, start);
      }
      if (code === 0) {
        depth--;
        continue;
      }
      if (!(code < tags.length) || tags[code] === 0) checkCode(abbrevs, code, start);
      const flags = classes[code] as number;
      let step = skipStart[code] as number;
      // Variables inside functions are looked up through their function.
      if (flags !== NO_KIND && ((flags & KIND_MASK) !== VARIABLE || depth === 1)) {
        if ((flags & NAME_FIRST) !== 0) {
          const nameAt = at;
          let hash = HASH_SEED;
          for (; at < end; at++) {
            const b = info[at] as number;
            if (b === 0) break;
            hash = Math.imul(hash ^ b, 0x01000193);
          }
          at++;
          // The skip program's first instruction was the name.
          if (program[step] === SKIP_STRING) step++;
          this.add(flags & 0xff, hash >>> 0, nameAt, start);
        }
        if ((flags & RUNTIME_TYPE) !== 0) this.runtimeOwners.push(start);
        if ((flags & (NAME_ELSEWHERE | ORIGIN)) !== 0) this.addOdd(unit, flags, start);
      }
      at = runSkip(info, at, end, program, step, unit);
      if (hasChildren[code] !== 0) depth++;
    }
  }

  private add(kind: number, hash: number, name: number, entry: number): void {
    if (this.rows === this.kinds.length) this.grow();
    const row = this.rows++;
    this.kinds[row] = kind | this.language;
    this.hashes[row] = hash;
    this.names[row] = name;
    this.entries[row] = entry;
  }

  private grow(): void {
    const size = this.rows * 2;
    const wider = (column: Uint32Array): Uint32Array => {
      const copy = new Uint32Array(size);
      copy.set(column);
      return copy;
    };
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
    this.hashes = wider(this.hashes);
    this.names = wider(this.names);
    this.entries = wider(this.entries);
  }

  private addOdd(unit: Unit, flags: number, start: number): void {
    const entry = new Entry(unit, start);
    if ((flags & NAME_ELSEWHERE) !== 0) this.addName(unit, entry, flags & 0xff);
    if ((flags & ORIGIN) !== 0) {
      const origin = entry.ref(DW_AT.DW_AT_abstract_origin) ?? entry.ref(DW_AT.DW_AT_specification);
      if (origin !== undefined) {
        this.origins.push(origin);
        this.originOwners.push(start);
      }
    }
  }

  private addName(unit: Unit, entry: Entry, kind: number): void {
    const { info } = this.table.sections;
    const form = entry.form(DW_AT.DW_AT_name) ?? 0;
    const at = entry.valueOffset(DW_AT.DW_AT_name);
    if (form === DW_FORM.DW_FORM_string) {
      this.add(kind, hashName(info, at, unit.end), at, entry.offset);
      return;
    }
    const offset = stringOffset(unit, form, at);
    if (offset === undefined) return;
    const strings = this.table.sections.get('.debug_str');
    if (offset >= strings.length) return;
    this.add(kind | IN_DEBUG_STR, hashName(strings, offset), offset, entry.offset);
  }
}

/** Offset in .debug_str of the string of `form` at `at` of .debug_info; undefined for forms that lead elsewhere. */
function stringOffset(unit: Unit, form: number, at: number): number | undefined {
  const { info } = unit.sections;
  skipForm(info, at, unit.end, form, unit);
  const viaTable = (index: number): number =>
    unit.sections.uintAt('.debug_str_offsets', unit.strOffsetsBase + index * unit.offsetSize, unit.offsetSize);
  switch (form) {
    case DW_FORM.DW_FORM_strp:
      return readU32(info, at);
    case DW_FORM.DW_FORM_strx:
    case DW_FORM.DW_FORM_GNU_str_index:
      return viaTable(ulebAt(info, at));
    case DW_FORM.DW_FORM_strx1:
      return viaTable(info[at] as number);
    case DW_FORM.DW_FORM_strx2:
      return viaTable(readU16(info, at));
    case DW_FORM.DW_FORM_strx3:
      return viaTable(readU32(info, at) & 0xff_ffff);
    case DW_FORM.DW_FORM_strx4:
      return viaTable(readU32(info, at));
    default:
      return undefined;
  }
}
