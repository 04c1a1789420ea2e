import { describe, expect, it } from 'vitest';
import { equalitiesAt } from './equalities.ts';
import { FlowAnalysis } from './flow-analysis.ts';
import { buildFlowGraph } from './flow-graph.ts';
import { leavesOf, usesOf, type Leaf } from './leaves.ts';
import { FlowState, slotLocation, StateLayout, variableLocation } from './flow-state.ts';
import type { TrackedPiece } from './tracked-pieces.ts';
import { Transfer, type FunctionFacts } from './transfer.ts';
import { ValueNumbers, type ValueNumber } from './value-number.ts';

const RAX = 0;
const RBX = 3;

const STORE_RAX = [0x48, 0x89, 0x44, 0x24, 0xf8]; // mov [rsp-8], rax
const LOAD_RBX = [0x48, 0x8b, 0x5c, 0x24, 0xf8]; // mov rbx, [rsp-8]
const CALL = [0xe8, 0x00, 0x10, 0x00, 0x00]; // call somewhere
const RET = [0xc3];
const INC_RAX = [0x48, 0xff, 0xc0];
const COPY_RBX_RAX = [0x48, 0x89, 0xc3]; // mov rbx, rax
const LOAD_RAX_HEAP = [0x48, 0x8b, 0x01]; // mov rax, [rcx]

interface Flow {
  readonly analysis: FlowAnalysis;
  readonly numbers: ValueNumbers;
  value(offset: number, location: number): ValueNumber | undefined;
}

/** The flow of some code, in which every slot is private and calls have no stack arguments. */
function flowOf(
  bytes: readonly number[],
  pieces: readonly TrackedPiece[] = [],
  facts: Partial<FunctionFacts> = {},
): Flow {
  const context = { neverReturns: () => false, jumpTable: () => undefined, extraEntries: [] };
  const graph = buildFlowGraph(Uint8Array.from(bytes), context);
  if (graph === undefined) throw new Error('not understood');
  const numbers = new ValueNumbers();
  const transfer = new Transfer(numbers, {
    isPrivate: () => true,
    isOwn: () => true,
    callee: () => ({ argumentBytes: 0, keepsRegisters: false }),
    constantAt: () => undefined,
    addressOf: (offset) => 0x1000 + offset,
    zeroVector: true,
    hasContext: true,
    ...facts,
  });
  const entry = new FlowState(new StateLayout(pieces.length));
  transfer.entryState(entry, [], []);
  const analysis = new FlowAnalysis(graph, numbers, transfer, pieces, entry, new Set());
  expect(analysis.before(0)).toBeDefined();
  return { analysis, numbers, value: (offset, location) => analysis.before(offset)?.get(location)?.value };
}

describe('flow of values', () => {
  it('follows a register into a slot, over a call, and back', () => {
    const flow = flowOf([...STORE_RAX, ...CALL, ...LOAD_RBX, ...RET]);
    const rax = flow.numbers.entry(RAX);
    expect(flow.value(5, slotLocation(-8))).toBe(rax);
    expect(flow.value(10, RAX)).toBeUndefined();
    expect(flow.value(15, RBX)).toBe(rax);
  });

  it('does not follow slots that pointers or called functions reach', () => {
    const taken = flowOf([...STORE_RAX, ...CALL, ...RET], [], { isPrivate: () => false });
    expect(taken.value(5, slotLocation(-8))).toBeUndefined();
    const facts: Partial<FunctionFacts> = {
      callee: () => ({ argumentBytes: undefined, keepsRegisters: false }),
      isOwn: () => false,
    };
    expect(flowOf([...STORE_RAX, ...CALL, ...RET], [], facts).value(10, slotLocation(-8))).toBeUndefined();
  });

  it('gives a new number where ways disagree, one for all places that agree with each other', () => {
    // test eax, eax; je L; inc rax; mov rbx, rax; jmp M; L: mov rbx, rax; M: ret
    const flow = flowOf([0x85, 0xc0, 0x74, 0x08, ...INC_RAX, ...COPY_RBX_RAX, 0xeb, 0x03, ...COPY_RBX_RAX, ...RET]);
    const end = 4 + 3 + 3 + 2 + 3;
    expect(flow.value(end, RAX)?.what).toMatchObject({ kind: 'site', location: RAX });
    expect(flow.value(end, RBX)).toBe(flow.value(end, RAX));
  });

  it('tells the value of this round of a loop from that of the one before', () => {
    // L: mov [rsp-8], rax; mov rax, [rcx]; test eax, eax; jne L; ret
    const flow = flowOf([...STORE_RAX, ...LOAD_RAX_HEAP, 0x85, 0xc0, 0x75, 0xf4, ...RET]);
    const end = 5 + 3 + 2 + 2;
    expect(flow.value(end, RAX)).toBeDefined();
    expect(flow.value(end, slotLocation(-8))).toBeDefined();
    expect(flow.value(end, slotLocation(-8))).not.toBe(flow.value(end, RAX));
  });

  it('knows the arithmetic that is still ahead', () => {
    // xor rax, 64; cmp [rip], 0; je over the end; L: inc rax; mov [rsp+16], rax; ret; mov [rsp+8], rax; call; mov rax, [rsp+8]; jmp L
    const code = [0x48, 0x83, 0xf0, 0x40, 0x80, 0x3d, 0, 0, 0, 0, 0, 0x74, 0x09, ...INC_RAX];
    const end = [0x48, 0x89, 0x44, 0x24, 0x10, ...RET, 0x48, 0x89, 0x44, 0x24, 0x08, ...CALL];
    const { analysis } = flowOf([...code, ...end, 0x48, 0x8b, 0x44, 0x24, 0x08, 0xeb, 0xe6]);
    expect(analysis.computedAhead(0)).toEqual([0, 13]);
    expect(analysis.computedAhead(27)).toEqual([13]);
    expect(analysis.computedAhead(16)).toEqual([]);
  });

  it('gives up on code that it does not understand', () => {
    const context = { neverReturns: () => false, jumpTable: () => undefined, extraEntries: [] };
    expect(buildFlowGraph(Uint8Array.from([0x06, 0xc3]), context)).toBeUndefined();
    expect(buildFlowGraph(Uint8Array.from([0xff, 0xe0]), context)).toBeUndefined();
    expect(buildFlowGraph(Uint8Array.from([0x48]), context)).toBeUndefined();
  });
});

