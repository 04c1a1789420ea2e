import { attempt } from '../../base/errors.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';

/** runtime.mSpanInUse: the span holds objects of the heap. */
const IN_USE = 1;
const PAGE = 8192;
/** More spans and objects than are looked at. */
const MOST_SPANS = 4_000_000;
const MOST_OBJECTS = 200_000_000;

/** Where the objects of the heap are: from a word to the object that it points into. */
export class HeapObjects {
  /** Of each span, by address: columns. */
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly sizes: Float64Array;
  private readonly noScan: Uint8Array;
  private readonly firstIds: Float64Array;
  /** Addresses of records that belong to objects: finalizers and the like (runtime.special). */
  readonly specials: readonly { readonly record: number; readonly object: number }[];
  /** How many objects there can be: ids are below. */
  readonly count: number;
  private last = 0;

  private constructor(spans: readonly Span[]) {
    const sorted = [...spans].sort((a, b) => a.start - b.start);
    this.starts = Float64Array.from(sorted, (span) => span.start);
    this.ends = Float64Array.from(sorted, (span) => span.end);
    this.sizes = Float64Array.from(sorted, (span) => span.size);
    this.noScan = Uint8Array.from(sorted, (span) => Number(span.noScan));
    this.firstIds = new Float64Array(sorted.length);
    let count = 0;
    sorted.forEach((span, i) => {
      this.firstIds[i] = count;
      count += Math.floor((span.end - span.start) / span.size);
    });
    this.count = count;
    this.specials = sorted.flatMap(({ start, special }) =>
      special.map(({ record, offset }) => ({ record, object: start + offset })),
    );
  }

  /** Reads mheap.allspans (runtime/mheap.go). Undefined where they are not found, or there are too many. */
  static read(runtime: GoRuntime): HeapObjects | undefined {
    const { program, layout } = runtime;
    const heap = program.symbol('runtime.mheap_');
    if (heap === undefined) return undefined;
    return attempt(() => {
      const at = heap + layout.get('mheap', 'allspans');
      const length = program.memory.u64(at + 8);
      if (length > MOST_SPANS) return undefined;
      const array = program.memory.u64(at);
      const spans: Span[] = [];
      for (let i = 0; i < length; i++) {
        const span = readSpan(runtime, program.memory.u64(array + i * 8));
        if (span !== undefined) spans.push(span);
      }
      const objects = new HeapObjects(spans);
      return objects.count > MOST_OBJECTS ? undefined : objects;
    });
  }

  /** Number of the span that holds an address, or -1. */
  private spanAt(address: number): number {
    const { starts, ends } = this;
    const { last } = this;
    if (address >= (starts[last] ?? 0) && address < (ends[last] ?? 0)) return last;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const span = low - 1;
    if (span < 0 || address >= (ends[span] as number)) return -1;
    this.last = span;
    return span;
  }

  /** The id of the object that an address points into; -1 if it points into none. */
  idAt(address: number): number {
    const span = this.spanAt(address);
    if (span < 0) return -1;
    const index = Math.floor((address - (this.starts[span] as number)) / (this.sizes[span] as number));
    const id = (this.firstIds[span] as number) + index;
    return id < (this.firstIds[span + 1] ?? this.count) ? id : -1;
  }

  /** The pieces of memory in which there are objects with pointers. */
  *withPointers(): Generator<{ readonly start: number; readonly end: number }> {
    for (let i = 0; i < this.starts.length; i++)
      if (this.noScan[i] === 0) yield { start: this.starts[i] as number, end: this.ends[i] as number };
  }

  /** The object that an address points into: start and size in bytes; undefined if it points into none. */
  objectAt(address: number): { readonly start: number; readonly size: number; readonly noScan: boolean } | undefined {
    const span = this.spanAt(address);
    if (span < 0) return undefined;
    const size = this.sizes[span] as number;
    const start = this.starts[span] as number;
    return {
      start: start + Math.floor((address - start) / size) * size,
      size,
      noScan: this.noScan[span] === 1,
    };
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly noScan: boolean;
  readonly special: readonly { readonly record: number; readonly offset: number }[];
}

/** Records of one span that are believed. */
const MOST_SPECIALS = 1_000_000;

/** Throws `fault` for a span that is not there: what is missing could hold what is looked for. */
function readSpan({ program, layout }: GoRuntime, at: number): Span | undefined {
  const { memory } = program;
  const field = (name: string): number => at + layout.get('mspan', name);
  if (memory.u8(field('state')) !== IN_USE) return undefined;
  const start = memory.u64(field('startAddr'));
  const size = memory.u64(field('elemsize'));
  const end = start + memory.u64(field('npages')) * PAGE;
  if (size < 8 || size > end - start) return undefined;
  const special: { record: number; offset: number }[] = [];
  const seen = new Set<number>();
  for (let record = memory.u64(field('specials')); record !== 0 && !seen.has(record); record = memory.u64(record)) {
    if (seen.size >= MOST_SPECIALS) break;
    seen.add(record);
    special.push({ record, offset: memory.u16(record + 8) });
  }
  // The lowest bit of the class says that there are no pointers in its objects.
  return { start, end, size, noScan: (memory.u8(field('spanclass')) & 1) !== 0, special };
}
