import type { Instruction, OperationName } from '../../arch/amd64/instruction.ts';
import { EqualJoins } from './equal-joins.ts';
import { freshBehind, type RegisterSet } from './fresh-registers.ts';
import { reversePostorder, type Block, type FlowGraph } from './flow-graph.ts';
import { Join } from './flow-join.ts';
import { FlowState, slotLocation, variableLocation, type Cell } from './flow-state.ts';
import { ActivePlaces, isActive, type Active, type TrackedPiece } from './tracked-pieces.ts';
import type { Transfer } from './transfer.ts';
import { low, type ValueNumber, type ValueNumbers } from './value-number.ts';
import { arithmeticAhead, callsBefore, offsetsBetween } from './ways-between.ts';

/** Instructions that are looked at for what a variable gets behind a place. */
const FARTHEST_AHEAD = 200;

/** Rounds over the blocks before the analysis gives up: loops are nested a few deep. */
const MOST_ROUNDS = 40;

/** A way into a block: what was known at its end. */
export interface WayIn {
  readonly state: FlowState;
  /** Offset of its last instruction, -1 for the call of the function. */
  readonly until: number;
  /** True if it leads from one round of a loop into the next. */
  readonly isBack: boolean;
}

/** A conditional branch that execution has passed. */
export interface PassedBranch {
  readonly branch: Instruction;
  /** The last instruction before it that may have set the flags. */
  readonly comparison: Instruction | undefined;
  readonly isTaken: boolean;
  /** Offsets of the instructions that were executed behind it. */
  readonly passed: ReadonlySet<number>;
}

/** Operations that leave the flags as they are. */
const FLAGLESS: ReadonlySet<OperationName> = new Set(['move', 'lea', 'nop', 'not']);

/** What was done within a block so far. */
interface Past {
  /** Registers just written. */
  fresh: RegisterSet;
  /** The slot that the last instruction stored to, as a location. */
  stored: number | undefined;
  isFirst: boolean;
}

/**
 * What holds what at places of a function: values are numbered along all ways that lead there, until nothing changes. Where ways
 * meet that disagree on a location, it gets a number of its own. Code from which no way leads to a place that is asked about is not
 * looked at.
 */
export class FlowAnalysis {
  private readonly graph: FlowGraph;
  private readonly transfer: Transfer;
  private readonly entry: FlowState;
  private readonly extraEntries: ReadonlySet<number>;
  private readonly incoming: (FlowState | undefined)[];
  private readonly outgoing: (FlowState | undefined)[];
  private readonly joins: readonly Join[];
  private readonly active: ActivePlaces;
  /** Blocks in the order in which they are followed. */
  private readonly order: readonly number[];
  /** Blocks of which everything is known that is known. */
  private readonly done: Uint8Array;
  /** Of each block, its place in that order. */
  private readonly position: readonly number[];
  /** What is made in the blocks that were searched for it. */
  private readonly values: [value: ValueNumber, at: number][] = [];
  private readonly searched: Uint8Array;
  private readonly equal = new EqualJoins(({ what }) =>
    what.kind === 'site' ? this.waysInto(what.site).map(({ state }) => state.get(what.location)?.value) : [],
  );

  constructor(
    graph: FlowGraph,
    numbers: ValueNumbers,
    transfer: Transfer,
    pieces: readonly TrackedPiece[],
    entry: FlowState,
    extraEntries: ReadonlySet<number>,
  ) {
    this.graph = graph;
    this.transfer = transfer;
    this.entry = entry;
    this.extraEntries = extraEntries;
    this.incoming = graph.blocks.map(() => undefined);
    this.outgoing = graph.blocks.map(() => undefined);
    this.joins = graph.blocks.map(({ index }) => new Join(numbers, -1 - index));
    this.active = new ActivePlaces(graph, pieces);
    this.order = reversePostorder(graph.blocks);
    this.done = new Uint8Array(graph.blocks.length);
    this.searched = new Uint8Array(graph.blocks.length);
    const position: number[] = [];
    this.order.forEach((index, i) => (position[index] = i));
    this.position = position;
    pieces.forEach(({ size, atEntry }, index) => {
      if (atEntry !== undefined) entry.set(variableLocation(index), numbers.entry(atEntry), size, 0);
    });
  }

