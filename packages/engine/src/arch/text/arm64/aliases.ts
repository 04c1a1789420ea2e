import { sized, type A64Draft, type A64Operand } from './model.ts';

/** Logical operations by their opcode. */
export const LOGICAL = ['and', 'orr', 'eor', 'ands'] as const;
/** `cmp` or `cmn`: a subtraction or addition whose result nobody keeps. */
export function compare(isSub: boolean, wide: boolean, first: A64Operand, second: A64Operand): A64Draft {
  return { name: isSub ? 'cmp' : 'cmn', go: sized(isSub ? 'CMP' : 'CMN', wide), operands: [first, second] };
}

/** `mov`, which several instructions stand for. */
export function move(wide: boolean, to: A64Operand, from: A64Operand): A64Draft {
  return { name: 'mov', go: wide ? 'MOVD' : 'MOVW', operands: [to, from] };
}
