import { DWARF_OF_REGISTER, RAX, RSP } from '../../arch/amd64/instruction.ts';
import { XMM0 } from '../../arch/amd64.ts';
import { readU64Big } from '../../base/cursor.ts';
import { attempt } from '../../base/errors.ts';
import { readInteger } from '../../values/scalars.ts';
import type { Frame } from '../frame.ts';
import { trampolineOf, type Flows, type FunctionFlow } from './function-flow.ts';
import { equalitiesAt, type Equality } from './equalities.ts';
import {
  isVariableLocation,
  slotLocation,
  slotOffset,
  VECTOR_HIGH,
  VECTOR_LOW,
  type Cell,
  type FlowState,
} from './flow-state.ts';
import { computeBits, extendBits, low, type ValueNumber } from './value-number.ts';

/** The physical frames around one. */
export interface FrameChain {
  /** The frame that this one called. */
  inner(frame: Frame): Frame | undefined;
  /** The frame that called this one. */
  outer(frame: Frame): Frame | undefined;
}

/** Bits of a value, and in plain words where they were found. */
export interface FoundValue {
  readonly bits: bigint;
  readonly from: string;
}

/** Functions longer than this, in bytes, are not followed for values of the frames around them. */
const LONGEST_NEIGHBOUR = 4096;

/** Frames that an answer is looked for beyond the one that is asked about. */
const FARTHEST = 6;

/** Where values of one frame are: the state of its function before the instruction that it stopped at. */
export class FrameValues {
  readonly flow: FunctionFlow;
  readonly frame: Frame;
  /** Offset of the instruction that the frame stopped at: a call, or one that was interrupted. */
  readonly at: number;
  readonly state: FlowState;
  /** The same with the numbers by which ways that met brought their values. */
  private readonly brought: FlowState;
  private readonly flows: Flows;
  private readonly chain: FrameChain;
  private coming: ReadonlyMap<number, Cell> | undefined;
  private equalities: readonly Equality[] | undefined;
  private holders: ReadonlyMap<ValueNumber, { readonly location: number; readonly size: number }[]> | undefined;

  private constructor(
    flows: Flows,
    flow: FunctionFlow,
    frame: Frame,
    chain: FrameChain,
    at: number,
    brought: FlowState,
  ) {
    const state = brought.copy();
    for (const { location, cell } of brought.cells()) {
      const settled = flow.analysis.settled(cell.value);
      if (settled !== cell.value) state.set(location, settled, cell.size, cell.since);
    }
    this.brought = brought;
    this.flows = flows;
    this.flow = flow;
    this.frame = frame;
    this.chain = chain;
    this.at = at;
    this.state = state;
  }

  /** Undefined where the function's code is not understood or the frame is none of it. */
  static of(flows: Flows, frame: Frame, chain: FrameChain): FrameValues | undefined {
    let frames = KNOWN.get(flows);
    if (frames === undefined) KNOWN.set(flows, (frames = new WeakMap()));
    if (!frames.has(frame)) frames.set(frame, FrameValues.find(flows, frame, chain));
    return frames.get(frame);
  }

  private static find(flows: Flows, frame: Frame, chain: FrameChain): FrameValues | undefined {
    const { found } = frame;
    if (found === undefined || frame.cfa === undefined) return undefined;
    const flow = flows.of(found);
    const instruction = flow?.analysis.instructionAt(frame.lookupPc - found.func.entry);
    if (flow === undefined || instruction === undefined) return undefined;
    const state = flow.analysis.before(instruction.at);
    // The stack pointers of the frame and of the analysis must agree, or the frame is not what it seems.
    if (state === undefined || frame.cfa - 8 + state.sp !== frame.sp) return undefined;
    if (!frame.interrupted && instruction.at + instruction.length !== frame.pc - found.func.entry) return undefined;
    return new FrameValues(flows, flow, frame, chain, instruction.at, state);
  }

  /** The value of a location before the instruction that the frame stopped at. */
  numberOf(location: number): Cell | undefined {
    return this.state.get(location);
  }

