import { attempt } from '../base/errors.ts';
import { rowFor } from '../base/go-version.ts';
import { readU32 } from '../base/cursor.ts';
import type { Memory } from '../bytes/memory.ts';
import { readPclnHeader, type PclnHeader } from './header.ts';

/** One runtime.moduledata (runtime/symtab.go), as far as it is used. All are addresses in memory. */
export interface ModuleData {
  readonly address: number;
  readonly pclntab: number;
  readonly minpc: number;
  readonly maxpc: number;
  readonly text: number;
  readonly etext: number;
  readonly noptrdata: number;
  readonly enoptrdata: number;
  readonly data: number;
  readonly edata: number;
  readonly bss: number;
  readonly ebss: number;
  readonly noptrbss: number;
  readonly enoptrbss: number;
  readonly types: number;
  readonly etypes: number;
  /** Base of funcdata offsets (Go 1.18+); 0 before. */
  readonly gofunc: number;
  /** Static itabs: Go <= 1.26 by a slice of pointers. */
  readonly itablinks: number;
  readonly itablinksLength: number;
  /** Offsets of types, relative to `types`: Go <= 1.26. */
  readonly typelinks: number;
  readonly typelinksLength: number;
  /** Bytes of the descriptors that follow each other from `types` on: Go 1.27+, 0 before. */
  readonly typeDescriptorsLength: number;
  /** The static itabs that follow each other in the type data, Go 1.27+: where from `types` on, and how many bytes. */
  readonly itabsOffset: number;
  readonly itabsLength: number;
  /** Next module's address, 0 at the end. */
  readonly next: number;
}

interface Row {
  readonly from: number;
  readonly ftab: number;
  readonly minpc: number;
  readonly types: number;
  readonly etypes: number;
  readonly gofunc: number | undefined;
  readonly typelinks: number | undefined;
  readonly itablinks: number | undefined;
  readonly typeDescriptors?: number;
  readonly itabs?: number;
  readonly next: number;
}

/** Field offsets by first Go minor version. From minpc to enoptrbss the fields follow each other in all versions. */
const ROWS: readonly Row[] = [
  {
    from: 15,
    ftab: 24,
    minpc: 80,
    types: 200,
    etypes: 208,
    gofunc: undefined,
    typelinks: 240,
    itablinks: 264,
    next: 448,
  },
  {
    from: 16,
    ftab: 128,
    minpc: 160,
    types: 280,
    etypes: 288,
    gofunc: undefined,
    typelinks: 320,
    itablinks: 344,
    next: 528,
  },
  { from: 18, ftab: 128, minpc: 160, types: 280, etypes: 288, gofunc: 304, typelinks: 336, itablinks: 360, next: 544 },
  // Go 1.20 put the coverage counters before `end`.
  { from: 20, ftab: 128, minpc: 160, types: 296, etypes: 304, gofunc: 320, typelinks: 352, itablinks: 376, next: 560 },
  { from: 21, ftab: 128, minpc: 160, types: 296, etypes: 304, gofunc: 320, typelinks: 352, itablinks: 376, next: 584 },
  { from: 23, ftab: 128, minpc: 160, types: 296, etypes: 304, gofunc: 320, typelinks: 352, itablinks: 376, next: 576 },
  // Go 1.26 added epclntab.
  { from: 26, ftab: 128, minpc: 160, types: 296, etypes: 304, gofunc: 320, typelinks: 360, itablinks: 384, next: 584 },
  // Go 1.27 put typedesclen before etypes and dropped the link slices.
  {
    from: 27,
    ftab: 128,
    minpc: 160,
    types: 296,
    etypes: 312,
    gofunc: 344,
    typelinks: undefined,
    itablinks: undefined,
    typeDescriptors: 304,
    itabs: 320,
    next: 560,
  },
];

