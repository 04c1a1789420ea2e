import type { FlowGraph } from './flow-graph.ts';
import { slotOffset } from './flow-state.ts';

/** A piece of a variable and the places that a location list names for it. */
export interface TrackedPiece {
  /** Bytes. */
  readonly size: number;
  /** Where the calling convention puts it, if it belongs to an argument: lists may name the place of another argument there. */
  readonly atEntry?: number | undefined;
  /** Where the list names a place for it: offsets in the code, half-open, in order; locations of `flow-state.ts`. */
  readonly intervals: readonly { readonly low: number; readonly high: number; readonly location: number }[];
}

/** A piece and the place that its variable's list names for it at an offset; `begins` if the list does so from there on. */
export interface Active {
  readonly index: number;
  readonly location: number;
  readonly begins: boolean;
}

/** The pieces for which lists name a register at the offset of an instruction, or begin to name a slot there. */
export type ActivePlaces = (offset: number) => readonly Active[];

const NOTHING: readonly Active[] = [];

/** Looks through the lists of a function. The first entry of a list that covers a place counts. */
export function activePlaces({ blockAt, offsets }: FlowGraph, pieces: readonly TrackedPiece[]): ActivePlaces {
  const lists: Active[][] = [];
  const listAt = new Int32Array(blockAt.length).fill(-1);
  pieces.forEach(({ intervals }, index) => {
    let covered = -1;
    for (const [number, { low, high, location }] of intervals.entries()) {
      const isSlot = slotOffset(location) !== undefined;
      const earlier = low < covered ? intervals.slice(0, number) : [];
      const begin: Active = { index, location, begins: true };
      const later: Active = { index, location, begins: false };
      const end = isSlot ? low + 1 : high;
      for (let i = firstFrom(offsets, low); i < offsets.length; i++) {
        const at = offsets[i] as number;
        if (at >= end) break;
        if (earlier.some((each) => at >= each.low && at < each.high)) continue;
        if (listAt[at] === -1) listAt[at] = lists.push([]) - 1;
        lists[listAt[at] as number]?.push(at === low ? begin : later);
      }
      covered = Math.max(covered, high);
    }
  });
  return (offset) => lists[listAt[offset] ?? -1] ?? NOTHING;
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
