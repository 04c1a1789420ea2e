import { counters } from '../base/counters.ts';
import { badData } from '../base/errors.ts';
import type { HostFile } from './byte-source.ts';
import { whole, type GrowingBytes } from './growing-bytes.ts';

/**
 * What a host lends to keep from one run to the next what is costly to make. A name tells what was kept, and of which file: it has a
 * build ID in it, so that the same name is always for the same bytes.
 */
export interface Keeper {
  /** What was kept under a name; undefined if nothing was. Reading it throws `bad-data` where it is damaged. */
  find(name: string): HostFile | undefined;
  /** Has `size` bytes, or about as many, kept if that pays: `make` is called when all questions are answered. */
  keep(name: string, size: number, make: () => readonly Uint8Array[]): void;
}

/** What was kept is read in blocks of this many bytes. */
export const KEPT_BLOCK: number = 64 << 10;

/** Bytes that were kept, read as far as they are asked for; where they are damaged, they are had in another way. */
export class KeptBytes implements GrowingBytes {
  readonly bytes: Uint8Array;
  private readonly file: HostFile;
  /** By block: 1 if it is there. */
  private readonly present: Uint8Array;
  private readonly anew: () => GrowingBytes;
  private other: GrowingBytes | undefined;

  /** @param anew makes the same bytes without what was kept */
  constructor(file: HostFile, anew: () => GrowingBytes) {
    this.file = file;
    this.bytes = new Uint8Array(file.size);
    this.present = new Uint8Array(Math.ceil(file.size / KEPT_BLOCK));
    this.anew = anew;
  }

  get inflated(): number {
    return this.other?.inflated ?? 0;
  }

  fill(end: number, start = 0): void {
    if (this.other !== undefined) return this.fillAnew();
    const last = Math.ceil(Math.min(end, this.bytes.length) / KEPT_BLOCK);
    for (let block = Math.floor(Math.max(0, start) / KEPT_BLOCK); block < last; block++) {
      if (this.present[block] === 1) continue;
      let behind = block + 1;
      while (behind < last && this.present[behind] === 0) behind++;
      try {
        const into = this.bytes.subarray(block * KEPT_BLOCK, behind * KEPT_BLOCK);
        counters.bytesRead += this.file.readInto(into, block * KEPT_BLOCK);
      } catch {
        this.other = this.anew();
        return this.fillAnew();
      }
      this.present.fill(1, block, behind);
    }
  }

  /** Once for all: nothing is believed of what was kept. */
  private fillAnew(): void {
    const { other, bytes, present } = this;
    if (other === undefined || present[0] === 2) return;
    if (other.bytes.length !== bytes.length) throw badData(`${this.file.name} is not what it is said to be`);
    other.fill(bytes.length);
    bytes.set(other.bytes);
    present.fill(2);
  }
}

/** What was kept under a name; undefined if nothing was. Where it is damaged, it is made anew, and kept again. */
export function findKept(keeper: Keeper, name: string, make: () => readonly Uint8Array[]): KeptBytes | undefined {
  const found = keeper.find(name);
  if (found === undefined) return undefined;
  return new KeptBytes(found, () => {
    const parts = make();
    keeper.keep(name, found.size, () => parts);
    return whole(joined(parts));
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
