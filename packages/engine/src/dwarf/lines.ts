import { badData } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import { formatFilePath, parseLineHeader, type LineHeader } from './line-header.ts';
import { IS_STMT, runLineProgram, type LineRows } from './line-program.ts';
import { PcIndex } from './pc-index.ts';
import type { SectionData } from './sections.ts';

/** A row of a line table. */
export interface LineRow {
  /** Link-time address of the first instruction. */
  readonly address: number;
  /** Link-time address where the next row begins. */
  readonly end: number;
  readonly file: string;
  readonly line: number;
  readonly isStmt: boolean;
}

/** The line table of one unit. Opening it parses the header; rows are decoded when first asked for, and kept as columns. */
export class LineTable {
  readonly header: LineHeader;
  private readonly sections: SectionData;
  private readonly names = new Map<number, string>();
  private rowsCache: LineRows | undefined;
  private sequences: PcIndex | undefined;
  private sequenceEnds: readonly number[] = [];

  /** Throws `bad-data` if the header at `offset` of .debug_line is damaged. */
  constructor(sections: SectionData, offset: number, compDir: string, addressSize: number) {
    this.sections = sections;
    this.header = parseLineHeader(sections, offset, compDir, addressSize);
  }

  /** All rows as columns, in the order of the program. Rows before the damage, if it is damaged. */
  get rows(): LineRows {
    this.rowsCache ??= runLineProgram(this.sections, this.header);
    return this.rowsCache;
  }

  /** Source path of a file number; undefined if there is none. */
  fileName(file: number): string | undefined {
    let name = this.names.get(file);
    if (name === undefined) {
      const row = this.header.files[file] ?? this.rowsCache?.definedFiles.get(file);
      if (row === undefined) return undefined;
      name = formatFilePath(this.header, row);
      this.names.set(file, name);
    }
    return name;
  }

  /** Source paths of the unit's files, in table order. */
  fileNames(): readonly string[] {
    return this.header.files.flatMap((_, file) => this.fileName(file) ?? []);
  }

  /** Sequences by address; the value is the number of the first row. */
  private index(): PcIndex {
    if (this.sequences !== undefined) return this.sequences;
    const { addresses, count, endsSequence } = this.rows;
    const starts: number[] = [];
    const ends: number[] = [];
    const firsts: number[] = [];
    const lasts: number[] = [];
    let first = 0;
    for (let row = 0; row < count; row++) {
      if (!endsSequence(row)) continue;
      // Address 0: the linker dropped the code.
      if (row > first && addresses[first] !== 0) {
        starts.push(addresses[first] as number);
        ends.push(addresses[row] as number);
        firsts.push(first);
      }
      lasts[first] = row;
      first = row + 1;
    }
    this.sequenceEnds = lasts;
    this.sequences = new PcIndex(starts, ends, firsts);
    return this.sequences;
  }

  /** The row that holds a link-time `pc`. */
  findLine(pc: number): LineRow | undefined {
    const first = this.index().find(pc);
    if (first === undefined) return undefined;
    const last = this.sequenceEnds[first] as number;
    const row = first + lastAtMost(this.rows.addresses.subarray(first, last), pc);
    return row < first ? undefined : this.row(row);
  }

  private row(row: number): LineRow {
    const { addresses, lines, files, flags } = this.rows;
    let next = row + 1;
    while (next < this.rows.count - 1 && addresses[next] === addresses[row]) next++;
    const file = files[row] as number;
    return {
      address: addresses[row] as number,
      end: addresses[next] as number,
      file: this.fileName(file) ?? '?',
      line: lines[row] as number,
      isStmt: ((flags[row] as number) & IS_STMT) !== 0,
    };
  }

  /** Numbers of the files whose path is `path`. */
  filesNamed(path: string): readonly number[] {
    return this.header.files.flatMap((_, file) => (this.fileName(file) === path ? [file] : []));
  }

  /**
   * Link-time addresses where code of `line` of the file `path` begins, ascending: the first address of each run of rows
   * of that line, statements only.
   */
  addressesOf(path: string, line: number): readonly number[] {
    const wanted = new Set(this.filesNamed(path));
    if (wanted.size === 0) return [];
    const { addresses, lines, files, flags, count, endsSequence } = this.rows;
    const found = new Set<number>();
    let inRun = false;
    for (let row = 0; row < count; row++) {
      const isHit = !endsSequence(row) && lines[row] === line && wanted.has(files[row] as number);
      if (isHit && !inRun && ((flags[row] as number) & IS_STMT) !== 0) {
        found.add(addresses[row] as number);
        inRun = true;
      } else if (!isHit) inRun = false;
    }
    return [...found].sort((a, b) => a - b);
  }

  /** Lines of the file `path` that have code, ascending. */
  linesOf(path: string): readonly number[] {
    const wanted = new Set(this.filesNamed(path));
    const { lines, files, count, endsSequence } = this.rows;
    const found = new Set<number>();
    for (let row = 0; row < count; row++) {
      if (!endsSequence(row) && wanted.has(files[row] as number)) found.add(lines[row] as number);
    }
    found.delete(0);
    return [...found].sort((a, b) => a - b);
  }

  /** The first address in [low, high) that the compiler marks as behind the function's prologue (DW_LNS_set_prologue_end). */
  prologueEnd(low: number, high: number): number | undefined {
    const { addresses, count, isPrologueEnd } = this.rows;
    let best: number | undefined;
    for (let row = 0; row < count; row++) {
      const address = addresses[row] as number;
      if (address >= low && address < high && isPrologueEnd(row) && (best === undefined || address < best))
        best = address;
    }
    return best;
  }

  /** Throws `bad-data` if the program was damaged; rows before the damage are there all the same. */
  check(): void {
    if (this.rows.problem !== undefined) throw badData(this.rows.problem);
  }
}