  /**
   * Follows all ways that lead to a block: each loop until nothing changes before what comes behind it, so that what is found does not
   * depend on what was asked about before. False where the code is not understood.
   */
  private follow(target: number): boolean {
    if (this.done[target] === 1) return true;
    const leading = new Set([target]);
    for (const index of leading)
      for (const from of this.graph.predecessors[index] ?? []) if (this.done[from] === 0) leading.add(from);
    const parts = new Map<number, number[]>();
    for (const index of this.order) {
      if (!leading.has(index)) continue;
      const loop = this.graph.blocks[index]?.loop ?? -1;
      const part = loop < 0 ? undefined : parts.get(loop);
      if (part === undefined) parts.set(loop < 0 ? index : loop, [index]);
      else part.push(index);
    }
    for (const part of parts.values()) {
      if (!this.settle(part)) {
        for (const index of part) this.incoming[index] = this.outgoing[index] = undefined;
        return false;
      }
      for (const index of part) this.done[index] = 1;
    }
    return true;
  }

  /** Follows the blocks of a loop, or a single one, in rounds until nothing changes. */
  private settle(part: readonly number[]): boolean {
    const own = new Set(part);
    const waiting = new Set(part);
    for (let round = 0; waiting.size > 0; round++) {
      if (round === MOST_ROUNDS) return false;
      for (const index of part) {
        if (!waiting.delete(index)) continue;
        const block = this.graph.blocks[index] as Block;
        const state = this.comeInto(block);
        if (state === undefined) continue;
        if (state === 'inconsistent') return false;
        if (this.incoming[index]?.equals(state) === true) continue;
        this.incoming[index] = state;
        const after = this.walk(block, state.copy());
        if (after === undefined) return false;
        this.outgoing[index] = after;
        // Only in a loop a block is come to again.
        if (block.loop >= 0) for (const to of block.successors) if (own.has(to)) waiting.add(to);
      }
    }
    return true;
  }

  /** What is known where the ways into a block meet; undefined if none has been followed yet. */
  private comeInto({ index, instructions }: Block): FlowState | undefined | 'inconsistent' {
    const { layout } = this.entry;
    if (this.extraEntries.has(instructions[0]?.at ?? -1)) return new FlowState(layout, Number.NaN);
    const ways = (this.graph.predecessors[index] ?? []).flatMap((from) => this.outgoing[from] ?? []);
    if (index === 0) ways.push(this.entry);
    const [first, ...others] = ways;
    if (first === undefined) return undefined;
    // Behind a recovered panic the depth of the stack is not known; nothing else is either.
    if (ways.some(({ sp }) => !Number.isFinite(sp))) return new FlowState(layout, Number.NaN);
    if (others.some(({ sp }) => sp !== first.sp)) return 'inconsistent';
    return this.joins[index]?.of([first, ...others]);
  }

  /** Follows a block to its end or to the instruction at `until`. Undefined if the stack pointer is lost. */
  private walk(
    block: Block,
    state: FlowState,
    until = Number.POSITIVE_INFINITY,
    visit?: (state: FlowState, instruction: Instruction) => void,
  ): FlowState | undefined {
    const { transfer } = this;
    const past: Past = { fresh: 0, stored: undefined, isFirst: true };
    // The instructions of which the state holds values already.
    const [first, last] = [block.instructions[0], block.instructions.at(-1)];
    const repeated = block.loop >= 0 ? state.sitesBetween(first?.at ?? 0, last?.at ?? -1) : undefined;
    const active = this.active.in(block);
    const isTracked = active.length > 0;
    for (const instruction of block.instructions) {
      const isKnown = Number.isFinite(state.sp);
      if (isKnown && isTracked) this.observe(state, instruction, active, past, repeated);
      if (instruction.at >= until) return state;
      past.isFirst = false;
      if (!isKnown) continue;
      visit?.(state, instruction);
      if (isTracked) {
        const slot = instruction.stores > 0 ? transfer.slotOf(state, instruction) : undefined;
        past.stored = slot === undefined ? undefined : slotLocation(slot);
        past.fresh = freshBehind(past.fresh, instruction);
      }
      if (!transfer.apply(state, instruction, repeated?.has(instruction.at) === true)) return undefined;
    }
    return state;
  }

