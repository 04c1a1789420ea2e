import { RBP, RDX, RSP, type Instruction, type Operand, type OperationName } from '../../arch/amd64/instruction.ts';
import { slotLocation, VECTOR_HIGH, VECTOR_LOW, type FlowState } from './flow-state.ts';
import { low, type ValueNumber, type ValueNumbers } from './value-number.ts';

/** What is known of a function and of those that it calls. Offsets in the code; slots by offset from the entry's stack pointer. */
export interface FunctionFacts {
  /** True if only instructions that name this slot can write it: no pointer to it exists. */
  isPrivate(slot: number): boolean;
  /** True for private slots that no called function can reach as its stack arguments, wherever it may be. */
  isOwn(slot: number): boolean;
  /** What a direct call does. */
  callee(target: number): CalleeFacts;
  /** `size` bytes at an offset from the code's start, if they can never change; for constants beside the code. */
  constantAt(offset: number, size: number): bigint | undefined;
  /** Address of an offset in the code's memory. */
  addressOf(offset: number): number;
  /** True if calls leave vector register 15 zero and functions begin with it zero (register ABI). */
  readonly zeroVector: boolean;
  /** True for closures: RDX holds the closure object at entry. */
  readonly hasContext: boolean;
}

/** What a called function does to its caller's registers and stack. */
export interface CalleeFacts {
  /** Bytes at the stack pointer that hold its arguments and results; undefined if not known. */
  readonly argumentBytes: number | undefined;
  /** True for the write barrier: it keeps all registers but R11. */
  readonly keepsRegisters: boolean;
}

const UNKNOWN_CALLEE: CalleeFacts = { argumentBytes: undefined, keepsRegisters: false };
const R11 = 11;
const ZEROED_VECTOR = 15;
const WITHOUT_RESULT: ReadonlySet<OperationName> = new Set(['other', 'nop', 'select']);

/** Applies instructions to states, one after the other. */
export class Transfer {
  private readonly numbers: ValueNumbers;
  private readonly facts: FunctionFacts;

  constructor(numbers: ValueNumbers, facts: FunctionFacts) {
    this.numbers = numbers;
    this.facts = facts;
  }

  /**
   * What is known at the function's entry. `stackArguments` are the slots that the caller filled, by offset and size; `registers`
   * the vector registers that hold arguments, as locations.
   */
  entryState(
    state: FlowState,
    stackArguments: readonly { readonly offset: number; readonly size: number }[],
    registers: readonly number[],
  ): void {
    for (let register = 0; register < 16; register++)
      state.set(register, register === RSP ? this.numbers.frame(0) : this.numbers.entry(register));
    for (const location of registers) state.set(location, this.numbers.entry(location));
    if (this.facts.zeroVector) this.zeroVector(state);
    for (const { offset, size } of stackArguments) {
      for (let at = 0; at < size; at += 8) {
        const location = slotLocation(offset + at);
        state.set(location, this.numbers.entry(location), Math.min(8, size - at), 0);
      }
    }
  }

  private zeroVector(state: FlowState): void {
    state.set(VECTOR_LOW + ZEROED_VECTOR, this.numbers.constant(0n));
    state.set(VECTOR_HIGH + ZEROED_VECTOR, this.numbers.constant(0n));
  }

  /**
   * Changes the state as the instruction does. `isRepeated`: it may hold what the instruction made when it was executed before. False
   * if the stack pointer is lost.
   */
  apply(state: FlowState, instruction: Instruction, isRepeated: boolean): boolean {
    const { flow } = instruction;
    if (isRepeated) state.forgetSite(instruction.at);
    // Comparisons, jumps and returns.
    if ((instruction.writes | instruction.writesVector | instruction.stores) === 0 && !flow.endsWith('call'))
      return true;
    if (flow === 'call' || flow === 'indirect-call') {
      this.call(state, flow === 'call' ? this.facts.callee(instruction.target) : UNKNOWN_CALLEE);
      return true;
    }
    if ((instruction.writes & (1 << RSP)) !== 0) return this.moveStackPointer(state, instruction);
    const result = this.resultOf(state, instruction);
    this.store(state, instruction, result);
    this.forgetWritten(state, instruction, result !== undefined);
    if (result !== undefined) this.write(state, instruction, result);
    return true;
  }

  private call(state: FlowState, { argumentBytes, keepsRegisters }: CalleeFacts): void {
    if (keepsRegisters) {
      state.delete(R11);
      return;
    }
    for (let register = 0; register < 16; register++) if (register !== RSP && register !== RBP) state.delete(register);
    state.clearVectors();
    if (this.facts.zeroVector) this.zeroVector(state);
    this.clobberArguments(state, argumentBytes);
  }

  /** Forgets the slots that a called function may use as its own: its arguments, results and their spill area. */
  clobberArguments(state: FlowState, argumentBytes: number | undefined): void {
    if (argumentBytes === undefined) state.forgetSlots((slot) => !this.facts.isOwn(slot));
    else if (argumentBytes > 0) state.clobber(state.sp, argumentBytes);
  }

