import { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';

/** Call frame instructions (DWARF 5, table 7.29); the first three have an operand in their low six bits. */
export const DW_CFA = {
  DW_CFA_advance_loc: 0x40,
  DW_CFA_offset: 0x80,
  DW_CFA_restore: 0xc0,
  DW_CFA_nop: 0x00,
  DW_CFA_set_loc: 0x01,
  DW_CFA_advance_loc1: 0x02,
  DW_CFA_advance_loc2: 0x03,
  DW_CFA_advance_loc4: 0x04,
  DW_CFA_offset_extended: 0x05,
  DW_CFA_restore_extended: 0x06,
  DW_CFA_undefined: 0x07,
  DW_CFA_same_value: 0x08,
  DW_CFA_register: 0x09,
  DW_CFA_remember_state: 0x0a,
  DW_CFA_restore_state: 0x0b,
  DW_CFA_def_cfa: 0x0c,
  DW_CFA_def_cfa_register: 0x0d,
  DW_CFA_def_cfa_offset: 0x0e,
  DW_CFA_def_cfa_expression: 0x0f,
  DW_CFA_expression: 0x10,
  DW_CFA_offset_extended_sf: 0x11,
  DW_CFA_def_cfa_sf: 0x12,
  DW_CFA_def_cfa_offset_sf: 0x13,
  DW_CFA_val_offset: 0x14,
  DW_CFA_val_offset_sf: 0x15,
  DW_CFA_val_expression: 0x16,
  DW_CFA_AARCH64_negate_ra_state: 0x2d,
  DW_CFA_GNU_args_size: 0x2e,
  DW_CFA_GNU_negative_offset_extended: 0x2f,
} as const;

/** How to compute the canonical frame address: a register plus an offset in bytes, or an expression. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly expression: Uint8Array };

/**
 * Where the caller's value of a register is: lost, unchanged, in memory at CFA + offset, the value CFA + offset, in another
 * register, in memory at an expression's result, or that result. Expressions get the CFA pushed first.
 */
export type RegisterRule =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'same-value' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'val-offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'expression'; readonly expression: Uint8Array }
  | { readonly kind: 'val-expression'; readonly expression: Uint8Array };

/** What the instructions are run with. */
export interface ProgramContext {
  readonly codeAlign: number;
  readonly dataAlign: number;
  /** Reads DW_CFA_set_loc's address. */
  readAddress(cursor: Cursor): number;
}

/** The rules at one pc, in the making. */
export class RuleTable {
  cfa: CfaRule | undefined;
  registers: Map<number, RegisterRule> = new Map<number, RegisterRule>();
}

/** DW_CFA_remember_state may nest this deep; compilers use one. */
const STATE_LIMIT = 256;

/**
 * Runs instructions on `table` until one would move past `pc`. `initial` holds the rules of the CIE, for DW_CFA_restore.
 * Throws `bad-data`.
 */
export function runCfaProgram(
  bytes: Uint8Array,
  context: ProgramContext,
  table: RuleTable,
  initial: ReadonlyMap<number, RegisterRule>,
  start: number,
  pc: number,
): void {
  const cursor = new Cursor(bytes, 'call frame instructions');
  new CfaMachine(cursor, context, table, initial, start).run(pc);
}

class CfaMachine {
  private readonly cursor: Cursor;
  private readonly context: ProgramContext;
  private readonly table: RuleTable;
  private readonly initial: ReadonlyMap<number, RegisterRule>;
  private readonly saved: { readonly cfa: CfaRule | undefined; readonly registers: Map<number, RegisterRule> }[] = [];
  private location: number;

  constructor(
    cursor: Cursor,
    context: ProgramContext,
    table: RuleTable,
    initial: ReadonlyMap<number, RegisterRule>,
    start: number,
  ) {
    this.cursor = cursor;
    this.context = context;
    this.table = table;
    this.initial = initial;
    this.location = start;
  }

  run(pc: number): void {
    while (!this.cursor.done && this.location <= pc) {
      const op = this.cursor.u8();
      const high = op & 0xc0;
      if (high === 0) this.location = this.moved(op) ?? this.location;
      else if (high === DW_CFA.DW_CFA_advance_loc) this.location += (op & 0x3f) * this.context.codeAlign;
      if (this.location > pc) return;
      if (high === DW_CFA.DW_CFA_offset) this.offset(op & 0x3f, this.cursor.uleb() * this.context.dataAlign);
      else if (high === DW_CFA.DW_CFA_restore) this.restore(op & 0x3f);
      else if (high === 0) this.execute(op);
    }
  }

  /** The new location after an instruction that advances; undefined for any other. */
  private moved(op: number): number | undefined {
    const { cursor, context } = this;
    switch (op) {
      case DW_CFA.DW_CFA_set_loc:
        return context.readAddress(cursor);
      case DW_CFA.DW_CFA_advance_loc1:
        return this.location + cursor.u8() * context.codeAlign;
      case DW_CFA.DW_CFA_advance_loc2:
        return this.location + cursor.u16() * context.codeAlign;
      case DW_CFA.DW_CFA_advance_loc4:
        return this.location + cursor.u32() * context.codeAlign;
      default:
        return undefined;
    }
  }

  private offset(register: number, offset: number): void {
    // Zero times a negative factor is -0: adding 0 mends that.
    this.table.registers.set(register, { kind: 'offset', offset: offset + 0 });
  }

  private restore(register: number): void {
    const rule = this.initial.get(register);
    if (rule === undefined) this.table.registers.delete(register);
    else this.table.registers.set(register, rule);
  }

  private set(rule: RegisterRule, register: number): void {
    this.table.registers.set(register, rule);
  }

  private setCfa(register: number, offset: number): void {
    this.table.cfa = { kind: 'register', register, offset };
  }

  private currentCfa(): { readonly register: number; readonly offset: number } {
    const { cfa } = this.table;
    if (cfa?.kind !== 'register')
      throw badData(`call frame instruction changes a CFA that is not a register at ${hex(this.location)}`);
    return cfa;
  }

  private execute(op: number): void {
    const { cursor } = this;
    const { dataAlign } = this.context;
    const C = DW_CFA;
    switch (op) {
      case C.DW_CFA_nop:
      case C.DW_CFA_set_loc:
      case C.DW_CFA_advance_loc1:
      case C.DW_CFA_advance_loc2:
      case C.DW_CFA_advance_loc4:
      case C.DW_CFA_AARCH64_negate_ra_state:
        return;
      case C.DW_CFA_offset_extended:
        return this.offset(cursor.uleb(), cursor.uleb() * dataAlign);
      case C.DW_CFA_offset_extended_sf:
        return this.offset(cursor.uleb(), cursor.sleb() * dataAlign);
      case C.DW_CFA_GNU_negative_offset_extended:
        return this.offset(cursor.uleb(), -cursor.uleb() * dataAlign);
      case C.DW_CFA_restore_extended:
        return this.restore(cursor.uleb());
      case C.DW_CFA_undefined:
        return this.set({ kind: 'undefined' }, cursor.uleb());
      case C.DW_CFA_same_value:
        return this.set({ kind: 'same-value' }, cursor.uleb());
      case C.DW_CFA_register: {
        const register = cursor.uleb();
        return this.set({ kind: 'register', register: cursor.uleb() }, register);
      }
      case C.DW_CFA_val_offset: {
        const register = cursor.uleb();
        return this.set({ kind: 'val-offset', offset: cursor.uleb() * dataAlign + 0 }, register);
      }
      case C.DW_CFA_val_offset_sf: {
        const register = cursor.uleb();
        return this.set({ kind: 'val-offset', offset: cursor.sleb() * dataAlign + 0 }, register);
      }
      case C.DW_CFA_expression: {
        const register = cursor.uleb();
        return this.set({ kind: 'expression', expression: cursor.take(cursor.uleb()) }, register);
      }
      case C.DW_CFA_val_expression: {
        const register = cursor.uleb();
        return this.set({ kind: 'val-expression', expression: cursor.take(cursor.uleb()) }, register);
      }
      case C.DW_CFA_GNU_args_size:
        cursor.uleb();
        return;
      default:
        return this.executeState(op);
    }
  }

  private executeState(op: number): void {
    const { cursor, table } = this;
    const { dataAlign } = this.context;
    switch (op) {
      case DW_CFA.DW_CFA_remember_state:
        if (this.saved.length >= STATE_LIMIT) throw badData('call frame instructions save too many states');
        this.saved.push({ cfa: table.cfa, registers: new Map(table.registers) });
        return;
      case DW_CFA.DW_CFA_restore_state: {
        const state = this.saved.pop();
        if (state === undefined) throw badData('call frame instructions restore a state that was not saved');
        table.cfa = state.cfa;
        table.registers = state.registers;
        return;
      }
      case DW_CFA.DW_CFA_def_cfa:
        return this.setCfa(cursor.uleb(), cursor.uleb());
      case DW_CFA.DW_CFA_def_cfa_sf:
        return this.setCfa(cursor.uleb(), cursor.sleb() * dataAlign);
      case DW_CFA.DW_CFA_def_cfa_register:
        return this.setCfa(cursor.uleb(), this.currentCfa().offset);
      case DW_CFA.DW_CFA_def_cfa_offset:
        return this.setCfa(this.currentCfa().register, cursor.uleb());
      case DW_CFA.DW_CFA_def_cfa_offset_sf:
        return this.setCfa(this.currentCfa().register, cursor.sleb() * dataAlign);
      case DW_CFA.DW_CFA_def_cfa_expression:
        table.cfa = { kind: 'expression', expression: cursor.take(cursor.uleb()) };
        return;
      default:
        throw badData(`unknown call frame instruction ${hex(op)} for code at ${hex(this.location)}`);
    }
  }
}
