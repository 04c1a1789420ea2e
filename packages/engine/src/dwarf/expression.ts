import { Cursor } from '../base/cursor.ts';
import { hex, isDebugError } from '../base/errors.ts';
import { DW_OP, formatOperation, operandsOf, type Operand } from './operations.ts';
import { binaryOperation, stackOperation, unaryOperation } from './stack-operations.ts';

/** What an expression is evaluated in: one frame of one thread. */
export interface ExpressionContext {
  /** Value of a register by its DWARF number in this frame; undefined if it is not known. */
  register(dwarfNumber: number): bigint | undefined;
  /** Canonical frame address (memory address), undefined if not known. */
  readonly cfa: number | undefined;
  /** DW_AT_frame_base; without it, DW_OP_fbreg counts from the CFA, as it does in all Go code. */
  readonly frameBase?: Uint8Array | undefined;
  /** Little-endian integer of `size` bytes in memory. May throw a `DebugError`. */
  readMemory(address: number, size: number): bigint;
  /** Link-time address number `index` of the unit's .debug_addr. */
  addressAt(index: number): number;
  /** Added to link-time addresses (DW_OP_addr, DW_OP_addrx). */
  readonly bias: number;
  /** Bytes of an address; 8 if not given. */
  readonly addressSize?: number | undefined;
  /** Bytes of a section offset; 4 if not given. */
  readonly offsetSize?: number | undefined;
  /** Address of a thread-local variable; undefined if not known. */
  tlsAddress?(offset: bigint): number | undefined;
  /** Value of an expression at the function's entry (DW_OP_entry_value); undefined if not known. */
  entryValue?(expression: Uint8Array): bigint | undefined;
  /** For DW_OP_push_object_address. */
  readonly objectAddress?: number | undefined;
}

