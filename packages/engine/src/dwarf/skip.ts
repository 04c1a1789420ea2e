import { readU16, readU32 } from '../base/cursor.ts';
import { badData, hex } from '../base/errors.ts';
import type { AbbrevTable } from './abbrev.ts';
import {
  skipOf,
  SKIP_BLOCK,
  SKIP_BLOCK1,
  SKIP_BLOCK2,
  SKIP_BLOCK4,
  SKIP_END,
  SKIP_INDIRECT,
  SKIP_LEB,
  SKIP_STRING,
  SKIP_UNKNOWN,
  type Encoding,
} from './forms.ts';

/** ULEB128 at `at`, as a number; reads zeros past the end, so the caller checks bounds with a skip. */
export function ulebAt(bytes: Uint8Array, at: number): number {
  let b = bytes[at] as number;
  if (b < 0x80) return b;
  let value = b & 0x7f;
  let scale = 128;
  for (let i = 1; i < 10; i++) {
    b = bytes[at + i] as number;
    value += (b & 0x7f) * scale;
    if (!(b >= 0x80)) break;
    scale *= 128;
  }
  return value;
}

/** Offset after the LEB128 number at `at`. */
export function skipLeb(bytes: Uint8Array, at: number): number {
  let next = at;
  while ((bytes[next++] as number) >= 0x80);
  return next;
}

function skipString(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] !== 0) next++;
  return next + 1;
}

/** Offset after a value that the SKIP_ code `skip` (never a fixed size) describes; may lie past `end`, never throws but for a bad form. */
export function skipOdd(info: Uint8Array, at: number, end: number, skip: number, encoding: Encoding): number {
  switch (skip) {
    case SKIP_LEB:
      return skipLeb(info, at);
    case SKIP_STRING:
      return skipString(info, at, end);
    case SKIP_BLOCK:
      return skipLeb(info, at) + ulebAt(info, at);
    case SKIP_BLOCK1:
      return at + 1 + (info[at] ?? 0);
    case SKIP_BLOCK2:
      return at + 2 + readU16(info, at);
    case SKIP_BLOCK4:
      return at + 4 + readU32(info, at);
    case SKIP_INDIRECT: {
      const form = ulebAt(info, at);
      const inner = skipOf(form, encoding);
      // An indirect form that names itself would never end.
      if (inner !== SKIP_INDIRECT) return skipForm(info, skipLeb(info, at), end, form, encoding);
      break;
    }
  }
  throw badData(`unknown attribute form at .debug_info+${hex(at)}`);
}

/** Offset after the value of `form` at `at`. Throws `bad-data` if that is past `end` or the form is unknown. */
export function skipForm(info: Uint8Array, at: number, end: number, form: number, encoding: Encoding): number {
  const skip = skipOf(form, encoding);
  if (skip === SKIP_UNKNOWN) throw badData(`unknown attribute form ${hex(form)} at .debug_info+${hex(at)}`);
  const next = skip >= 0 ? at + skip : skipOdd(info, at, end, skip, encoding);
  if (next > end) throw badData(`attribute at .debug_info+${hex(at)} runs past the end of its unit at ${hex(end)}`);
  return next;
}

/** Offset after all attributes (from `at` on) of an entry with abbreviation `code`; as `runSkip`. */
export function skipAttributes(
  info: Uint8Array,
  at: number,
  end: number,
  table: AbbrevTable,
  code: number,
  encoding: Encoding,
): number {
  return runSkip(info, at, end, table.program, table.skipStart[code] as number, encoding);
}

/**
 * Runs a skip program from `start` on: the offset after the attributes it covers.
 * Throws `bad-data` where an entry runs past `end`, the unit's end.
 */
export function runSkip(
  info: Uint8Array,
  at: number,
  end: number,
  program: Int32Array,
  start: number,
  encoding: Encoding,
): number {
  let step = start;
  let next = at;
  for (;;) {
    const op = program[step++] as number;
    if (op > 0) next += op;
    else if (op === SKIP_END) break;
    else if (op === SKIP_LEB) while ((info[next++] as number) >= 0x80);
    else if (op === SKIP_STRING) {
      while (next < end && info[next] !== 0) next++;
      next++;
    } else if (op === SKIP_BLOCK && (info[next] as number) < 0x80) next += 1 + (info[next] as number);
    else next = skipOdd(info, next, end, op, encoding);
  }
  if (next > end) throw badData(`entry at .debug_info+${hex(at)} runs past the end of its unit at ${hex(end)}`);
  return next;
}

/** Throws `bad-data` unless `code` is in the table; `at` is the entry's offset. */
export function checkCode(table: AbbrevTable, code: number, at: number): void {
  if (!(code < table.tags.length) || table.tags[code] === 0) {
    throw badData(`unknown abbreviation ${hex(code)} at .debug_info+${hex(at)}`);
  }
}
