/** Half-open intervals with one value each, looked up by a point. Built once, sorted; overlaps: the later start wins. */
export class RangeMap<T> {
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly values: readonly T[];

  constructor(ranges: readonly (readonly [start: number, end: number, value: T])[]) {
    const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
    this.starts = Float64Array.from(sorted, (r) => r[0]);
    this.ends = Float64Array.from(sorted, (r) => r[1]);
    this.values = sorted.map((r) => r[2]);
  }

  get size(): number {
    return this.values.length;
  }

  /** The value whose interval holds `point`. */
  find(point: number): T | undefined {
    const i = lastAtMost(this.starts, point);
    if (i < 0 || point >= (this.ends[i] as number)) return undefined;
    return this.values[i];
  }
}

/** Index of the last element of the ascending `sorted` that is <= `point`, or -1. */
export function lastAtMost(sorted: Float64Array | Uint32Array | readonly number[], point: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= point) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
