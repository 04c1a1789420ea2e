import type { Instruction } from '../../arch/amd64/instruction.ts';
import { noteWritten } from './fresh-registers.ts';
import { reversePostorder, type Block, type FlowGraph } from './flow-graph.ts';
import { FlowState, isVariableLocation, slotLocation, slotOffset, variableLocation, type Cell } from './flow-state.ts';
import type { Transfer } from './transfer.ts';
import { low, type ValueNumber, type ValueNumbers } from './value-number.ts';
import { arithmeticAhead, offsetsBetween } from './ways-between.ts';

/** A piece of a variable and the places that a location list names for it. */
export interface TrackedPiece {
  /** Bytes. */
  readonly size: number;
  /** Where the calling convention puts it, if it belongs to an argument: lists may name the place of another argument there. */
  readonly atEntry?: number | undefined;
  /** Where the list names a place for it: offsets in the code, half-open, in order; locations of `flow-state.ts`. */
  readonly intervals: readonly { readonly low: number; readonly high: number; readonly location: number }[];
}

/** A piece and the place that its variable's list names for it at an offset; `begins` if the list does so from there on. */
interface Active {
  readonly index: number;
  readonly location: number;
  readonly begins: boolean;
}

/** What was done within a block so far: registers just written, the slot that the last instruction stored to. */
interface Past {
  readonly fresh: Set<number>;
  readonly stored: number | undefined;
  readonly isFirst: boolean;
}

/** How often the ways into a block may agree on a location again after they disagreed. */
const MOST_CHANGES = 4;

/** Instructions that are looked at for what a variable gets behind a place. */
const FARTHEST_AHEAD = 200;

/** Rounds over the blocks before the analysis gives up: loops are nested a few deep. */
const MOST_ROUNDS = 40;

/**
 * What holds what at every place of a function: values are numbered along all ways through it, until nothing changes. Where ways
 * meet that disagree on a location, it gets a number of its own.
 */
export class FlowAnalysis {
  private readonly graph: FlowGraph;
  private readonly numbers: ValueNumbers;
  private readonly transfer: Transfer;
  private readonly pieces: readonly TrackedPiece[];
  private readonly incoming: (FlowState | undefined)[];
  private readonly outgoing: (FlowState | undefined)[];
  /** Per block, on which locations its ways disagreed how often: after some times they are never taken to agree again, so that the rounds end. */
  private readonly joined: Map<number, number>[];
  private readonly predecessors: number[][];
  private readonly active: ReadonlyMap<number, readonly Active[]>;
  /** False if the analysis failed: nothing is known then. */
  readonly complete: boolean;

  constructor(
    graph: FlowGraph,
    numbers: ValueNumbers,
    transfer: Transfer,
    pieces: readonly TrackedPiece[],
    entry: FlowState,
    extraEntries: ReadonlySet<number>,
  ) {
    this.graph = graph;
    this.numbers = numbers;
    this.transfer = transfer;
    this.pieces = pieces;
    this.incoming = graph.blocks.map(() => undefined);
    this.outgoing = graph.blocks.map(() => undefined);
    this.joined = graph.blocks.map(() => new Map<number, number>());
    this.predecessors = graph.blocks.map(() => []);
    for (const { index, successors } of graph.blocks)
      for (const to of new Set(successors)) this.predecessors[to]?.push(index);
    this.active = this.findActive();
    this.pieces.forEach(({ size, atEntry }, index) => {
      if (atEntry !== undefined) entry.set(variableLocation(index), numbers.entry(atEntry), size, 0);
    });
    this.complete = this.run(entry, extraEntries);
  }

  private run(entry: FlowState, extraEntries: ReadonlySet<number>): boolean {
    const { blocks } = this.graph;
    const order = reversePostorder(blocks);
    const waiting = new Set(order);
    for (let round = 0; waiting.size > 0; round++) {
      if (round === MOST_ROUNDS) return false;
      for (const index of order) {
        const block = blocks[index];
        if (block === undefined || !waiting.delete(index)) continue;
        const isExtra = extraEntries.has(block.instructions[0]?.at ?? -1);
        const state = isExtra
          ? new FlowState(new Map(), Number.NaN)
          : this.join(index, index === 0 ? entry : undefined);
        if (state === undefined) continue;
        if (state === 'inconsistent') return false;
        const before = this.incoming[index];
        if (before !== undefined && sameStates(before, state)) continue;
        this.incoming[index] = state;
        const after = this.walk(block, state.copy());
        if (after === undefined) return false;
        this.outgoing[index] = after;
        for (const to of block.successors) waiting.add(to);
      }
    }
    return true;
  }

