import type { Block, FlowGraph } from './flow-graph.ts';
import { registerBit, type RegisterSet } from './fresh-registers.ts';
import { slotOffset, variableLocation } from './flow-state.ts';

/** A piece of a variable and the places that a location list names for it. */
export interface TrackedPiece {
  /** Bytes. */
  readonly size: number;
  /** Where the calling convention puts it, if it belongs to an argument: lists may name the place of another argument there. */
  readonly atEntry?: number | undefined;
  /** Where the list names a place for it: offsets in the code, half-open, in order; locations of `flow-state.ts`. */
  readonly intervals: readonly Interval[];
}

interface Interval {
  readonly low: number;
  readonly high: number;
  readonly location: number;
}

/** A stretch of code in which a list names a place for a piece: from `low` on, or, for a slot, at `low` alone. */
export interface Active {
  readonly low: number;
  readonly high: number;
  /** The piece, as a location, and its bytes. */
  readonly variable: number;
  readonly size: number;
  /** The place that is named. */
  readonly location: number;
  readonly isSlot: boolean;
  /** The register that is named, as a bit; 0 for other places. */
  readonly bit: RegisterSet;
  /** True if the calling convention says where the piece is at the function's entry. */
  readonly isPlacedAtEntry: boolean;
  /** Entries of the list that count where they cover the same code, because they come before. */
  readonly earlier: readonly Interval[];
}

const NOTHING: readonly Active[] = [];

/** What lists name in each block of a function. */
export class ActivePlaces {
  private readonly byBlock: (Active[] | undefined)[];

  constructor({ blocks, blockAt, offsets }: FlowGraph, pieces: readonly TrackedPiece[]) {
    this.byBlock = blocks.map(() => undefined);
    const blockFrom = (offset: number): number => blockAt[offsets[firstFrom(offsets, offset)] ?? -1] ?? blocks.length;
    pieces.forEach(({ intervals, size, atEntry }, index) => {
      let covered = -1;
      for (const [number, { low, high, location }] of intervals.entries()) {
        const active: Active = {
          low,
          high: slotOffset(location) === undefined ? high : low + 1,
          variable: variableLocation(index),
          size,
          location,
          isSlot: slotOffset(location) !== undefined,
          bit: registerBit(location),
          isPlacedAtEntry: atEntry !== undefined,
          earlier: low < covered ? intervals.slice(0, number) : [],
        };
        for (let block = blockFrom(low); block < blocks.length && startOf(blocks[block]) < active.high; block++)
          (this.byBlock[block] ??= []).push(active);
        covered = Math.max(covered, high);
      }
    });
  }

  /** In the order of the pieces. */
  in({ index }: Block): readonly Active[] {
    return this.byBlock[index] ?? NOTHING;
  }
}

/** True if a list names the place at the instruction at an offset. */
export function isActive({ low, high, earlier }: Active, at: number): boolean {
  if (at < low || at >= high) return false;
  return earlier.length === 0 || !earlier.some((each) => at >= each.low && at < each.high);
}

function startOf(block: Block | undefined): number {
  return block?.instructions[0]?.at ?? Infinity;
}

/** Index of the first of ascending numbers that is not below `from`. */
function firstFrom(numbers: Int32Array, from: number): number {
  let [lowest, end] = [0, numbers.length];
  while (lowest < end) {
    const middle = (lowest + end) >>> 1;
    if ((numbers[middle] as number) < from) lowest = middle + 1;
    else end = middle;
  }
  return lowest;
}