describe('variables of location lists', () => {
  const inRax = (low: number, high: number): TrackedPiece => ({ size: 8, intervals: [{ low, high, location: RAX }] });
  const variable = variableLocation(0);

  it('keep what they had when their register is used for something else', () => {
    const flow = flowOf([...STORE_RAX, ...LOAD_RAX_HEAP, ...CALL, ...RET], [inRax(0, 8)]);
    expect(flow.value(8, variable)).toBe(flow.numbers.entry(RAX));
  });

  it('are not taken from a register in the middle of an operation that replaces them', () => {
    // mov rax, [rcx]; inc rax: the list ends behind both
    const flow = flowOf([...STORE_RAX, ...LOAD_RAX_HEAP, ...INC_RAX, ...CALL, ...RET], [inRax(0, 11)]);
    expect(flow.value(11, variable)).toBe(flow.numbers.entry(RAX));
  });

  it('are changed where they stay in their register', () => {
    // inc rax; mov rbx, rdx; call
    const flow = flowOf([...INC_RAX, 0x48, 0x89, 0xd3, ...CALL, ...RET], [inRax(0, 11)]);
    expect(flow.value(6, variable)).toBe(flow.value(6, RAX));
    expect(flow.value(6, variable)).not.toBe(flow.numbers.entry(RAX));
  });

  it('are found ahead where the compiler computes them only behind a call', () => {
    // mov [rsp-8], rax; call; mov rax, [rsp-8]; inc rax; ret
    const code = [...STORE_RAX, ...CALL, 0x48, 0x8b, 0x44, 0x24, 0xf8, ...INC_RAX, ...RET];
    const { analysis, numbers } = flowOf(code, [inRax(18, 19)]);
    const state = analysis.before(5);
    const ahead = state && analysis.ahead(5, state);
    expect(ahead?.get(variable)?.value).toBe(numbers.operation('add', 8, [numbers.entry(RAX), numbers.constant(1n)]));
  });
});