  /** The same by the number that the ways brought it with: it tells how the value came there. */
  broughtTo(location: number): Cell | undefined {
    return this.brought.get(location);
  }

  /** What a piece of a variable gets first behind the place where the frame stopped, if that cannot be otherwise. */
  upcoming(location: number): Cell | undefined {
    this.coming ??= this.flow.analysis.ahead(this.at, this.state);
    return this.coming.get(location);
  }

  /** True if another variable's piece than that at `location` has the same value. */
  isShared(location: number, value: ValueNumber): boolean {
    return this.state
      .cells()
      .some((other) => other.cell.value === value && other.location !== location && isVariableLocation(other.location));
  }

  /** A register that the location list names, where the frame's registers are known. */
  readRegister(location: number): FoundValue | undefined {
    const bits = this.readLocation(location, 8);
    return bits === undefined ? undefined : { bits, from: this.nameOf(location) };
  }

  /** A slot of the frame, whatever it holds. */
  readSlot(slot: number, size: number): FoundValue | undefined {
    const bits = this.readLocation(slotLocation(slot), size);
    return bits === undefined ? undefined : { bits, from: this.nameOf(slotLocation(slot)) };
  }

  /** The lowest `size` bytes of a value, if they are still somewhere; `frame` is how many frames away it is looked for. */
  evaluate(found: ValueNumber, size: number, distance = 0, inward = true): FoundValue | undefined {
    if (distance > FARTHEST) return undefined;
    const value = this.flow.analysis.settled(found);
    const { what } = value;
    if (what.kind === 'constant') return { bits: what.value, from: 'a constant in the code' };
    if (what.kind === 'frame')
      return { bits: BigInt((this.frame.cfa ?? 0) - 8 + what.offset), from: 'an address in the frame' };
    return (
      this.held(value, size) ??
      this.computed(value, size, distance, inward) ??
      this.fromBranches(value, size) ??
      (inward ? this.fromCallee(value, size, distance) : undefined) ??
      (what.kind === 'entry' ? this.fromCaller(what.location, size, distance) : undefined)
    );
  }

  /** What a branch on the only way here tells of a value. */
  private fromBranches(value: ValueNumber, size: number): FoundValue | undefined {
    const { flow, flows } = this;
    const { entry } = flow.found.func;
    this.equalities ??= equalitiesAt(flow.analysis, flow.numbers, this.at, (offset, length) =>
      flows.program.memory.read(entry + offset, length),
    );
    for (const { value: compared, is, size: bytes } of this.equalities) {
      if (bytes < size || compared !== low(value, bytes)) continue;
      const found = is.what.kind === 'constant' ? { bits: is.what.value } : this.held(is, size);
      if (found !== undefined) return { bits: found.bits, from: 'a comparison that led here' };
    }
    return undefined;
  }

  /** A slot of the frame that still holds the value, or a register where the frame's registers are known. */
  private held(value: ValueNumber, size: number): FoundValue | undefined {
    this.holders ??= this.findHolders();
    for (const holder of this.holders.get(low(value, size)) ?? this.holders.get(value) ?? []) {
      if (holder.size < size) continue;
      const bits = this.readLocation(holder.location, size);
      if (bits !== undefined) return { bits, from: this.nameOf(holder.location) };
    }
    return undefined;
  }

  private findHolders(): ReadonlyMap<ValueNumber, { readonly location: number; readonly size: number }[]> {
    const state = this.state.copy();
    const { frame } = this;
    if (!frame.interrupted) this.clobberByCallee(state);
    const holders = new Map<ValueNumber, { location: number; size: number }[]>();
    for (const { location, cell } of state.cells()) {
      const { value, size } = cell;
      const isSlot = slotOffset(location) !== undefined;
      if (!isSlot && (location >= VECTOR_HIGH + 16 || !frame.interrupted)) continue;
      const key = low(value, size);
      const list = holders.get(key);
      if (list === undefined) holders.set(key, [{ location, size }]);
      else list.push({ location, size });
    }
    return holders;
  }

