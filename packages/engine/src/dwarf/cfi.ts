import { Cursor, readU32, readU64 } from '../base/cursor.ts';
import { attempt, badData, hex } from '../base/errors.ts';
import { runCfaProgram, RuleTable, type CfaRule, type ProgramContext, type RegisterRule } from './cfi-program.ts';
import { readPointer, type PointerBases } from './eh-pointer.ts';
import { PcIndex } from './pc-index.ts';

export type { CfaRule, RegisterRule } from './cfi-program.ts';

/** A section with call frame information. */
export interface CfiSection {
  readonly kind: 'debug_frame' | 'eh_frame';
  readonly bytes: Uint8Array;
  /** Link-time address of the section: pointers in .eh_frame are relative to where they stand. 0 for .debug_frame. */
  readonly address: number;
  /** Link-time addresses of .text and .got, for old pointer encodings. */
  readonly textAddress?: number | undefined;
  readonly dataAddress?: number | undefined;
}

/** How to unwind one step from a pc: link-time addresses, DWARF register numbers. */
export interface UnwindRules {
  /** The code these rules come from. */
  readonly low: number;
  readonly high: number;
  readonly cfa: CfaRule;
  /** Registers that are not in the map have no rule: callee-saved ones are unchanged, the ABI says which. */
  readonly registers: ReadonlyMap<number, RegisterRule>;
  /** The register whose rule gives the return address. */
  readonly returnAddressRegister: number;
  /** True for a signal trampoline: the pc of the frame above is exact, not behind a call. */
  readonly isSignalFrame: boolean;
}

/** Common information entry: what many FDEs share. */
interface Cie extends ProgramContext {
  readonly returnAddressRegister: number;
  readonly isSignalFrame: boolean;
  readonly hasAugmentationData: boolean;
  readonly pointerEncoding: number;
  readonly lsdaEncoding: number;
  readonly initial: RuleTable;
}

const DW_EH_PE_absptr = 0;

/** The call frame information of one section. Only record headers are read until a pc is asked for. */
export class CfiTable {
  private readonly section: CfiSection;
  private readonly name: string;
  private readonly cies = new Map<number, Cie | undefined>();
  private index: PcIndex | undefined;

  constructor(section: CfiSection) {
    this.section = section;
    this.name = section.kind === 'eh_frame' ? '.eh_frame' : '.debug_frame';
  }

  /** How many FDEs the section has. */
  get size(): number {
    return this.fdes().size;
  }

  /** True if an FDE covers a link-time `pc`. */
  covers(pc: number): boolean {
    return this.fdes().find(pc) !== undefined;
  }

  /** The rules at a link-time `pc`; undefined if no FDE covers it. Throws `bad-data` if the FDE is damaged. */
  rulesAt(pc: number): UnwindRules | undefined {
    const fdes = this.fdes();
    const row = fdes.rowAt(pc);
    if (row < 0) return undefined;
    const offset = fdes.values[row] as number;
    const record = this.record(offset);
    const cie = record && this.cieOf(record);
    if (record === undefined || cie === undefined)
      throw badData(`damaged call frame entry at ${this.name}+${hex(offset)}`);
    const cursor = this.cursor(record.body, record.end);
    this.readRange(cursor, cie);
    if (cie.hasAugmentationData) cursor.skip(cursor.uleb());
    const table = new RuleTable();
    table.cfa = cie.initial.cfa;
    table.registers = new Map(cie.initial.registers);
    const low = fdes.starts[row] as number;
    runCfaProgram(this.section.bytes.subarray(cursor.at, record.end), cie, table, cie.initial.registers, low, pc);
    if (table.cfa === undefined) throw badData(`no CFA rule for ${hex(pc)} in ${this.name}`);
    return {
      low,
      high: fdes.ends[row] as number,
      cfa: table.cfa,
      registers: table.registers,
      returnAddressRegister: cie.returnAddressRegister,
      isSignalFrame: cie.isSignalFrame,
    };
  }

  private cursor(at: number, end: number): Cursor {
    return new Cursor(this.section.bytes, this.name, at, end);
  }

  private readRange(cursor: Cursor, cie: Cie): { low: number; length: number } {
    if (cie.pointerEncoding === DW_EH_PE_absptr) return { low: cursor.u64(), length: cursor.u64() };
    const low = readPointer(cursor, cie.pointerEncoding, this.bases()) ?? 0;
    // The length has the size of the pointer, but is not relative to anything.
    return { low, length: readPointer(cursor, cie.pointerEncoding & 0x0f, this.bases()) ?? 0 };
  }

  private bases(): PointerBases {
    const { address, textAddress, dataAddress } = this.section;
    return { section: address, text: textAddress ?? 0, data: dataAddress ?? 0 };
  }

