import type { Kind } from './go-type.ts';

/** Offsets in the runtime's type descriptor (internal/abi/type.go Type), the same from Go 1.15 to 1.27. */
export const TYPE_HASH = 16;
export const TYPE_TFLAG = 20;
export const TYPE_ALIGN = 21;
export const TYPE_KIND = 23;
export const TYPE_STR = 40;
/** Size of the common part; what a kind adds follows it. */
export const TYPE_SIZE = 48;

export const TFLAG_UNCOMMON = 1;
export const TFLAG_EXTRA_STAR = 2;
export const TFLAG_NAMED = 4;
/** Flags of a name record. */
export const NAME_EXPORTED = 1;
export const NAME_TAG = 2;
export const NAME_PACKAGE = 4;
export const NAME_EMBEDDED = 8;

/** In the kind byte until Go 1.25, in tflag since. */
export const DIRECT_IFACE = 0x20;

/** Larger than any type, and more of anything than a type has: bounds against garbage. */
export const LARGEST_TYPE: number = 2 ** 40;
export const MOST_FIELDS = 100_000;
export const MOST_METHODS = 10_000;
export const MOST_PARAMETERS = 1000;
export const LONGEST_NAME: number = 1 << 16;

/** Size of what a kind adds to the descriptor: where the uncommon part follows. */
export const KIND_SIZES: Readonly<Partial<Record<Kind, number>>> = {
  array: 24,
  chan: 16,
  func: 8,
  interface: 32,
  pointer: 8,
  slice: 8,
  struct: 32,
};

/** True if the release's maps are of the swiss design: Go 1.24 and later, unless built with GOEXPERIMENT=noswissmap. */
export function hasSwissMaps(minor: number, experiments: readonly string[]): boolean {
  return minor >= 24 && !experiments.includes('noswissmap');
}

/** Bytes that a map type adds: classic until Go 1.23, two forms of swiss after (internal/abi/map*.go). */
export function mapTypeSize(minor: number, experiments: readonly string[]): number {
  if (!hasSwissMaps(minor, experiments)) return 40;
  return minor >= 27 ? 88 : 64;
}

/** Where a map type tells how its groups or buckets are laid out; offsets in the descriptor. */
export interface MapTypeLayout {
  readonly from: number;
  /** u64, from the descriptor's start; in the classic design the bucket's size is a u16. */
  readonly groupSize: number;
  /** Swiss, Go 1.27+: offsets and strides of keys and elements in a group. */
  readonly keysOffset?: number;
  readonly keyStride?: number;
  readonly elemsOffset?: number;
  readonly elemStride?: number;
  /** Swiss, until Go 1.26: size of a slot, and offset of the element in it. */
  readonly slotSize?: number;
  readonly elemOffset?: number;
  /** u32 */
  readonly flags: number;
  readonly indirectKey: number;
  readonly indirectElem: number;
}

/** Rows by first Go minor version, newest first. */
export const MAP_TYPE_LAYOUTS: readonly MapTypeLayout[] = [
  // Go 1.27 describes keys and elements apart, for GOEXPERIMENT=mapsplitgroup.
  {
    from: 27,
    groupSize: 80,
    keysOffset: 88,
    keyStride: 96,
    elemsOffset: 104,
    elemStride: 112,
    flags: 128,
    indirectKey: 4,
    indirectElem: 8,
  },
  { from: 24, groupSize: 80, slotSize: 88, elemOffset: 96, flags: 104, indirectKey: 4, indirectElem: 8 },
];

/** The classic design, all releases. */
export const CLASSIC_MAP_TYPE: MapTypeLayout & { readonly keySize: number; readonly elemSize: number } = {
  from: 15,
  keySize: 80,
  elemSize: 81,
  groupSize: 82,
  flags: 84,
  indirectKey: 1,
  indirectElem: 2,
};
