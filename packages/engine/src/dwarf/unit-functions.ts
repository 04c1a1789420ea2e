import { attempt } from '../base/errors.ts';
import { abbrevHas, type AbbrevTable } from './abbrev.ts';
import { isAddressForm, readValue } from './attribute-value.ts';
import { DW_AT, DW_LANG_GO, DW_TAG } from './attributes.ts';
import { EntryScan } from './entry-scan.ts';
import { iterNamedEntries } from './entry-text.ts';
import { Entry } from './entry.ts';
import { DW_FORM } from './forms.ts';
import { FunctionEntry } from './functions.ts';
import { PcIndex, rangesHold } from './pc-index.ts';
import type { KnownFunction } from './sections.ts';
import { skipLeb, skipOdd, ulebAt } from './skip.ts';
import type { Unit } from './unit.ts';

/**
 * The functions with code of one unit: found in one walk, looked up by address. Where the unit is broken, `bad-data` is thrown once,
 * and those before are known.
 */
export class UnitFunctions {
  private readonly unit: Unit;
  private readonly columns = new CodeColumns();
  private begun: EntryScan | undefined;
  private known: PcIndex | undefined;
  private readonly made = new Map<number, FunctionEntry>();

  constructor(unit: Unit) {
    this.unit = unit;
  }

  private get scan(): EntryScan {
    this.begun ??= new EntryScan(this.unit, codeMarks(this.unit.abbrevs));
    return this.begun;
  }

  private get index(): PcIndex {
    if (this.known === undefined) {
      this.walk();
      const { starts, ends, offsets } = this.columns;
      this.known = new PcIndex(starts, ends, offsets);
    }
    return this.known;
  }

  /** Goes on to the function whose code holds `wanted`, or to the end. Returns the offset of its entry. */
  private walk(wanted?: number): number | undefined {
    const { unit, scan, columns } = this;
    for (let entry = scan.next(); entry !== undefined; entry = scan.next()) {
      const from = columns.starts.length;
      addCode(unit, entry, columns);
      if (wanted !== undefined && columns.find(wanted, from) !== undefined) return entry;
    }
    return undefined;
  }

  /** The function that holds a link-time `pc`. */
  at(pc: number): FunctionEntry | undefined {
    // Go's functions do not overlap: the walk may end at the one that is asked for.
    const isGo = this.known === undefined && this.unit.language === DW_LANG_GO;
    const offset = isGo ? (this.columns.find(pc, 0) ?? this.walk(pc)) : this.index.find(pc);
    return offset === undefined ? undefined : this.get(offset);
  }

  /** The same, where it is known which function it is: by no walk, unless the unit says that it has code there. */
  atKnown(pc: number, known: KnownFunction): FunctionEntry | undefined {
    if (this.known !== undefined || this.unit.language !== DW_LANG_GO) return this.at(pc);
    const offset = this.columns.find(pc, 0) ?? this.findNamed(pc, known);
    if (offset !== undefined) return this.get(offset);
    return rangesHold(this.unit.ranges(), pc) ? this.at(pc) : undefined;
  }

  /**
   * Looks for the name among the bytes of the unit, without a walk. An entry is taken for the function's if its code is.
   */
  private findNamed(pc: number, { name, start }: KnownFunction): number | undefined {
    const { unit, columns } = this;
    const { firstEntry, end } = unit;
    if (end - firstEntry > LARGEST_SEARCHED) return undefined;
    for (const offset of iterNamedEntries(unit, name, isSubprogram, firstEntry, end)) {
      const ranges = attempt(() => new Entry(unit, offset).ranges());
      if (ranges?.[0]?.low !== start || !rangesHold(ranges, pc)) continue;
      for (const { low, high } of ranges) columns.add(low, high, offset);
      return offset;
    }
    return undefined;
  }

  /** The function whose entry is at `offset`. */
  get(offset: number): FunctionEntry {
    let entry = this.made.get(offset);
    if (entry === undefined) {
      entry = new FunctionEntry(new Entry(this.unit, offset));
      this.made.set(offset, entry);
    }
    return entry;
  }

  /** All of them, by address. */
  *all(): Iterable<FunctionEntry> {
    for (const offset of new Set(this.index.values)) yield this.get(offset);
  }
}

/** Units that are not searched for a name if they are larger, in bytes. */
const LARGEST_SEARCHED = 8 << 20;

const isSubprogram = (tag: number): boolean => tag === DW_TAG.DW_TAG_subprogram;

/** Code ranges and the entry offset of whose they are. */
class CodeColumns {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly offsets: number[] = [];

  add(start: number, end: number, offset: number): void {
    this.starts.push(start);
    this.ends.push(end);
    this.offsets.push(offset);
  }

  /** Offset of the entry whose code holds `pc`, among those from row `from` on. */
  find(pc: number, from: number): number | undefined {
    for (let row = from; row < this.starts.length; row++)
      if (pc >= (this.starts[row] as number) && pc < (this.ends[row] as number)) return this.offsets[row];
    return undefined;
  }
}

/** Adds the code of a subprogram's entry. */
function addCode(unit: Unit, entry: number, columns: CodeColumns): void {
  const { info } = unit.sections;
  const code = ulebAt(info, entry);
  if (abbrevHas(unit.abbrevs, code, DW_AT.DW_AT_ranges)) addEntry(unit, entry, columns);
  else addRange(unit, code, skipLeb(info, entry), entry, columns);
}

/** Adds DW_AT_low_pc to DW_AT_high_pc in one pass over the attributes: there are thousands of these entries. */
function addRange(unit: Unit, code: number, attributesAt: number, entry: number, columns: CodeColumns): void {
  const { specs, skips, specStart, specEnd } = unit.abbrevs;
  const { info } = unit.sections;
  const stop = specEnd[code] as number;
  let at = attributesAt;
  let low: number | undefined;
  let high: number | undefined;
  for (let i = specStart[code] as number; i < stop && high === undefined; i += 2) {
    const attribute = specs[i];
    const form = specs[i + 1] as number;
    if (attribute === DW_AT.DW_AT_low_pc) low = numberAt(unit, form, at);
    else if (attribute === DW_AT.DW_AT_high_pc) {
      // Before its low_pc, an offset would count from nothing yet: take the long way.
      if (low === undefined) return addEntry(unit, entry, columns);
      const value = numberAt(unit, form, at);
      high = value === undefined || isAddressForm(form) ? value : low + value;
    }
    const skip = skips[i >>> 1] as number;
    at = skip >= 0 ? at + skip : skipOdd(info, at, unit.end, skip, unit);
  }
  if (low !== undefined && high !== undefined) columns.add(low, high, entry);
  else addEntry(unit, entry, columns);
}

function addEntry(unit: Unit, entry: number, columns: CodeColumns): void {
  for (const range of new Entry(unit, entry).ranges()) columns.add(range.low, range.high, entry);
}

function numberAt(unit: Unit, form: number, at: number): number | undefined {
  const value = readValue(unit, form, at, undefined);
  // A constant that the abbreviation holds is left to `Entry`.
  return typeof value === 'number' && form !== DW_FORM.DW_FORM_implicit_const ? value : undefined;
}

/** By abbreviation code: 1 for subprograms with code. */
function codeMarks(abbrevs: AbbrevTable): Uint8Array {
  return Uint8Array.from(abbrevs.tags, (tag, code) => {
    const hasCode = abbrevHas(abbrevs, code, DW_AT.DW_AT_ranges) || abbrevHas(abbrevs, code, DW_AT.DW_AT_low_pc);
    return Number(tag === DW_TAG.DW_TAG_subprogram && hasCode);
  });
}
