import type { ValueNumber } from './value-number.ts';

/** Locations are numbers: general registers by encoding, then the lower and upper halves of vector registers, … */
export const VECTOR_LOW = 16;
export const VECTOR_HIGH = 32;
/** … then slots of the stack, by their offset from the stack pointer at the function's entry, … */
const SLOT = 2 ** 30;
/** … then the pieces of variables. All are below 2^31: V8 has no need to make objects of such numbers. */
const VARIABLE = 2 ** 31 - 2 ** 24;

const REGISTERS = 48;
/** Cells of a page, as a power of two. */
const PAGE_BITS = 4;
const PAGE_SIZE = 1 << PAGE_BITS;
const VECTOR_PAGES = [VECTOR_LOW >> PAGE_BITS, VECTOR_HIGH >> PAGE_BITS];

export function slotLocation(offset: number): number {
  return SLOT + offset;
}

/** The offset of a slot from the stack pointer at entry; undefined for other locations. */
export function slotOffset(location: number): number | undefined {
  return location > SLOT / 2 && location < SLOT * 1.5 ? location - SLOT : undefined;
}

export function variableLocation(index: number): number {
  return VARIABLE + index;
}

export function isVariableLocation(location: number): boolean {
  return location >= VARIABLE;
}

/** What a location holds: the lowest `size` bytes of a value. `since` is where a slot or variable got it: an offset in the code, -1 for several. */
export interface Cell {
  readonly value: ValueNumber;
  readonly size: number;
  readonly since: number;
}

/** Where the locations of one function are in its states: first the registers, then the variables, then slots as they turn up. */
export class StateLayout {
  /** Locations by place. */
  private readonly locations: number[] = [];
  private readonly slots = new Map<number, number>();
  /** Offsets of the known slots by the word of the frame that they begin in. */
  private readonly words = new Map<number, number[]>();

  constructor(pieces: number) {
    for (let register = 0; register < REGISTERS; register++) this.locations.push(register);
    for (let index = 0; index < pieces; index++) this.locations.push(variableLocation(index));
    while (this.locations.length % PAGE_SIZE !== 0) this.locations.push(-1);
  }

  locationOf(place: number): number {
    return this.locations[place] ?? -1;
  }

  /** -1 for a slot that no state holds anything of. */
  find(location: number): number {
    if (location < REGISTERS) return location;
    return location >= VARIABLE ? location - VARIABLE + REGISTERS : (this.slots.get(location - SLOT) ?? -1);
  }

  /** The place of a location, made if need be. */
  place(location: number): number {
    const known = this.find(location);
    if (known >= 0) return known;
    const offset = location - SLOT;
    const place = this.locations.push(location) - 1;
    this.slots.set(offset, place);
    const list = this.words.get(offset >> 3);
    if (list === undefined) this.words.set(offset >> 3, [offset]);
    else list.push(offset);
    return place;
  }

  /** Offsets of the known slots of a word. */
  slotsIn(word: number): readonly number[] {
    return this.words.get(word) ?? NO_SLOTS;
  }

  slotOffsets(): Iterable<number> {
    return this.slots.keys();
  }
}

const NO_SLOTS: readonly number[] = [];

/** Cells that states share, until one that does not own them changes one: it gets a copy then. */
export interface Page {
  readonly owner: object;
  readonly cells: (Cell | undefined)[];
}

const NO_CELLS: readonly undefined[] = Array.from({ length: PAGE_SIZE }, () => undefined);

/** What is known of all locations at one place of a function. A location that is not here holds nothing known. */
export class FlowState {
  readonly layout: StateLayout;
  readonly pages: (Page | undefined)[];
  /** The stack pointer, counted from its value at entry. */
  sp: number;
  private owner: object = {};

  constructor(layout: StateLayout, sp = 0, pages: (Page | undefined)[] = []) {
    this.layout = layout;
    this.pages = pages;
    this.sp = sp;
  }

  copy(): FlowState {
    this.share();
    return new FlowState(this.layout, this.sp, this.pages.slice());
  }

  /** Lets others have its pages: what it changes from now on is its own. */
  share(): void {
    this.owner = {};
  }

