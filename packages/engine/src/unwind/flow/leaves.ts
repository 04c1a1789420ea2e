import type { Instruction } from '../../arch/amd64/instruction.ts';
import type { FlowAnalysis, WayIn } from './flow-analysis.ts';
import { VECTOR_HIGH, VECTOR_LOW, variableLocation, type Cell } from './flow-state.ts';
import { low, type Origin, type ValueNumber } from './value-number.ts';

/** One of the values that a variable may have at a place, by the way that execution came there. */
export interface Leaf {
  readonly value: ValueNumber;
  /** Offset in the code from which on it was the variable's, 0 for the function's entry, -1 if that is not known. */
  readonly since: number;
  /** Offsets of the instructions that may have made it; undefined for constants and what was there at the function's entry. */
  readonly madeAt: readonly number[] | undefined;
  /** Offset of the instruction up to which it was the variable's: the last one before ways met, or that of the place. */
  readonly until: number;
  /** True if it came from one round of a loop into the next. */
  readonly isBack: boolean;
  /** By how much it is more than what came together before it, where that is a fixed number. */
  readonly step: bigint | undefined;
  /** Where a counter is that it is: what begins with 0 and is one more in each round of a loop, by the offset of the loop's start. */
  readonly counterAt?: number;
}

/** A stretch of ways on which a value was the variable's that had come together, as offsets: from where it did, to where it was asked for. */
export interface Carried {
  readonly since: number;
  readonly until: number;
}

/** What a piece of a variable may be at a place, and where it was so through values that came together. */
export interface Leaves {
  readonly leaves: readonly Leaf[];
  readonly carried: readonly Carried[];
}

type Site = Origin & { readonly kind: 'site' };

/** How a value came to a place. */
type Way = Pick<Leaf, 'since' | 'until' | 'isBack'> & { readonly joins: readonly ValueNumber[] };

/** More values than this are not told apart. */
const MOST_LEAVES = 64;
/** Places where ways meet that are passed in search of the same value. */
const MOST_JOINS = 4096;

/**
 * What a piece of a variable may be at an offset, through all places where ways met and brought different values, and conditional
 * moves; undefined where that is not known. Those places are told from assignments of a value that came together for another
 * variable: there, this one has what the ways brought, or its list begins to name it.
 */
export function leavesOf(analysis: FlowAnalysis, piece: number, cell: Cell, at: number): Leaves | undefined {
  return new LeafFinder(analysis, piece, cell.size).of(cell, at);
}

class LeafFinder {
  private readonly analysis: FlowAnalysis;
  private readonly variable: number;
  private readonly size: number;
  private readonly leaves: Leaf[] = [];
  private readonly carried: Carried[] = [];
  private readonly seen = new Set<ValueNumber>();

  constructor(analysis: FlowAnalysis, piece: number, size: number) {
    this.analysis = analysis;
    this.variable = variableLocation(piece);
    this.size = size;
  }

  of({ value, since }: Cell, at: number): Leaves | undefined {
    const { leaves, carried } = this;
    return this.visit(value, { since, until: at, isBack: false, joins: [] }) ? { leaves, carried } : undefined;
  }

  /** False if something cannot be told. */
  private visit(value: ValueNumber, way: Way): boolean {
    const { what } = value;
    if (this.seen.has(value)) return true;
    if (what.kind === 'site') {
      const selected = what.site < 0 ? undefined : this.analysis.selectedAt(what.site);
      const isJoin = what.site < 0 && this.isJoin(what, way.since);
      if (selected !== undefined || isJoin) {
        this.seen.add(value);
        this.carried.push({ since: isJoin ? this.analysis.joinOffset(what.site) : what.site, until: way.until });
      }
      if (selected !== undefined) return this.visitSelected(what, selected, way);
      if (isJoin) return this.visitJoin(value, what, way);
    }
    const { joins, ...rest } = way;
    const counterAt = this.counterAt(value);
    const counter = counterAt === undefined ? {} : { counterAt };
    this.leaves.push({ value, ...rest, madeAt: this.madeAt(value), step: this.stepFrom(joins, value), ...counter });
    return this.leaves.length <= MOST_LEAVES;
  }

  /** Offsets of the instructions that may have made a value; undefined for what is not made by code: constants and what was there at entry. */
  private madeAt(value: ValueNumber): readonly number[] | undefined {
    const { analysis } = this;
    const { what } = value;
    if (what.kind === 'constant' || what.kind === 'frame' || what.kind === 'entry') return undefined;
    if (what.kind !== 'site')
      return analysis.made().flatMap(([made, at]) => (low(made, this.size) === value ? [at] : []));
    const maker = what.site < 0 ? undefined : analysis.instructionAt(what.site);
    if (maker?.flow === 'next' && writesTo(maker, what.location)) return [what.site];
    // What was found in a register behind a call is the call's.
    const before = maker && analysis.instructionAt(what.site - 1);
    return before?.flow === 'call' || before?.flow === 'indirect-call' ? [before.at] : [];
  }

