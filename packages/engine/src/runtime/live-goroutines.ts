import { attempt, hex } from '../base/errors.ts';
import { readU64 } from '../base/cursor.ts';
import { LongWork } from '../base/long-work.ts';
import type { Program } from '../program/program.ts';
import { GoroutineNumbers } from './goroutine-numbers.ts';
import type { Layout } from './layouts/layout.ts';
import type { AllGs } from './roots.ts';
import { G_DEAD, G_DEADEXTRA, G_IDLE, G_SCAN } from './status.ts';

/** Where goroutines are looked for. */
export interface GoroutineRoots {
  readonly program: Program;
  readonly layout: Layout;
  readonly allgs: AllGs | undefined;
  /** What threads run: goroutines that the list may not have yet. */
  readonly running: readonly number[];
  readonly complain: (what: string) => void;
}

/** Goroutines whose addresses are read at once. */
const STEP = 1 << 16;

/** Addresses of the goroutines that are not dead, in the runtime's order. Reads no more of each than its status. */
export function* iterLiveGs(roots: GoroutineRoots): Generator<number, void, undefined> {
  const statusAt = roots.layout.get('g', 'atomicstatus');
  for (const g of iterGs(roots)) if (isLive(roots, g, statusAt)) yield g;
}

/** Addresses of all goroutines, of dead ones that wait to be used again as well. */
export function* iterGs({ program, allgs, running, complain }: GoroutineRoots): Generator<number, void, undefined> {
  const others = new Set(running);
  const work = new LongWork('going through goroutines', 'goroutines', allgs?.length, 1 << 10);
  for (let at = 0; allgs !== undefined && at < allgs.length; at += STEP) {
    const count = Math.min(STEP, allgs.length - at);
    const words = program.memory.readSome(allgs.array + at * 8, count * 8);
    for (let i = 0; i + 8 <= words.length; i += 8) {
      work.at(at + i / 8);
      const g = readU64(words, i);
      others.delete(g);
      if (g !== 0) yield g;
    }
    if (words.length === count * 8) continue;
    complain(`only ${at + Math.floor(words.length / 8)} of ${allgs.length} goroutines are in the core`);
    break;
  }
  for (const g of others) if (g !== 0) yield g;
}

function isLive({ program, complain }: GoroutineRoots, g: number, statusAt: number): boolean {
  const at = g + statusAt;
  // A damaged list may have millions of entries that lead nowhere: asking first is far cheaper than failing.
  const status = program.memory.has(at) ? attempt(() => program.memory.u32(at) & ~G_SCAN) : undefined;
  if (status === undefined) complain(`the goroutine at ${hex(g)} cannot be read`);
  return status !== undefined && status !== G_IDLE && status !== G_DEAD && status !== G_DEADEXTRA;
}

/** How far from its place a goroutine is looked for. */
const NEAR = 2048;

/**
 * The live goroutine of a number, if it is near where it is in a program whose goroutines never ended: as the nth of the list, for
 * numbers count up from 1. Sound programs have each number once.
 */
export function liveGNear(roots: GoroutineRoots, id: number): number | undefined {
  const { program, layout, allgs } = roots;
  const { memory } = program;
  const idAt = layout.get('g', 'goid');
  const statusAt = layout.get('g', 'atomicstatus');
  const length = allgs?.length ?? 0;
  for (let distance = 0; distance <= NEAR; distance++) {
    for (const index of distance === 0 ? [id - 1] : [id - 1 - distance, id - 1 + distance]) {
      if (allgs === undefined || !(index >= 0 && index < length)) continue;
      const g = attempt(() => memory.u64(allgs.array + index * 8)) ?? 0;
      if (g !== 0 && attempt(() => memory.u64(g + idAt)) === id && isLive(roots, g, statusAt)) return g;
    }
  }
  return undefined;
}

/** How many items there are. */
export function countItems(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

/** Where goroutines are, by their numbers. */
export function numbersOf({ memory }: Program, layout: Layout, addresses: Iterable<number>): GoroutineNumbers {
  const idAt = layout.get('g', 'goid');
  const numbers = new GoroutineNumbers();
  for (const address of addresses) {
    const id = attempt(() => memory.u64(address + idAt));
    if (id !== undefined) numbers.add(id, address);
  }
  return numbers;
}
