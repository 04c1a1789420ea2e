import type { FloatOperation, Flow, Instruction, OperationName, Operand } from './instruction.ts';
import { RCX } from './instruction.ts';
import type { InstructionReader } from './reader.ts';

const ALL_REGISTERS = 0xffff & ~(1 << 4);

const NUMBERS = Array.from({ length: 16 }, (_, number) => number);
const REGISTERS = NUMBERS.map((number): Operand => ({ kind: 'register', number }));
const VECTORS = NUMBERS.map((number): Operand => ({ kind: 'vector', number }));
const MEMORY: Operand = { kind: 'memory' };

/** An instruction while it is decoded. Methods that return a boolean return true, so that a rule may end with them. */
export class Draft {
  readonly reader: InstructionReader;
  private readonly at: number;
  private flow: Flow = 'next';
  private target = -1;
  private operation: OperationName = 'other';
  private destination: Operand | undefined;
  private source: Operand | undefined;
  second: Operand | undefined;
  private size = 0;
  private sourceSize = 0;
  private isSigned = false;
  private push = 0;
  writes = 0;
  writesVector = 0;
  stores = 0;

  constructor(reader: InstructionReader, at: number) {
    this.reader = reader;
    this.at = at;
  }

  /** A general register of `size` bytes; without REX, byte registers 4 to 7 are the second bytes of the first four. */
  byteRegister(number: number, size: number): Operand {
    return REGISTERS[size === 1 && this.isHighByte(number) ? number - 4 : number] as Operand;
  }

  private isHighByte(number: number): boolean {
    return this.reader.rex === 0 && number >= 4 && number < 8;
  }

  /** The operand of ModRM's reg field, as a general register. */
  registerOperand(size: number): Operand {
    return this.byteRegister(this.reader.reg, size);
  }

  /** The operand of ModRM's r/m field: memory or a general register. */
  rmOperand(size: number): Operand {
    return this.reader.memory === undefined ? this.byteRegister(this.reader.rm, size) : MEMORY;
  }

  vectorOperand(): Operand {
    return VECTORS[this.reader.reg] as Operand;
  }

  rmVector(): Operand {
    return this.reader.memory === undefined ? (VECTORS[this.reader.rm] as Operand) : MEMORY;
  }

  alsoWrites(operand: Operand | undefined, size = 0): void {
    if (operand?.kind === 'register') this.writes |= 1 << operand.number;
    else if (operand?.kind === 'vector') this.writesVector |= 1 << operand.number;
    else if (operand?.kind === 'memory') this.stores = size;
  }

  /** destination = destination OP source. */
  compute(operation: OperationName, destination: Operand, source: Operand | undefined, size: number): void {
    // The second byte of a register is no value of its own.
    const highByte = size === 1 && this.reader.rex === 0;
    this.operation = size < 4 && (highByte || operation !== 'move') ? 'other' : operation;
    this.destination = destination;
    this.source = source;
    this.size = size;
    this.sourceSize = size;
    this.alsoWrites(destination, size);
  }

  computeFloat(operation: FloatOperation, destination: Operand, source: Operand, size: number): void {
    this.compute(operation, destination, source, size);
    this.operation = operation;
  }

  move(destination: Operand, source: Operand, size: number): void {
    this.compute('move', destination, source, size);
    const high = size === 1 && this.reader.rex === 0;
    const isHigh =
      high &&
      (this.isHighByte(this.reader.reg) || (this.reader.memory === undefined && this.isHighByte(this.reader.rm)));
    this.operation = isHigh ? 'other' : 'move';
  }

  /** A move that fills the rest of the destination with zeros or copies of the sign. */
  extend(destination: Operand, source: Operand, size: number, sourceSize: number, isSigned: boolean): void {
    this.compute('move', destination, source, size);
    this.sourceSize = sourceSize;
    this.isSigned = isSigned;
    const high = sourceSize === 1 && this.reader.memory === undefined && this.isHighByte(this.reader.rm);
    this.operation = high || size < 4 ? 'other' : 'move';
  }

  loadAddress(size: number): void {
    this.compute('lea', this.registerOperand(size), MEMORY, size);
    if (size !== 8) this.operation = 'other';
  }

  pushed(source: Operand | undefined): void {
    this.push = -8;
    this.source = source;
    this.size = 8;
  }

  popped(destination: Operand | undefined): void {
    this.push = 8;
    this.destination = destination;
    this.size = 8;
    this.alsoWrites(destination, 8);
  }

  doNothing(): boolean {
    this.operation = 'nop';
    return true;
  }

  goOn(flow: Flow): boolean {
    this.flow = flow;
    return true;
  }

  jumpBy(size: number, flow: Flow): boolean {
    const distance = this.reader.signed(size);
    this.target = this.reader.at + distance;
    return this.goOn(flow);
  }

  loopBy(): boolean {
    this.writes |= 1 << RCX;
    return this.jumpBy(1, 'branch');
  }

  /** For instructions whose registers are not decoded: anything but the stack pointer may be written. */
  writesAnything(): boolean {
    this.writes = ALL_REGISTERS;
    this.writesVector = 0xffff;
    if (this.reader.memory !== undefined) this.stores = -1;
    return true;
  }

  finish(): Instruction {
    const { at, flow, target, operation, destination, source, second, size, sourceSize, writes, stores, push } = this;
    return {
      at,
      length: this.reader.length,
      flow,
      target,
      operation,
      destination,
      source,
      second,
      size,
      sourceSize,
      signed: this.isSigned,
      writes,
      writesVector: this.writesVector,
      memory: this.reader.memory,
      stores,
      push,
    };
  }
}
