import { lastAtMost } from '../base/ranges.ts';

/** Half-open address range, link-time addresses. */
export interface PcRange {
  readonly low: number;
  readonly high: number;
}

/** True if one of the ranges holds `pc`. */
export function rangesHold(ranges: readonly PcRange[], pc: number): boolean {
  for (const range of ranges) if (pc >= range.low && pc < range.high) return true;
  return false;
}

/** How far back a lookup steps over ranges that start before `pc` but end before it too. */
const STEP_BACK = 4096;

/**
 * Address ranges with a number each (an index or an offset), collected and then looked up by address. Ranges may nest or
 * overlap: the one that starts last wins. Kept as typed columns: there may be hundreds of thousands.
 */
export class PcIndex {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly values: Float64Array;
  /** The largest end up to and including each row: tells when stepping back is useless. */
  private readonly reach: Float64Array;

  /** The three columns have the same length, in any order of rows. Empty ranges are dropped. */
  constructor(starts: ArrayLike<number>, ends: ArrayLike<number>, values: ArrayLike<number>) {
    const order: number[] = [];
    let sorted = true;
    for (let i = 0; i < starts.length; i++) {
      if (!((ends[i] as number) > (starts[i] as number))) continue;
      const before = order[order.length - 1];
      if (before !== undefined && (starts[before] as number) > (starts[i] as number)) sorted = false;
      order.push(i);
    }
    if (!sorted) order.sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b);
    this.starts = new Float64Array(order.length);
    this.ends = new Float64Array(order.length);
    this.values = new Float64Array(order.length);
    this.reach = new Float64Array(order.length);
    let reach = 0;
    for (let row = 0; row < order.length; row++) {
      const i = order[row] as number;
      const end = ends[i] as number;
      this.starts[row] = starts[i] as number;
      this.ends[row] = end;
      this.values[row] = values[i] as number;
      if (end > reach) reach = end;
      this.reach[row] = reach;
    }
  }

  get size(): number {
    return this.starts.length;
  }

  /** The value of the range that holds `pc`. */
  find(pc: number): number | undefined {
    const row = this.rowAt(pc);
    return row < 0 ? undefined : this.values[row];
  }

  /** The row that holds `pc`, or -1. */
  rowAt(pc: number): number {
    const last = lastAtMost(this.starts, pc);
    for (let row = last; row >= 0 && row > last - STEP_BACK; row--) {
      if (pc < (this.ends[row] as number)) return row;
      if (pc >= (this.reach[row] as number)) return -1;
    }
    return -1;
  }
}
