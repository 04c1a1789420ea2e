import { DWARF_OF_REGISTER } from '../../arch/amd64/instruction.ts';
import { XMM0 } from '../../arch/amd64.ts';
import { attempt } from '../../base/errors.ts';
import { evaluateLocation, type ExpressionContext, type Piece } from '../../dwarf/expression.ts';
import type { GoType } from '../../types/go-type.ts';
import type { ArgumentPiece } from '../argument-places.ts';
import type { VariableEntry } from '../../dwarf/variables.ts';
import { slotLocation, slotOffset, VECTOR_LOW } from './flow-state.ts';
import type { TrackedPiece } from './tracked-pieces.ts';

/** A piece of a variable: bytes from `start`, and which of the analysis's pieces it is. */
export interface VariablePiece {
  readonly start: number;
  readonly size: number;
  readonly index: number;
}

/** What the pieces of a variable depend on: bytes of its type, and whether that is a struct or an array. */
export type ShapeOf = (
  variable: VariableEntry,
) => { readonly size: number; readonly aggregate: boolean; readonly type: GoType } | undefined;

/** Where the calling convention puts arguments, by variable. */
export type PlacesAtEntry = ReadonlyMap<VariableEntry, readonly ArgumentPiece[]>;

/** Bytes of a frame, half-open. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What the location lists of a function say, for its analysis. Slots are offsets from the stack pointer at entry. */
export interface PieceTable {
  readonly tracked: readonly TrackedPiece[];
  readonly ofVariable: ReadonlyMap<VariableEntry, readonly VariablePiece[]>;
  /** For every byte of the frame that a location list names, the stretch that its variable has there. */
  readonly namedBytes: ReadonlyMap<number, Stretch>;
  /** The lowest slot of any variable: what lies above belongs to the function itself. */
  readonly lowestNamed: number;
  /** Arguments that the caller put on the stack. */
  readonly stackArguments: readonly { readonly offset: number; readonly size: number }[];
  readonly placesAtEntry: PlacesAtEntry;
}

const MOST_PIECES = 3000;
/** Larger variables are not kept in registers. */
const LARGEST = 256;
/** The first of the operations that name a register each. */
const DW_OP_reg0 = 0x50;
/** Stands for the CFA while expressions are taken apart. */
const FALSE_CFA = 2 ** 40;

const CONTEXT: ExpressionContext = {
  register: () => undefined,
  cfa: FALSE_CFA,
  readMemory: () => 0n,
  addressAt: () => 0,
  bias: 0,
};

interface Building {
  readonly size: number;
  readonly atEntry: number | undefined;
  readonly intervals: { low: number; high: number; location: number }[];
}

/** Takes the location lists of a function apart. `entry` is its link-time address; `shapeOf` tells of a variable's type. */
export function buildPieces(
  variables: readonly VariableEntry[],
  entry: number,
  shapeOf: ShapeOf,
  placesAtEntry: PlacesAtEntry,
): PieceTable {
  const tracked: Building[] = [];
  const ofVariable = new Map<VariableEntry, readonly VariablePiece[]>();
  const namedBytes = new Map<number, Stretch>();
  const stackArguments: { offset: number; size: number }[] = [...placesAtEntry.values()]
    .flat()
    .flatMap(({ location, size }) => {
      const offset = slotOffset(location);
      return offset === undefined ? [] : [{ offset, size }];
    });
  let lowestNamed = 0;
  const note = (parts: readonly Part[]): void => {
    for (const { start, end } of stretchesOf(parts)) {
      // Lists name the same slot again and again.
      const known = namedBytes.get(start);
      if (known !== undefined && known.start <= start && known.end >= end) continue;
      lowestNamed = Math.min(lowestNamed, start);
      const stretch = { start: Math.min(start, known?.start ?? start), end: Math.max(end, known?.end ?? end) };
      for (let at = start; at < Math.min(end, start + LARGEST); at++) namedBytes.set(at, stretch);
    }
  };
  for (const variable of variables) {
    const shape = attempt(() => shapeOf(variable));
    const size = shape?.size;
    const list = attempt(() => variable.locationList);
    if (list === undefined) {
      for (const { slot } of slotsOf(variable.fixedLocation, size ?? 8)) lowestNamed = Math.min(lowestNamed, slot);
      continue;
    }
    if (size === undefined || tracked.length > MOST_PIECES) continue;
    const pieces = new Map<string, VariablePiece & { readonly building: Building }>();
    for (const { low, high, expression } of list) {
      if (expression.length === 0) continue;
      const parts = partsOf(expression, size);
      note(parts);
      for (const part of parts) {
        // A struct or array that is in memory as a whole is changed there, part by part.
        if (part.slot !== undefined && part.whole && (shape?.aggregate === true || size > 8)) continue;
        const isArgument = part.slot !== undefined && low === entry && part.slot >= 0;
        const location = part.location ?? slotLocation(part.slot ?? 0);
        if (isArgument && part.slot !== undefined) stackArguments.push({ offset: part.slot, size: part.size });
        const key = `${part.start}:${part.size}`;
        let piece = pieces.get(key);
        if (piece === undefined) {
          const passed = placesAtEntry
            .get(variable)
            ?.find(({ start, size: bytes }) => start === part.start && bytes === part.size);
          const building: Building = { size: part.size, atEntry: passed?.location, intervals: [] };
          piece = { start: part.start, size: part.size, index: tracked.length, building };
          pieces.set(key, piece);
          tracked.push(building);
        }
        piece.building.intervals.push({ low: low - entry, high: high - entry, location });
      }
    }
    if (pieces.size > 0)
      ofVariable.set(
        variable,
        [...pieces.values()].map(({ start, size: bytes, index }) => ({ start, size: bytes, index })),
      );
  }
  return { tracked, ofVariable, namedBytes, lowestNamed, stackArguments, placesAtEntry };
}

