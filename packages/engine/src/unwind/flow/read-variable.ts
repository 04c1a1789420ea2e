import { attempt } from '../../base/errors.ts';
import type { VariableEntry } from '../../dwarf/variables.ts';
import type { AbsentPart } from '../../values/place.ts';
import { slotLocation, variableLocation, type Cell } from './flow-state.ts';
import type { FrameValues } from './frame-values.ts';
import { low } from './value-number.ts';
import { partsOf } from './variable-pieces.ts';

/** How a piece of a variable got the value that it has where the frame stopped. */
export interface PieceOrigin {
  /** Offset in the code behind the instruction that made the value (of the meeting point for `joined`), 0 for entry, -1 for several. */
  readonly since: number;
  /** `joined`: different ways through the code brought it; `computed`: a result of arithmetic; else set as it is. */
  readonly kind: 'joined' | 'computed' | 'set';
}

/** A variable of optimised code as the flow of its function's values knows it. */
export interface FlowReading {
  readonly bytes: Uint8Array;
  readonly absent: readonly AbsentPart[];
  /** False if the place that the location list names holds all of it. */
  readonly elsewhere: boolean;
  /** `current`: the last value that the code gave it; `older`: it has a newer one that is lost; `unproven`: not known. */
  readonly state: 'current' | 'unproven' | 'older';
  readonly origins: readonly PieceOrigin[];
  /** For `older`: offset in the code where the variable got the newer value. */
  readonly newer: number | undefined;
  /** Where its pieces were found, in plain words, without repetition. */
  readonly from: readonly string[];
}

const LOST = 'the compiler did not keep it';

interface Reading {
  readonly bits: bigint | undefined;
  readonly from: string | undefined;
  readonly elsewhere: boolean;
  readonly state: FlowReading['state'];
  readonly newer: number | undefined;
  readonly origin: PieceOrigin | undefined;
}

/**
 * Reads a variable whose location is a list, by the flow of values. `expression` is what the list says at the frame's place,
 * undefined if nothing. Undefined if the flow knows nothing of the variable.
 */
export function readByFlow(
  values: FrameValues,
  variable: VariableEntry,
  expression: Uint8Array | undefined,
  size: number,
): FlowReading | undefined {
  const pieces = values.flow.piecesOf(variable);
  const listed = expression === undefined || expression.length === 0 ? [] : partsOf(expression, size);
  const layout = layoutOf(pieces, listed, size);
  if (layout.length === 0) return undefined;
  const bytes = new Uint8Array(size);
  const absent: AbsentPart[] = [];
  const readings: Reading[] = [];
  let end = 0;
  for (const { start, size: length } of layout) {
    if (start > end) absent.push({ start: end, end: start, reason: LOST });
    const part = listed.find((each) => each.start === start && each.size === length);
    const piece = pieces.find((each) => each.start === start && each.size === length);
    const cell = piece === undefined ? undefined : values.numberOf(variableLocation(piece.index));
    const reading = readPiece(values, cell, part, length);
    if (reading.bits === undefined) absent.push({ start, end: start + length, reason: LOST });
    else writeBits(bytes, start, length, reading.bits);
    readings.push(reading);
    end = start + length;
  }
  if (end < size) absent.push({ start: end, end: size, reason: LOST });
  return summary(bytes, absent, readings);
}

function summary(
  bytes: Uint8Array,
  absent: readonly AbsentPart[],
  readings: readonly Reading[],
): FlowReading | undefined {
  if (readings.every(({ bits }) => bits === undefined)) return undefined;
  const present = readings.filter(({ bits }) => bits !== undefined);
  const older = present.find(({ state }) => state === 'older');
  const state =
    older === undefined ? (present.every((each) => each.state === 'current') ? 'current' : 'unproven') : 'older';
  return {
    bytes,
    absent,
    elsewhere: readings.some((each) => each.elsewhere),
    state,
    origins: present.flatMap(({ origin }) => origin ?? []),
    newer: older?.newer,
    from: [...new Set(present.flatMap(({ from }) => from ?? []))],
  };
}

interface Stretch {
  readonly start: number;
  readonly size: number;
}

/** The pieces that a variable is put together from: as the list says at this place, and others where it says nothing. */
function layoutOf(pieces: readonly Stretch[], listed: readonly Stretch[], size: number): Stretch[] {
  const chosen: Stretch[] = listed.map(({ start, size: length }) => ({ start, size: length }));
  for (const piece of pieces) {
    const free = chosen.every(
      (each) => each.start + each.size <= piece.start || piece.start + piece.size <= each.start,
    );
    if (free && piece.start + piece.size <= size) chosen.push({ start: piece.start, size: piece.size });
  }
  return chosen.filter((each) => each.start + each.size <= size).sort((a, b) => a.start - b.start);
}

function readPiece(
  values: FrameValues,
  cell: Cell | undefined,
  part: ReturnType<typeof partsOf>[number] | undefined,
  size: number,
): Reading {
  const origin = cell === undefined ? undefined : originOf(values, cell);
  const base = { origin, newer: undefined, elsewhere: false };
  if (part?.location !== undefined) {
    const bits = values.readRegister(part.location);
    if (bits !== undefined) return { ...base, ...bits, state: 'current' };
  }
  const listed = part?.slot === undefined ? undefined : values.readSlot(part.slot, size);
  if (listed !== undefined && part?.slot !== undefined && cell !== undefined) {
    const held = values.numberOf(slotLocation(part.slot));
    if (held !== undefined && held.size >= size && low(held.value, size) === cell.value)
      return { ...base, ...listed, state: 'current' };
  }
  const found = cell === undefined ? undefined : attempt(() => values.evaluate(cell.value, size));
  if (found !== undefined) {
    const bits = BigInt.asUintN(size * 8, found.bits);
    if (listed !== undefined && listed.bits === bits) return { ...base, ...listed, state: 'current' };
    return { ...base, bits, from: found.from, elsewhere: true, state: 'current' };
  }
  if (listed === undefined) return { ...base, bits: undefined, from: undefined, state: 'unproven', elsewhere: true };
  const known = part?.slot === undefined ? undefined : values.numberOf(slotLocation(part.slot));
  const isOlder = cell !== undefined && known !== undefined && known.size >= size;
  return { ...base, ...listed, state: isOlder ? 'older' : 'unproven', newer: isOlder ? cell.since : undefined };
}

function originOf(values: FrameValues, { value, since }: Cell): PieceOrigin {
  const { what } = value;
  if (what.kind === 'site' && what.site < 0)
    return { since: values.flow.analysis.joinOffset(what.site), kind: 'joined' };
  if (what.kind === 'site') return { since, kind: 'set' };
  return { since, kind: what.kind === 'operation' ? 'computed' : 'set' };
}

function writeBits(bytes: Uint8Array, start: number, size: number, bits: bigint): void {
  let rest = BigInt.asUintN(64, bits);
  for (let i = 0; i < size; i++, rest >>= 8n) bytes[start + i] = Number(rest & 0xffn);
}
