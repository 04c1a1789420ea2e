import type { GoType } from '../../types/go-type.ts';
import type { ValueContext } from '../context.ts';
import { classicEntries } from './classic.ts';
import { swissEntries } from './swiss.ts';

/** Where one entry's key and element are in memory. */
export interface MapEntry {
  readonly key: number;
  readonly elem: number;
}

/** A map's header. `note` tells of a map that was being changed when the process died. */
export interface MapHeader {
  readonly count: number;
  readonly note: string | undefined;
}

/** An open map: its count, and its entries found as they are asked for. */
export interface OpenMap extends MapHeader {
  entries(): Generator<MapEntry, void, undefined>;
}

/** True if maps of this program are of the swiss design: Go 1.24 and later, unless built without. */
export function usesSwissMaps(context: ValueContext): boolean {
  return context.minor >= 24 && !context.experiments.includes('noswissmap');
}

/** Opens the map whose header is at `address` (not 0). Throws `fault` or `bad-data` when it cannot be a map. */
export function openMap(context: ValueContext, type: GoType, address: number): OpenMap {
  return usesSwissMaps(context) ? swissEntries(context, type, address) : classicEntries(context, type, address);
}
