import { counters } from '../base/counters.ts';
import type { Cursor } from '../base/cursor.ts';
import { isDebugError } from '../base/errors.ts';
import { readFileV2, type LineFile, type LineHeader } from './line-header.ts';
import type { SectionData } from './sections.ts';

/** Standard opcodes (DWARF 5, table 7.25). */
export const DW_LNS = {
  DW_LNS_copy: 0x01,
  DW_LNS_advance_pc: 0x02,
  DW_LNS_advance_line: 0x03,
  DW_LNS_set_file: 0x04,
  DW_LNS_set_column: 0x05,
  DW_LNS_negate_stmt: 0x06,
  DW_LNS_set_basic_block: 0x07,
  DW_LNS_const_add_pc: 0x08,
  DW_LNS_fixed_advance_pc: 0x09,
  DW_LNS_set_prologue_end: 0x0a,
  DW_LNS_set_epilogue_begin: 0x0b,
  DW_LNS_set_isa: 0x0c,
} as const;

/** Extended opcodes (DWARF 5, table 7.26). */
export const DW_LNE = {
  DW_LNE_end_sequence: 0x01,
  DW_LNE_set_address: 0x02,
  DW_LNE_define_file: 0x03,
  DW_LNE_set_discriminator: 0x04,
} as const;

/** Bits of a row's flags. */
export const IS_STMT = 1;
export const END_SEQUENCE = 2;
export const PROLOGUE_END = 4;

/** The decoded rows of a line table, as columns. */
export class LineRows {
  /** Link-time addresses. */
  addresses: Float64Array = new Float64Array(256);
  lines: Uint32Array = new Uint32Array(256);
  files: Uint32Array = new Uint32Array(256);
  /** IS_STMT, END_SEQUENCE, PROLOGUE_END. */
  flags: Uint8Array = new Uint8Array(256);
  count = 0;
  /** Files that the program itself defines (DW_LNE_define_file). */
  readonly definedFiles: Map<number, LineFile> = new Map<number, LineFile>();
  /** What is wrong with the program, if its end could not be reached. */
  problem: string | undefined;

  add(address: number, file: number, line: number, flags: number): void {
    if (this.count === this.flags.length) this.resize(this.count * 2);
    this.addresses[this.count] = address;
    this.lines[this.count] = line;
    this.files[this.count] = file;
    this.flags[this.count++] = flags;
  }

  /** Makes room for `size` rows, or cuts down to them. */
  resize(size: number): void {
    const kept = Math.min(size, this.count);
    const addresses = new Float64Array(size);
    const lines = new Uint32Array(size);
    const files = new Uint32Array(size);
    const flags = new Uint8Array(size);
    addresses.set(this.addresses.subarray(0, kept));
    lines.set(this.lines.subarray(0, kept));
    files.set(this.files.subarray(0, kept));
    flags.set(this.flags.subarray(0, kept));
    this.addresses = addresses;
    this.lines = lines;
    this.files = files;
    this.flags = flags;
  }

  readonly endsSequence = (row: number): boolean => ((this.flags[row] as number) & END_SEQUENCE) !== 0;
  readonly isPrologueEnd = (row: number): boolean => ((this.flags[row] as number) & PROLOGUE_END) !== 0;
}

/** Runs the line number program (DWARF 5, section 6.2.5). Damage ends it early and is told in `problem`. */
export function runLineProgram(sections: SectionData, header: LineHeader): LineRows {
  const rows = new LineRows();
  const { programStart, programEnd } = header;
  const cursor = sections.cursor('.debug_line', programStart, programEnd - programStart);
  cursor.end = programEnd;
  const machine = new LineMachine(header, rows, cursor);
  try {
    while (!cursor.done) machine.step();
  } catch (error) {
    if (!isDebugError(error)) throw error;
    rows.problem = error.message;
  }
  rows.resize(rows.count);
  counters.lineRows += rows.count;
  return rows;
}

class LineMachine {
  private readonly header: LineHeader;
  private readonly rows: LineRows;
  private readonly cursor: Cursor;
  private address = 0;
  private file = 1;
  private line = 1;
  private stmt: number;
  private prologue = 0;

  constructor(header: LineHeader, rows: LineRows, cursor: Cursor) {
    this.header = header;
    this.rows = rows;
    this.cursor = cursor;
    this.stmt = header.defaultIsStmt ? IS_STMT : 0;
  }

  step(): void {
    const { header, cursor } = this;
    const op = cursor.u8();
    if (op >= header.opcodeBase) {
      const special = op - header.opcodeBase;
      this.address += Math.floor(special / header.lineRange) * header.minInstructionLength;
      this.line += header.lineBase + (special % header.lineRange);
      this.emit(0);
    } else if (op === 0) this.extended();
    else this.standard(op);
  }

  private emit(flags: number): void {
    this.rows.add(this.address, this.file, this.line, this.stmt | this.prologue | flags);
    this.prologue = 0;
  }

  private standard(op: number): void {
    const { header, cursor } = this;
    switch (op) {
      case DW_LNS.DW_LNS_copy:
        return this.emit(0);
      case DW_LNS.DW_LNS_advance_pc:
        this.address += cursor.uleb() * header.minInstructionLength;
        return;
      case DW_LNS.DW_LNS_advance_line:
        this.line += cursor.sleb();
        return;
      case DW_LNS.DW_LNS_set_file:
        this.file = cursor.uleb();
        return;
      case DW_LNS.DW_LNS_negate_stmt:
        this.stmt ^= IS_STMT;
        return;
      case DW_LNS.DW_LNS_const_add_pc:
        this.address += Math.floor((255 - header.opcodeBase) / header.lineRange) * header.minInstructionLength;
        return;
      case DW_LNS.DW_LNS_fixed_advance_pc:
        this.address += cursor.u16();
        return;
      case DW_LNS.DW_LNS_set_prologue_end:
        this.prologue = PROLOGUE_END;
        return;
      default:
        // Known ones without effect here, and unknown ones: the header says how many operands to skip.
        for (let left = header.operandCounts[op] ?? 0; left > 0; left--) cursor.uleb();
    }
  }

  private extended(): void {
    const { cursor } = this;
    const length = cursor.uleb();
    const next = cursor.at + length;
    if (length === 0) return;
    switch (cursor.u8()) {
      case DW_LNE.DW_LNE_end_sequence:
        this.emit(END_SEQUENCE);
        this.reset();
        break;
      case DW_LNE.DW_LNE_set_address:
        this.address = cursor.uint(length - 1);
        break;
      case DW_LNE.DW_LNE_define_file:
        this.rows.definedFiles.set(
          this.header.files.length + this.rows.definedFiles.size,
          readFileV2(cursor, cursor.cstring()),
        );
        break;
    }
    cursor.skip(next - cursor.at);
  }

  private reset(): void {
    this.address = 0;
    this.file = 1;
    this.line = 1;
    this.stmt = this.header.defaultIsStmt ? IS_STMT : 0;
  }
}