  /** What the called function may have written into its arguments is not believed. */
  private clobberByCallee(state: FlowState): void {
    const { flow, at } = this;
    const call = flow.analysis.instructionAt(at);
    const callee = call?.flow === 'call' ? this.flows.program.findFunc(flow.found.func.entry + call.target) : undefined;
    const args = callee?.func.args;
    const isKnown = args !== undefined && args < 0x7fff_ffff && callee?.pclntab.isAssembly(callee.func) !== true;
    flow.transfer.clobberArguments(state, isKnown ? args : undefined);
  }

  private readLocation(location: number, size: number): bigint | undefined {
    const { frame, flows } = this;
    const slot = slotOffset(location);
    if (slot !== undefined) {
      const address = (frame.cfa ?? 0) - 8 + slot;
      return attempt(() => readInteger(flows.program.memory.read(address, size), size, false));
    }
    if (location < 16) return frame.registers.get(DWARF_OF_REGISTER[location] ?? -1);
    const half = location >= VECTOR_HIGH ? 8 : 0;
    const wide = frame.registers.getWide(XMM0 + ((location - VECTOR_LOW) % 16));
    return wide === undefined || wide.length < half + 8 ? undefined : readU64Big(wide, half);
  }

  private nameOf(location: number): string {
    const slot = slotOffset(location);
    if (slot === undefined) return `register ${registerName(location)}`;
    const offset = slot - this.state.sp;
    if (slot >= 8) return 'the stack slot of an argument';
    return `stack slot SP+0x${offset.toString(16)}`;
  }

  private computed(value: ValueNumber, size: number, distance: number, inward: boolean): FoundValue | undefined {
    const { what } = value;
    if (what.kind === 'extend') {
      const inner = this.evaluate(what.of, what.size, distance, inward);
      return inner && { bits: extendBits(inner.bits, what.size, what.signed), from: inner.from };
    }
    if (what.kind === 'operation') {
      const parts: bigint[] = [];
      const sources = new Set<string>();
      for (const part of what.of) {
        const found = this.evaluate(part, what.size, distance, inward);
        if (found === undefined) return undefined;
        parts.push(found.bits);
        if (part.what.kind !== 'constant') sources.add(found.from);
      }
      const bits = computeBits(what.name, what.size, parts);
      return bits === undefined || size > what.size + 4
        ? undefined
        : { bits, from: `arithmetic on ${[...sources].join(' and ')}` };
    }
    return what.kind === 'captured' ? this.captured(what.of, what.offset, what.size, distance, inward) : undefined;
  }

  /** A variable of a closure: in the closure object, if that is still this function's. */
  private captured(
    of: ValueNumber,
    offset: number,
    size: number,
    distance: number,
    inward: boolean,
  ): FoundValue | undefined {
    const object = this.evaluate(of, 8, distance, inward);
    if (object === undefined) return undefined;
    const { memory } = this.flows.program;
    const address = Number(object.bits);
    const code = attempt(() => memory.u64(address));
    if (code !== this.flow.found.func.entry) return undefined;
    const bits = attempt(() => readInteger(memory.read(address + offset, size), size, false));
    return bits === undefined ? undefined : { bits, from: 'the closure object' };
  }

  /** What a register held at entry, as the caller set it before the call. */
  private fromCaller(location: number, size: number, distance: number): FoundValue | undefined {
    const { frame, chain } = this;
    const outer = chain.outer(frame);
    if (location >= VECTOR_HIGH + 16 || outer === undefined || outer.interrupted || isLong(outer)) return undefined;
    const values = FrameValues.of(this.flows, outer, chain);
    const entry = values?.registersOfCallee(frame)?.get(location);
    const cell = entry === undefined ? undefined : values?.numberOf(entry);
    if (values === undefined || cell === undefined) return undefined;
    const found = values.evaluate(cell.value, size, distance + 1, false);
    return (
      found && {
        bits: found.bits,
        from: found.from.startsWith("the caller's") ? found.from : `the caller's frame (${found.from})`,
      }
    );
  }

