import { describe, expect, it } from 'vitest';
import { evaluateLocation, evaluateValue, staticAddress, type ExpressionContext } from './expression.ts';
import { DW_OP, formatOperation, operandsOf } from './operations.ts';

const O = DW_OP;
const context: ExpressionContext = {
  register: (number) => (number < 16 ? BigInt(number) * 0x100n : undefined),
  cfa: 0xc000_0000,
  readMemory: (address, size) => BigInt(address) + BigInt(size),
  addressAt: (index) => 0x40_0000 + index,
  bias: 0x1000,
};
const run = (...bytes: number[]) => evaluateLocation(Uint8Array.from(bytes), context);
const where = (...bytes: number[]) => run(...bytes)[0]?.where;
const value = (...bytes: number[]) => evaluateValue(Uint8Array.from(bytes), context);

describe('evaluateLocation', () => {
  it('gives frame slots, registers and static addresses', () => {
    expect(where(O.DW_OP_fbreg, 0x70)).toEqual({ kind: 'memory', address: 0xc000_0000 - 16 });
    expect(where(O.DW_OP_call_frame_cfa)).toEqual({ kind: 'memory', address: 0xc000_0000 });
    expect(where(O.DW_OP_reg0 + 3)).toEqual({ kind: 'register', register: 3 });
    expect(where(O.DW_OP_regx, 0x91, 0x01)).toEqual({ kind: 'register', register: 145 });
    expect(where(O.DW_OP_breg0 + 7, 0x7f)).toEqual({ kind: 'memory', address: 0x6ff });
    expect(where(O.DW_OP_addr, 0, 0, 0x40, 0, 0, 0, 0, 0)).toEqual({ kind: 'memory', address: 0x40_1000 });
    expect(where(O.DW_OP_addrx, 5)).toEqual({ kind: 'memory', address: 0x40_1005 });
  });

  it('gives each piece its own place, absent ones with a reason', () => {
    const pieces = run(O.DW_OP_reg0, O.DW_OP_piece, 8, O.DW_OP_piece, 8, O.DW_OP_fbreg, 8, O.DW_OP_piece, 8);
    expect(pieces.map((piece) => piece.size)).toEqual([8, 8, 8]);
    expect(pieces.map((piece) => piece.where)).toEqual([
      { kind: 'register', register: 0 },
      { kind: 'absent', reason: 'optimised away' },
      { kind: 'memory', address: 0xc000_0008 },
    ]);
  });

  it('goes on behind a piece that cannot be had', () => {
    const pieces = run(O.DW_OP_bregx, 40, 0, O.DW_OP_piece, 8, O.DW_OP_lit0 + 1, O.DW_OP_stack_value, O.DW_OP_piece, 4);
    expect(pieces.map((piece) => piece.where)).toEqual([
      { kind: 'absent', reason: 'register 40 is not known in this frame' },
      { kind: 'value', value: 1n },
    ]);
  });

  it('knows bit pieces and implicit values', () => {
    expect(run(O.DW_OP_reg0, O.DW_OP_bit_piece, 3, 5)).toEqual([
      { size: 1, bitSize: 3, bitOffset: 5, where: { kind: 'register', register: 0 } },
    ]);
    expect(where(O.DW_OP_implicit_value, 2, 7, 8)).toEqual({ kind: 'implicit', bytes: Uint8Array.of(7, 8) });
  });

  it('says why there is nothing', () => {
    expect(where()).toEqual({ kind: 'absent', reason: 'optimised away' });
    expect(where(O.DW_OP_entry_value, 1, O.DW_OP_reg0, O.DW_OP_stack_value)).toMatchObject({ kind: 'absent' });
    expect(where(O.DW_OP_implicit_pointer, 0, 0, 0, 0, 0)).toMatchObject({ kind: 'absent' });
    expect(where(0xff)).toMatchObject({ reason: expect.stringContaining('unknown operation 0xff') });
    expect(where(O.DW_OP_addr, 1)).toMatchObject({ reason: expect.stringContaining('unexpected end') });
    expect(where(O.DW_OP_plus)).toMatchObject({ reason: 'location expression takes more than the stack holds' });
    expect(where(O.DW_OP_lit0 + 1, O.DW_OP_lit0, O.DW_OP_div)).toMatchObject({
      reason: 'location expression divides by zero',
    });
    expect(where(O.DW_OP_const1s, 0xff)).toMatchObject({ reason: expect.stringContaining('not one of user space') });
  });

  it('ends endless loops and overfull stacks', () => {
    expect(where(O.DW_OP_skip, 0xfd, 0xff)).toMatchObject({ reason: 'location expression does not end' });
    expect(where(O.DW_OP_lit0 + 1, O.DW_OP_skip, 0xfc, 0xff)).toMatchObject({ kind: 'absent' });
    expect(where(O.DW_OP_skip, 0x10, 0)).toMatchObject({ reason: 'location expression jumps outside itself' });
  });

  it('evaluates a frame base that is a register', () => {
    const inC = { ...context, frameBase: Uint8Array.of(O.DW_OP_reg0 + 6) };
    expect(evaluateLocation(Uint8Array.of(O.DW_OP_fbreg, 4), inC)[0]?.where).toEqual({
      kind: 'memory',
      address: 0x604,
    });
  });

  it('never throws, whatever the bytes', () => {
    let seed = 1;
    const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: next() % 12 }, () => next() & 0xff);
      expect(Array.isArray(evaluateLocation(bytes, context))).toBe(true);
    }
  });
});

