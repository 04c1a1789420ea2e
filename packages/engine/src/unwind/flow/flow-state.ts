import type { ValueNumber } from './value-number.ts';

/** Locations are numbers: general registers by encoding, then the lower and upper halves of vector registers, … */
export const VECTOR_LOW = 16;
export const VECTOR_HIGH = 32;
/** … then slots of the stack, by their offset from the stack pointer at the function's entry, … */
const SLOT = 2 ** 30;
/** … then the pieces of variables. */
const VARIABLE = 2 ** 32;

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

/** What is known of all locations at one place of a function. A location that is not here holds nothing known. */
export class FlowState {
  readonly cells: Map<number, Cell>;
  /** The stack pointer, counted from its value at entry. */
  sp: number;

  constructor(cells: Map<number, Cell> = new Map<number, Cell>(), sp = 0) {
    this.cells = cells;
    this.sp = sp;
  }

  copy(): FlowState {
    return new FlowState(new Map(this.cells), this.sp);
  }

  get(location: number): Cell | undefined {
    return this.cells.get(location);
  }

  set(location: number, value: ValueNumber | undefined, size = 8, since = -1): void {
    if (value === undefined) this.cells.delete(location);
    else this.cells.set(location, { value, size, since });
  }

  /** Forgets every slot that overlaps `size` bytes from `offset`. */
  clobber(offset: number, size: number): void {
    if (size > 64) {
      for (const location of this.cells.keys()) {
        const at = slotOffset(location);
        if (at !== undefined && at < offset + size && at + 8 > offset) this.cells.delete(location);
      }
      return;
    }
    for (let at = offset - 7; at < offset + size; at++) {
      const cell = this.cells.get(slotLocation(at));
      if (cell !== undefined && at + cell.size > offset) this.cells.delete(slotLocation(at));
    }
  }

  /** Forgets all that a site computed before: it is about to be executed again. */
  forgetSite(site: number): void {
    for (const [location, { value }] of this.cells) if (value.sites.includes(site)) this.cells.delete(location);
  }
}
