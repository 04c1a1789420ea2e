import type { Pclntab } from './pclntab.ts';

/** A row of a pc-value table: the code from `start` to `end` has `value`. */
export type PcRow = (value: number, start: number, end: number) => void;

/**
 * Walks a pc-value table (offset into pctab; 0 is none) of the function with code from `entry` to `end`, ascending.
 * Rows move on by a byte at least, so damage ends the walk.
 */
export function eachPcRow(pclntab: Pclntab, table: number, entry: number, end: number, row: PcRow): void {
  if (table === 0) return;
  const { memory, header } = pclntab;
  let at = header.pcTable + table;
  let value = -1;
  const uleb = (): number => {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = memory.u8(at++);
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return result >>> 0;
  };
  for (let start = entry; start < end;) {
    const raw = uleb();
    if (raw === 0 && start > entry) return;
    value += raw & 1 ? ~(raw >>> 1) : raw >>> 1;
    const next = start + uleb() * header.quantum;
    if (next <= start) return;
    row(value, start, Math.min(next, end));
    start = next;
  }
}
