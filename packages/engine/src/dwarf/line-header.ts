import type { Cursor } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import { DW_FORM } from './forms.ts';
import type { SectionData } from './sections.ts';

/** Content types of the file and directory tables (DWARF 5, table 7.27). */
export const DW_LNCT = {
  DW_LNCT_path: 0x1,
  DW_LNCT_directory_index: 0x2,
  DW_LNCT_timestamp: 0x3,
  DW_LNCT_size: 0x4,
  DW_LNCT_MD5: 0x5,
} as const;

/** One row of a file table. */
export interface LineFile {
  readonly name: string;
  readonly directory: number;
}

/** Header of a line number program (DWARF 5, section 6.2.4). */
export interface LineHeader {
  readonly version: number;
  readonly addressSize: number;
  readonly minInstructionLength: number;
  readonly defaultIsStmt: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operand counts by standard opcode; index 0 is unused. */
  readonly operandCounts: readonly number[];
  /** Index 0 is the compilation directory in every version. */
  readonly directories: readonly string[];
  /** Indexed as the program does: from 1 before DWARF 5, where 0 is undefined. */
  readonly files: readonly (LineFile | undefined)[];
  /** Offsets in .debug_line of the program. */
  readonly programStart: number;
  readonly programEnd: number;
}

/** Parses the header at `offset` of .debug_line. Throws `bad-data`. */
export function parseLineHeader(
  sections: SectionData,
  offset: number,
  compDir: string,
  unitAddressSize: number,
): LineHeader {
  const start = sections.cursor('.debug_line', offset, 12);
  const first = start.u32();
  const offsetSize = first === 0xffff_ffff ? 8 : 4;
  const length = offsetSize === 8 ? start.u64() : first;
  const programEnd = start.at + length;
  const cursor = sections.cursor('.debug_line', start.at, length);
  if (programEnd > cursor.end)
    throw badData(`line table at .debug_line+${hex(offset)} runs past the end of the section`);
  cursor.end = programEnd;
  const version = cursor.u16();
  if (version < 2 || version > 5)
    throw badData(`line table of unknown version ${version} at .debug_line+${hex(offset)}`);
  const addressSize = version >= 5 ? cursor.u8() : unitAddressSize;
  if (version >= 5) cursor.u8(); // segment selector size
  const headerLength = cursor.uint(offsetSize);
  const programStart = cursor.at + headerLength;
  if (programStart > programEnd)
    throw badData(`line table header at .debug_line+${hex(offset)} is longer than the table`);
  const minInstructionLength = cursor.u8();
  if (version >= 4) cursor.u8(); // operations per instruction: 1 but on VLIW machines
  const defaultIsStmt = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0) throw badData(`damaged line table header at .debug_line+${hex(offset)}`);
  const operandCounts = [0];
  for (let op = 1; op < opcodeBase; op++) operandCounts.push(cursor.u8());
  const tables = version >= 5 ? readTablesV5(sections, cursor, offsetSize) : readTablesV2(cursor, compDir);
  const numbers = { version, addressSize, minInstructionLength, defaultIsStmt, lineBase, lineRange, opcodeBase };
  return { ...numbers, operandCounts, ...tables, programStart, programEnd };
}

type Tables = Pick<LineHeader, 'directories' | 'files'>;

function readTablesV2(cursor: Cursor, compDir: string): Tables {
  const directories = [compDir];
  for (let name = cursor.cstring(); name !== ''; name = cursor.cstring()) directories.push(name);
  const files: (LineFile | undefined)[] = [undefined];
  for (let name = cursor.cstring(); name !== ''; name = cursor.cstring()) {
    files.push(readFileV2(cursor, name));
  }
  return { directories, files };
}

/** The rest of a file row behind its name; DW_LNE_define_file has the same shape. */
export function readFileV2(cursor: Cursor, name: string): LineFile {
  const directory = cursor.uleb();
  cursor.uleb(); // modification time
  cursor.uleb(); // size
  return { name, directory };
}

function readTablesV5(sections: SectionData, cursor: Cursor, offsetSize: number): Tables {
  const directories = readRowsV5(sections, cursor, offsetSize).map((row) => row.name);
  return { directories, files: readRowsV5(sections, cursor, offsetSize) };
}

function readRowsV5(sections: SectionData, cursor: Cursor, offsetSize: number): LineFile[] {
  const format: [content: number, form: number][] = [];
  for (let left = cursor.u8(); left > 0; left--) format.push([cursor.uleb(), cursor.uleb()]);
  const count = cursor.uleb();
  const rows: LineFile[] = [];
  if (count > 0 && format.length === 0) throw badData(`file table without a format at .debug_line+${hex(cursor.at)}`);
  for (let i = 0; i < count; i++) {
    const before = cursor.at;
    let name = '';
    let directory = 0;
    for (const [content, form] of format) {
      const value = readCell(sections, cursor, form, offsetSize);
      if (content === DW_LNCT.DW_LNCT_path && typeof value === 'string') name = value;
      else if (content === DW_LNCT.DW_LNCT_directory_index && typeof value === 'number') directory = value;
    }
    if (cursor.at === before) throw badData(`file table of empty rows at .debug_line+${hex(cursor.at)}`);
    rows.push({ name, directory });
  }
  return rows;
}

/** One value of a file table: the forms that DWARF 5, section 6.2.4.1 allows. */
function readCell(
  sections: SectionData,
  cursor: Cursor,
  form: number,
  offsetSize: number,
): string | number | undefined {
  switch (form) {
    case DW_FORM.DW_FORM_string:
      return cursor.cstring();
    case DW_FORM.DW_FORM_line_strp:
      return sections.stringAt('.debug_line_str', cursor.uint(offsetSize));
    case DW_FORM.DW_FORM_strp:
      return sections.stringAt('.debug_str', cursor.uint(offsetSize));
    case DW_FORM.DW_FORM_udata:
      return cursor.uleb();
    case DW_FORM.DW_FORM_data1:
      return cursor.u8();
    case DW_FORM.DW_FORM_data2:
      return cursor.u16();
    case DW_FORM.DW_FORM_data4:
      return cursor.u32();
    case DW_FORM.DW_FORM_data8:
      return cursor.u64();
    case DW_FORM.DW_FORM_data16:
      cursor.skip(16);
      return undefined;
    case DW_FORM.DW_FORM_block:
      cursor.skip(cursor.uleb());
      return undefined;
    default:
      throw badData(`unexpected form ${hex(form)} in a file table at .debug_line+${hex(cursor.at)}`);
  }
}

/** The path of a file row: with its directory in front unless it is absolute, and the compilation directory before that. */
export function formatFilePath(header: LineHeader, file: LineFile): string {
  // Go writes whole paths, and words such as <autogenerated> and "?".
  if (isWhole(file.name)) return file.name;
  const directory = header.directories[file.directory] ?? '';
  const base = header.directories[0] ?? '';
  if (file.directory === 0 || isWhole(directory) || isNowhere(base)) return join(directory, file.name);
  return join(join(base, directory), file.name);
}

function isWhole(name: string): boolean {
  return /^(?:[/\\<]|[A-Za-z]:[/\\])/.test(name) || name === '?' || name === '';
}

/** Go's linker names no directory with -trimpath: paths are then relative to nothing, and so they stay. */
function isNowhere(directory: string): boolean {
  return directory === '' || directory === '.';
}

function join(directory: string, name: string): string {
  if (isNowhere(directory)) return name;
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