  /** What is known where the ways into a block meet; undefined if none has been followed yet. */
  private join(index: number, entry: FlowState | undefined): FlowState | undefined | 'inconsistent' {
    const ways = (this.predecessors[index] ?? []).flatMap((from) => this.outgoing[from] ?? []);
    if (entry !== undefined) ways.push(entry);
    const [first] = ways;
    if (first === undefined) return undefined;
    // Behind a recovered panic the depth of the stack is not known; nothing else is either.
    if (ways.some(({ sp }) => !Number.isFinite(sp))) return new FlowState(new Map(), Number.NaN);
    if (ways.some(({ sp }) => sp !== first.sp)) return 'inconsistent';
    const joined = this.joined[index] ?? new Map<number, number>();
    return new FlowState(this.merge(-1 - index, ways, first, joined), first.sp);
  }

  /**
   * What each location holds behind a meeting point. Locations on which the ways disagree, but which hold the same as each other on
   * every way, get one new number together. A variable that is not where another location is has no value.
   */
  private merge(
    site: number,
    ways: readonly FlowState[],
    first: FlowState,
    joined: Map<number, number>,
  ): Map<number, Cell> {
    const cells = new Map<number, Cell>();
    const disagreeing: { readonly location: number; readonly key: string }[] = [];
    for (const [location, cell] of first.cells) {
      let [agree, everywhere, since] = [
        !cell.value.sites.includes(site) && (joined.get(location) ?? 0) < MOST_CHANGES,
        true,
        cell.since,
      ];
      for (const way of ways) {
        const other = way.cells.get(location);
        if (other === undefined || other.size !== cell.size) everywhere = false;
        else if (other.value !== cell.value) agree = false;
        else if (other.since !== since) since = -1;
      }
      if (!everywhere) continue;
      if (agree) cells.set(location, since === cell.since ? cell : { ...cell, since });
      else disagreeing.push({ location, key: ways.map((way) => way.cells.get(location)?.value.id).join(' ') });
    }
    const together = new Map<string, ValueNumber>();
    for (const { location, key } of disagreeing.sort((x, y) => x.location - y.location)) {
      joined.set(location, (joined.get(location) ?? 0) + 1);
      let value = together.get(key);
      if (value === undefined && isVariableLocation(location)) continue;
      if (value === undefined) together.set(key, (value = this.numbers.site(site, location)));
      cells.set(location, { value, size: first.cells.get(location)?.size ?? 8, since: -1 });
    }
    return cells;
  }

  /** Follows a block to its end or to the instruction at `until`. Undefined if the stack pointer is lost. */
  private walk(block: Block, state: FlowState, until = Number.POSITIVE_INFINITY): FlowState | undefined {
    const fresh = new Set<number>();
    let stored: number | undefined;
    let isFirst = true;
    for (const instruction of block.instructions) {
      if (Number.isFinite(state.sp)) this.observe(state, instruction, { fresh, stored, isFirst });
      if (instruction.at >= until) return state;
      isFirst = false;
      if (!Number.isFinite(state.sp)) continue;
      const slot = instruction.stores > 0 ? this.transfer.slotOf(state, instruction) : undefined;
      stored = slot === undefined ? undefined : slotLocation(slot);
      if (!this.transfer.apply(state, instruction, block.loop >= 0)) return undefined;
      noteWritten(fresh, instruction);
    }
    return state;
  }

