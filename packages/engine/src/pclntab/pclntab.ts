import { badData, hex } from '../base/errors.ts';
import { NamePool } from '../base/name-pool.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Memory } from '../bytes/memory.ts';
import {
  FLAG_ASM,
  FLAG_SPWRITE,
  FLAG_TOPFRAME,
  funcNumbers,
  PCDATA_INL_TREE_INDEX,
  type FuncNumbers,
} from './func-id.ts';
import { recordLayout, type FuncLayout } from './func-record.ts';
import type { PclnHeader } from './header.ts';
import { DEEPEST_INLINING, inlineNode } from './inline-tree.ts';

/** One function of the table. Addresses are in memory (relocated). */
export interface GoFunc {
  readonly index: number;
  readonly name: string;
  readonly entry: number;
  /** Entry of the next function: padding belongs to the one before it. */
  readonly end: number;
  /** Size in bytes of stack arguments and results; 0x80000000 when variable. */
  readonly args: number;
  readonly funcId: number;
  readonly flags: number;
  /** Line of the `func` keyword (Go 1.20+), else 0. */
  readonly startLine: number;
  readonly deferReturn: number;
  /** Address of the record, for the tables behind it. */
  readonly record: number;
}

/** A call as source shows it: several for one pc where calls were inlined. */
export interface SourceFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** True for all but the last, physical, function. */
  readonly inlined: boolean;
  /** Line of the `func` keyword, 0 if not known. */
  readonly startLine: number;
  readonly funcId: number;
  /** The address at which this call's place was looked up: for those around inlined calls, where these are. */
  readonly pc: number;
}

/** A pc-value table, decoded: `values[i]` holds up to the address `limits[i]`. */
interface PcTable {
  readonly entry: number;
  readonly limits: number[];
  readonly values: number[];
}

/** A table that was searched more often than this is decoded; as many decoded ones are kept. */
const OFTEN = 8;
const MOST_TABLES = 256;

function valueAt({ limits, values }: PcTable, pc: number): number {
  let [lowest, end] = [0, limits.length];
  while (lowest < end) {
    const middle = (lowest + end) >>> 1;
    if (pc < (limits[middle] as number)) end = middle;
    else lowest = middle + 1;
  }
  return values[lowest] ?? -1;
}

/** Longest name or path believed, and the largest table of them that is read at once, in bytes. */
const [LONGEST_NAME, LARGEST_NAMES] = [1 << 16, 256 << 20];
/**
 * The Go linker's function table: names, lines, inlining and stack deltas, of Go 1.15 to 1.27.
 * Reads through `memory` on demand; nothing is parsed ahead.
 */
export class Pclntab {
  readonly header: PclnHeader;
  readonly minor: number;
  readonly numbers: FuncNumbers;
  readonly memory: Memory;
  /** Where the fields of function records are. */
  readonly layout: FuncLayout;
  private readonly text: number;
  private readonly gofunc: number;
  private readonly wide: boolean;
  /** How often tables were searched, and those that were searched often, by offset. */
  private readonly uses = new Map<number, number>();
  private readonly tables = new Map<number, PcTable>();
  private readonly functions = new Map<number, GoFunc>();
  private readonly strings = new Map<number, string>();
  private pool: { readonly names: NamePool | undefined } | undefined;

  /**
   * @param text where function entry offsets count from (moduledata.text)
   * @param gofunc where funcdata offsets count from (moduledata.gofunc); unused before Go 1.18
   */
  constructor(memory: Memory, header: PclnHeader, text: number, gofunc: number, minor: number) {
    this.memory = memory;
    this.header = header;
    this.text = text;
    this.gofunc = gofunc;
    this.minor = minor;
    this.layout = recordLayout(header.format, minor);
    this.numbers = funcNumbers(minor);
    this.wide = header.format === 'go1.2' || header.format === 'go1.16';
  }

  get count(): number {
    return this.header.functionCount;
  }

