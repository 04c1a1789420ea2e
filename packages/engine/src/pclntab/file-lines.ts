import { attempt } from '../base/errors.ts';
import { readU32 } from '../base/cursor.ts';
import { encodeUtf8 } from '../base/text.ts';
import { eachPcRow } from './pc-rows.ts';
import type { Pclntab } from './pclntab.ts';

/** The code of one source file: for each line with code the addresses where a run of it begins, ascending. */
export type FileLines = ReadonlyMap<number, readonly number[]>;

/** Collects the lines of `file` (as compiled in) from all functions, inlined calls included. Empty for unknown files. */
export function readFileLines(pclntab: Pclntab, file: string): FileLines {
  const numbers = fileNumbers(pclntab, file);
  const lines = new Map<number, number[]>();
  if (numbers.size === 0) return lines;
  const { memory, layout, count } = pclntab;
  // Before Go 1.16 files are numbered once for all functions.
  const perUnit = layout.cuOffset >= 0;
  const units = perUnit ? unitsHolding(pclntab, numbers) : undefined;
  for (let i = 0; i < count; i++) {
    const record = pclntab.recordOf(i);
    const base = perUnit ? memory.u32(record + layout.cuOffset) : 0;
    if (units !== undefined && !units.has(base)) continue;
    attempt(() => addFunction(pclntab, i, record, (number) => numbers.has(base + number), lines));
  }
  for (const addresses of lines.values()) addresses.sort((a, b) => a - b);
  return lines;
}

function addFunction(
  pclntab: Pclntab,
  index: number,
  record: number,
  isIt: (number: number) => boolean,
  lines: Map<number, number[]>,
): void {
  const { memory, layout } = pclntab;
  const entry = pclntab.entryOf(index);
  const end = pclntab.entryOf(index + 1);
  const spans: [start: number, end: number][] = [];
  eachPcRow(pclntab, memory.u32(record + layout.pcfile), entry, end, (value, from, to) => {
    if (value >= 0 && isIt(value)) spans.push([from, to]);
  });
  if (spans.length === 0) return;
  let span = 0;
  eachPcRow(pclntab, memory.u32(record + layout.pcln), entry, end, (line, from, to) => {
    while (span < spans.length && (spans[span] as [number, number])[1] <= from) span++;
    for (let at = span; at < spans.length && (spans[at] as [number, number])[0] < to; at++) {
      const start = Math.max(from, (spans[at] as [number, number])[0]);
      const known = lines.get(line);
      if (known === undefined) lines.set(line, [start]);
      else known.push(start);
    }
  });
}

/** The values of `cuOffset` of the units that have one of the files `numbers`. */
function unitsHolding(pclntab: Pclntab, numbers: ReadonlySet<number>): Set<number> {
  const { memory, layout, count } = pclntab;
  const offsets = new Set<number>();
  for (let i = 0; i < count; i++) offsets.add(memory.u32(pclntab.recordOf(i) + layout.cuOffset));
  const sorted = [...offsets].sort((a, b) => a - b);
  const holding = new Set<number>();
  sorted.forEach((offset, i) => {
    const next = sorted[i + 1] ?? Infinity;
    for (const number of numbers) if (number >= offset && number < next) holding.add(offset);
  });
  return holding;
}

/** The numbers of a file: its place among all files (Go 1.15), or its places in the table of the units' files. */
function fileNumbers(pclntab: Pclntab, file: string): Set<number> {
  const { memory, header, layout } = pclntab;
  const wanted = encodeUtf8(file);
  const numbers = new Set<number>();
  const isIt = (name: Uint8Array): boolean =>
    name.length === wanted.length && name.every((byte, i) => byte === wanted[i]);
  if (layout.cuOffset < 0) {
    let number = 0;
    for (const name of pclntab.files()) if ((++number, isIt(name))) numbers.add(number);
    return numbers;
  }
  const names = memory.readSome(header.fileTable, Math.max(0, header.pcTable - header.fileTable));
  const offset = offsetOfName(names, wanted);
  if (offset < 0) return numbers;
  const table = memory.readSome(header.cuTable, Math.max(0, header.fileTable - header.cuTable));
  for (let i = 0; i + 4 <= table.length; i += 4) if (readU32(table, i) === offset) numbers.add(i / 4);
  return numbers;
}

/** Offset of a name between zeros, or -1. */
function offsetOfName(names: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at < names.length;) {
    const zero = names.indexOf(0, at);
    const end = zero < 0 ? names.length : zero;
    if (end - at === wanted.length && wanted.every((byte, i) => byte === names[at + i])) return at;
    at = end + 1;
  }
  return -1;
}