  /**
   * Notes what variables hold before an instruction. A slot is believed only where an entry of the list begins right behind the store
   * to it, and the arguments at the function's entry: lists name slots before they are written, and when others use them. A register that was just written is believed only where an entry of
   * the list begins, or once an instruction that has nothing to do with it has passed: the list ends only behind the last machine
   * instruction of the operation that puts something else into the register. Until then it is held to have what it had before.
   */
  private observe(state: FlowState, instruction: Instruction, past: Past): void {
    const { at } = instruction;
    if (instruction.operation === 'nop') return;
    for (const { index, location, begins } of this.active.get(at) ?? NOTHING_ACTIVE) {
      const variable = variableLocation(index);
      const { size = 8, atEntry } = this.pieces[index] ?? {};
      if (at === 0 && atEntry !== undefined) continue;
      const isSlot = slotOffset(location) !== undefined;
      if (isSlot && !(begins && (at === 0 || past.stored === location))) continue;
      if (!isSlot && !begins && !past.isFirst && past.fresh.has(location)) continue;
      // A list that begins to name a register long after it was written tells nothing of when the value was made.
      const isNews = isSlot || at === 0 || past.isFirst || past.fresh.has(location);
      if (begins) past.fresh.delete(location);
      const held = state.get(location) ?? (isSlot ? undefined : this.unknown(state, instruction, location));
      if (held === undefined || held.size < Math.min(8, size)) {
        state.cells.delete(variable);
        continue;
      }
      const value = low(held.value, size);
      if (state.get(variable)?.value !== value) state.cells.set(variable, { value, size, since: isNews ? at : -1 });
    }
  }

  /** The places that lists name for variables, for each offset of an instruction where they name any. */
  private findActive(): ReadonlyMap<number, readonly Active[]> {
    const active = new Map<number, Active[]>();
    const offsets = [...this.graph.blockAt.keys()].sort((x, y) => x - y);
    this.pieces.forEach(({ intervals }, index) => {
      for (const { low: from, high, location } of intervals) {
        for (let i = firstFrom(offsets, from); i < offsets.length && (offsets[i] as number) < high; i++) {
          const at = offsets[i] as number;
          const here = active.get(at);
          const one = { index, location, begins: at === from };
          if (here === undefined) active.set(at, [one]);
          // The first entry of a list that covers a place counts.
          else if (!here.some((each) => each.index === index)) here.push(one);
        }
      }
    });
    return active;
  }

  private unknown(state: FlowState, instruction: Instruction, location: number): Cell {
    const value = this.transfer.readRegister(state, instruction, location);
    return { value, size: 8, since: -1 };
  }

  /** What is known before the instruction at `offset` is executed; undefined where that is no known instruction. */
  before(offset: number): FlowState | undefined {
    const index = this.graph.blockAt.get(offset);
    const block = index === undefined ? undefined : this.graph.blocks[index];
    const incoming = index === undefined ? undefined : this.incoming[index];
    if (!this.complete || block === undefined || incoming === undefined || !Number.isFinite(incoming.sp))
      return undefined;
    return this.walk(block, incoming.copy(), offset);
  }

  /**
   * What variables get first on the only way on from an instruction: the compiler puts off what is needed only behind a call.
   * `state` is what is known before it. Stops where the way forks, ends or turns back.
   */
  ahead(offset: number, state: FlowState): ReadonlyMap<number, Cell> {
    const found = new Map<number, Cell>();
    const known = new Set(state.cells.keys());
    const now = state.copy();
    const fresh = new Set<number>();
    let at = offset;
    for (let steps = 0; steps < FARTHEST_AHEAD; steps++) {
      const block = this.blockOf(at);
      const instruction = block?.instructions.find((each) => each.at === at);
      if (block === undefined || instruction === undefined) break;
      if (steps > 0) {
        this.observe(now, instruction, { fresh, stored: undefined, isFirst: false });
        for (const [location, cell] of now.cells)
          if (isVariableLocation(location) && !known.has(location) && !found.has(location)) found.set(location, cell);
      }
      if (!this.transfer.apply(now, instruction, true)) break;
      noteWritten(fresh, instruction);
      const isLast = block.instructions.at(-1) === instruction;
      const [next, other] = isLast
        ? block.successors.map((index) => this.graph.blocks[index]?.instructions[0]?.at)
        : [at + instruction.length];
      if (next === undefined || other !== undefined || next <= at) break;
      at = next;
    }
    return found;
  }

  /** By how much a value that came together at the start of a loop grows in each round; undefined where it is no fixed step. */
  stepOf(site: number, location: number): bigint | undefined {
    const index = -1 - site;
    const steps = new Set<bigint>();
    for (const from of this.predecessors[index] ?? []) {
      const cell = this.outgoing[from]?.cells.get(location);
      if (cell === undefined || !cell.value.sites.includes(site)) continue;
      const { what } = cell.value;
      const [base, step] = what.kind === 'operation' && what.name === 'add' ? what.of : [];
      if (base?.what.kind !== 'site' || base.what.site !== site || base.what.location !== location) return undefined;
      if (step?.what.kind !== 'constant') return undefined;
      steps.add(BigInt.asIntN(64, step.what.value));
    }
    const [only, another] = [...steps];
    return another === undefined ? only : undefined;
  }