  /** Entry address of function `index`; `count` gives the end of the text. */
  entryOf(index: number): number {
    const { functab } = this.header;
    return this.wide ? this.memory.u64(functab + index * 16) : this.text + this.memory.u32(functab + index * 8);
  }

  /** The function whose code holds `pc`, or undefined outside the module's Go text. */
  find(pc: number): GoFunc | undefined {
    const { memory } = this;
    const { functab, functionCount } = this.header;
    const step = this.wide ? 16 : 8;
    const target = this.wide ? pc : pc - this.text;
    if (target < 0) return undefined;
    let low = 0;
    let high = functionCount + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.wide ? memory.u64(functab + middle * step) : memory.u32(functab + middle * step);
      if (entry <= target) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    return index < 0 || index >= functionCount ? undefined : this.at(index);
  }

  /** Function number `index`, 0 <= index < count. */
  at(index: number): GoFunc {
    const known = this.functions.get(index);
    if (known !== undefined) return known;
    const { memory, layout } = this;
    const record = this.recordOf(index);
    const func: GoFunc = {
      index,
      name: this.name(memory.u32(record + (this.wide ? 8 : 4))),
      entry: this.entryOf(index),
      end: this.entryOf(index + 1),
      args: memory.u32(record + layout.args),
      funcId: memory.u8(record + layout.funcId),
      flags: layout.flags < 0 ? 0 : memory.u8(record + layout.flags),
      startLine: layout.startLine < 0 ? 0 : memory.u32(record + layout.startLine),
      deferReturn: memory.u32(record + layout.deferReturn),
      record,
    };
    this.functions.set(index, func);
    return func;
  }

  /** Address of the record of function `index`. */
  recordOf(index: number): number {
    const { functab, functionBase } = this.header;
    const { memory } = this;
    return functionBase + (this.wide ? memory.u64(functab + index * 16 + 8) : memory.u32(functab + index * 8 + 4));
  }

  /** Name of function `index`, without making the whole record. */
  nameOf(index: number): string {
    return this.name(this.nameOffsetOf(index));
  }

  private nameOffsetOf(index: number): number {
    return this.memory.u32(this.recordOf(index) + (this.wide ? 8 : 4));
  }

  /** All functions by number, with their names; with `part` those alone whose names have it in them, and perhaps others. */
  *names(part?: string): Generator<readonly [index: number, name: string]> {
    const { names } = (this.pool ??= { names: this.namePool() });
    const hasPart = part && names?.finder(part);
    for (let i = 0; i < this.count; i++) {
      const offset = this.nameOffsetOf(i);
      if (!hasPart || hasPart(offset)) yield [i, names?.at(offset) ?? this.name(offset)];
    }
  }

  private namePool(): NamePool | undefined {
    const size = this.header.cuTable - this.header.nameTable;
    if (!(size > 0 && size <= LARGEST_NAMES)) return undefined;
    const pool = new NamePool(this.memory.readSome(this.header.nameTable, size));
    // Of a damaged table names are read one by one: each could be all that is behind it, or none could be there.
    return pool.size < size || pool.longest > LONGEST_NAME ? undefined : pool;
  }

  /** The function name at an offset of the name table. */
  name(offset: number): string {
    return this.string(this.header.nameTable + offset);
  }

  private string(address: number): string {
    let text = this.strings.get(address);
    if (text === undefined) {
      text = readCStringAt(this.memory, address);
      this.strings.set(address, text);
    }
    return text;
  }

  /** Value of a pc-value table (offset into pctab) at `pc`: -1 when there is no table or no row (runtime/symtab.go pcvalue). */
  pcValue(func: GoFunc, table: number, pc: number): number {
    if (table === 0) return -1;
    const known = this.tables.get(table);
    if (known !== undefined && known.entry === func.entry) return valueAt(known, pc);
    const uses = (this.uses.get(table) ?? 0) + 1;
    this.uses.set(table, uses);
    if (uses > OFTEN) {
      const rows = this.readRows(func, table);
      if (this.tables.size >= MOST_TABLES) this.tables.clear();
      this.tables.set(table, rows);
      return valueAt(rows, pc);
    }
    return this.search(func, table, pc, undefined);
  }

