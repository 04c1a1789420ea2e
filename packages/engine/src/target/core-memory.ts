import { fault, hex } from '../base/errors.ts';
import { lastAtMost } from '../base/ranges.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Memory } from '../bytes/memory.ts';

/** A stretch of memory that a file holds. Addresses half-open; `delta` = file offset - address. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** Undefined: the bytes are lost, and those of a region below are not them. */
  readonly source: ByteSource | undefined;
  readonly delta: number;
}

/** A stretch of memory that existed but is in no file at hand; `why` completes "cannot read memory at 0x…: ". */
export interface Hole {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

/**
 * Memory made of file regions. Regions given later lie over earlier ones. A read outside all of them is a fault,
 * which names the hole it fell into.
 */
export class RegionMemory implements Memory {
  private starts: Float64Array = new Float64Array(0);
  private ends: Float64Array = new Float64Array(0);
  private deltas: Float64Array = new Float64Array(0);
  private sources: ByteSource[] = [];
  private holes: readonly Hole[] = [];
  private last = -1;
  /** Asked once for each miss: may add regions (by `setRegions`) and return true to have the read tried again. */
  onMiss: ((address: number) => boolean) | undefined;

  constructor(regions: readonly Region[], holes: readonly Hole[] = []) {
    this.setRegions(regions, holes);
  }

  /** Replaces the whole picture, for instance when another mapped file was found. */
  setRegions(regions: readonly Region[], holes: readonly Hole[]): void {
    const flat = flatten(regions).filter((r) => r.source !== undefined);
    this.starts = Float64Array.from(flat, (r) => r.start);
    this.ends = Float64Array.from(flat, (r) => r.end);
    this.deltas = Float64Array.from(flat, (r) => r.delta);
    this.sources = flat.map((r) => r.source as ByteSource);
    this.holes = holes;
    this.last = -1;
  }

  /** Index of the region that holds `address`, or -1. */
  private locate(address: number): number {
    const last = this.last;
    if (last >= 0 && address >= (this.starts[last] as number) && address < (this.ends[last] as number)) return last;
    let i = lastAtMost(this.starts, address);
    if (i < 0 || address >= (this.ends[i] as number)) {
      if (this.onMiss?.(address) !== true) return -1;
      i = lastAtMost(this.starts, address);
      if (i < 0 || address >= (this.ends[i] as number)) return -1;
    }
    this.last = i;
    return i;
  }

  private seek(address: number): number {
    const i = this.locate(address);
    if (i < 0) throw fault(address, this.whyNot(address));
    return i;
  }

  /** Why nothing is at `address`. */
  private whyNot(address: number): string {
    if (address < 0x1000) return 'nothing is mapped there (nil pointer)';
    for (const hole of this.holes) if (address >= hole.start && address < hole.end) return hole.why;
    return 'nothing was mapped there';
  }

  u8(address: number): number {
    const i = this.seek(address);
    return (this.sources[i] as ByteSource).u8(address + (this.deltas[i] as number));
  }

  u16(address: number): number {
    return this.u8(address) | (this.u8(address + 1) << 8);
  }

  u32(address: number): number {
    const i = this.seek(address);
    if (address + 4 > (this.ends[i] as number)) return this.u16(address) + this.u16(address + 2) * 0x10000;
    return (this.sources[i] as ByteSource).u32(address + (this.deltas[i] as number));
  }

  u64(address: number): number {
    const i = this.seek(address);
    if (address + 8 > (this.ends[i] as number)) return this.u32(address) + this.u32(address + 4) * 0x1_0000_0000;
    return (this.sources[i] as ByteSource).u64(address + (this.deltas[i] as number));
  }

  read(address: number, length: number): Uint8Array {
    const bytes = this.readSome(address, length);
    if (bytes.length < length) throw fault(address + bytes.length, this.whyNot(address + bytes.length));
    return bytes;
  }