  get(location: number): Cell | undefined {
    const place = location < REGISTERS ? location : this.layout.find(location);
    return place < 0 ? undefined : this.pages[place >> PAGE_BITS]?.cells[place & (PAGE_SIZE - 1)];
  }

  /** What is known, and where. */
  cells(): { readonly location: number; readonly cell: Cell }[] {
    const found: { location: number; cell: Cell }[] = [];
    for (let index = 0; index < this.pages.length; index++) {
      const cells = this.pages[index]?.cells ?? NO_CELLS;
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i];
        if (cell !== undefined) found.push({ location: this.layout.locationOf((index << PAGE_BITS) + i), cell });
      }
    }
    return found;
  }

  set(location: number, value: ValueNumber | undefined, size = 8, since = -1): void {
    if (value === undefined) this.delete(location);
    else this.put(location < REGISTERS ? location : this.layout.place(location), { value, size, since });
  }

  delete(location: number): void {
    const place = this.layout.find(location);
    const page = place < 0 ? undefined : this.pages[place >> PAGE_BITS];
    if (page?.cells[place & (PAGE_SIZE - 1)] !== undefined) this.put(place, undefined);
  }

  private put(place: number, cell: Cell | undefined): void {
    const { pages, owner } = this;
    let page = pages[place >> PAGE_BITS];
    if (page?.owner !== owner) {
      pages[place >> PAGE_BITS] = page = { owner, cells: (page?.cells ?? NO_CELLS).slice() };
    }
    page.cells[place & (PAGE_SIZE - 1)] = cell;
  }

  /** Forgets all vector registers. */
  clearVectors(): void {
    for (const index of VECTOR_PAGES) this.pages[index] = undefined;
  }

  /** Forgets every slot that overlaps `size` bytes from `offset`. */
  clobber(offset: number, size: number): void {
    for (let word = (offset - 7) >> 3; word <= (offset + size - 1) >> 3; word++) {
      for (const at of this.layout.slotsIn(word)) {
        const cell = this.get(slotLocation(at));
        if (cell !== undefined && at < offset + size && at + cell.size > offset) this.delete(slotLocation(at));
      }
    }
  }

  /** Forgets the slots for which `isLost` is true. */
  forgetSlots(isLost: (offset: number) => boolean): void {
    for (const offset of this.layout.slotOffsets())
      if (this.get(slotLocation(offset)) !== undefined && isLost(offset)) this.delete(slotLocation(offset));
  }

  /** Forgets all that a site computed before: it is about to be executed again. */
  forgetSite(site: number): void {
    for (let index = 0; index < this.pages.length; index++) {
      const cells = this.pages[index]?.cells ?? NO_CELLS;
      for (let i = 0; i < PAGE_SIZE; i++)
        if (cells[i]?.value.sites.includes(site)) this.put((index << PAGE_BITS) + i, undefined);
    }
  }

  /** The sites of its values that lie between two offsets, inclusive. */
  sitesBetween(low: number, high: number): Set<number> {
    const sites = new Set<number>();
    for (const page of this.pages) {
      if (page === undefined) continue;
      for (let i = 0; i < PAGE_SIZE; i++) {
        const value = page.cells[i]?.value;
        if (value === undefined || value.sites.length === 0) continue;
        for (let k = 0; k < value.sites.length; k++) {
          const site = value.sites[k] as number;
          if (site >= low && site <= high) sites.add(site);
        }
      }
    }
    return sites;
  }

  /** True if two states know the same. */
  equals(other: FlowState): boolean {
    if (!Object.is(this.sp, other.sp)) return false;
    const count = Math.max(this.pages.length, other.pages.length);
    for (let index = 0; index < count; index++) {
      const [page, another] = [this.pages[index], other.pages[index]];
      if (page === another) continue;
      for (let i = 0; i < PAGE_SIZE; i++) if (!sameCell(page?.cells[i], another?.cells[i])) return false;
    }
    return true;
  }
}

function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return a === b || (a !== undefined && a.value === b?.value && a.size === b.size && a.since === b.since);
}
