import { XMM0 } from '../arch/amd64.ts';
import { decodeInstruction } from '../arch/amd64/decoder.ts';
import { DWARF_OF_REGISTER, RDX, type Instruction, type Operand } from '../arch/amd64/instruction.ts';
import { RegisterSet } from '../arch/registers.ts';
import { readInteger } from '../values/scalars.ts';
import type { FoundFunc, Program } from '../program/program.ts';

/** Code of a wrapper looked at: a prologue, some moves, a call. */
const MOST_CODE = 1024;
const MOST_INSTRUCTIONS = 200;
/** What a closure captured lies within so many bytes. */
const LARGEST_CLOSURE = 4096;

/** The call that a wrapper makes: of which function, and what is in the registers then. */
export interface WrappedCall {
  readonly entry: number;
  readonly registers: RegisterSet;
}

/**
 * What a wrapper of a deferred call (`f.deferwrap1`) will pass on: its machine code is followed from the entry to the call
 * with the closure's object in hand. Known are what the closure captured, constants and addresses; anything that would be
 * read from elsewhere when the wrapper runs is not, and stays unset. Undefined where no call is found, and on other
 * processors than amd64. `wanted` is the entry of the function that is called, where the function table tells.
 */
export function followWrapper(
  program: Program,
  wrapper: FoundFunc,
  closure: number,
  wanted: number | undefined,
): WrappedCall | undefined {
  if (program.target.arch.name !== 'amd64') return undefined;
  const { entry } = wrapper.func;
  const code = program.memory.readSome(entry, MOST_CODE);
  const state = new WrapperState(program, entry, closure);
  for (let at = 0, count = 0; at < code.length && count < MOST_INSTRUCTIONS; count++) {
    const instruction = decodeInstruction(code, at);
    if (instruction === undefined) return undefined;
    const { flow } = instruction;
    if (flow === 'call') {
      const target = entry + instruction.target;
      if (target === wanted) return { entry: target, registers: state.registers() };
      if (wanted !== undefined || program.findFunc(target)?.func.name.startsWith('runtime.') !== false)
        return undefined;
      return { entry: target, registers: state.registers() };
    }
    // A branch of the prologue goes to where the stack grows.
    if (flow !== 'next' && flow !== 'branch') return undefined;
    state.apply(instruction);
    at += instruction.length;
  }
  return undefined;
}

/** Values of registers on the way, as far as they are known. */
class WrapperState {
  private readonly program: Program;
  private readonly entry: number;
  private readonly closure: number;
  private readonly general = new Map<number, bigint>();
  private readonly vector = new Map<number, Uint8Array>();

  constructor(program: Program, entry: number, closure: number) {
    this.program = program;
    this.entry = entry;
    this.closure = closure;
    this.general.set(RDX, BigInt(closure));
  }

  /** By DWARF number. */
  registers(): RegisterSet {
    const set = new RegisterSet();
    for (const [number, value] of this.general) set.set(DWARF_OF_REGISTER[number] ?? number, value);
    for (const [number, bytes] of this.vector) {
      set.setWide(XMM0 + number, bytes);
      set.set(XMM0 + number, readInteger(bytes, 8, false));
    }
    return set;
  }

  apply(instruction: Instruction): void {
    const { destination, writes, writesVector } = instruction;
    const value = destination?.kind === 'register' ? this.result(instruction) : undefined;
    const bytes = destination?.kind === 'vector' ? this.vectorResult(instruction) : undefined;
    for (let number = 0; number < 16; number++) {
      if ((writes & (1 << number)) !== 0) this.general.delete(number);
      if ((writesVector & (1 << number)) !== 0) this.vector.delete(number);
    }
    if (destination?.kind === 'register' && value !== undefined) this.general.set(destination.number, value);
    if (destination?.kind === 'vector' && bytes !== undefined) this.vector.set(destination.number, bytes);
  }

  /** What a whole register holds behind the instruction. */
  private result(instruction: Instruction): bigint | undefined {
    const { operation, source, destination, size, sourceSize, signed } = instruction;
    if (size < 4 || source === undefined) return undefined;
    if (operation === 'xor' && source.kind === 'register' && destination?.kind === 'register')
      return source.number === destination.number ? 0n : undefined;
    if (operation === 'lea') {
      const address = this.address(instruction);
      return address === undefined ? undefined : BigInt(address);
    }
    if (operation !== 'move') return undefined;
    const value = this.read(instruction, source, sourceSize === 0 ? size : sourceSize, signed);
    return value === undefined ? undefined : BigInt.asUintN(64, BigInt.asUintN(size * 8, value));
  }

  private read(instruction: Instruction, operand: Operand, size: number, signed: boolean): bigint | undefined {
    const cut = (value: bigint): bigint => (signed ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value));
    if (operand.kind === 'immediate') return operand.value;
    if (operand.kind === 'register') {
      const value = this.general.get(operand.number);
      return value === undefined ? undefined : cut(value);
    }
    const bytes = operand.kind === 'memory' ? this.captured(this.address(instruction), size) : undefined;
    return bytes && cut(readInteger(bytes, size, false));
  }

  /** Floats are moved from the closure into the low part of a vector register, of which the rest becomes zero. */
  private vectorResult(instruction: Instruction): Uint8Array | undefined {
    const { operation, source, size, sourceSize } = instruction;
    if (operation !== 'move' || source?.kind !== 'memory') return undefined;
    const bytes = this.captured(this.address(instruction), sourceSize === 0 ? size : sourceSize);
    if (bytes === undefined) return undefined;
    const whole = new Uint8Array(16);
    whole.set(bytes);
    return whole;
  }

  /** Memory is read only inside the closure's object: what is elsewhere may change before the wrapper runs. */
  private captured(address: number | undefined, size: number): Uint8Array | undefined {
    if (address === undefined || address < this.closure || address + size > this.closure + LARGEST_CLOSURE)
      return undefined;
    const bytes = this.program.memory.readSome(address, size);
    return bytes.length === size ? bytes : undefined;
  }

  private address({ memory, at, length }: Instruction): number | undefined {
    if (memory === undefined || memory.unknown) return undefined;
    const { base, index, scale, displacement, ripRelative } = memory;
    if (ripRelative) return this.entry + at + length + displacement;
    const part = (number: number): bigint | undefined => (number < 0 ? 0n : this.general.get(number));
    const [from, by] = [part(base), part(index)];
    if (from === undefined || by === undefined) return undefined;
    return Number(from + by * BigInt(scale)) + displacement;
  }
}
