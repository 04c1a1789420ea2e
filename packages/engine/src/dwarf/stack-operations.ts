import { DW_OP } from './operations.ts';

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

type Binary = (left: bigint, right: bigint) => bigint | undefined;
type Unary = (value: bigint) => bigint;
/** Rearranges the stack; false if it holds too little. */
type Shuffle = (stack: bigint[], operand: number) => boolean;

// Values are unsigned 64-bit; comparison, division and DW_OP_shra are signed (DWARF 5, section 2.5.1.4).
const BINARY: ReadonlyMap<number, Binary> = new Map<number, Binary>([
  [DW_OP.DW_OP_and, (a, b) => a & b],
  [DW_OP.DW_OP_div, (a, b) => (b === 0n ? undefined : unsigned(signed(a) / signed(b)))],
  [DW_OP.DW_OP_minus, (a, b) => unsigned(a - b)],
  [DW_OP.DW_OP_mod, (a, b) => (b === 0n ? undefined : a % b)],
  [DW_OP.DW_OP_mul, (a, b) => unsigned(a * b)],
  [DW_OP.DW_OP_or, (a, b) => a | b],
  [DW_OP.DW_OP_plus, (a, b) => unsigned(a + b)],
  [DW_OP.DW_OP_shl, (a, b) => (b > 63n ? 0n : unsigned(a << b))],
  [DW_OP.DW_OP_shr, (a, b) => (b > 63n ? 0n : a >> b)],
  [DW_OP.DW_OP_shra, (a, b) => unsigned(signed(a) >> (b > 63n ? 63n : b))],
  [DW_OP.DW_OP_xor, (a, b) => a ^ b],
  [DW_OP.DW_OP_eq, (a, b) => truth(a === b)],
  [DW_OP.DW_OP_ge, (a, b) => truth(signed(a) >= signed(b))],
  [DW_OP.DW_OP_gt, (a, b) => truth(signed(a) > signed(b))],
  [DW_OP.DW_OP_le, (a, b) => truth(signed(a) <= signed(b))],
  [DW_OP.DW_OP_lt, (a, b) => truth(signed(a) < signed(b))],
  [DW_OP.DW_OP_ne, (a, b) => truth(a !== b)],
]);

const UNARY: ReadonlyMap<number, Unary> = new Map<number, Unary>([
  [DW_OP.DW_OP_abs, (a) => unsigned(signed(a) < 0n ? -signed(a) : a)],
  [DW_OP.DW_OP_neg, (a) => unsigned(-a)],
  [DW_OP.DW_OP_not, (a) => unsigned(~a)],
]);

/** Copies the value `depth` below the top to the top. */
function pick(stack: bigint[], depth: number): boolean {
  const value = stack[stack.length - 1 - depth];
  if (value === undefined) return false;
  stack.push(value);
  return true;
}

/** Moves the top `below` places down. */
function sink(stack: bigint[], below: number): boolean {
  if (stack.length <= below) return false;
  stack.splice(stack.length - 1 - below, 0, stack.pop() as bigint);
  return true;
}

const SHUFFLE: ReadonlyMap<number, Shuffle> = new Map<number, Shuffle>([
  [DW_OP.DW_OP_dup, (stack) => pick(stack, 0)],
  [DW_OP.DW_OP_drop, (stack) => stack.pop() !== undefined],
  [DW_OP.DW_OP_over, (stack) => pick(stack, 1)],
  [DW_OP.DW_OP_pick, pick],
  [DW_OP.DW_OP_swap, (stack) => sink(stack, 1)],
  [DW_OP.DW_OP_rot, (stack) => sink(stack, 2)],
]);

/** What a two-operand operation computes; its result is undefined when it divides by zero. */
export function binaryOperation(op: number): Binary | undefined {
  return BINARY.get(op);
}

/** What a one-operand operation computes. */
export function unaryOperation(op: number): Unary | undefined {
  return UNARY.get(op);
}

/** How an operation rearranges the stack. */
export function stackOperation(op: number): Shuffle | undefined {
  return SHUFFLE.get(op);
}
