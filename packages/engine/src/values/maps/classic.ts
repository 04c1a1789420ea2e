import { attempt, badData, hex } from '../../base/errors.ts';
import { CLASSIC_MAP_TYPE } from '../../types/descriptor-layout.ts';
import { VOID_TYPE, type GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../context.ts';
import type { MapEntry, OpenMap } from './open-map.ts';

/** All that a map of this design needs to know of the program. */
type MemoryContext = Pick<ValueContext, 'memory'>;

/** runtime.hmap (runtime/map.go; runtime/map_noswiss.go in Go 1.24): offsets in bytes. */
const HMAP_FLAGS = 8;
const HMAP_B = 9;
const HMAP_BUCKETS = 16;
const HMAP_OLDBUCKETS = 24;

/** hmap.flags */
const HASH_WRITING = 4;
const SAME_SIZE_GROW = 8;

/** Entries in a bucket. */
const SLOTS = 8;
/** tophash values: 2 to 4 mark a bucket whose entries were moved to the new table; 5 and above are entries. */
const EVACUATED_X = 2;
const EVACUATED_EMPTY = 4;
const MIN_TOP_HASH = 5;
/** Keys and elements above this size are kept behind pointers. */
const MAX_INLINE = 128;
/** Longest chain of overflow buckets believed, and most buckets. */
const LONGEST_CHAIN = 1_000_000;
const MOST_B = 48;

interface BucketLayout {
  readonly keySize: number;
  readonly elemSize: number;
  readonly indirectKey: boolean;
  readonly indirectElem: boolean;
  readonly size: number;
}

/** A bucket is tophash[8], keys[8], elems[8] and the pointer to the overflow bucket. */
function computedLayout(type: GoType): BucketLayout {
  const keySize = (type.key ?? VOID_TYPE).size;
  const elemSize = (type.elem ?? VOID_TYPE).size;
  const indirectKey = keySize > MAX_INLINE;
  const indirectElem = elemSize > MAX_INLINE;
  const key = indirectKey ? 8 : keySize;
  const elem = indirectElem ? 8 : elemSize;
  return { keySize: key, elemSize: elem, indirectKey, indirectElem, size: 8 + SLOTS * (key + elem) + 8 };
}

/** What the map type's own descriptor says, if it agrees with the sizes of key and element. */
function recordedLayout(context: MemoryContext, type: GoType): BucketLayout | undefined {
  const { memory } = context;
  const descriptor = type.runtimeType;
  if (descriptor === undefined) return undefined;
  const row = CLASSIC_MAP_TYPE;
  const flags = memory.u32(descriptor + row.flags);
  const layout = {
    keySize: memory.u8(descriptor + row.keySize),
    elemSize: memory.u8(descriptor + row.elemSize),
    indirectKey: (flags & row.indirectKey) !== 0,
    indirectElem: (flags & row.indirectElem) !== 0,
    size: memory.u16(descriptor + row.groupSize),
  };
  const fits = (size: number, indirect: boolean, target: GoType | undefined): boolean =>
    size === (indirect ? 8 : target?.size);
  const isSound =
    fits(layout.keySize, layout.indirectKey, type.key) &&
    fits(layout.elemSize, layout.indirectElem, type.elem) &&
    layout.size >= 8 + SLOTS * (layout.keySize + layout.elemSize) + 8;
  return isSound ? layout : undefined;
}

/** Opens a map of Go 1.23 and before. */
export function classicEntries(context: MemoryContext, type: GoType, address: number): OpenMap {
  const { memory } = context;
  const count = memory.u64(address);
  const flags = memory.u8(address + HMAP_FLAGS);
  const b = memory.u8(address + HMAP_B);
  if (b > MOST_B || count > 2 ** 48)
    throw badData(`the map at ${hex(address)} is damaged: B is ${b}, the count ${count}`);
  const table = {
    layout: attempt(() => recordedLayout(context, type)) ?? computedLayout(type),
    buckets: memory.u64(address + HMAP_BUCKETS),
    old: memory.u64(address + HMAP_OLDBUCKETS),
    bucketCount: 2 ** b,
    oldCount: (flags & SAME_SIZE_GROW) !== 0 ? 2 ** b : 2 ** Math.max(0, b - 1),
  };
  const note = (flags & HASH_WRITING) !== 0 ? 'a goroutine was changing this map' : undefined;
  return { count, note, entries: () => walk(context, table) };
}

interface Table {
  readonly layout: BucketLayout;
  readonly buckets: number;
  readonly old: number;
  readonly bucketCount: number;
  readonly oldCount: number;
}

/**
 * While a map grows, an entry is in its old bucket until that is evacuated, and in the new table after. An old bucket is visited
 * when the first of the new ones that it will fill is: so the order is Delve's.
 */
function* walk(context: MemoryContext, table: Table): Generator<MapEntry, void, undefined> {
  const { memory } = context;
  const { layout, buckets, old, bucketCount, oldCount } = table;
  for (let i = 0; i < bucketCount && buckets !== 0; i++) {
    if (old !== 0 && i < oldCount) {
      const bucket = old + i * layout.size;
      const top = memory.u8(bucket);
      if (top < EVACUATED_X || top > EVACUATED_EMPTY) yield* chain(context, layout, bucket);
    }
    yield* chain(context, layout, buckets + i * layout.size);
  }
}

/** The entries of a bucket and its overflow buckets. */
function* chain(context: MemoryContext, layout: BucketLayout, first: number): Generator<MapEntry, void, undefined> {
  const { memory } = context;
  const { keySize, elemSize } = layout;
  let bucket = first;
  for (let links = 0; bucket !== 0; links++) {
    if (links > LONGEST_CHAIN) throw badData(`the bucket at ${hex(first)} has an endless chain of overflow buckets`);
    const tops = memory.read(bucket, SLOTS);
    for (let i = 0; i < SLOTS; i++) {
      if ((tops[i] as number) < MIN_TOP_HASH) continue;
      const key = bucket + 8 + i * keySize;
      const elem = bucket + 8 + SLOTS * keySize + i * elemSize;
      yield {
        key: layout.indirectKey ? memory.u64(key) : key,
        elem: layout.indirectElem ? memory.u64(elem) : elem,
      };
    }
    bucket = memory.u64(bucket + layout.size - 8);
  }
}