describe('what a variable may be at a place', () => {
  /** In RAX from an offset on. */
  const inRax = (low: number, high: number): TrackedPiece => ({ size: 8, intervals: [{ low, high, location: RAX }] });

  function leaves({ analysis }: Flow, at: number): readonly Leaf[] | undefined {
    const cell = analysis.before(at)?.get(variableLocation(0));
    return cell && leavesOf(analysis, 0, cell, at)?.leaves;
  }

  it('is told by the ways that met', () => {
    // test ecx, ecx; je L; inc rax; nop; L: ret
    const flow = flowOf([0x85, 0xc9, 0x74, 0x04, ...INC_RAX, 0x90, ...RET], [inRax(0, 9)]);
    const { numbers } = flow;
    expect(leaves(flow, 8)).toMatchObject([
      { value: numbers.entry(RAX), since: 0, madeAt: undefined, isBack: false },
      { value: numbers.operation('add', 8, [numbers.entry(RAX), numbers.constant(1n)]), madeAt: [4] },
    ]);
  });

  it('is told by the rounds of a loop, and by how much it grows in each', () => {
    // xor eax, eax; L: inc rax; cmp eax, ecx; jne L; ret
    const flow = flowOf([0x31, 0xc0, ...INC_RAX, 0x39, 0xc8, 0x75, 0xf9, ...RET], [inRax(2, 10)]);
    expect(leaves(flow, 2)).toMatchObject([
      { value: flow.numbers.constant(0n), since: 2, until: 0, isBack: false, step: undefined },
      { until: 7, isBack: true, step: 1n, madeAt: [2] },
    ]);
  });

  it('is one of two values behind a conditional move', () => {
    // cmovne rax, rbx; mov rbx, rdx; ret
    const flow = flowOf([0x48, 0x0f, 0x45, 0xc3, 0x48, 0x89, 0xd3, ...RET], [inRax(0, 8)]);
    expect(leaves(flow, 7)).toMatchObject([
      { value: flow.numbers.entry(RAX), since: 0 },
      { value: flow.numbers.entry(RBX), since: -1, until: 0 },
    ]);
  });

  it('is what was assigned, though ways met for another variable', () => {
    // test ecx, ecx; je L; inc rbx; L: mov rax, rbx; ret: the list begins behind the move
    const flow = flowOf([0x85, 0xc9, 0x74, 0x03, 0x48, 0xff, 0xc3, 0x48, 0x89, 0xd8, ...RET], [inRax(10, 11)]);
    expect(leaves(flow, 10)).toMatchObject([{ since: 10, madeAt: [] }]);
  });

  it('is made where the code computes it, and used where more is computed from it', () => {
    const { analysis, numbers } = flowOf([...INC_RAX, ...STORE_RAX, ...INC_RAX, ...CALL, ...RET]);
    const more = numbers.operation('add', 8, [numbers.entry(RAX), numbers.constant(1n)]);
    const twice = numbers.operation('add', 8, [numbers.entry(RAX), numbers.constant(2n)]);
    if (more === undefined || twice === undefined) throw new Error('not followed');
    expect(analysis.before(11)).toBeDefined();
    expect(analysis.made()).toEqual([
      [more, 0],
      [twice, 8],
    ]);
    expect(usesOf(analysis, numbers.entry(RAX))).toEqual([0, 8]);
  });
});

describe('what branches tell', () => {
  const RCX = 1;
  /** The values that are known to be equal before an offset of some code, as pairs. */
  function equalities(code: readonly number[], at: number): (readonly [ValueNumber, ValueNumber])[] {
    const { analysis, numbers } = flowOf(code);
    const bytes = Uint8Array.from(code);
    const codeAt = (offset: number, length: number): Uint8Array => bytes.subarray(offset, offset + length);
    return equalitiesAt(analysis, numbers, at, codeAt).map(({ value, is }) => [value, is]);
  }
  const zeroInRcx = (numbers: ValueNumbers): [ValueNumber, ValueNumber] => [numbers.entry(RCX), numbers.constant(0n)];
  const TEST = [0x48, 0x85, 0xc9]; // test rcx, rcx
  const numbers = new ValueNumbers();
  const known = zeroInRcx(numbers).map(({ what }) => what);

  it('is that two values are equal, where they had to be', () => {
    // test rcx, rcx; jne 7; call; ret; 11: ret
    const code = [...TEST, 0x75, 0x06, ...CALL, ...RET, ...RET];
    expect(equalities(code, 5)[0]?.map(({ what }) => what)).toEqual(known);
    expect(equalities(code, 11)).toEqual([]);
    // mov between: it does not touch the flags; je
    const moved = [...TEST, ...COPY_RBX_RAX, 0x74, 0x01, ...RET, ...CALL, ...RET];
    expect(equalities(moved, 9)[0]?.map(({ what }) => what)).toEqual(known);
    expect(equalities(moved, 8)).toEqual([]);
  });

  it('is nothing where ways meet, or the flags are of something else', () => {
    // test rcx, rcx; je L; inc rax; L: ret
    expect(equalities([...TEST, 0x74, 0x03, ...INC_RAX, ...RET], 8)).toEqual([]);
    // test rcx, rcx; inc rax; jne; call
    expect(equalities([...TEST, ...INC_RAX, 0x75, 0x06, ...CALL, ...RET, ...RET], 8)).toEqual([]);
  });

  it('is nothing of a value that was made again since', () => {
    // mov rax, [rcx]; test rax, rax; jne out; mov rax, [rcx]; call; out: ret: both loads are sites of their own
    const code = [...LOAD_RAX_HEAP, 0x48, 0x85, 0xc0, 0x75, 0x09, ...LOAD_RAX_HEAP, ...CALL, ...RET, ...RET];
    const { analysis, numbers: own } = flowOf(code);
    const bytes = Uint8Array.from(code);
    const found = equalitiesAt(analysis, own, 11, (offset, length) => bytes.subarray(offset, offset + length));
    expect(found.map(({ value }) => value)).toContain(own.site(0, RAX));
    expect(analysis.before(11)?.get(RAX)?.value).not.toBe(own.site(0, RAX));
  });
});
