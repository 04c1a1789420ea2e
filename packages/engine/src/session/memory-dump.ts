import { DebugError, hex } from '../base/errors.ts';
import { decodeUtf8 } from '../base/text.ts';
import { floatOf, formatShortFloat, readInteger } from '../values/scalars.ts';
import type { Program } from '../program/program.ts';
import type { MemoryFormat, MemoryResult, MemoryRow } from './results-machine.ts';

/** What to read, and how to show it. `size` is in bytes, `count` in values. */
export interface DumpRequest {
  readonly address: number;
  readonly format: MemoryFormat;
  readonly size: number;
  readonly count: number;
}

/** Most bytes of one dump, and of one string. */
const MOST_BYTES = 1 << 20;
const LONGEST_STRING = 4096;

/** Values in a row: as in Delve, so that dumps can be compared; wide ones have a row of their own. */
const COLUMNS: Readonly<Record<MemoryFormat, number>> = {
  bin: 4,
  oct: 8,
  dec: 8,
  hex: 8,
  raw: 1,
  int: 8,
  uint: 8,
  float: 4,
  char: 8,
  addr: 1,
  string: 1,
};

/**
 * Reads memory and writes it down. What is readable is shown, with the place where it ends; throws `fault` if the first
 * byte is not, and `limit` for more than a megabyte.
 */
export function dumpMemory(program: Program, request: DumpRequest): MemoryResult {
  const { address, format, size, count } = request;
  const length = format === 'string' ? count : count * size;
  if (length > MOST_BYTES)
    throw new DebugError(`${length} bytes are too many: at most ${MOST_BYTES} are shown at once`, { code: 'limit' });
  if (format === 'string') return dumpStrings(program, request);
  const bytes = program.memory.readSome(address, length);
  if (bytes.length < Math.min(size, length)) program.memory.read(address, Math.min(size, length));
  const common = { address: hex(address), end: hex(address + length), format, size };
  const problem = bytes.length < length ? endOf(program, address + bytes.length) : undefined;
  if (format === 'raw') return { ...common, rows: [], bytes: hexDigits(bytes), problem };
  return { ...common, rows: makeRows(program, request, bytes), bytes: undefined, problem };
}

function makeRows(program: Program, { address, format, size }: DumpRequest, bytes: Uint8Array): MemoryRow[] {
  const rows: MemoryRow[] = [];
  const columns = COLUMNS[format];
  for (let at = 0; at + size <= bytes.length; at += columns * size) {
    const values: string[] = [];
    for (let i = 0; i < columns && at + (i + 1) * size <= bytes.length; i++) {
      values.push(formatItem(format, bytes.subarray(at + i * size, at + (i + 1) * size)));
    }
    const note = format === 'addr' ? codeAt(program, readInteger(bytes.subarray(at), size, false)) : undefined;
    rows.push({ address: hex(address + at), values, note });
  }
  return rows;
}

/** The widths are Delve's: three digits a byte for octal and decimal, and one zero before octal. */
function formatItem(format: MemoryFormat, bytes: Uint8Array): string {
  const size = bytes.length;
  const value = readInteger(bytes, size, false);
  switch (format) {
    case 'bin':
      return value.toString(2).padStart(size * 8, '0');
    case 'oct':
      return `0${value.toString(8).padStart(size * 3, '0')}`;
    case 'dec':
      return value.toString().padStart(size * 3, '0');
    case 'int':
      return readInteger(bytes, size, true).toString();
    case 'uint':
      return value.toString();
    case 'float':
      return formatShortFloat(floatOf(bytes), size);
    case 'char':
      return `${readInteger(bytes, size, true)} ${characterOf(Number(value))}`;
    default:
      return `0x${value.toString(16).padStart(size * 2, '0')}`;
  }
}

/** A printable character in quotes, another as an escape. */
function characterOf(code: number): string {
  if (code >= 0x20 && code < 0x7f) return `'${code === 0x27 || code === 0x5c ? '\\' : ''}${String.fromCharCode(code)}'`;
  return code > 0xff ? '' : `'\\x${code.toString(16).padStart(2, '0')}'`;
}

function codeAt(program: Program, value: bigint): string | undefined {
  const found = value < 1n << 47n ? program.findFunc(Number(value)) : undefined;
  return found && `${found.func.name}+${hex(Number(value) - found.func.entry)}`;
}

/** Strings that end with a zero byte, one a row. */
function dumpStrings(program: Program, { address, format, size, count }: DumpRequest): MemoryResult {
  const rows: MemoryRow[] = [];
  let at = address;
  let problem: string | undefined;
  while (rows.length < count && problem === undefined) {
    const bytes = program.memory.readSome(at, LONGEST_STRING);
    if (bytes.length === 0 && rows.length === 0) program.memory.read(at, 1);
    const zero = bytes.indexOf(0);
    const text = decodeUtf8(zero < 0 ? bytes : bytes.subarray(0, zero));
    const cut = zero < 0 && bytes.length === LONGEST_STRING;
    if (bytes.length > 0)
      rows.push({ address: hex(at), values: [text], note: cut ? `${LONGEST_STRING} bytes without an end` : undefined });
    if (zero < 0 && !cut) problem = endOf(program, at + bytes.length);
    at += zero < 0 ? bytes.length : zero + 1;
  }
  return { address: hex(address), end: hex(at), format, size, rows, bytes: undefined, problem };
}

/** Why memory ends at `address`. */
function endOf(program: Program, address: number): string {
  try {
    program.memory.read(address, 1);
  } catch (error) {
    if (error instanceof DebugError) return error.message;
    throw error;
  }
  return `memory ends at ${hex(address)}`;
}

function hexDigits(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
