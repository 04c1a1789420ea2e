import { attempt } from '../../base/errors.ts';
import type { VariableEntry } from '../../dwarf/variables.ts';
import type { AbsentPart } from '../../values/place.ts';
import { leavesOf, type Leaves } from './leaves.ts';
import { slotLocation, variableLocation, type Cell } from './flow-state.ts';
import type { FoundValue, FrameValues } from './frame-values.ts';
import { low } from './value-number.ts';
import { partsOf } from './variable-pieces.ts';

/** How a piece of a variable got the value that it has where the frame stopped. */
export interface PieceOrigin {
  /** Bytes. */
  readonly size: number;
  /** What it may be, by the ways through the code; several where they brought different values. Undefined if that is not known. */
  leaves(): Leaves | undefined;
  /** True if it is what it was at the function's entry. */
  readonly isAtEntry: boolean;
  /** True if ways that met brought it. */
  readonly isJoined: boolean;
  /** True if another variable has the same value here: the compiler's lists take one for the other then. */
  isShared(): boolean;
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
  /** True if the variable lives in memory, because pointers to it exist: what was assigned before a call is there. */
  readonly resident: boolean;
  /** For `older`: offset in the code where the variable got the newer value. */
  readonly newer: number | undefined;
  /** Where list and flow disagree: what the flow says, which is right if the variable is never assigned to. */
  readonly byFlow: FlowReading | undefined;
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
  /** What the flow says, where the list says something else. */
  readonly byFlow?: Reading;
}

/**
 * Reads a variable whose location is a list, by the flow of values. `expression` is what the list says at the frame's place, and
 * `behind` what it says behind the call that the frame made, where registers are no more; undefined if nothing. Undefined if the flow knows nothing of the variable.
 */
export function readByFlow(
  values: FrameValues,
  variable: VariableEntry,
  expression: Uint8Array | undefined,
  behind: Uint8Array | undefined,
  size: number,
): FlowReading | undefined {
  const pieces = values.flow.piecesOf(variable);
  const listed = listedParts(values, expression, behind, size);
  const layout = layoutOf(pieces, listed, size);
  const [first] = listed;
  if (first?.whole === true && first.slot !== undefined && size <= 8 && values.flow.isAddressTaken(first.slot)) {
    const held = values.readSlot(first.slot, size);
    if (held !== undefined) return residentReading(held, size);
  }
  if (layout.length === 0) return undefined;
  const readings: PlacedReading[] = layout.map(({ start, size: length }) => {
    const part = listed.find((each) => each.start === start && each.size === length);
    const piece = pieces.find((each) => each.start === start && each.size === length);
    return { start, size: length, reading: readPiece(values, piece?.index, part, length) };
  });
  const disputed = readings.some(({ reading }) => reading.byFlow !== undefined);
  const flowing = readings.map((each) => ({ ...each, reading: each.reading.byFlow ?? each.reading }));
  return assemble(readings, size, disputed ? assemble(flowing, size, undefined) : undefined);
}

/** What an argument was at the function's entry, if all of it is still somewhere. */
export function readAtEntry(values: FrameValues, variable: VariableEntry, size: number): Uint8Array | undefined {
  const pieces = values.flow.table.placesAtEntry.get(variable);
  if (pieces === undefined || pieces.length === 0) return undefined;
  const bytes = new Uint8Array(size);
  for (const { start, size: length, location } of pieces) {
    const found = attempt(() => values.evaluate(values.flow.numbers.entry(location), length));
    if (found === undefined) return undefined;
    writeBits(bytes, start, length, found.bits);
  }
  return bytes;
}

/** A piece of a variable and what it holds. */
interface PlacedReading {
  readonly start: number;
  readonly size: number;
  readonly reading: Reading;
}

/** Puts pieces together; undefined if none is known. */
function assemble(
  placed: readonly PlacedReading[],
  size: number,
  byFlow: FlowReading | undefined,
): FlowReading | undefined {
  const bytes = new Uint8Array(size);
  const absent: AbsentPart[] = [];
  let end = 0;
  for (const { start, size: length, reading } of placed) {
    if (start > end) absent.push({ start: end, end: start, reason: LOST });
    if (reading.bits === undefined) absent.push({ start, end: start + length, reason: LOST });
    else writeBits(bytes, start, length, reading.bits);
    end = start + length;
  }
  if (end < size) absent.push({ start: end, end: size, reason: LOST });
  const present = placed.flatMap(({ reading }) => (reading.bits === undefined ? [] : [reading]));
  if (present.length === 0) return undefined;
  const older = present.find(({ state }) => state === 'older');
  const isCurrent = present.every((each) => each.state === 'current');
  return {
    bytes,
    absent,
    elsewhere: placed.some(({ reading }) => reading.elsewhere),
    state: older !== undefined ? 'older' : isCurrent ? 'current' : 'unproven',
    origins: present.flatMap(({ origin }) => origin ?? []),
    resident: false,
    newer: older?.newer,
    byFlow,
    from: [...new Set(present.flatMap(({ from }) => from ?? []))],
  };
}