  /** What a register held at the call, as the called function keeps it. */
  private fromCallee(value: ValueNumber, size: number, distance: number): FoundValue | undefined {
    const { frame, chain } = this;
    if (frame.interrupted) return undefined;
    const inner = chain.inner(frame);
    const values = inner === undefined || isLong(inner) ? undefined : FrameValues.of(this.flows, inner, chain);
    const registers = inner === undefined || values === undefined ? undefined : this.registersOfCallee(inner);
    if (values === undefined || registers === undefined) return undefined;
    for (const [location, own] of registers) {
      const cell = this.state.get(own);
      if (cell === undefined || low(cell.value, size) !== low(value, size)) continue;
      const entry = values.entryNumber(location);
      const found = entry && values.evaluateInward(entry, size, distance + 1);
      if (found !== undefined)
        return { bits: found.bits, from: `kept by ${values.flow.found.func.name} (${found.from})` };
    }
    return undefined;
  }

  private entryNumber(location: number): ValueNumber | undefined {
    this.holders ??= this.findHolders();
    const isIt = ({ what }: ValueNumber): boolean => what.kind === 'entry' && what.location === location;
    for (const value of this.holders.keys()) if (isIt(value)) return value;
    return this.state.cells().find(({ cell }) => isIt(cell.value))?.cell.value;
  }

  private evaluateInward(value: ValueNumber, size: number, distance: number): FoundValue | undefined {
    if (distance > FARTHEST) return undefined;
    return this.held(value, size) ?? this.fromCallee(value, size, distance);
  }

  /**
   * Registers at the entry of the called frame's function, and which of this frame's registers before the call each was. Undefined
   * if this frame's call did not lead to that function.
   */
  registersOfCallee(callee: Frame): ReadonlyMap<number, number> | undefined {
    const { flow, at, flows } = this;
    const call = flow.analysis.instructionAt(at);
    const entry = callee.found?.func.entry;
    const outermost = this.frame.sp;
    if (call === undefined || entry === undefined || callee.cfa !== outermost) return undefined;
    const all = new Map<number, number>();
    for (let location = 0; location < VECTOR_HIGH + 16; location++) if (location !== RSP) all.set(location, location);
    // The callee of an indirect call is what was called, unless something stands between: its frame lies right below.
    if (call.flow === 'indirect-call') {
      if (isAssembly(callee)) return undefined;
      if (isMethod(callee.found?.func.name ?? '')) all.delete(RAX);
      return all;
    }
    if (call.flow !== 'call') return undefined;
    const target = flow.found.func.entry + call.target;
    if (target === entry) return all;
    const found = flows.program.findFunc(target);
    const trampoline =
      found === undefined || found.func.entry !== target ? undefined : trampolineOf(flows.program, found);
    if (trampoline?.target !== entry) return undefined;
    return trampoline.moved;
  }
}

/** True for a function that would take long to follow, for a value of another. */
function isLong({ found }: Frame): boolean {
  return found === undefined || found.func.end - found.func.entry > LONGEST_NEIGHBOUR;
}

function isAssembly({ found }: Frame): boolean {
  return found === undefined || found.pclntab.isAssembly(found.func);
}

/** True for methods: wrappers that leave no frame may stand before them, which change the receiver (in RAX) and jump. */
function isMethod(name: string): boolean {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return !/\.func\d+/.test(last) && last.replace(/\[.*\]/, '').split('.').length > 2;
}

const NAMES = ['RAX', 'RCX', 'RDX', 'RBX', 'RSP', 'RBP', 'RSI', 'RDI'];

function registerName(location: number): string {
  if (location < 8) return NAMES[location] ?? '?';
  return location < 16 ? `R${location}` : `XMM${(location - VECTOR_LOW) % 16}`;
}

/** What was found out about frames. */
const KNOWN = new WeakMap<Flows, WeakMap<Frame, FrameValues | undefined>>();