  /** Pushes, pops, and the arithmetic of prologues and epilogues. */
  private moveStackPointer(state: FlowState, instruction: Instruction): boolean {
    const { push, operation, source, destination, size } = instruction;
    if (push < 0) {
      const value = source === undefined ? undefined : this.read(state, instruction, source, 8);
      state.sp += push;
      state.clobber(state.sp, 8);
      if (value !== undefined) state.set(slotLocation(state.sp), value);
    } else if (push > 0) {
      const cell = state.get(slotLocation(state.sp));
      state.sp += push;
      if (destination?.kind === 'register') state.set(destination.number, cell?.size === 8 ? cell.value : undefined);
      if (destination?.kind === 'register' && destination.number === RSP) return false;
    } else if (instruction.flow === 'end') {
      return true;
    } else {
      if (size !== 8 || destination?.kind !== 'register' || destination.number !== RSP) return false;
      const result = operation === 'other' ? undefined : this.resultOf(state, instruction);
      if (result?.what.kind !== 'frame') return false;
      state.sp = result.what.offset;
    }
    state.set(RSP, this.numbers.frame(state.sp));
    return true;
  }

  /** Where a memory operand is in the frame; undefined if it is elsewhere or not known. */
  slotOf(state: FlowState, { memory }: Instruction): number | undefined {
    if (memory === undefined || memory.unknown || memory.ripRelative || memory.index >= 0 || memory.base < 0)
      return undefined;
    if (memory.base === RSP) return state.sp + memory.displacement;
    const base = state.get(memory.base);
    return base?.value.what.kind === 'frame' ? base.value.what.offset + memory.displacement : undefined;
  }

  private store(state: FlowState, instruction: Instruction, result: ValueNumber | undefined): void {
    const { stores, destination, operation } = instruction;
    if (stores === 0) return;
    const slot = this.slotOf(state, instruction);
    // Stores through pointers do not reach private slots, and others are not followed.
    if (slot === undefined) return;
    const size = stores < 0 ? 512 : stores;
    state.clobber(slot, size);
    if (stores < 0 || operation === 'other' || destination?.kind !== 'memory' || result === undefined) return;
    this.fill(state, instruction, slot, stores, result);
  }

  private fill(state: FlowState, instruction: Instruction, slot: number, size: number, result: ValueNumber): void {
    const set = (at: number, value: ValueNumber | undefined, bytes: number): void => {
      if (value !== undefined && this.facts.isPrivate(at))
        state.set(slotLocation(at), low(value, bytes), bytes, instruction.at + instruction.length);
    };
    set(slot, result, Math.min(8, size));
    const { source } = instruction;
    if (size === 16 && source?.kind === 'vector')
      set(slot + 8, this.readRegister(state, instruction, VECTOR_HIGH + source.number), 8);
  }

  /** The value that an instruction makes, and does not only move; undefined if it makes none that is followed. */
  madeBy(state: FlowState, instruction: Instruction): ValueNumber | undefined {
    const { operation, source, sourceSize, size } = instruction;
    const result = instruction.flow === 'next' ? this.resultOf(state, instruction) : undefined;
    const isMoved =
      operation === 'move' && (source?.kind !== 'memory' || result?.what.kind !== 'captured') && sourceSize >= size;
    return isMoved ? undefined : result;
  }

  /** The value of the destination after the instruction; undefined if it is not followed. */
  private resultOf(state: FlowState, instruction: Instruction): ValueNumber | undefined {
    const { operation, source, second, size, sourceSize, signed, destination } = instruction;
    const { numbers } = this;
    if (WITHOUT_RESULT.has(operation) || destination === undefined) return undefined;
    if (operation === 'lea') return this.addressOf(state, instruction);
    if (operation === 'move') {
      if (source === undefined) return undefined;
      const value = this.read(state, instruction, source, Math.min(8, sourceSize));
      if (value === undefined || (sourceSize >= 8 && size >= 8)) return value;
      const extended = numbers.extend(value, sourceSize, signed);
      // A sign-extension to 4 bytes clears the upper half.
      return signed && size === 4 && extended !== undefined ? numbers.extend(extended, 4, false) : extended;
    }
    if (destination.kind === 'vector' && !operation.startsWith('f')) return undefined;
    const left = second === undefined ? this.read(state, instruction, destination, size) : undefined;
    const right = source === undefined ? undefined : this.read(state, instruction, source, size);
    if (source?.kind === 'register' && destination.kind === 'register' && source.number === destination.number) {
      if (operation === 'xor' || operation === 'sub') return numbers.constant(0n);
    }
    if (operation === 'neg' || operation === 'not') return left && numbers.operation(operation, size, [left]);
    const pair = second === undefined ? [left, right] : [right, this.read(state, instruction, second, size)];
    const [a, b] = pair;
    return a === undefined || b === undefined ? undefined : numbers.operation(operation, size, [a, b]);
  }