  /** FDEs by address; the value is the record's offset. One scan over headers, once. */
  private fdes(): PcIndex {
    if (this.index !== undefined) return this.index;
    const starts: number[] = [];
    const ends: number[] = [];
    const offsets: number[] = [];
    for (let at = 0; ;) {
      const record = this.record(at);
      if (record === undefined) break;
      const cie = record.isCie ? undefined : this.cieOf(record);
      const range = cie && attempt(() => this.readRange(this.cursor(record.body, record.end), cie));
      // Code that the linker dropped is left at 0.
      if (range !== undefined && range.low !== 0) {
        starts.push(range.low);
        ends.push(range.low + range.length);
        offsets.push(at);
      }
      at = record.end;
    }
    this.index = new PcIndex(starts, ends, offsets);
    return this.index;
  }

  /** The record at `at`; undefined at the end of the section or where it is damaged. */
  private record(at: number): FrameRecord | undefined {
    const { bytes, kind } = this.section;
    if (at + 4 > bytes.length) return undefined;
    const isEh = kind === 'eh_frame';
    let length = readU32(bytes, at);
    let idAt = at + 4;
    let idSize = 4;
    if (length === 0xffff_ffff) {
      if (at + 12 > bytes.length) return undefined;
      length = readU64(bytes, at + 4);
      idAt = at + 12;
      idSize = isEh ? 4 : 8;
    }
    const end = idAt + length;
    if (end > bytes.length) return undefined;
    // A zero length ends .eh_frame's contribution of one object file; others may follow.
    if (length < idSize) return { isCie: true, cieOffset: at, body: end, end };
    const id = idSize === 8 ? readU64(bytes, idAt) : readU32(bytes, idAt);
    const isCie = isEh ? id === 0 : idSize === 8 ? id >= 2 ** 63 : id === 0xffff_ffff;
    const cieOffset = isCie ? at : isEh ? idAt - id : id;
    return { isCie, cieOffset, body: idAt + idSize, end };
  }

  private cieOf(record: FrameRecord): Cie | undefined {
    const { cieOffset } = record;
    if (!this.cies.has(cieOffset))
      this.cies.set(
        cieOffset,
        attempt(() => this.parseCie(cieOffset)),
      );
    return this.cies.get(cieOffset);
  }

  private parseCie(offset: number): Cie {
    const record = offset >= 0 ? this.record(offset) : undefined;
    if (record === undefined || !record.isCie)
      throw badData(`no common information entry at ${this.name}+${hex(offset)}`);
    const cursor = this.cursor(record.body, record.end);
    const version = cursor.u8();
    const augmentation = cursor.cstring();
    if (augmentation.startsWith('eh')) cursor.skip(8);
    if (version >= 4 && this.section.kind === 'debug_frame') {
      if (cursor.u8() !== 8) throw badData(`address size other than 8 at ${this.name}+${hex(offset)}`);
      cursor.u8(); // segment selector size
    }
    const codeAlign = cursor.uleb();
    const dataAlign = cursor.sleb();
    const returnAddressRegister = version === 1 ? cursor.u8() : cursor.uleb();
    const extra = this.readAugmentation(cursor, augmentation);
    const readAddress = (at: Cursor): number => readPointer(at, extra.pointerEncoding, this.bases()) ?? 0;
    const initial = new RuleTable();
    const context = { codeAlign, dataAlign, readAddress };
    runCfaProgram(this.section.bytes.subarray(cursor.at, record.end), context, initial, new Map(), 0, Infinity);
    return { ...context, returnAddressRegister, ...extra, initial };
  }

  /** Augmentation of .eh_frame (Linux Standard Base, core 5.0, section 10.6.1.1.1). */
  private readAugmentation(
    cursor: Cursor,
    augmentation: string,
  ): Pick<Cie, 'isSignalFrame' | 'hasAugmentationData' | 'pointerEncoding' | 'lsdaEncoding'> {
    let isSignalFrame = false;
    let pointerEncoding = DW_EH_PE_absptr;
    let lsdaEncoding = DW_EH_PE_absptr;
    const hasAugmentationData = augmentation.startsWith('z');
    const length = hasAugmentationData ? cursor.uleb() : 0;
    const next = cursor.at + length;
    for (const letter of augmentation) {
      if (letter === 'S') isSignalFrame = true;
      else if (letter === 'R') pointerEncoding = cursor.u8();
      else if (letter === 'L') lsdaEncoding = cursor.u8();
      else if (letter === 'P') readPointer(cursor, cursor.u8(), this.bases());
      else if (letter !== 'z' && letter !== 'B' && letter !== 'G') break;
    }
    if (hasAugmentationData) cursor.at = next;
    return { isSignalFrame, hasAugmentationData, pointerEncoding, lsdaEncoding };
  }
}

interface FrameRecord {
  readonly isCie: boolean;
  readonly cieOffset: number;
  /** Offset behind length and id. */
  readonly body: number;
  readonly end: number;
}

/** The rules at a link-time `pc` from the first of `tables` that covers it: .debug_frame before .eh_frame, as a rule. */
export function findUnwindRules(tables: readonly CfiTable[], pc: number): UnwindRules | undefined {
  for (const table of tables) {
    const rules = attempt(() => table.rulesAt(pc));
    if (rules !== undefined) return rules;
  }
  return undefined;
}