  private visitSelected({ site }: Site, selected: readonly Cell[], { isBack, joins }: Way): boolean {
    const own = this.analysis.before(site)?.get(this.variable);
    const each = (cell: Cell): boolean => {
      const value = low(cell.value, this.size);
      return this.visit(value, { since: own?.value === value ? own.since : cell.since, until: site, isBack, joins });
    };
    return selected.length > 0 && selected.every(each);
  }

  private visitJoin(value: ValueNumber, join: Site, { isBack, joins }: Way): boolean {
    const met = [...joins, this.analysis.settled(value)];
    return this.analysis.waysInto(join.site).every((way) => {
      const brought = way.state.get(join.location);
      if (brought === undefined) return false;
      const value = low(brought.value, this.size);
      const since = this.sinceIn(way, join.location, value);
      return this.visit(value, { since, until: way.until, isBack: isBack || way.isBack, joins: met });
    });
  }

  /** Offset of the loop of which a value is the counter, from 0 in steps of one; undefined if it is none. */
  private counterAt(found: ValueNumber): number | undefined {
    const value = this.analysis.settled(found);
    const { what } = value;
    if (what.kind !== 'site' || what.site >= 0) return undefined;
    const ways = this.analysis.waysInto(what.site);
    const isCounter = ways.every(({ state, isBack }) => {
      const brought = state.get(what.location)?.value;
      if (brought === undefined) return false;
      return isBack ? this.stepFrom([value], brought) === 1n : isZero(this.analysis.settled(brought));
    });
    return isCounter && ways.some(({ isBack }) => isBack) ? this.analysis.joinOffset(what.site) : undefined;
  }

  /** By how much a value is more than one that came together on the way to it. */
  private stepFrom(joins: readonly ValueNumber[], { what }: ValueNumber): bigint | undefined {
    const [base, step] = what.kind === 'operation' && what.name === 'add' ? what.of : [];
    if (base === undefined || step?.what.kind !== 'constant') return undefined;
    return joins.some((join) => this.isAlways(base, join, new Set())) ? BigInt.asIntN(64, step.what.value) : undefined;
  }

  /** True if a value is one that came together: itself, or by ways that met and all brought it. */
  private isAlways(found: ValueNumber, join: ValueNumber, seen: Set<ValueNumber>): boolean {
    const value = this.analysis.settled(found);
    const { what } = value;
    if (value === join || seen.has(value)) return true;
    seen.add(value);
    if (what.kind !== 'site' || what.site >= 0 || seen.size > MOST_JOINS) return false;
    return this.analysis.waysInto(what.site).every(({ state }) => {
      const brought = state.get(what.location);
      return brought !== undefined && this.isAlways(brought.value, join, seen);
    });
  }

  /** True if a value that came together is the variable's by coming together, and not by a later assignment. */
  private isJoin({ site, location }: Site, since: number): boolean {
    if (since === this.analysis.joinOffset(site)) return true;
    return this.analysis.waysInto(site).every(({ state }) => {
      const own = state.get(this.variable);
      const there = state.get(location);
      if (own === undefined || there === undefined) return false;
      return this.analysis.settled(own.value) === this.analysis.settled(low(there.value, own.size));
    });
  }

  /** Since when the variable has what a way brings: as its list says, or from the last instruction of the way on that wrote its place. */
  private sinceIn(way: WayIn, location: number, value: ValueNumber): number {
    const own = way.state.get(this.variable);
    if (own !== undefined && this.analysis.settled(own.value) === this.analysis.settled(value) && own.since >= 0)
      return own.since;
    const there = way.state.get(location);
    if (there !== undefined && there.since >= 0) return there.since;
    for (const { at, length, flow, writes, writesVector } of this.analysis.instructionsBefore(way.until)) {
      if (flow === 'call' || flow === 'indirect-call') break;
      const isWritten =
        location < VECTOR_LOW ? writes & (1 << location) : writesVector & (1 << (location - VECTOR_LOW));
      if (location < VECTOR_HIGH && isWritten !== 0) return at + length;
    }
    return -1;
  }
}

function isZero({ what }: ValueNumber): boolean {
  return what.kind === 'constant' && what.value === 0n;
}

/** True if an instruction writes a register, given as a location. */
function writesTo({ writes, writesVector }: Instruction, location: number): boolean {
  if (location < VECTOR_LOW) return (writes & (1 << location)) !== 0;
  return location < VECTOR_HIGH + 16 && (writesVector & (1 << ((location - VECTOR_LOW) % 16))) !== 0;
}

/** Offsets of the instructions that compute something from a value at once. */
export function usesOf(analysis: FlowAnalysis, value: ValueNumber): readonly number[] {
  const takes = ({ what }: ValueNumber): boolean =>
    what.kind === 'operation'
      ? what.of.some((part) => low(analysis.settled(part), what.size) === value)
      : what.kind === 'extend' && analysis.settled(what.of) === value;
  return analysis.made().flatMap(([result, at]) => (takes(result) ? [at] : []));
}