  /** A table that is asked often, decoded. */
  private readRows(func: GoFunc, table: number): PcTable {
    const rows = { entry: func.entry, limits: [], values: [] };
    this.search(func, table, Infinity, rows);
    return rows;
  }

  /** Reads a table up to the row that holds `pc` and returns its value; notes all rows before it in `rows`. */
  private search(func: GoFunc, table: number, pc: number, rows: PcTable | undefined): number {
    const { memory } = this;
    const { quantum } = this.header;
    let at = this.header.pcTable + table;
    let value = -1;
    let limit = func.entry;
    for (let row = 0; ; row++) {
      let b = memory.u8(at++);
      let raw = b & 0x7f;
      for (let shift = 7; b >= 0x80 && shift < 35; shift += 7) {
        b = memory.u8(at++);
        raw |= (b & 0x7f) << shift;
      }
      if (raw === 0 && row > 0) return -1;
      value += raw & 1 ? ~(raw >>> 1) : raw >>> 1;
      b = memory.u8(at++);
      let delta = b & 0x7f;
      for (let shift = 7; b >= 0x80 && shift < 35; shift += 7) {
        b = memory.u8(at++);
        delta |= (b & 0x7f) << shift;
      }
      limit += delta * quantum;
      if (pc < limit) return value;
      rows?.limits.push(limit);
      rows?.values.push(value);
      if (row > 1_000_000) throw badData(`endless pc table of ${func.name}`);
    }
  }

  /** Bytes that the function has taken from the stack at `pc`, not counting the return address; -1 if not known. */
  spDelta(func: GoFunc, pc: number): number {
    return this.pcValue(func, this.memory.u32(func.record + this.layout.pcsp), pc);
  }

  /** Value of PCDATA table `table` at `pc`, -1 if there is none. */
  pcData(func: GoFunc, table: number, pc: number): number {
    return this.pcValue(func, this.pcDataTable(func, table), pc);
  }

  /** PCDATA table `table` of a function, as an offset into pctab; 0 if there is none. */
  pcDataTable(func: GoFunc, table: number): number {
    const { memory, layout } = this;
    if (table < 0 || table >= memory.u32(func.record + layout.npcdata)) return 0;
    return memory.u32(func.record + layout.size + table * 4);
  }

  /** Address of FUNCDATA `kind`, or undefined if the function has none. */
  funcData(func: GoFunc, kind: number): number | undefined {
    const { memory, layout } = this;
    if (kind < 0 || kind >= memory.u8(func.record + layout.nfuncdata)) return undefined;
    const tables = func.record + layout.size + memory.u32(func.record + layout.npcdata) * 4;
    if (this.wide) {
      const pointer = memory.u64(Math.ceil(tables / 8) * 8 + kind * 8);
      return pointer === 0 ? undefined : pointer;
    }
    const offset = memory.u32(tables + kind * 4);
    return offset === 0xffffffff ? undefined : this.gofunc + offset;
  }

  /** Entry of the function that a go or defer wrapper calls (FUNCDATA_WrapInfo, Go 1.18+); undefined for other functions. */
  wrappedFunction(func: GoFunc): number | undefined {
    const info = this.funcData(func, this.numbers.wrapInfo);
    return info === undefined ? undefined : this.text + this.memory.u32(info);
  }

  /** File and line of `pc` in the physical function: file `?` when the table has none. */
  fileLine(func: GoFunc, pc: number): { file: string; line: number } {
    const { memory, layout } = this;
    const line = this.pcValue(func, memory.u32(func.record + layout.pcln), pc);
    const fileNumber = this.pcValue(func, memory.u32(func.record + layout.pcfile), pc);
    return { file: this.file(func, fileNumber), line: Math.max(0, line) };
  }

