import type { Instruction, Operand } from '../../arch/amd64/instruction.ts';
import { VECTOR_HIGH, VECTOR_LOW } from './flow-state.ts';

/**
 * Keeps the set of registers that were just written, as locations: one stays in it until an instruction has passed that has
 * nothing to do with it, or the block ends.
 */
export function noteWritten(fresh: Set<number>, instruction: Instruction): void {
  const { writes, writesVector, flow, operation } = instruction;
  if (operation === 'nop') return;
  if (flow === 'call' || flow === 'indirect-call')
    for (let location = 0; location < VECTOR_HIGH; location++) fresh.add(location);
  else if (flow !== 'next') fresh.clear();
  else if (isUnderstood(instruction))
    for (const location of fresh) if (!touches(instruction, location)) fresh.delete(location);
  for (let register = 0; register < 16; register++) {
    if ((writes & (1 << register)) !== 0) fresh.add(register);
    if ((writesVector & (1 << register)) !== 0) fresh.add(VECTOR_LOW + register);
  }
}

/** True if all that the instruction reads is known. */
function isUnderstood({ operation, source, destination }: Instruction): boolean {
  return operation !== 'other' && source !== undefined && destination !== undefined;
}

function touches({ source, destination, second, memory }: Instruction, location: number): boolean {
  const names = (operand: Operand | undefined): boolean =>
    (operand?.kind === 'register' && operand.number === location) ||
    (operand?.kind === 'vector' && operand.number + VECTOR_LOW === location);
  return (
    names(source) || names(destination) || names(second) || memory?.base === location || memory?.index === location
  );
}
