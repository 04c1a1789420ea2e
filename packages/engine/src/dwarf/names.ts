import { lastAtMost } from '../base/ranges.ts';
import { isDebugError } from '../base/errors.ts';
import { decodeUtf8, encodeUtf8 } from '../base/text.ts';
import { abbrevHas, type AbbrevTable } from './abbrev.ts';
import { isAddressForm, readValue } from './attribute-value.ts';
import { DW_AT, DW_TAG } from './attributes.ts';
import { Entry, entryAt, isTypeTag } from './entry.ts';
import { DW_FORM } from './forms.ts';
import { checkCode, skipAttributes, skipForm, skipLeb, ulebAt } from './skip.ts';
import type { Unit, UnitTable } from './unit.ts';

/** What a name may stand for: a subprogram, a type, a variable outside functions, a constant. */
export type NameKind = 'function' | 'type' | 'variable' | 'constant';

const KINDS: readonly NameKind[] = ['function', 'type', 'variable', 'constant'];
const NO_KIND = 0xff;
/** Flags of an abbreviation, above the kind in its low byte. */
const HAS_RUNTIME_TYPE = 0x100;
const HAS_CODE = 0x200;
const HAS_ORIGIN = 0x400;
const IS_DECLARATION = 0x800;
/** Its first attribute is an inline name: the quick case, and Go's only one. */
const NAME_FIRST = 0x1000;
const HAS_NAME = 0x2000;
const WANTED = 0x4000;

/** A column that grows. */
class Column {
  values: Float64Array | Uint32Array;
  length = 0;

  constructor(values: Float64Array | Uint32Array) {
    this.values = values;
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = this.values instanceof Float64Array ? new Float64Array(this.length * 2) : new Uint32Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }
}

const wide = (): Column => new Column(new Float64Array(1 << 12));
const narrow = (): Column => new Column(new Uint32Array(1 << 12));

/** FNV-1a of the bytes up to a zero or the end. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    const b = bytes[at] as number;
    if (b === 0) break;
    hash = Math.imul(hash ^ b, 0x01000193);
  }
  return hash >>> 0;
}

function classify(table: AbbrevTable, code: number): number {
  const tag = table.tags[code] as number;
  const has = (attribute: number): boolean => abbrevHas(table, code, attribute);
  let kind = NO_KIND;
  if (tag === DW_TAG.DW_TAG_subprogram) kind = 0;
  else if (isTypeTag(tag)) kind = 1;
  else if (tag === DW_TAG.DW_TAG_variable) kind = 2;
  else if (tag === DW_TAG.DW_TAG_constant) kind = 3;
  let flags = kind;
  if (has(DW_AT.DW_AT_name)) flags |= HAS_NAME;
  if (has(DW_AT.DW_AT_go_runtime_type)) flags |= HAS_RUNTIME_TYPE;
  if (has(DW_AT.DW_AT_low_pc) || has(DW_AT.DW_AT_ranges)) flags |= HAS_CODE;
  if (has(DW_AT.DW_AT_abstract_origin) || has(DW_AT.DW_AT_specification)) flags |= HAS_ORIGIN;
  if (has(DW_AT.DW_AT_declaration)) flags |= IS_DECLARATION;
  const first = table.specStart[code] as number;
  const isInline = table.specs[first] === DW_AT.DW_AT_name && table.specs[first + 1] === DW_FORM.DW_FORM_string;
  if (isInline) flags |= NAME_FIRST;
  if (kind !== NO_KIND && (flags & (HAS_NAME | HAS_RUNTIME_TYPE | HAS_ORIGIN)) !== 0) flags |= WANTED;
  return flags;
}
void [lastAtMost, isDebugError, decodeUtf8, encodeUtf8, isAddressForm, readValue, Entry, entryAt, checkCode, skipAttributes, skipForm, skipLeb, ulebAt, hashBytes, classify, narrow, wide, KINDS, WANTED];

/** x */
export class NameIndex {
  readonly diagnostics: readonly string[] = [];
  readonly runtimeTypeCount: number = 0;
  constructor(_table: UnitTable) {}
  functionsNamed(_name: string): readonly number[] { return []; }
  find(_kind: NameKind, _name: string): readonly number[] { return []; }
  *iter(_kind: NameKind): Iterable<{ name: string; offset: number }> {}
  typeAtRuntimeOffset(_value: number): number | undefined { return undefined; }
}
export type { Unit };