describe('evaluateValue', () => {
  it('computes', () => {
    const cases: [bigint, number[]][] = [
      [5n, [O.DW_OP_lit0 + 2, O.DW_OP_lit0 + 3, O.DW_OP_plus]],
      [2n ** 64n - 1n, [O.DW_OP_const1s, 0xff, O.DW_OP_stack_value]],
      [2n ** 64n - 2n, [O.DW_OP_consts, 0x78, O.DW_OP_lit0 + 4, O.DW_OP_div, O.DW_OP_stack_value]],
      [1n, [O.DW_OP_const1s, 0xff, O.DW_OP_lit0, O.DW_OP_lt]],
      [0n, [O.DW_OP_lit0 + 1, O.DW_OP_const1u, 64, O.DW_OP_shl]],
      [3n, [O.DW_OP_lit0 + 1, O.DW_OP_lit0 + 2, O.DW_OP_lit0 + 3, O.DW_OP_rot, O.DW_OP_drop, O.DW_OP_drop]],
      [0x3008n, [O.DW_OP_const2u, 0, 0x30, O.DW_OP_deref]],
      [7n, [O.DW_OP_lit0 + 1, O.DW_OP_bra, 1, 0, O.DW_OP_lit0, O.DW_OP_lit0 + 7]],
    ];
    for (const [expected, bytes] of cases) expect(value(...bytes)).toEqual({ value: expected });
  });

  it('takes a first value, as for members and call frame rules', () => {
    expect(evaluateValue(Uint8Array.of(O.DW_OP_plus_uconst, 16), context, 0x1000n)).toEqual({ value: 0x1010n });
  });
});

describe('staticAddress', () => {
  it('knows the place of a package-level variable and of nothing else', () => {
    expect(staticAddress(Uint8Array.of(O.DW_OP_addr, 1, 0, 0, 0, 0, 0, 0, 0), () => 0, 0x10)).toBe(0x11);
    expect(staticAddress(Uint8Array.of(O.DW_OP_call_frame_cfa), () => 0, 0)).toBeUndefined();
  });
});

describe('operations', () => {
  it('have names and operands', () => {
    expect(formatOperation(0x91)).toBe('DW_OP_fbreg');
    expect(formatOperation(0x77)).toBe('DW_OP_breg7');
    expect(operandsOf(0x77)).toEqual(['sleb']);
    expect(operandsOf(0x01)).toBeUndefined();
  });
});