  private addressOf(state: FlowState, instruction: Instruction): ValueNumber | undefined {
    const { memory, at, length } = instruction;
    const { numbers } = this;
    if (memory === undefined || memory.unknown) return undefined;
    if (memory.ripRelative) return numbers.constant(BigInt(this.facts.addressOf(at + length + memory.displacement)));
    let sum: ValueNumber | undefined = numbers.constant(BigInt(memory.displacement));
    if (memory.index >= 0) {
      const index = this.readRegister(state, instruction, memory.index);
      const scaled = numbers.operation('imul', 8, [index, numbers.constant(BigInt(memory.scale))]);
      sum = scaled && numbers.operation('add', 8, [memory.scale === 1 ? index : scaled, sum]);
    }
    if (memory.base < 0 || sum === undefined) return sum;
    const base = memory.base === RSP ? numbers.frame(state.sp) : this.readRegister(state, instruction, memory.base);
    return numbers.operation('add', 8, [base, sum]);
  }

  /** The value of an operand, of which `size` bytes count; undefined where it is not followed. */
  private read(state: FlowState, instruction: Instruction, operand: Operand, size: number): ValueNumber | undefined {
    switch (operand.kind) {
      case 'immediate':
        return this.numbers.constant(operand.value);
      case 'register':
        return operand.number === RSP
          ? this.numbers.frame(state.sp)
          : this.readRegister(state, instruction, operand.number);
      case 'vector':
        return this.readRegister(state, instruction, VECTOR_LOW + operand.number);
      case 'memory':
        return this.load(state, instruction, 0, size);
    }
  }

  /** What a register holds; a new number if nothing is known of it, so that copies of it are known to be equal. */
  readRegister(state: FlowState, instruction: Instruction, location: number): ValueNumber {
    const known = state.get(location);
    if (known !== undefined) return known.value;
    const value = this.numbers.site(instruction.at, location);
    state.set(location, value);
    return value;
  }

  private load(state: FlowState, instruction: Instruction, beyond: number, size: number): ValueNumber | undefined {
    const { memory, at, length } = instruction;
    if (memory === undefined || memory.unknown) return undefined;
    if (memory.ripRelative) {
      const value = this.facts.constantAt(at + length + memory.displacement + beyond, size);
      return value === undefined ? undefined : this.numbers.constant(value);
    }
    const slot = this.slotOf(state, instruction);
    if (slot !== undefined) {
      const cell = state.get(slotLocation(slot + beyond));
      return cell !== undefined && cell.size >= size ? cell.value : undefined;
    }
    if (memory.index >= 0 || memory.base < 0 || !this.facts.hasContext) return undefined;
    const base = state.get(memory.base)?.value;
    const isContext = base?.what.kind === 'entry' && base.what.location === RDX;
    // The first word of a closure object is its code.
    if (!isContext || memory.displacement + beyond < 8) return undefined;
    return this.numbers.captured(base, memory.displacement + beyond, size);
  }

  /** Registers that the instruction writes get a new, unknown value, but for the one that gets a known result. */
  private forgetWritten(state: FlowState, instruction: Instruction, hasResult: boolean): void {
    const { writes, writesVector, at, destination, size } = instruction;
    const known = hasResult && destination?.kind === 'register' && size >= 4 ? 1 << destination.number : 0;
    for (let left = writes & ~known; left !== 0; left &= left - 1) {
      const register = lowestBit(left);
      state.set(register, this.numbers.site(at, register));
    }
    if (writesVector === 0) return;
    const high = this.highHalf(state, instruction);
    for (let left = writesVector; left !== 0; left &= left - 1) {
      const register = lowestBit(left);
      state.set(VECTOR_LOW + register, this.numbers.site(at, VECTOR_LOW + register));
      state.set(VECTOR_HIGH + register, high ?? this.numbers.site(at, VECTOR_HIGH + register));
    }
  }

  /** The upper half of a vector register that is moved to as a whole or loaded. */
  private highHalf(state: FlowState, instruction: Instruction): ValueNumber | undefined {
    const { operation, destination, source, size, sourceSize } = instruction;
    if (operation !== 'move' || destination?.kind !== 'vector') return undefined;
    if (source?.kind === 'immediate' || Math.min(size, sourceSize) < 16) return this.numbers.constant(0n);
    if (source?.kind === 'vector') return this.readRegister(state, instruction, VECTOR_HIGH + source.number);
    return this.load(state, instruction, 8, 8);
  }

  private write(state: FlowState, { destination, size }: Instruction, result: ValueNumber): void {
    // Narrow results leave the rest of a register as it was: together they are a new value.
    if (destination?.kind === 'register' && size >= 4) state.set(destination.number, result);
    else if (destination?.kind === 'vector') state.set(VECTOR_LOW + destination.number, result);
  }
}

/** Number of the lowest bit that is set. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
