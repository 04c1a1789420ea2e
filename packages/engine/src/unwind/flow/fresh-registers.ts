import type { Instruction, Operand } from '../../arch/amd64/instruction.ts';
import { VECTOR_HIGH, VECTOR_LOW } from './flow-state.ts';

/** General and vector registers as bits, by their locations. */
export type RegisterSet = number;

/** The bit of a register; 0 for other locations. */
export function registerBit(location: number): RegisterSet {
  return location >= 0 && location < VECTOR_HIGH ? 1 << location : 0;
}

/**
 * The registers that were just written, behind an instruction: one stays among them until an instruction has passed that has nothing
 * to do with it, or the block ends.
 */
export function freshBehind(fresh: RegisterSet, instruction: Instruction): RegisterSet {
  const { writes, writesVector, flow, operation } = instruction;
  if (operation === 'nop') return fresh;
  if (flow === 'call' || flow === 'indirect-call') return -1;
  let left = flow === 'next' ? fresh : 0;
  if (left !== 0 && isUnderstood(instruction)) left &= named(instruction);
  return left | writes | (writesVector << VECTOR_LOW);
}

/** True if all that the instruction reads is known. */
function isUnderstood({ operation, source, destination }: Instruction): boolean {
  return operation !== 'other' && source !== undefined && destination !== undefined;
}

/** The registers that an instruction names. */
function named({ source, destination, second, memory }: Instruction): RegisterSet {
  const address = memory === undefined ? 0 : registerBit(memory.base) | registerBit(memory.index);
  return operandBit(source) | operandBit(destination) | operandBit(second) | address;
}

function operandBit(operand: Operand | undefined): RegisterSet {
  if (operand?.kind === 'register') return registerBit(operand.number);
  return operand?.kind === 'vector' ? registerBit(operand.number + VECTOR_LOW) : 0;
}