  /** The instruction that an offset lies in: a call, for the place one byte before its return address. */
  instructionAt(offset: number): Instruction | undefined {
    for (let at = offset; at > offset - 15 && at >= 0; at--) {
      const index = this.graph.blockAt.get(at);
      const found =
        index === undefined ? undefined : this.graph.blocks[index]?.instructions.find((each) => each.at === at);
      if (found !== undefined) return at + found.length > offset ? found : undefined;
    }
    return undefined;
  }

  /**
   * Offsets of what execution may have passed between the instruction at `since` and the one that `at` lies in, without coming by
   * `since` again; undefined where the one or the other is not known.
   */
  passedBetween(since: number, at: number): readonly number[] | undefined {
    const here = this.instructionAt(at)?.at;
    return here === undefined ? undefined : offsetsBetween(this.graph, since, here);
  }

  /** Offsets of the arithmetic that execution may come to from the instruction at `at`, in this round of the loops around. */
  computedAhead(at: number): readonly number[] {
    return arithmeticAhead(this.graph, at);
  }

  private blockOf(offset: number): Block | undefined {
    const index = this.graph.blockAt.get(offset);
    return index === undefined ? undefined : this.graph.blocks[index];
  }

  /** Offset of the block whose ways in made a value of their own: `site` as value numbers have it, negative. */
  joinOffset(site: number): number {
    return this.graph.blocks[-1 - site]?.instructions[0]?.at ?? -1;
  }

  get hasLoops(): boolean {
    return this.graph.blocks.some(({ loop }) => loop >= 0);
  }

  isInLoop(offset: number): boolean {
    return (this.blockOf(offset)?.loop ?? -1) >= 0;
  }

  /** The loop that an offset lies in, or the loops that lead to it without another between: numbers of `Block.loop`. */
  loopsNear(offset: number): readonly number[] {
    return [...new Set(this.loopExits(offset).map(({ loop }) => loop))];
  }

  /** The instructions of a loop and of those woven together with it. */
  instructionsOf(loop: number): readonly Instruction[] {
    return this.graph.blocks.filter((block) => block.loop === loop).flatMap(({ instructions }) => instructions);
  }

  /** The block of an offset if it is in a loop, else the nearest blocks of loops from which execution comes to it. */
  private loopExits(offset: number): readonly Block[] {
    const start = this.blockOf(offset);
    const exits: Block[] = [];
    const seen = new Set<number>();
    const work = start === undefined ? [] : [start];
    for (let block = work.pop(); block !== undefined; block = work.pop()) {
      if (seen.has(block.index)) continue;
      seen.add(block.index);
      if (block.loop >= 0) exits.push(block);
      else for (const from of this.predecessors[block.index] ?? []) work.push(this.graph.blocks[from] as Block);
    }
    return exits;
  }

  /** True if execution can come from an offset, or the end of the loop that led there, back to it without passing another. */
  repeatsWithout(offset: number, passing: number): boolean {
    const avoided = this.blockOf(passing);
    return this.loopExits(offset).some((from) => {
      // Within one block, what comes first is passed in every round.
      if (avoided === from) return passing > offset && this.blockOf(offset) === from;
      const seen = new Set<number>();
      const work = [...from.successors];
      for (let index = work.pop(); index !== undefined; index = work.pop()) {
        if (index === from.index) return true;
        if (index === avoided?.index || seen.has(index)) continue;
        seen.add(index);
        work.push(...(this.graph.blocks[index]?.successors ?? []));
      }
      return false;
    });
  }
}

function sameStates(a: FlowState, b: FlowState): boolean {
  if (!Object.is(a.sp, b.sp) || a.cells.size !== b.cells.size) return false;
  for (const [location, cell] of a.cells) {
    const other = b.cells.get(location);
    if (other?.value !== cell.value || other.size !== cell.size || other.since !== cell.since) return false;
  }
  return true;
}

const NOTHING_ACTIVE: readonly Active[] = [];

/** Index of the first of ascending numbers that is not below `from`. */
function firstFrom(numbers: readonly number[], from: number): number {
  let [lowest, end] = [0, numbers.length];
  while (lowest < end) {
    const middle = (lowest + end) >>> 1;
    if ((numbers[middle] as number) < from) lowest = middle + 1;
    else end = middle;
  }
  return lowest;
}