  /**
   * Notes what variables hold before an instruction. A slot is believed only where an entry of the list begins right behind the store
   * to it, and the arguments at the function's entry: lists name slots before they are written, and when others use them. A register that was just written is believed only where an entry of
   * the list begins, or once an instruction that has nothing to do with it has passed: the list ends only behind the last machine
   * instruction of the operation that puts something else into the register. Until then it is held to have what it had before.
   * In loops, `repeated` gets the instruction if a value is numbered by it.
   */
  private observe(
    state: FlowState,
    instruction: Instruction,
    active: readonly Active[],
    past: Past,
    repeated: Set<number> | undefined,
  ): void {
    const { at } = instruction;
    if (instruction.operation === 'nop') return;
    // By index: this is the innermost loop of all, and runs for long before V8 makes iterating over lists cheap.
    for (let i = 0; i < active.length; i++) {
      const each = active[i] as Active;
      if (!isActive(each, at)) continue;
      const { variable, size, location, isSlot, bit, low: begin, isPlacedAtEntry } = each;
      if (at === 0 && isPlacedAtEntry) continue;
      const begins = at === begin;
      const isFresh = (past.fresh & bit) !== 0;
      if (isSlot && at !== 0 && past.stored !== location) continue;
      if (!isSlot && !begins && !past.isFirst && isFresh) continue;
      // A list that begins to name a register long after it was written tells nothing of when the value was made.
      const isNews = isSlot || at === 0 || past.isFirst || isFresh;
      if (begins) past.fresh &= ~bit;
      let held = state.get(location);
      if (held === undefined && !isSlot) {
        held = this.unknown(state, instruction, location);
        repeated?.add(at);
      }
      if (held === undefined || held.size < Math.min(8, size)) {
        state.delete(variable);
        continue;
      }
      const value = low(held.value, size);
      if (state.get(variable)?.value !== value) state.set(variable, value, size, isNews ? at : -1);
    }
  }

  private unknown(state: FlowState, instruction: Instruction, location: number): Cell {
    const value = this.transfer.readRegister(state, instruction, location);
    return { value, size: 8, since: -1 };
  }

  /** What is known before the instruction at `offset` is executed; undefined where that is no known instruction. */
  before(offset: number): FlowState | undefined {
    const block = this.blockOf(offset);
    if (block === undefined || !this.follow(block.index)) return undefined;
    const incoming = this.incoming[block.index];
    if (incoming === undefined || !Number.isFinite(incoming.sp)) return undefined;
    return this.walk(block, incoming.copy(), offset);
  }

  /**
   * What variables get first on the only way on from an instruction: the compiler puts off what is needed only behind a call.
   * `state` is what is known before it. Stops where the way forks, ends or turns back.
   */
  ahead(offset: number, state: FlowState): ReadonlyMap<number, Cell> {
    const found = new Map<number, Cell>();
    const now = state.copy();
    const past: Past = { fresh: 0, stored: undefined, isFirst: false };
    let at = offset;
    for (let steps = 0; steps < FARTHEST_AHEAD; steps++) {
      const block = this.blockOf(at);
      const instruction = block?.instructions.find((each) => each.at === at);
      if (block === undefined || instruction === undefined) break;
      if (steps > 0) {
        const active = this.active.in(block);
        this.observe(now, instruction, active, past, undefined);
        for (const { variable } of active) {
          const cell = now.get(variable);
          if (cell !== undefined && state.get(variable) === undefined && !found.has(variable))
            found.set(variable, cell);
        }
      }
      if (!this.transfer.apply(now, instruction, true)) break;
      past.fresh = freshBehind(past.fresh, instruction);
      const isLast = block.instructions.at(-1) === instruction;
      const [next, other] = isLast
        ? block.successors.map((index) => this.graph.blocks[index]?.instructions[0]?.at)
        : [at + instruction.length];
      if (next === undefined || other !== undefined || next <= at) break;
      at = next;
    }
    return found;
  }