/** Where the parts are in the frame, those that adjoin as one: words that lie apart were taken apart, and no pointer leads to them. */
function stretchesOf(parts: readonly Part[]): Stretch[] {
  const found: { start: number; end: number }[] = [];
  const slots = parts.flatMap(({ slot, size }) => (slot === undefined ? [] : [{ start: slot, end: slot + size }]));
  for (const { start, end } of slots.sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

interface Part {
  readonly start: number;
  readonly size: number;
  /** A register, as a location of the analysis. */
  readonly location: number | undefined;
  readonly slot: number | undefined;
  /** True if it is all of the variable, or a word of what is in memory as a whole. */
  readonly whole: boolean;
}

/** The words of a location: registers as they are, memory cut into words. */
export function partsOf(expression: Uint8Array, variableSize: number): Part[] {
  const register = variableSize <= 8 && expression.length === 1 ? (expression[0] as number) - DW_OP_reg0 : -1;
  const only = register >= 0 && register < 16 ? DWARF_OF_REGISTER.indexOf(register) : -1;
  if (only >= 0) return [{ start: 0, size: variableSize, location: only, slot: undefined, whole: true }];
  const pieces = evaluateLocation(expression, CONTEXT);
  const parts: Part[] = [];
  let start = 0;
  for (const piece of pieces) {
    const size = piece.size ?? variableSize;
    const whole = piece.size === undefined;
    if (size > LARGEST) return parts;
    const location = locationOf(piece);
    const slot = slotOfPiece(piece);
    if (location !== undefined && size <= 8) parts.push({ start, size, location, slot: undefined, whole });
    else if (slot !== undefined) {
      for (let at = 0; at < size; at += 8)
        parts.push({ start: start + at, size: Math.min(8, size - at), location: undefined, slot: slot + at, whole });
    }
    start += size;
  }
  return parts;
}

function slotsOf(expression: Uint8Array | undefined, size: number): { slot: number }[] {
  if (expression === undefined) return [];
  return partsOf(expression, Math.min(size, LARGEST)).flatMap(({ slot }) => (slot === undefined ? [] : [{ slot }]));
}

function locationOf({ where }: Piece): number | undefined {
  if (where.kind !== 'register') return undefined;
  if (where.register >= XMM0 && where.register < XMM0 + 16) return VECTOR_LOW + where.register - XMM0;
  const number = DWARF_OF_REGISTER.indexOf(where.register);
  return number < 0 ? undefined : number;
}

/** The CFA lies 8 bytes above the stack pointer at entry. */
function slotOfPiece({ where }: Piece): number | undefined {
  if (where.kind !== 'memory') return undefined;
  const slot = where.address - FALSE_CFA + 8;
  return Math.abs(slot) < 2 ** 28 ? slot : undefined;
}
