import type { ValueNumber } from './value-number.ts';

/** A value that came together where ways meet, by what the ways brought; undefined for what one of them did not have. */
type OperandsOf = (join: ValueNumber) => readonly (ValueNumber | undefined)[];

/** Larger webs of values that came together are left as they are. */
const MOST_JOINS = 4096;

/**
 * Finds which values that came together are no others than one that was there before: loops bring a value back to where it came from,
 * and it got a new number there, while it was not yet known that all ways would bring the same. The values that come together from each
 * other are taken as a whole: if only one comes to them from elsewhere, they are that one (Braun and others, "Simple and Efficient
 * Construction of Static Single Assignment Form", section 3.2).
 */
export class EqualJoins {
  private readonly operandsOf: OperandsOf;
  private readonly known = new Map<ValueNumber, ValueNumber>();

  constructor(operandsOf: OperandsOf) {
    this.operandsOf = operandsOf;
  }

  /** The value that a value is: itself, if it did not come together, or from different ones. */
  of(value: ValueNumber): ValueNumber {
    if (!isJoin(value)) return value;
    if (!this.known.has(value)) {
      const open = this.webOf(value);
      if (open.size > MOST_JOINS) this.known.set(value, value);
      else this.settleAll(open);
    }
    return this.known.get(value) ?? value;
  }

  /** All values that came together and that one rests on, as far as they are not settled. */
  private webOf(start: ValueNumber): Set<ValueNumber> {
    const web = new Set([start]);
    for (const join of web) {
      if (web.size > MOST_JOINS) break;
      for (const operand of this.operandsOf(join))
        if (operand !== undefined && isJoin(operand) && !this.known.has(operand)) web.add(operand);
    }
    return web;
  }

  private settleAll(open: ReadonlySet<ValueNumber>): void {
    for (const part of components(open, this.operandsOf)) this.settle(part);
  }

  /** Values that rest on each other; those that they rest on besides are settled. */
  private settle(part: readonly ValueNumber[]): void {
    const own = new Set(part);
    const outer = new Set<ValueNumber | undefined>();
    const inner = new Set<ValueNumber>();
    for (const join of part) {
      let isInner = true;
      for (const operand of this.operandsOf(join)) {
        if (operand !== undefined && own.has(operand)) continue;
        outer.add(operand === undefined ? undefined : (this.known.get(operand) ?? operand));
        isInner = false;
      }
      if (isInner) inner.add(join);
    }
    const [only, another] = outer;
    if (only !== undefined && another === undefined && outer.size === 1) {
      for (const join of part) this.known.set(join, only);
      return;
    }
    for (const join of part) if (!inner.has(join)) this.known.set(join, join);
    if (inner.size < part.length) this.settleAll(inner);
    else for (const join of part) this.known.set(join, join);
  }
}

/** True for what ways brought together. */
function isJoin({ what }: ValueNumber): boolean {
  return what.kind === 'site' && what.site < 0;
}

interface Visit {
  readonly join: ValueNumber;
  readonly rest: Iterator<ValueNumber | undefined>;
}

/** Sets of values that rest on each other, each behind those that it rests on (Tarjan). */
function components(among: ReadonlySet<ValueNumber>, operandsOf: OperandsOf): ValueNumber[][] {
  const found: ValueNumber[][] = [];
  const order = new Map<ValueNumber, number>();
  const lowest = new Map<ValueNumber, number>();
  const stack: ValueNumber[] = [];
  const onStack = new Set<ValueNumber>();
  const lower = (join: ValueNumber, to: number): void => {
    lowest.set(join, Math.min(lowest.get(join) ?? to, to));
  };
  const enter = (join: ValueNumber): Visit => {
    order.set(join, order.size);
    lower(join, order.size - 1);
    stack.push(join);
    onStack.add(join);
    return { join, rest: operandsOf(join).values() };
  };
  for (const start of among) {
    if (order.has(start)) continue;
    const visits = [enter(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const next = visit.rest.next();
      if (next.done !== true) {
        const operand = next.value;
        if (operand === undefined || !among.has(operand)) continue;
        if (!order.has(operand)) visits.push(enter(operand));
        else if (onStack.has(operand)) lower(visit.join, order.get(operand) as number);
        continue;
      }
      visits.pop();
      const own = lowest.get(visit.join) as number;
      const around = visits.at(-1);
      if (around !== undefined) lower(around.join, own);
      if (own !== order.get(visit.join)) continue;
      const part = stack.splice(stack.indexOf(visit.join));
      for (const join of part) onStack.delete(join);
      found.push(part);
    }
  }
  return found;
}