/** Where a part of a variable is. Memory addresses are run-time addresses; `absent` says why in plain words. */
export type PieceLocation =
  | { readonly kind: 'memory'; readonly address: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'implicit'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent'; readonly reason: string };

/** A part of a variable, in order of its bytes. */
export interface Piece {
  /** Bytes; undefined for the only piece of a variable that is in one place. */
  readonly size: number | undefined;
  /** Exact size and offset in `where` for DW_OP_bit_piece; else undefined and 0. */
  readonly bitSize: number | undefined;
  readonly bitOffset: number;
  readonly where: PieceLocation;
}

/** Operations executed at most: loops are possible, real expressions have a dozen. */
const STEP_LIMIT = 10_000;
const STACK_LIMIT = 1_000;
const PIECE_LIMIT = 10_000;

const OPTIMISED_AWAY = 'optimised away';

/**
 * Evaluates a location expression. Never throws on bad input or missing registers: what cannot be had is a piece that is
 * absent with its reason, and the other pieces are still right.
 */
export function evaluateLocation(expression: Uint8Array, context: ExpressionContext): readonly Piece[] {
  return new Machine(expression, context, []).run();
}

/** Result of `evaluateValue`: the value, or why there is none. */
export type ExpressionValue = { readonly value: bigint } | { readonly reason: string };

/**
 * Evaluates an expression for its value: a frame base, a call frame rule, a member's place. `initial` is pushed first.
 * A register location stands for the register's contents.
 */
export function evaluateValue(expression: Uint8Array, context: ExpressionContext, initial?: bigint): ExpressionValue {
  const pieces = new Machine(expression, context, initial === undefined ? [] : [initial]).run();
  const where = pieces.length === 1 ? pieces[0]?.where : undefined;
  switch (where?.kind) {
    case 'memory':
      return { value: BigInt(where.address) };
    case 'value':
      return { value: where.value };
    case 'register': {
      const value = context.register(where.register);
      return value === undefined ? { reason: `register ${where.register} is not known in this frame` } : { value };
    }
    case 'absent':
      return { reason: where.reason };
    default:
      return { reason: 'expression gives no single value' };
  }
}

/** The address that an expression without context gives (DW_OP_addr, DW_OP_addrx): for package-level variables. */
export function staticAddress(
  expression: Uint8Array,
  addressAt: (index: number) => number,
  bias: number,
): number | undefined {
  const context: ExpressionContext = {
    register: () => undefined,
    cfa: undefined,
    readMemory: () => 0n,
    addressAt,
    bias,
  };
  const op = expression[0];
  if (op !== DW_OP.DW_OP_addr && op !== DW_OP.DW_OP_addrx && op !== DW_OP.DW_OP_GNU_addr_index) return undefined;
  const where = evaluateLocation(expression, context)[0]?.where;
  return where?.kind === 'memory' ? where.address : undefined;
}

/** An operation that cannot be carried out; turned into an absent piece. */
class Failure {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

type Arg = bigint | Uint8Array;

class Machine {
  private readonly cursor: Cursor;
  private readonly context: ExpressionContext;
  private readonly stack: bigint[];
  private readonly pieces: Piece[] = [];
  /** Set by operations that name a place other than memory. */
  private where: PieceLocation | undefined;
  /** Why the piece in the making is absent: operations are then skipped up to its end. */
  private failure: string | undefined;
  /** True if anything was said about the piece in the making. */
  private touched: boolean;

  constructor(expression: Uint8Array, context: ExpressionContext, stack: bigint[]) {
    this.cursor = new Cursor(expression, 'location expression');
    this.context = context;
    this.stack = stack;
    this.touched = stack.length > 0;
  }

  run(): readonly Piece[] {
    try {
      for (let steps = 0; !this.cursor.done; steps++) {
        if (steps >= STEP_LIMIT || this.pieces.length > PIECE_LIMIT)
          throw new Failure('location expression does not end');
        this.step();
      }
    } catch (error) {
      this.fail(error);
    }
    if (this.pieces.length === 0 || this.touched || this.failure !== undefined) this.finish(undefined, undefined, 0);
    return this.pieces;
  }

  private fail(error: unknown): void {
    if (error instanceof Failure) this.failure = error.reason;
    else if (isDebugError(error)) this.failure = error.message;
    else throw error;
  }

  private step(): void {
    const at = this.cursor.at;
    const op = this.cursor.u8();
    const operands = operandsOf(op);
    if (operands === undefined)
      throw new Failure(`unknown operation ${hex(op)} at byte ${at} of the location expression`);
    const args = operands.map((operand) => this.operand(operand));
    const first = args[0] ?? 0n;
    if (op === DW_OP.DW_OP_piece) return this.finish(Number(first), undefined, 0);
    if (op === DW_OP.DW_OP_bit_piece) return this.finishBits(Number(first), Number(args[1] ?? 0n));
    this.touched = true;
    if (this.failure !== undefined) return;
    try {
      this.execute(op, first, args[1] ?? 0n);
      if (this.stack.length > STACK_LIMIT) throw new Failure('location expression fills the stack');
    } catch (error) {
      this.fail(error);
    }
  }

  private operand(operand: Operand): Arg {
    const { cursor, context } = this;
    switch (operand) {
      case 'u1':
        return BigInt(cursor.u8());
      case 's1':
        return BigInt(cursor.i8());
      case 'u2':
        return BigInt(cursor.u16());
      case 's2':
        return BigInt.asIntN(16, BigInt(cursor.u16()));
      case 'u4':
        return BigInt(cursor.u32());
      case 's4':
        return BigInt(cursor.i32());
      case 'u8':
        return cursor.u64big();
      case 's8':
        return BigInt.asIntN(64, cursor.u64big());
      case 'uleb':
        return cursor.ulebBig();
      case 'sleb':
        return cursor.slebBig();
      case 'addr':
        return context.addressSize === 4 ? BigInt(cursor.u32()) : cursor.u64big();
      case 'offset':
        return context.offsetSize === 8 ? cursor.u64big() : BigInt(cursor.u32());
      case 'block':
        return cursor.take(cursor.uleb());
      case 'block1':
        return cursor.take(cursor.u8());
    }
  }

  private execute(op: number, first: Arg, second: Arg): void {
    const { stack } = this;
    if (first instanceof Uint8Array) return this.executeBlock(op, first);
    if (second instanceof Uint8Array) throw new Failure(`${formatOperation(op)} is not supported`);
    if (op >= DW_OP.DW_OP_lit0 && op <= DW_OP.DW_OP_lit31) return this.push(BigInt(op - DW_OP.DW_OP_lit0));
    if (op >= DW_OP.DW_OP_reg0 && op <= DW_OP.DW_OP_reg31) return this.inRegister(op - DW_OP.DW_OP_reg0);
    if (op >= DW_OP.DW_OP_breg0 && op <= DW_OP.DW_OP_breg31)
      return this.push(this.register(op - DW_OP.DW_OP_breg0) + first);
    if (op >= DW_OP.DW_OP_const1u && op <= DW_OP.DW_OP_consts) return this.push(first);
    const binary = binaryOperation(op);
    if (binary !== undefined) {
      const right = this.pop();
      const result = binary(this.pop(), right);
      if (result === undefined) throw new Failure('location expression divides by zero');
      return this.push(result);
    }
    const unary = unaryOperation(op);
    if (unary !== undefined) return this.push(unary(this.pop()));
    const shuffle = stackOperation(op);
    if (shuffle !== undefined) {
      if (!shuffle(stack, Number(first))) throw new Failure('location expression takes more than the stack holds');
      return;
    }
    this.executeSpecial(op, first, second);
  }

  private executeSpecial(op: number, first: bigint, second: bigint): void {
    const { context } = this;
    switch (op) {
      case DW_OP.DW_OP_nop:
      case DW_OP.DW_OP_GNU_uninit:
        return;
      case DW_OP.DW_OP_plus_uconst:
        return this.push(this.pop() + first);
      case DW_OP.DW_OP_addr:
        return this.push(first + BigInt(context.bias));
      case DW_OP.DW_OP_addrx:
      case DW_OP.DW_OP_GNU_addr_index:
        return this.push(BigInt(context.addressAt(Number(first))) + BigInt(context.bias));
      case DW_OP.DW_OP_constx:
      case DW_OP.DW_OP_GNU_const_index:
        return this.push(BigInt(context.addressAt(Number(first))));
      case DW_OP.DW_OP_regx:
        return this.inRegister(Number(first));
      case DW_OP.DW_OP_bregx:
        return this.push(this.register(Number(first)) + second);
      case DW_OP.DW_OP_fbreg:
        return this.push(this.frameBase() + first);
      case DW_OP.DW_OP_call_frame_cfa:
        return this.push(this.cfa());
      case DW_OP.DW_OP_deref:
        return this.push(this.load(context.addressSize ?? 8));
      case DW_OP.DW_OP_deref_size:
        return this.push(this.load(Number(first)));
      case DW_OP.DW_OP_skip:
        return this.jump(Number(first));
      case DW_OP.DW_OP_bra:
        if (this.pop() !== 0n) this.jump(Number(first));
        return;
      case DW_OP.DW_OP_stack_value:
        this.where = { kind: 'value', value: this.pop() };
        return;
      case DW_OP.DW_OP_form_tls_address:
      case DW_OP.DW_OP_GNU_push_tls_address:
        return this.push(BigInt(this.need(context.tlsAddress?.(this.pop()), 'address of thread-local variables')));
      case DW_OP.DW_OP_push_object_address:
        return this.push(BigInt(this.need(context.objectAddress, 'address of the object')));
      case DW_OP.DW_OP_implicit_pointer:
      case DW_OP.DW_OP_GNU_implicit_pointer:
        throw new Failure('pointer was optimised away (DW_OP_implicit_pointer)');
      default:
        throw new Failure(`${formatOperation(op)} is not supported`);
    }
  }

  private executeBlock(op: number, block: Uint8Array): void {
    if (op === DW_OP.DW_OP_implicit_value) {
      this.where = { kind: 'implicit', bytes: block };
      return;
    }
    if (op !== DW_OP.DW_OP_entry_value && op !== DW_OP.DW_OP_GNU_entry_value) {
      throw new Failure(`${formatOperation(op)} is not supported`);
    }
    const value = this.context.entryValue?.(block);
    if (value === undefined) throw new Failure("known only as the caller's value at entry (DW_OP_entry_value)");
    this.push(value);
  }

  private push(value: bigint): void {
    this.stack.push(BigInt.asUintN(64, value));
  }

  private pop(): bigint {
    const value = this.stack.pop();
    if (value === undefined) throw new Failure('location expression takes more than the stack holds');
    return value;
  }

  private need<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new Failure(`${what} is not known in this frame`);
    return value;
  }

  private register(number: number): bigint {
    return this.need(this.context.register(number), `register ${number}`);
  }

  private inRegister(register: number): void {
    this.where = { kind: 'register', register };
  }

  private cfa(): bigint {
    return BigInt(this.need(this.context.cfa, 'canonical frame address'));
  }

  private frameBase(): bigint {
    const { frameBase } = this.context;
    if (frameBase === undefined) return this.cfa();
    if (frameBase[0] === DW_OP.DW_OP_call_frame_cfa && frameBase.length === 1) return this.cfa();
    // The frame base's own frame base would never end.
    const { context } = this;
    const inner: ExpressionContext = {
      register: (number) => context.register(number),
      cfa: context.cfa,
      frameBase: new Uint8Array([DW_OP.DW_OP_call_frame_cfa]),
      readMemory: (address, size) => context.readMemory(address, size),
      addressAt: (index) => context.addressAt(index),
      bias: context.bias,
      addressSize: context.addressSize,
    };
    const result = evaluateValue(frameBase, inner);
    if ('reason' in result) throw new Failure(result.reason);
    return result.value;
  }

  private load(size: number): bigint {
    if (size < 1 || size > 8) throw new Failure(`location expression reads ${size} bytes`);
    return this.context.readMemory(this.toAddress(this.pop()), size);
  }

  private toAddress(value: bigint): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Failure(`address ${hex(value)} is not one of user space`);
    return Number(value);
  }

  private jump(distance: number): void {
    const target = this.cursor.at + distance;
    if (target < 0 || target > this.cursor.end) throw new Failure('location expression jumps outside itself');
    this.cursor.at = target;
  }

  /** What the operations so far say about the piece in the making. */
  private place(): PieceLocation {
    if (this.failure !== undefined) return { kind: 'absent', reason: this.failure };
    if (this.where !== undefined) return this.where;
    const top = this.stack.pop();
    if (top === undefined) return { kind: 'absent', reason: OPTIMISED_AWAY };
    try {
      return { kind: 'memory', address: this.toAddress(top) };
    } catch (error) {
      this.fail(error);
      return { kind: 'absent', reason: this.failure ?? OPTIMISED_AWAY };
    }
  }

  private finishBits(bitSize: number, bitOffset: number): void {
    this.finish(Math.ceil(bitSize / 8), bitSize, bitOffset);
  }

  private finish(size: number | undefined, bitSize: number | undefined, bitOffset: number): void {
    this.pieces.push({ size, bitSize, bitOffset, where: this.place() });
    this.where = undefined;
    this.failure = undefined;
    this.touched = false;
  }
}