  readSome(address: number, length: number): Uint8Array {
    const first = this.locate(address);
    if (first < 0 || length <= 0) return new Uint8Array(0);
    const inFirst = Math.min(length, (this.ends[first] as number) - address);
    const source = this.sources[first] as ByteSource;
    if (inFirst === length) return source.bytes(address + (this.deltas[first] as number), length);
    const parts = [source.bytes(address + (this.deltas[first] as number), inFirst)];
    let total = inFirst;
    for (let i = this.locate(address + total); total < length && i >= 0; i = this.locate(address + total)) {
      const count = Math.min(length - total, (this.ends[i] as number) - address - total);
      parts.push((this.sources[i] as ByteSource).bytes(address + total + (this.deltas[i] as number), count));
      total += count;
    }
    const out = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  has(address: number): boolean {
    return this.locate(address) >= 0;
  }

  /** How many bytes of a stretch can be read from the files that are open. */
  coverage(start: number, end: number): number {
    let sum = 0;
    for (let i = Math.max(0, lastAtMost(this.starts, start)); i < this.starts.length; i++) {
      const from = Math.max(start, this.starts[i] as number);
      if (from >= end) break;
      sum += Math.max(0, Math.min(end, this.ends[i] as number) - from);
    }
    return sum;
  }

  /** What is readable, in bytes. */
  get size(): number {
    let sum = 0;
    for (let i = 0; i < this.starts.length; i++) sum += (this.ends[i] as number) - (this.starts[i] as number);
    return sum;
  }

  /** One line that says where the bytes at `address` come from; for diagnosis. */
  describe(address: number): string {
    const i = this.locate(address);
    if (i < 0) return `${hex(address)}: ${this.whyNot(address)}`;
    const source = this.sources[i] as ByteSource;
    return `${hex(address)}: ${source.name}+${hex(address + (this.deltas[i] as number))}`;
  }
}

/** Resolves overlaps: sorted disjoint regions, where later input lies over earlier. */
function flatten(regions: readonly Region[]): Region[] {
  const real = regions.filter((r) => r.end > r.start);
  const bottomUp = real.map((region, order) => ({ region, order }));
  bottomUp.sort((a, b) => a.region.start - b.region.start || a.order - b.order);
  // Almost always disjoint already: check before the general case.
  let disjoint = true;
  for (let i = 1; i < bottomUp.length && disjoint; i++) {
    disjoint = (bottomUp[i - 1] as { region: Region }).region.end <= (bottomUp[i] as { region: Region }).region.start;
  }
  if (disjoint) return bottomUp.map((entry) => entry.region);
  return overlay(real);
}

/** The general case: sweeps over all boundaries; of the regions that are open, the topmost shows. */
function overlay(regions: readonly Region[]): Region[] {
  const events: { at: number; order: number; open: boolean }[] = [];
  regions.forEach((region, order) => {
    events.push({ at: region.start, order, open: true }, { at: region.end, order, open: false });
  });
  events.sort((a, b) => a.at - b.at);
  const open = new Uint8Array(regions.length);
  const candidates = new OrderHeap();
  const out: Region[] = [];
  let at = 0;
  for (const event of events) {
    while (candidates.top >= 0 && open[candidates.top] === 0) candidates.pop();
    const { top } = candidates;
    if (top >= 0 && event.at > at) append(out, regions[top] as Region, at, event.at);
    at = event.at;
    open[event.order] = event.open ? 1 : 0;
    if (event.open) candidates.push(event.order);
  }
  return out;
}

/** The largest of many numbers, quickly (a binary heap): a damaged core may have any number of segments over each other. */
class OrderHeap {
  private readonly heap: number[] = [];

  /** -1 when there is none. */
  get top(): number {
    return this.heap[0] ?? -1;
  }

  push(order: number): void {
    const { heap } = this;
    let i = heap.length;
    for (let up = (i - 1) >> 1; i > 0 && (heap[up] as number) < order; up = (i - 1) >> 1) {
      heap[i] = heap[up] as number;
      i = up;
    }
    heap[i] = order;
  }

  pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (let down = 1; down < heap.length; down = 2 * i + 1) {
      if (down + 1 < heap.length && (heap[down + 1] as number) > (heap[down] as number)) down++;
      if ((heap[down] as number) <= last) break;
      heap[i] = heap[down] as number;
      i = down;
    }
    heap[i] = last;
  }
}

function append(out: Region[], region: Region, start: number, end: number): void {
  const last = out[out.length - 1];
  if (last !== undefined && last.end === start && last.source === region.source && last.delta === region.delta) {
    out[out.length - 1] = { ...last, end };
  } else {
    out.push({ start, end, source: region.source, delta: region.delta });
  }
}
