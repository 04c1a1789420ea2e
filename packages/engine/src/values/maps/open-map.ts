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