  /** The file of that number in a function's table: `?` for none. */
  file(func: GoFunc, number: number): string {
    const { memory, layout } = this;
    const { fileTable, cuTable, address } = this.header;
    if (number < 0) return '?';
    if (layout.cuOffset < 0) return number === 0 ? '?' : this.string(address + memory.u32(fileTable + number * 4));
    const cuOffset = memory.u32(func.record + layout.cuOffset);
    const offset = memory.u32(cuTable + (cuOffset + number) * 4);
    return offset === 0xffffffff ? '?' : this.string(fileTable + offset);
  }

  /**
   * The calls that source shows for `pc`, innermost first; the last is the physical function.
   * Give the pc of the call itself (return address minus one) for frames that called on.
   */
  sourceFrames(func: GoFunc, pc: number): SourceFrame[] {
    const frames: SourceFrame[] = [];
    const tree = this.funcData(func, this.numbers.inlTree);
    let at = pc;
    if (tree !== undefined) {
      for (let depth = 0; depth < DEEPEST_INLINING; depth++) {
        const index = this.pcData(func, PCDATA_INL_TREE_INDEX, at);
        if (index < 0) break;
        const { name, startLine, funcId, parentPc } = inlineNode(this, tree, index);
        frames.push({ name: this.name(name), ...this.fileLine(func, at), inlined: true, startLine, funcId, pc: at });
        at = func.entry + parentPc;
      }
    }
    frames.push({
      name: func.name,
      ...this.fileLine(func, at),
      inlined: false,
      startLine: func.startLine,
      funcId: func.funcId,
      pc: at,
    });
    return frames;
  }

  /** All file names in the table, as bytes, in its order. Go <= 1.15 numbers them; later the table is their texts. */
  *files(): Generator<Uint8Array> {
    const { memory, header } = this;
    if (this.layout.cuOffset < 0) {
      const count = memory.u32(header.fileTable);
      for (let i = 1; i < count; i++)
        yield bytesUntilZero(memory, header.address + memory.u32(header.fileTable + i * 4));
      return;
    }
    for (let at = header.fileTable; at < header.pcTable;) {
      const file = bytesUntilZero(memory, at);
      if (file.length > 0) yield file;
      at += file.length + 1;
    }
  }

  isTopFrame(func: GoFunc): boolean {
    if (this.layout.flags >= 0) return (func.flags & FLAG_TOPFRAME) !== 0;
    return OLD_TOP_FRAMES.has(func.name);
  }

  writesSp(func: GoFunc): boolean {
    return (func.flags & FLAG_SPWRITE) !== 0;
  }

  isAssembly(func: GoFunc): boolean {
    return (func.flags & FLAG_ASM) !== 0;
  }

  isWrapper(funcId: number): boolean {
    return funcId === this.numbers.wrapper;
  }
}

/** Before Go 1.17 the table had no flag for the functions at the top of a stack (runtime/traceback.go topofstack). */
const OLD_TOP_FRAMES: ReadonlySet<string> = new Set([
  'runtime.goexit',
  'runtime.mstart',
  'runtime.mcall',
  'runtime.morestack',
  'runtime.rt0_go',
  'runtime.externalthreadhandler',
]);

function readCStringAt(memory: Memory, address: number): string {
  return decodeUtf8(bytesUntilZero(memory, address));
}

function bytesUntilZero(memory: Memory, address: number): Uint8Array {
  for (let size = 128; size <= LONGEST_NAME; size *= 8) {
    const bytes = memory.readSome(address, size);
    const zero = bytes.indexOf(0);
    if (zero >= 0) return bytes.subarray(0, zero);
    if (bytes.length < size) break;
  }
  throw badData(`no terminated string at ${hex(address)}`);
}
