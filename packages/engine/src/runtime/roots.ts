import { attempt } from '../base/errors.ts';
import { readU64 } from '../base/cursor.ts';
import { PF_W, PT_LOAD } from '../elf/constants.ts';
import { findSection } from '../elf/elf-file.ts';
import type { Program } from '../program/program.ts';
import type { Layout } from './layouts/layout.ts';

/** Symbol tables up to this size are searched right away; larger ones cost more than finding things in memory. */
const SMALL_SYMBOLS = 4 << 20;
/** More goroutines than fit into memory. */
const MOST_GOROUTINES = 100_000_000;

/** Where runtime.allgs keeps its goroutines. */
export interface AllGs {
  readonly array: number;
  readonly length: number;
  /** How it was found: for diagnosis. */
  readonly by: 'symbol' | 'scan';
}

/** True if looking symbols up by name is cheap. */
export function symbolsAreCheap(program: Program): boolean {
  const main = program.main;
  const strings = main && findSection(main.elf, '.strtab');
  return strings !== undefined && strings.size <= SMALL_SYMBOLS;
}

/**
 * Finds runtime.allgs: by its symbol, or, in stripped and very large executables, by scanning the module's data for a
 * slice header whose array holds goroutines. `known` are addresses that must be among them.
 */
export function findAllGs(program: Program, layout: Layout, known: readonly number[]): AllGs | undefined {
  if (symbolsAreCheap(program)) return bySymbol(program) ?? byScan(program, layout, known);
  return byScan(program, layout, known) ?? bySymbol(program);
}

function bySymbol(program: Program): AllGs | undefined {
  const address = program.symbol('runtime.allgs');
  if (address === undefined) return undefined;
  const array = attempt(() => program.memory.u64(address));
  const length = attempt(() => program.memory.u64(address + 8));
  if (array === undefined || length === undefined || length > MOST_GOROUTINES) return undefined;
  return { array, length, by: 'symbol' };
}

function byScan(program: Program, layout: Layout, known: readonly number[]): AllGs | undefined {
  for (const [start, end] of writableAreas(program)) {
    const found = scanArea(program, layout, known, start, end);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where package variables are. */
function writableAreas({ modules, outline }: Program): readonly (readonly [number, number])[] {
  const module = modules[0]?.data;
  // A slice of pointers lies in .bss; the other parts are tried for builds that moved it.
  if (module !== undefined) {
    return [
      [module.bss, module.ebss],
      [module.data, module.edata],
      [module.noptrbss, module.enoptrbss],
    ];
  }
  const segments = outline?.elf.segments ?? [];
  return segments
    .filter(({ type, flags }) => type === PT_LOAD && (flags & PF_W) !== 0)
    .map(({ vaddr, memsz }) => [vaddr + (outline?.bias ?? 0), vaddr + (outline?.bias ?? 0) + memsz] as const);
}

function scanArea(
  program: Program,
  layout: Layout,
  known: readonly number[],
  start: number,
  end: number,
): AllGs | undefined {
  const STEP = 1 << 20;
  for (let at = start - (start % 8); at < end; at += STEP) {
    const bytes = program.memory.readSome(at, Math.min(STEP + 16, end - at));
    for (let i = 0; i + 24 <= bytes.length; i += 8) {
      const length = readU64(bytes, i + 8);
      if (length === 0 || length > MOST_GOROUTINES) continue;
      const capacity = readU64(bytes, i + 16);
      if (capacity < length || capacity > 4 * MOST_GOROUTINES) continue;
      const array = readU64(bytes, i);
      if (array === 0 || array % 8 !== 0 || array > 0x7fff_ffff_ffff) continue;
      if (holdsGoroutines(program, layout, array, length, known)) return { array, length, by: 'scan' };
    }
  }
  return undefined;
}

/** The first entries must look like goroutines, the first be number 1, and every known goroutine be among them. */
function holdsGoroutines(
  program: Program,
  layout: Layout,
  array: number,
  length: number,
  known: readonly number[],
): boolean {
  const head = program.memory.readSome(array, Math.min(length, 16) * 8);
  if (head.length < Math.min(length, 16) * 8) return false;
  const ids = new Set<number>();
  for (let i = 0; i + 8 <= head.length; i += 8) {
    const id = goroutineIdAt(program, layout, readU64(head, i));
    if (id === undefined || ids.has(id)) return false;
    if (id !== 0) ids.add(id);
  }
  if (!ids.has(1)) return false;
  if (known.length === 0) return true;
  const wanted = new Set(known);
  const all = program.memory.readSome(array, length * 8);
  for (let i = 0; i + 8 <= all.length && wanted.size > 0; i += 8) wanted.delete(readU64(all, i));
  return wanted.size === 0;
}

/** The id of what looks like a runtime.g at `address`, or undefined if it does not. */
export function goroutineIdAt(program: Program, layout: Layout, address: number): number | undefined {
  if (address === 0 || address % 8 !== 0) return undefined;
  const { memory } = program;
  return attempt(() => {
    const low = memory.u64(address);
    const high = memory.u64(address + 8);
    const status = memory.u32(address + layout.get('g', 'atomicstatus')) & ~0x1000;
    const id = memory.u64(address + layout.get('g', 'goid'));
    const dead = status === 6 || status === 0 || status === 11;
    const plausible = status <= 11 && id < 2 ** 48 && (dead || (low < high && high - low <= 2 ** 40));
    return plausible ? id : undefined;
  });
}
