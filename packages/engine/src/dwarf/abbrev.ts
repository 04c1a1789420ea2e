import { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { DW_FORM, skipOf, SKIP_END, SKIP_UNKNOWN, type Encoding } from './forms.ts';

/**
 * One abbreviation table (DWARF 5, section 7.5.3), as columns indexed by abbreviation code, plus a "skip program" per code:
 * what to add to jump over all attributes, with neighbouring fixed sizes merged. That is what makes walking fast.
 */
export interface AbbrevTable {
  /** Tag by code; 0 where no such code exists. */
  readonly tags: Uint16Array;
  readonly hasChildren: Uint8Array;
  /** Index in `specs` of the first attribute of a code; the last ends where `specEnd` says. */
  readonly specStart: Uint32Array;
  readonly specEnd: Uint32Array;
  /** Attribute and form, in pairs. */
  readonly specs: Uint32Array;
  /** How to skip each attribute: `skips[i / 2]` for `specs[i]`. */
  readonly skips: Int32Array;
  /** Values of DW_FORM_implicit_const, by index in `specs`. */
  readonly constants: ReadonlyMap<number, bigint>;
  /** Index in `program` by code. */
  readonly skipStart: Uint32Array;
  readonly program: Int32Array;
}

interface Row {
  readonly code: number;
  readonly tag: number;
  readonly children: number;
  readonly specStart: number;
  readonly specEnd: number;
  readonly skipStart: number;
}

/** Parses the table at `offset` of .debug_abbrev for units of one encoding. Throws `bad-data`. */
export function parseAbbrevTable(section: Uint8Array, offset: number, encoding: Encoding): AbbrevTable {
  const cursor = new Cursor(section, '.debug_abbrev', offset);
  const rows: Row[] = [];
  const specs: number[] = [];
  const program: number[] = [];
  const skips: number[] = [];
  const constants = new Map<number, bigint>();
  let largest = 0;
  for (;;) {
    const code = cursor.uleb();
    if (code === 0) break;
    // Every code takes three bytes at least and producers count from 1: a larger one is hostile and would waste memory.
    if (code > section.length) throw badData(`abbreviation code ${hex(code)} at .debug_abbrev+${hex(cursor.at)}`);
    if (code > largest) largest = code;
    const tag = cursor.uleb();
    const children = cursor.u8();
    const specStart = specs.length;
    const skipStart = program.length;
    readSpecs(cursor, specs, constants);
    compileSkip(specs, specStart, encoding, program, skips);
    rows.push({ code, tag: tag & 0xffff, children, specStart, specEnd: specs.length, skipStart });
  }
  return toColumns(rows, largest, specs, skips, program, constants);
}

function readSpecs(cursor: Cursor, specs: number[], constants: Map<number, bigint>): void {
  for (;;) {
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    if (form === DW_FORM.DW_FORM_implicit_const) constants.set(specs.length, cursor.slebBig());
    if (attribute === 0 && form === 0) return;
    specs.push(attribute, form);
  }
}

function compileSkip(
  specs: readonly number[],
  start: number,
  encoding: Encoding,
  program: number[],
  skips: number[],
): void {
  let fixed = 0;
  for (let i = start; i < specs.length; i += 2) skips.push(skipOf(specs[i + 1] as number, encoding));
  for (let i = start; i < specs.length; i += 2) {
    const skip = skips[i / 2] as number;
    if (skip >= 0) {
      fixed += skip;
      continue;
    }
    if (fixed > 0) program.push(fixed);
    fixed = 0;
    program.push(skip);
    // What follows cannot be reached, and the unknown form is reported when an entry with it is met.
    if (skip === SKIP_UNKNOWN) return;
  }
  if (fixed > 0) program.push(fixed);
  program.push(SKIP_END);
}

function toColumns(
  rows: readonly Row[],
  largest: number,
  specs: readonly number[],
  skips: readonly number[],
  program: readonly number[],
  constants: ReadonlyMap<number, bigint>,
): AbbrevTable {
  const table: AbbrevTable = {
    tags: new Uint16Array(largest + 1),
    hasChildren: new Uint8Array(largest + 1),
    specStart: new Uint32Array(largest + 1),
    specEnd: new Uint32Array(largest + 1),
    specs: Uint32Array.from(specs),
    skips: Int32Array.from(skips),
    constants,
    skipStart: new Uint32Array(largest + 1),
    program: Int32Array.from(program),
  };
  for (const row of rows) {
    table.tags[row.code] = row.tag;
    table.hasChildren[row.code] = row.children;
    table.specStart[row.code] = row.specStart;
    table.specEnd[row.code] = row.specEnd;
    table.skipStart[row.code] = row.skipStart;
  }
  return table;
}

/** True if entries of `code` have `attribute`. */
export function abbrevHas(table: AbbrevTable, code: number, attribute: number): boolean {
  const end = table.specEnd[code] as number;
  for (let i = table.specStart[code] as number; i < end; i += 2) if (table.specs[i] === attribute) return true;
  return false;
}

/** Abbreviation tables by offset and encoding, each parsed once. */
export class AbbrevCache {
  private readonly section: Uint8Array;
  private readonly tables = new Map<string, AbbrevTable>();
  private spent = 0;

  constructor(section: Uint8Array) {
    this.section = section;
  }

  tableAt(offset: number, encoding: Encoding): AbbrevTable {
    const key = `${offset}/${encoding.version <= 2 ? 2 : 4}/${encoding.addressSize}/${encoding.offsetSize}`;
    let table = this.tables.get(key);
    if (table === undefined) {
      // Tables that overlap would cost the square of the section's size.
      if (this.spent > 0x10_0000 + 4 * this.section.length)
        throw badData('abbreviation tables in .debug_abbrev overlap');
      table = parseAbbrevTable(this.section, offset, encoding);
      this.spent += table.specs.length + table.tags.length;
      this.tables.set(key, table);
    }
    return table;
  }
}