/** Reads the moduledata at `address` by the layout of Go 1.`minor`. Throws `fault` if it is not in memory. */
export function readModuleData(memory: Memory, address: number, minor: number): ModuleData {
  const row = rowFor(ROWS, minor);
  const word = (offset: number | undefined): number => (offset === undefined ? 0 : memory.u64(address + offset));
  const span = (i: number): number => word(row.minpc + i * 8);
  return {
    address,
    pclntab: word(0),
    minpc: span(0),
    maxpc: span(1),
    text: span(2),
    etext: span(3),
    noptrdata: span(4),
    enoptrdata: span(5),
    data: span(6),
    edata: span(7),
    bss: span(8),
    ebss: span(9),
    noptrbss: span(10),
    enoptrbss: span(11),
    types: word(row.types),
    etypes: word(row.etypes),
    gofunc: word(row.gofunc),
    typelinks: word(row.typelinks),
    typelinksLength: row.typelinks === undefined ? 0 : word(row.typelinks + 8),
    itablinks: word(row.itablinks),
    itablinksLength: row.itablinks === undefined ? 0 : word(row.itablinks + 8),
    typeDescriptorsLength: word(row.typeDescriptors),
    itabsOffset: word(row.itabs),
    itabsLength: row.itabs === undefined ? 0 : word(row.itabs + 8),
    next: word(row.next),
  };
}

/**
 * Finds the moduledata that belongs to a pclntab by scanning writable data for its first two fields:
 * the header's address and the name table's (Go 1.16+), or the table's address and functab's (Go 1.15).
 * Only the words themselves are compared, so a stripped binary is no obstacle.
 */
export function scanForModuleData(memory: Memory, header: PclnHeader, start: number, end: number): number | undefined {
  const low = header.address % 0x1_0000_0000;
  const high = Math.floor(header.address / 0x1_0000_0000);
  const [secondOffset, second] = header.format === 'go1.2' ? [24, header.functab] : [8, header.nameTable];
  const STEP = 1 << 20;
  for (let at = start - (start % 8); at < end; at += STEP) {
    const bytes = memory.readSome(at, Math.min(STEP, end - at));
    for (let i = 0; i + 8 <= bytes.length; i += 8) {
      if (readU32(bytes, i) !== low || readU32(bytes, i + 4) !== high) continue;
      if (attempt(() => memory.u64(at + i + secondOffset)) === second && plausible(memory, at + i, header))
        return at + i;
    }
  }
  return undefined;
}

/** A moduledata's ftab slice has one entry more than the pclntab has functions (from Go 1.16 on, exactly so). */
function plausible(memory: Memory, address: number, header: PclnHeader): boolean {
  const at = header.format === 'go1.2' ? 24 : 128;
  return (
    attempt(
      () => memory.u64(address + at) === header.functab && memory.u64(address + at + 8) === header.functionCount + 1,
    ) ?? false
  );
}

/** Follows the list of modules (plugins, shared builds); stops at what is no module. */
export function readModules(memory: Memory, first: number, minor: number): ModuleData[] {
  const modules: ModuleData[] = [];
  const seen = new Set<number>();
  for (let at = first; at !== 0 && !seen.has(at) && modules.length < 1000;) {
    seen.add(at);
    const module = attempt(() => readModuleData(memory, at, minor));
    if (module === undefined || attempt(() => readPclnHeader(memory, module.pclntab)) === undefined) break;
    modules.push(module);
    at = module.next;
  }
  return modules;
}

/** A module of which nothing is known but its function table and where its code begins. */
export function emptyModule(pclntab: number, text: number): ModuleData {
  const zero = { minpc: 0, maxpc: 0, etext: 0, noptrdata: 0, enoptrdata: 0, data: 0, edata: 0, bss: 0, ebss: 0 };
  const rest = { noptrbss: 0, enoptrbss: 0, types: 0, etypes: 0, gofunc: 0, itablinks: 0, itablinksLength: 0 };
  return {
    address: 0,
    pclntab,
    text,
    ...zero,
    ...rest,
    typelinks: 0,
    typelinksLength: 0,
    typeDescriptorsLength: 0,
    itabsOffset: 0,
    itabsLength: 0,
    next: 0,
  };
}
