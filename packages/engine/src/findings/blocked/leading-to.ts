import { readU64 } from '../../base/cursor.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import type { HeapObjects } from './heap-objects.ts';
import type { StackWords } from './live-words.ts';

/** Objects between a stack and what is looked for, and how many are noted of each distance. */
const MOST_BETWEEN = 2;
const MOST_OBJECTS = 100_000;
/** Bytes of heap that are searched, and read at once. */
const MOST_BYTES = 1 << 30;
const PIECE = 1 << 20;

/** Goroutines from whose stacks pointers lead to an object: directly, or over one or two other objects; the nearest first. */
export function goroutinesLeadingTo(
  runtime: GoRuntime,
  objects: HeapObjects,
  stackWords: StackWords,
  address: number,
  distances: ReadonlyMap<number, number>,
): Goroutine[] {
  const found: { readonly goroutine: Goroutine; readonly distance: number }[] = [];
  for (const goroutine of runtime.iterGoroutines()) {
    let distance = Infinity;
    for (const word of stackWords.anyPointers(goroutine)) {
      // What is no object of the heap is met by its own address alone.
      const here = word === address ? 0 : distances.get(objects.idAt(word));
      if (here !== undefined && here < distance) distance = here;
    }
    if (distance !== Infinity) found.push({ goroutine, distance });
  }
  return found.sort((a, b) => a.distance - b.distance).map(({ goroutine }) => goroutine);
}

/** By id of an object: over how many others it leads to the one at an address. The heap is searched for what points to it. */
export function distancesTo(runtime: GoRuntime, objects: HeapObjects, address: number): Map<number, number> {
  const distances = new Map<number, number>();
  const id = objects.idAt(address);
  if (id < 0) return distances;
  distances.set(id, 0);
  for (let distance = 1; distance <= MOST_BETWEEN; distance++) {
    const before = distances.size;
    const next = pointingTo(runtime, objects, (word) => distances.get(objects.idAt(word)) === distance - 1);
    for (const each of next) if (!distances.has(each)) distances.set(each, distance);
    if (distances.size === before) break;
  }
  return distances;
}

/** Ids of the objects that have a word of that kind. */
function pointingTo(runtime: GoRuntime, objects: HeapObjects, isWanted: (word: number) => boolean): Set<number> {
  const found = new Set<number>();
  let searched = 0;
  for (const { start, end } of objects.withPointers()) {
    for (let at = start; at < end; at += PIECE) {
      const bytes = runtime.program.memory.readSome(at, Math.min(PIECE, end - at));
      searched += bytes.length;
      for (let i = 0; i + 8 <= bytes.length; i += 8) {
        if (bytes[i + 7] !== 0 || bytes[i + 6] !== 0) continue;
        const word = readU64(bytes, i);
        if (word > 4096 && isWanted(word)) found.add(objects.idAt(at + i));
      }
      if (searched > MOST_BYTES || found.size > MOST_OBJECTS) return found;
    }
  }
  return found;
}