  /** The instruction that an offset lies in: a call, for the place one byte before its return address. */
  instructionAt(offset: number): Instruction | undefined {
    for (let at = offset; at > offset - 15 && at >= 0; at--) {
      const found = this.blockOf(at)?.instructions.find((each) => each.at === at);
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

  /** Offsets of the calls of which one was the last before the instruction at `at`; see ways-between.ts. */
  callsBefore(at: number, isPassed: (call: Instruction) => boolean): readonly number[] | undefined {
    return callsBefore(this.graph, at, isPassed);
  }

  private blockOf(offset: number): Block | undefined {
    return this.graph.blocks[this.graph.blockAt[offset] ?? -1];
  }

  /** Offset of the block whose ways in made a value of their own: `site` as value numbers have it, negative. */
  joinOffset(site: number): number {
    return this.graph.blocks[-1 - site]?.instructions[0]?.at ?? -1;
  }

  /** The value that a value is: ways that meet may have brought the same by different numbers. */
  settled(value: ValueNumber): ValueNumber {
    return this.equal.of(value);
  }

  get hasLoops(): boolean {
    return this.graph.blocks.some(({ loop }) => loop >= 0);
  }

  /** The ways that met where values came together: `site` as value numbers have it, negative. */
  waysInto(site: number): readonly WayIn[] {
    const index = -1 - site;
    const ways = (this.graph.predecessors[index] ?? []).flatMap((from) => {
      const state = this.outgoing[from];
      const until = this.graph.blocks[from]?.instructions.at(-1)?.at ?? -1;
      const isBack = (this.position[from] ?? 0) >= (this.position[index] ?? 0);
      return state === undefined ? [] : [{ state, until, isBack }];
    });
    return index === 0 ? [{ state: this.entry, until: -1, isBack: false }, ...ways] : ways;
  }

  /** What the code that has been followed makes: each value, and the offset of the instruction. */
  made(): readonly (readonly [value: ValueNumber, at: number])[] {
    for (const block of this.graph.blocks) {
      const incoming = this.incoming[block.index];
      if (this.done[block.index] !== 1 || this.searched[block.index] === 1 || incoming === undefined) continue;
      this.searched[block.index] = 1;
      this.walk(block, incoming.copy(), undefined, (state, instruction) => {
        const value = this.transfer.madeBy(state, instruction);
        if (value !== undefined) this.values.push([value, instruction.at]);
      });
    }
    return this.values;
  }

  /** The values of which a conditional move made one; undefined for what was made otherwise. */
  selectedAt(offset: number): readonly Cell[] | undefined {
    const instruction = this.instructionAt(offset);
    if (instruction?.operation !== 'select' || instruction.at !== offset) return undefined;
    const { destination, source } = instruction;
    const state = this.before(offset);
    if (state === undefined || destination?.kind !== 'register') return undefined;
    const slot = source?.kind === 'memory' ? this.transfer.slotOf(state, instruction) : undefined;
    const from = source?.kind === 'register' ? source.number : slot === undefined ? undefined : slotLocation(slot);
    const [kept, taken] = [state.get(destination.number), from === undefined ? undefined : state.get(from)];
    return kept === undefined || taken === undefined ? [] : [kept, taken];
  }

  /** The branches on the only way that leads to an offset, the nearest first. */
  *branchesBefore(offset: number): Generator<PassedBranch, void, undefined> {
    const { blocks, predecessors } = this.graph;
    const passed = new Set(this.instructionsBefore(offset).map(({ at }) => at));
    for (let block = this.blockOf(offset); block !== undefined && block.index !== 0;) {
      const [from, another] = predecessors[block.index] ?? [];
      const before = from === undefined || another !== undefined ? undefined : blocks[from];
      const branch = before?.instructions.at(-1);
      if (before === undefined || branch === undefined || this.extraEntries.has(block.instructions[0]?.at ?? -1))
        return;
      // Moves do not touch what the comparison found out.
      const comparison = before.instructions.slice(0, -1).findLast(({ operation }) => !FLAGLESS.has(operation));
      const isTaken = block.instructions[0]?.at === branch.target;
      if (branch.flow === 'branch' && branch.target !== branch.at + branch.length)
        yield { branch, comparison, isTaken, passed: new Set(passed) };
      for (const { at } of before.instructions) passed.add(at);
      block = before;
    }
  }

  /** The instructions of a block down to the one at an offset, the last first. */
  instructionsBefore(offset: number): readonly Instruction[] {
    return (this.blockOf(offset)?.instructions ?? []).filter(({ at }) => at <= offset).reverse();
  }
}
