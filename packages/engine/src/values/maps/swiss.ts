import { attempt, badData, hex } from '../../base/errors.ts';
import { MAP_TYPE_LAYOUTS } from '../../types/descriptor-layout.ts';
import { alignOf, VOID_TYPE, type GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../context.ts';
import type { MapEntry, OpenMap } from './open-map.ts';

/** internal/runtime/maps.Map: offsets in bytes. */
const MAP_DIR_PTR = 16;
const MAP_DIR_LEN = 24;
const MAP_GLOBAL_DEPTH = 32;
const MAP_WRITING = 34;
/** internal/runtime/maps.table */
const TABLE_CAPACITY = 2;
const TABLE_GROUPS = 16;
const TABLE_LENGTH_MASK = 24;

const SLOTS = 8;
/** A control byte with this bit is an empty or deleted slot. */
const CTRL_NOT_FULL = 0x80;
/** Keys and elements above this size are kept behind pointers. */
const MAX_INLINE = 128;
/** More tables or groups than fit into memory. */
const MOST_TABLES = 2 ** 32;

interface GroupLayout {
  readonly keyAt: number;
  readonly keyStride: number;
  readonly elemAt: number;
  readonly elemStride: number;
  readonly indirectKey: boolean;
  readonly indirectElem: boolean;
  readonly size: number;
}

function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** A group is a control word and eight slots {key, elem}, or, with GOEXPERIMENT=mapsplitgroup, eight keys and eight elems. */
function computedLayout(context: ValueContext, type: GoType): GroupLayout {
  const key = type.key ?? VOID_TYPE;
  const elem = type.elem ?? VOID_TYPE;
  const indirectKey = key.size > MAX_INLINE;
  const indirectElem = elem.size > MAX_INLINE;
  const keySize = indirectKey ? 8 : key.size;
  const elemSize = indirectElem ? 8 : elem.size;
  const keyAlign = indirectKey ? 8 : alignOf(key);
  const elemAlign = indirectElem ? 8 : alignOf(elem);
  const base = { indirectKey, indirectElem };
  if (context.experiments.includes('mapsplitgroup')) {
    const elemAt = alignUp(8 + SLOTS * keySize, elemAlign);
    const end = elemAt + SLOTS * elemSize + (elemSize === 0 ? 1 : 0);
    return { ...base, keyAt: 8, keyStride: keySize, elemAt, elemStride: elemSize, size: alignUp(end, 8) };
  }
  const elemOffset = alignUp(keySize, elemAlign);
  // Go pads a struct that ends in a field without size, so that its address stays inside.
  const end = elemOffset + elemSize + (elemSize === 0 && keySize > 0 ? 1 : 0);
  const slot = alignUp(end, Math.max(keyAlign, elemAlign));
  return {
    ...base,
    keyAt: 8,
    keyStride: slot,
    elemAt: 8 + elemOffset,
    elemStride: slot,
    size: alignUp(8 + SLOTS * slot, 8),
  };
}

/** What the map type's own descriptor says, if it agrees with the sizes of key and element. */
function recordedLayout(context: ValueContext, type: GoType): GroupLayout | undefined {
  const { memory, minor } = context;
  const at = type.runtimeType;
  const row = MAP_TYPE_LAYOUTS.find((each) => each.from <= minor);
  if (at === undefined || row === undefined) return undefined;
  const word = (offset: number | undefined): number => (offset === undefined ? 0 : memory.u64(at + offset));
  const flags = memory.u32(at + row.flags);
  const base = {
    indirectKey: (flags & row.indirectKey) !== 0,
    indirectElem: (flags & row.indirectElem) !== 0,
    size: word(row.groupSize),
  };
  const layout =
    row.slotSize === undefined
      ? {
          ...base,
          keyAt: word(row.keysOffset),
          keyStride: word(row.keyStride),
          elemAt: word(row.elemsOffset),
          elemStride: word(row.elemStride),
        }
      : {
          ...base,
          keyAt: 8,
          keyStride: word(row.slotSize),
          elemAt: 8 + word(row.elemOffset),
          elemStride: word(row.slotSize),
        };
  const keySize = base.indirectKey ? 8 : (type.key?.size ?? 0);
  const elemSize = base.indirectElem ? 8 : (type.elem?.size ?? 0);
  const isSound =
    layout.keyStride >= keySize &&
    layout.elemStride >= elemSize &&
    layout.keyAt + (SLOTS - 1) * layout.keyStride + keySize <= layout.size &&
    layout.elemAt + (SLOTS - 1) * layout.elemStride + elemSize <= layout.size;
  return isSound ? layout : undefined;
}

/** Opens a map of Go 1.24 and later (internal/runtime/maps). */
export function swissEntries(context: ValueContext, type: GoType, address: number): OpenMap {
  const { memory } = context;
  const count = memory.u64(address);
  const dirPtr = memory.u64(address + MAP_DIR_PTR);
  const dirLen = memory.u64(address + MAP_DIR_LEN);
  const depth = memory.u8(address + MAP_GLOBAL_DEPTH);
  if (count > 2 ** 48 || dirLen > MOST_TABLES || (dirLen !== 0 && dirLen !== 2 ** depth)) {
    throw badData(`the map at ${hex(address)} is damaged: the count is ${count}, the directory has ${dirLen} tables`);
  }
  const note = memory.u8(address + MAP_WRITING) !== 0 ? 'a goroutine was changing this map' : undefined;
  const layout = attempt(() => recordedLayout(context, type)) ?? computedLayout(context, type);
  return { count, note, entries: () => walk(context, layout, dirPtr, dirLen) };
}

function* walk(
  context: ValueContext,
  layout: GroupLayout,
  dirPtr: number,
  dirLen: number,
): Generator<MapEntry, void, undefined> {
  if (dirPtr === 0) return;
  const { memory } = context;
  if (dirLen === 0) {
    // A small map: the directory pointer is its only group.
    yield* group(context, layout, dirPtr);
    return;
  }
  // Several entries of the directory share a table.
  const seen = new Set<number>();
  for (let i = 0; i < dirLen; i++) {
    const table = memory.u64(dirPtr + i * 8);
    if (table === 0 || seen.has(table)) continue;
    seen.add(table);
    const groups = memory.u64(table + TABLE_GROUPS);
    const mask = memory.u64(table + TABLE_LENGTH_MASK);
    if (memory.u16(table + TABLE_CAPACITY) !== (mask + 1) * SLOTS)
      throw badData(`the map table at ${hex(table)} is damaged: it has ${mask + 1} groups`);
    for (let g = 0; g <= mask; g++) yield* group(context, layout, groups + g * layout.size);
  }
}

function* group(context: ValueContext, layout: GroupLayout, address: number): Generator<MapEntry, void, undefined> {
  const { memory } = context;
  const control = memory.read(address, SLOTS);
  for (let i = 0; i < SLOTS; i++) {
    if (((control[i] as number) & CTRL_NOT_FULL) !== 0) continue;
    const key = address + layout.keyAt + i * layout.keyStride;
    const elem = address + layout.elemAt + i * layout.elemStride;
    yield {
      key: layout.indirectKey ? memory.u64(key) : key,
      elem: layout.indirectElem ? memory.u64(elem) : elem,
    };
  }
}
