/** Numbers of registers as instructions encode them: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R11 = 11;
export const R14 = 14;

/** DWARF numbers of the general registers, in the order of their encoding (System V ABI, figure 3.36). */
export const DWARF_OF_REGISTER: readonly number[] = [0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];

/** A memory operand: base + index * scale + displacement. Registers by encoding, -1 for none. */
export interface MemoryOperand {
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  /** Relative to the end of the instruction. */
  readonly ripRelative: boolean;
  /** With a segment or in 32 bits: it is not known where it is. */
  readonly unknown: boolean;
}

/** What an instruction reads or writes: a general register, a vector register, the memory operand, a constant. */
export type Operand =
  | { readonly kind: 'register'; readonly number: number }
  | { readonly kind: 'vector'; readonly number: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'immediate'; readonly value: bigint };

/** Arithmetic on the lowest floating-point number of a vector register. */
export type FloatOperation = 'fadd' | 'fsub' | 'fmul' | 'fdiv';

/**
 * Operations whose result is known; `select` leaves what the destination or the source held; everything else is `other`, and its
 * writes are all that is known of it.
 */
export type OperationName =
  | 'move'
  | 'lea'
  | 'add'
  | 'sub'
  | 'and'
  | 'or'
  | 'xor'
  | 'imul'
  | 'shl'
  | 'shr'
  | 'sar'
  | 'neg'
  | 'not'
  | 'nop'
  | 'select'
  | FloatOperation
  | 'other';

/** Where execution goes on. */
export type Flow = 'next' | 'jump' | 'branch' | 'call' | 'indirect-call' | 'indirect-jump' | 'end';

/** One decoded instruction (amd64, 64-bit mode). Sizes in bytes, offsets as the caller counts them. */
export interface Instruction {
  readonly at: number;
  readonly length: number;
  readonly flow: Flow;
  /** Of direct jumps and calls. */
  readonly target: number;
  readonly operation: OperationName;
  readonly destination: Operand | undefined;
  readonly source: Operand | undefined;
  /** Second source where the destination is not the first (imul with three operands). */
  readonly second: Operand | undefined;
  /** Size of the result: 1, 2, 4, 8 or 16. Results of 4 bytes in a register clear its upper half; smaller ones keep the rest. */
  readonly size: number;
  /** Size of the source of a move, where it is extended. */
  readonly sourceSize: number;
  readonly signed: boolean;
  /** Bit masks of the registers that are written, as a whole or in part. */
  readonly writes: number;
  readonly writesVector: number;
  readonly memory: MemoryOperand | undefined;
  /** Bytes written at the memory operand: 0 for none, -1 if their number or place is not known. */
  readonly stores: number;
  /** Change of the stack pointer by pushes and pops, where the instruction is one. */
  readonly push: number;
}
