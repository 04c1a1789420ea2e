import { counters } from '../base/counters.ts';
import { badData, hex } from '../base/errors.ts';
import type { ByteSource, HostFile } from './byte-source.ts';

/** Bytes per page: scans are as fast as with larger ones, and a back-trace, which touches many places, needs less memory. */
const PAGE = 0x4000;
/** Bytes of a file that are kept in memory at most by default. */
const DEFAULT_MEMORY = 64 << 20;
/** Bytes that are kept to begin with: what is copied into memory that the processor's cache has no room for comes slower. */
const FIRST_MEMORY = 8 << 20;
/** More are kept when so large a part of what is read would have been kept then. */
const WORTH_MORE = 1 / 4;
/** Pages per slab: memory is taken 1 MiB at a time. */
const SLAB_PAGES = 64;

export interface PagedOptions {
  /**
   * Bytes of the file kept in memory at most; at least 1 MiB. Default 64 MiB: more makes nothing faster, for what was read lately is
   * in the kernel's cache.
   */
  readonly memoryLimit?: number;
}

/**
 * A `ByteSource` that reads 16 KiB pages on demand and keeps them in slabs, with clock eviction at the limit.
 * One large buffer per slab rather than one per page: per-page buffers cost five times as much in garbage collection.
 */
export class PagedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** How many pages were read from the host: for tests of laziness. */
  pagesRead = 0;

  readonly file: HostFile;
  private readonly mostSlots: number;
  private slots: number;
  /** page -> slot + 1; 0 where it was never read; where it was dropped, less: what `pagesRead` was then, negative. */
  private readonly slotOf: Int32Array;
  /** Pages read since the number of slots was looked at, and those of them that would have been there with all slots. */
  private missed = 0;
  private missedForRoom = 0;
  private readonly pageIn: number[] = [];
  private readonly used: boolean[] = [];
  /** Each slot as bytes and as words: made once, for walks go to and fro between pages. */
  private readonly bytesIn: Uint8Array[] = [];
  private readonly wordsIn: Uint32Array[] = [];
  private slab = new ArrayBuffer(0);
  private hand = 0;
  private lastPage = -1;
  /** Where the current page begins, and how many bytes of the file it has. */
  private lastStart = 0;
  private lastSize = 0;
  private lastBytes: Uint8Array = new Uint8Array(0);
  private lastWords: Uint32Array = new Uint32Array(0);

  constructor(file: HostFile, options: PagedOptions = {}) {
    this.file = file;
    this.name = file.name;
    this.size = file.size;
    this.mostSlots = Math.max(SLAB_PAGES, Math.floor((options.memoryLimit ?? DEFAULT_MEMORY) / PAGE));
    this.slots = Math.min(this.mostSlots, FIRST_MEMORY / PAGE);
    this.slotOf = new Int32Array(Math.ceil(file.size / PAGE));
  }

  /** How many pages there is memory for by now: for tests. */
  get pagesKept(): number {
    return this.pageIn.length;
  }

  private outside(offset: number, length: number): Error {
    return badData(`${this.name} ends at ${hex(this.size)}, but ${length} bytes at ${hex(offset)} are wanted`);
  }

  /** Makes `page` the current one. */
  private load(page: number): void {
    let slot = (this.slotOf[page] as number) - 1;
    if (slot < 0) {
      // Ctrl-C may end this anywhere, and runs no `finally`: what is half read must not pass for read.
      this.leave();
      this.noteMiss(page);
      slot = this.freeSlot();
      const bytes = this.bytesIn[slot] as Uint8Array;
      const want = Math.min(PAGE, this.size - page * PAGE);
      const got = this.file.readInto(want === PAGE ? bytes : bytes.subarray(0, want), page * PAGE);
      this.pagesRead++;
      counters.pagesRead++;
      counters.bytesRead += got;
      if (got < PAGE) bytes.fill(0, got);
      this.pageIn[slot] = page;
      this.slotOf[page] = slot + 1;
    }
    this.used[slot] = true;
    this.leave();
    this.lastBytes = this.bytesIn[slot] as Uint8Array;
    this.lastWords = this.wordsIn[slot] as Uint32Array;
    this.lastStart = page * PAGE;
    this.lastPage = page;
    this.lastSize = Math.min(PAGE, this.size - this.lastStart);
  }

  /** Takes more slots where many pages come back soon: walks along pointers need them, passes over a whole core do not. */
  private noteMiss(page: number): void {
    const dropped = -(this.slotOf[page] as number);
    this.missed++;
    if (dropped > 0 && this.pagesRead - dropped < this.mostSlots - this.slots) this.missedForRoom++;
    if (this.missed < this.slots) return;
    if (this.missedForRoom > this.missed * WORTH_MORE) this.slots = Math.min(this.mostSlots, this.slots * 2);
    this.missed = this.missedForRoom = 0;
  }

  /** No page is the current one. */
  private leave(): void {
    this.lastSize = 0;
    this.lastPage = -1;
  }

  private freeSlot(): number {
    if (this.pageIn.length < this.slots) {
      const slot = this.pageIn.length;
      const at = (slot % SLAB_PAGES) * PAGE;
      if (at === 0) this.slab = new ArrayBuffer(SLAB_PAGES * PAGE);
      this.bytesIn[slot] = new Uint8Array(this.slab, at, PAGE);
      this.wordsIn[slot] = new Uint32Array(this.slab, at, PAGE / 4);
      this.used[slot] = false;
      // Last: Ctrl-C may end this anywhere, and a slot counts once it has a page.
      this.pageIn[slot] = -1;
      return slot;
    }
    while (this.used[this.hand]) {
      this.used[this.hand] = false;
      this.hand = (this.hand + 1) % this.slots;
    }
    const slot = this.hand;
    this.hand = (this.hand + 1) % this.slots;
    const evicted = this.pageIn[slot] as number;
    if (evicted >= 0) this.slotOf[evicted] = -this.pagesRead;
    this.pageIn[slot] = -1;
    return slot;
  }

  u8(offset: number): number {
    if (!(offset >= 0) || offset + 1 > this.size) throw this.outside(offset, 1);
    const page = Math.floor(offset / PAGE);
    if (page !== this.lastPage) this.load(page);
    return this.lastBytes[offset - page * PAGE] as number;
  }

  u32(offset: number): number {
    const near = offset - this.lastStart;
    if (near >= 0 && near + 4 <= this.lastSize && (near & 3) === 0) return this.lastWords[near >>> 2] as number;
    if (!(offset >= 0) || offset + 4 > this.size) throw this.outside(offset, 4);
    const page = Math.floor(offset / PAGE);
    if (page !== this.lastPage) this.load(page);
    const at = offset - page * PAGE;
    if ((at & 3) === 0) return this.lastWords[at >>> 2] as number;
    if (at + 4 <= PAGE) {
      const b = this.lastBytes;
      return (
        ((b[at] as number) |
          ((b[at + 1] as number) << 8) |
          ((b[at + 2] as number) << 16) |
          ((b[at + 3] as number) << 24)) >>>
        0
      );
    }
    return (
      this.u8(offset) + this.u8(offset + 1) * 0x100 + this.u8(offset + 2) * 0x10000 + this.u8(offset + 3) * 0x1000000
    );
  }

  u64(offset: number): number {
    const near = offset - this.lastStart;
    if (near >= 0 && near + 8 <= this.lastSize && (near & 3) === 0) {
      const at = near >>> 2;
      return (this.lastWords[at] as number) + (this.lastWords[at + 1] as number) * 0x1_0000_0000;
    }
    return this.u32(offset) + this.u32(offset + 4) * 0x1_0000_0000;
  }

  view(offset: number, length: number): Uint8Array {
    if (!(offset >= 0) || !(length >= 0) || offset + length > this.size) throw this.outside(offset, length);
    if (length === 0) return new Uint8Array(0);
    const page = Math.floor(offset / PAGE);
    const at = offset - page * PAGE;
    if (at + length > PAGE) return this.gather(offset, length);
    if (page !== this.lastPage) this.load(page);
    return this.lastBytes.subarray(at, at + length);
  }

  bytes(offset: number, length: number): Uint8Array {
    if (!(offset >= 0) || !(length >= 0) || offset + length > this.size) throw this.outside(offset, length);
    return this.gather(offset, length);
  }

  /** Large reads go straight to the caller's buffer, so that one pass over a section does not flush the cache. */
  private gather(offset: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    if (length > 16 * PAGE) {
      const got = this.file.readInto(out, offset);
      counters.bytesRead += got;
      if (got < length) throw this.outside(offset, length);
      return out;
    }
    for (let done = 0; done < length;) {
      const page = Math.floor((offset + done) / PAGE);
      if (page !== this.lastPage) this.load(page);
      const at = offset + done - page * PAGE;
      const count = Math.min(length - done, PAGE - at);
      out.set(this.lastBytes.subarray(at, at + count), done);
      done += count;
    }
    return out;
  }
}
