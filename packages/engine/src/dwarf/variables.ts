import { DW_AT, DW_TAG } from './attributes.ts';
import type { Entry } from './entry.ts';
import { DW_FORM } from './forms.ts';
import { locationAt, readLocationList, type LocationEntry } from './location-list.ts';
import type { PcRange } from './pc-index.ts';

/**
 * Why a variable has a location at a pc, or has none: `ok`; `no-entry-at-pc` (its location list does not cover the pc),
 * `empty` (the compiler says: optimised away here), `none` (no location attribute at all).
 */
export type LocationState = 'ok' | 'no-entry-at-pc' | 'empty' | 'none';

/** A location at a pc; `expression` is there exactly if `state` is `ok`. */
export interface VariableLocation {
  readonly state: LocationState;
  readonly expression: Uint8Array | undefined;
}

const DW_OP_implicit_value = 0x9e;

/** A variable, parameter or captured variable as DWARF describes it. Names and types come from the abstract origin if need be. */
export class VariableEntry {
  readonly entry: Entry;
  /** How many lexical blocks of its function (or inlined call) are around it: 0 is the outermost. */
  readonly scopeDepth: number;
  private nameCache: { readonly text: string | undefined } | undefined;
  private listCache: { readonly list: readonly LocationEntry[] | undefined } | undefined;

  constructor(entry: Entry, scopeDepth: number) {
    this.entry = entry;
    this.scopeDepth = scopeDepth;
  }

  /** As in DWARF: Go names a variable that escaped to the heap `&x`. Undefined for unnamed ones. */
  get name(): string | undefined {
    this.nameCache ??= { text: this.entry.name() };
    return this.nameCache.text;
  }

  /** Absolute .debug_info offset of the type's entry. */
  get typeOffset(): number | undefined {
    return this.entry.typeOffset();
  }

  /** True for parameters, which in Go include results. */
  get isArgument(): boolean {
    return this.entry.tag === DW_TAG.DW_TAG_formal_parameter;
  }

  /** True for a Go result parameter (DW_AT_variable_parameter). */
  get isResult(): boolean {
    return this.entry.holderOf(DW_AT.DW_AT_variable_parameter)?.flag(DW_AT.DW_AT_variable_parameter) ?? false;
  }

  get declLine(): number | undefined {
    return this.entry.declLine();
  }

  get declFile(): string | undefined {
    return this.entry.declFile();
  }

  /** Offset in the closure object of a captured variable (Go 1.23, DW_AT_go_closure_offset). */
  get goClosureOffset(): number | undefined {
    const at = DW_AT.DW_AT_go_closure_offset;
    return this.entry.holderOf(at)?.constant(at);
  }

  private list(): readonly LocationEntry[] | undefined {
    this.listCache ??= { list: this.readList() };
    return this.listCache.list;
  }

  private readList(): readonly LocationEntry[] | undefined {
    const holder = this.entry.holderOf(DW_AT.DW_AT_location);
    const value = holder?.attr(DW_AT.DW_AT_location);
    if (holder === undefined || typeof value !== 'number') return undefined;
    return readLocationList(holder.unit, holder.form(DW_AT.DW_AT_location) ?? 0, value);
  }

  /** Where the variable is at a link-time `pc`. A constant value counts as a location. Throws `bad-data`. */
  locationAt(pc: number): VariableLocation {
    const value = this.entry.holderOf(DW_AT.DW_AT_location)?.attr(DW_AT.DW_AT_location);
    if (value instanceof Uint8Array) return found(value);
    const list = this.list();
    if (list !== undefined) {
      const entry = locationAt(list, pc);
      return entry === undefined ? { state: 'no-entry-at-pc', expression: undefined } : found(entry.expression);
    }
    const constant = constantExpression(this.entry);
    return constant === undefined ? { state: 'none', expression: undefined } : found(constant);
  }

  /** The location expression at `pc`, undefined if there is none; `locationState` says why. */
  location(pc: number): Uint8Array | undefined {
    return this.locationAt(pc).expression;
  }

  locationState(pc: number): LocationState {
    return this.locationAt(pc).state;
  }

  /** The location list, link-time addresses; undefined where the location is not a list. Throws `bad-data`. */
  get locationList(): readonly LocationEntry[] | undefined {
    return this.list();
  }

  /** The location that is the same all through the function; undefined where it is a list, or there is none. */
  get fixedLocation(): Uint8Array | undefined {
    const value = this.entry.holderOf(DW_AT.DW_AT_location)?.attr(DW_AT.DW_AT_location);
    return value instanceof Uint8Array ? value : undefined;
  }

  /** Where the location list gives a value at all; undefined if the location is not a list. */
  get coveredRanges(): readonly PcRange[] | undefined {
    return this.list()?.filter((entry) => entry.expression.length > 0 && !entry.isDefault);
  }
}

function found(expression: Uint8Array): VariableLocation {
  return expression.length === 0 ? { state: 'empty', expression: undefined } : { state: 'ok', expression };
}

/** DW_AT_const_value as an expression: DW_OP_implicit_value with the value's bytes. */
function constantExpression(entry: Entry): Uint8Array | undefined {
  const holder = entry.holderOf(DW_AT.DW_AT_const_value);
  const value = holder?.attr(DW_AT.DW_AT_const_value);
  if (holder === undefined || value === undefined || typeof value === 'boolean') return undefined;
  if (value instanceof Uint8Array) return implicitValue(value);
  if (typeof value === 'string') return undefined;
  const bytes = new Uint8Array(8);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < 8; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  // A narrow form says nothing of the sign: keep its width, so that the type decides.
  return implicitValue(bytes.subarray(0, widthOf(holder.form(DW_AT.DW_AT_const_value) ?? 0)));
}

function widthOf(form: number): number {
  if (form === DW_FORM.DW_FORM_data1) return 1;
  if (form === DW_FORM.DW_FORM_data2) return 2;
  return form === DW_FORM.DW_FORM_data4 ? 4 : 8;
}

function implicitValue(bytes: Uint8Array): Uint8Array {
  const head: number[] = [DW_OP_implicit_value];
  let length = bytes.length;
  for (; length >= 0x80; length >>>= 7) head.push((length & 0x7f) | 0x80);
  head.push(length);
  const out = new Uint8Array(head.length + bytes.length);
  out.set(head);
  out.set(bytes, head.length);
  return out;
}
