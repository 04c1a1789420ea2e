import { readU64 } from '../../base/cursor.ts';
import type { GoRuntime } from '../../runtime/go-runtime.ts';
import type { HeapObjects } from './heap-objects.ts';
import type { StackWords } from './live-words.ts';
import type { Standing } from './standings.ts';

/** Objects between a stack and what is looked for, and how many are noted of each distance. */
const MOST_BETWEEN = 2;
const MOST_OBJECTS = 100_000;
/** Bytes of heap that are searched, and read at once. */
const MOST_BYTES = 1 << 30;
const PIECE = 1 << 20;

/**
 * What leads to some addresses, each with those of which it is so: pointers do, directly or over one or two objects of the heap, which
 * is searched for them.
 */
export class WaysTo {
  private readonly objects: HeapObjects;
  private readonly addresses: readonly number[];
  /** Of each address, by id of an object: over how many others it leads there. */
  private readonly distances: readonly Map<number, number>[];

  constructor(runtime: GoRuntime, objects: HeapObjects, addresses: readonly number[]) {
    this.objects = objects;
    this.addresses = addresses;
    this.distances = addresses.map((address) => {
      const id = objects.idAt(address);
      return new Map(id < 0 ? [] : [[id, 0]]);
    });
    for (let distance = 1; distance <= MOST_BETWEEN; distance++) this.search(runtime, distance);
  }

  /** Over how many objects a pointer leads to the address of that number; undefined if it does not. */
  distance(word: number, number: number): number | undefined {
    // What is no object of the heap is met by its own address alone.
    return word === this.addresses[number] ? 0 : this.distances[number]?.get(this.objects.idAt(word));
  }

  /** Goroutines from whose stacks there is a way to the address of that number, the nearest first. */
  goroutines(stackWords: StackWords, goroutines: Iterable<Standing>): Standing[][] {
    const found = this.addresses.map((): { readonly goroutine: Standing; readonly distance: number }[] => []);
    for (const goroutine of goroutines) {
      const nearest = this.addresses.map(() => Infinity);
      for (const word of stackWords.anyPointers(goroutine))
        for (let i = 0; i < nearest.length; i++)
          nearest[i] = Math.min(nearest[i] as number, this.distance(word, i) ?? Infinity);
      for (const [i, distance] of nearest.entries()) if (distance !== Infinity) found[i]?.push({ goroutine, distance });
    }
    return found.map((each) => each.sort((a, b) => a.distance - b.distance).map(({ goroutine }) => goroutine));
  }

  /** Notes the objects that have a pointer to one of the last distance. */
  private search(runtime: GoRuntime, distance: number): void {
    const { objects, distances } = this;
    const next: { readonly id: number; readonly map: Map<number, number> }[] = [];
    let searched = 0;
    for (const { start, end } of objects.withPointers()) {
      for (let at = start; at < end; at += PIECE) {
        const bytes = runtime.program.memory.readSome(at, Math.min(PIECE, end - at));
        // Spans that are damaged may be of any size.
        if (bytes.length === 0) break;
        searched += bytes.length;
        for (let i = 0; i + 8 <= bytes.length; i += 8) {
          if (bytes[i + 7] !== 0 || bytes[i + 6] !== 0) continue;
          const word = readU64(bytes, i);
          const id = word > 4096 ? objects.idAt(word) : -1;
          if (id < 0) continue;
          for (const map of distances) if (map.get(id) === distance - 1) next.push({ id: objects.idAt(at + i), map });
        }
        if (searched > MOST_BYTES || next.length > MOST_OBJECTS) break;
      }
    }
    for (const { id, map } of next) if (!map.has(id)) map.set(id, distance);
  }
}