/** A word of the place that the list names; `moved` if the list names it only behind the call. */
type ListedPart = ReturnType<typeof partsOf>[number] & { readonly moved: boolean };

/** What was in a register before the call is looked for where the list says that it is behind it. */
function listedParts(
  values: FrameValues,
  expression: Uint8Array | undefined,
  behind: Uint8Array | undefined,
  size: number,
): ListedPart[] {
  const later = behind === undefined ? [] : partsOf(behind, size).filter(({ slot }) => slot !== undefined);
  if (expression === undefined || expression.length === 0) return later.map((part) => ({ ...part, moved: true }));
  return partsOf(expression, size).map((part) => {
    const isLost = part.location !== undefined && values.readRegister(part.location) === undefined;
    const other = isLost ? later.find((each) => each.start === part.start && each.size === part.size) : undefined;
    return other === undefined ? { ...part, moved: false } : { ...other, moved: true };
  });
}

function residentReading({ bits, from }: FoundValue, size: number): FlowReading {
  const bytes = new Uint8Array(size);
  writeBits(bytes, 0, size, bits);
  const rest = { absent: [], elsewhere: false, origins: [], newer: undefined, byFlow: undefined };
  return { bytes, state: 'current', resident: true, from: [from], ...rest };
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
  piece: number | undefined,
  part: ListedPart | undefined,
  size: number,
): Reading {
  const location = piece === undefined ? undefined : variableLocation(piece);
  const known = location === undefined ? undefined : values.numberOf(location);
  const cell = known ?? (location === undefined ? undefined : values.upcoming(location));
  const origin = cell === undefined || piece === undefined ? undefined : originOf(values, piece, cell);
  const moved = part?.moved === true;
  const held = part === undefined ? undefined : readListed(values, part, size);
  if (held !== undefined && part?.location !== undefined)
    return { ...held, origin, newer: undefined, elsewhere: moved, state: 'current' };
  const slot = part?.slot === undefined ? undefined : values.numberOf(slotLocation(part.slot));
  const inSlot = slot === undefined || slot.size < size ? undefined : low(slot.value, size);
  if (held !== undefined && inSlot !== undefined && inSlot === known?.value)
    return { ...held, origin, newer: undefined, elsewhere: moved, state: 'current' };
  const found = cell === undefined ? undefined : attempt(() => values.evaluate(cell.value, size));
  const bits = found && BigInt.asUintN(size * 8, found.bits);
  if (held !== undefined) {
    if (held.bits === bits) return { ...held, origin, newer: undefined, elsewhere: moved, state: 'current' };
    // The list and the flow disagree: one of them is older.
    const isOlder = known !== undefined && slot !== undefined && slot.since >= 0 && slot.since < known.since;
    const newer = isOlder ? known.since : undefined;
    const listed = { ...held, origin, newer, elsewhere: moved };
    const state = isOlder ? 'older' : 'unproven';
    if (found === undefined || bits === undefined) return { ...listed, state };
    const byFlow: Reading = { ...listed, bits, from: found.from, newer: undefined, elsewhere: true, state: 'current' };
    return { ...listed, state, byFlow };
  }
  const state = bits === undefined ? 'unproven' : 'current';
  return { bits, from: found?.from, origin, newer: undefined, elsewhere: true, state };
}

function readListed(values: FrameValues, part: ListedPart, size: number): FoundValue | undefined {
  if (part.location !== undefined) return values.readRegister(part.location);
  return part.slot === undefined ? undefined : values.readSlot(part.slot, size);
}

function originOf(values: FrameValues, piece: number, cell: Cell): PieceOrigin {
  const { what } = cell.value;
  const brought = values.broughtTo(variableLocation(piece)) ?? cell;
  return {
    size: cell.size,
    leaves: () => leavesOf(values.flow.analysis, piece, brought, values.at),
    isAtEntry: cell.since === 0,
    isJoined: what.kind === 'site' && what.site < 0,
    isShared: () => values.isShared(variableLocation(piece), cell.value),
  };
}

function writeBits(bytes: Uint8Array, start: number, size: number, bits: bigint): void {
  let rest = BigInt.asUintN(64, bits);
  for (let i = 0; i < size; i++, rest >>= 8n) bytes[start + i] = Number(rest & 0xffn);
}
