import {
  Code,
  Decoder,
  DecoderOptions,
  FlowControl,
  InstructionInfoFactory,
  OpAccess,
  Register,
  RegisterExt,
} from 'iced-x86';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openFixture } from '../../../../../fixtures/fixtures.mjs';
import { comparisonOf, isJumpIfEqual } from './comparison.ts';
import { decodeInstruction } from './decoder.ts';
import type { Instruction } from './instruction.ts';

/** Where the executable's .text is in its file. */
function textOf(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections = Number(view.getBigUint64(40, true));
  const [size, count, names] = [view.getUint16(58, true), view.getUint16(60, true), view.getUint16(62, true)];
  const offsetOf = (i: number): number => Number(view.getBigUint64(sections + i * size + 24, true));
  for (let i = 0; i < count; i++) {
    const name = offsetOf(names) + view.getUint32(sections + i * size, true);
    if (Buffer.from(file.subarray(name, name + 6)).toString('latin1') !== '.text\0') continue;
    return file.subarray(offsetOf(i), offsetOf(i) + Number(view.getBigUint64(sections + i * size + 32, true)));
  }
  throw new Error('no .text');
}

const WRITES: ReadonlySet<OpAccess> = new Set([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);

interface Reference {
  readonly length: number;
  readonly writes: number;
  readonly writesVector: number;
  readonly storesMemory: boolean;
  readonly flow: Instruction['flow'];
  readonly target: number;
}

const FLOWS: ReadonlyMap<FlowControl, Instruction['flow']> = new Map([
  [FlowControl.Next, 'next'],
  [FlowControl.UnconditionalBranch, 'jump'],
  [FlowControl.ConditionalBranch, 'branch'],
  [FlowControl.Call, 'call'],
  [FlowControl.IndirectCall, 'indirect-call'],
  [FlowControl.IndirectBranch, 'indirect-jump'],
]);

/** Every instruction of some code as iced-x86 understands it, or undefined where it is none. */
function* referenceOf(code: Uint8Array): Generator<{ at: number; reference: Reference | undefined }> {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const factory = new InstructionInfoFactory();
  while (decoder.canDecode) {
    const at = decoder.position;
    const instruction = decoder.decode();
    if (instruction.code === Code.INVALID) {
      yield { at, reference: undefined };
      instruction.free();
      continue;
    }
    const info = factory.info(instruction);
    let writes = 0;
    let writesVector = 0;
    for (const used of info.usedRegisters()) {
      if (WRITES.has(used.access)) {
        const full = RegisterExt.fullRegister(used.register);
        if (full >= Register.RAX && full <= Register.R15) writes |= 1 << (full - Register.RAX);
        const wide = RegisterExt.number(full);
        if (full >= Register.ZMM0 && full < Register.ZMM0 + 16) writesVector |= 1 << wide;
      }
      used.free();
    }
    let storesMemory = false;
    for (const used of info.usedMemory()) {
      // Pushes and calls are known to store below the stack pointer.
      if (WRITES.has(used.access)) storesMemory = true;
      used.free();
    }
    const isStack = instruction.isStackInstruction;
    // A system call comes back to the next instruction; hlt does not.
    const flow =
      instruction.code === Code.Syscall
        ? 'next'
        : instruction.code === Code.Hlt
          ? 'end'
          : (FLOWS.get(instruction.flowControl) ?? 'end');
    const direct = flow === 'jump' || flow === 'branch' || flow === 'call';
    const target = direct ? Number(instruction.nearBranchTarget) : -1;
    yield {
      at,
      reference: {
        length: instruction.length,
        writes,
        writesVector,
        storesMemory: storesMemory && !isStack,
        flow,
        target,
      },
    };
    info.free();
    instruction.free();
  }
  decoder.free();
  factory.free();
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

function differences(at: number, ours: Instruction, theirs: Reference): string[] {
  const found: string[] = [];
  const say = (what: string): number => found.push(`${what} at ${at.toString(16)}: ${text(ours)} but ${text(theirs)}`);
  const anything = ours.writesVector === 0xffff;
  const stack = 1 << 4;
  const isCall = ours.flow === 'call' || ours.flow === 'indirect-call';
  if (ours.length !== theirs.length) say('length');
  if ((theirs.writes & ~ours.writes & ~(isCall ? stack : 0)) !== 0) say('a register is written');
  else if (!anything && (ours.writes & ~theirs.writes & ~1) !== 0) say('a register is not written');
  if ((theirs.writesVector & ~ours.writesVector) !== 0) say('a vector register is written');
  if (theirs.storesMemory && ours.stores === 0) say('memory is written');
  else if (!theirs.storesMemory && ours.stores > 0) say('memory is not written');
  if (ours.flow !== theirs.flow) say('flow');
  if (ours.target !== theirs.target && ours.target >= 0 && theirs.target >= 0) say('target');
  return found;
}

describe('the decoder against iced-x86, over whole executables', () => {
  it.each(['truth/go1.15/default', 'truth/go1.19/default', 'truth/go1.27/default', 'sum/go1.24/cgo'])(
    '%s',
    (id) => {
      const code = textOf(readFileSync(openFixture(id).exe));
      const wrong: string[] = [];
      let [count, unknown] = [0, 0];
      for (const { at, reference } of referenceOf(code)) {
        if (reference === undefined) continue;
        const ours = decodeInstruction(code, at);
        count++;
        if (ours === undefined) unknown++;
        else if (wrong.length < 20) wrong.push(...differences(at, ours, reference));
      }
      expect(wrong).toEqual([]);
      expect(count).toBeGreaterThan(50_000);
      expect(unknown / count).toBeLessThan(0.001);
    },
    120_000,
  );
});

describe('decoded instructions', () => {
  const decode = (...bytes: number[]): Instruction | undefined => decodeInstruction(Uint8Array.from(bytes), 0);

  it('gives operands of moves to and from the stack', () => {
    // mov [rsp+0x18], rax
    const store = decode(0x48, 0x89, 0x44, 0x24, 0x18);
    expect(store).toMatchObject({
      operation: 'move',
      size: 8,
      stores: 8,
      destination: { kind: 'memory' },
      source: { kind: 'register', number: 0 },
      memory: { base: 4, index: -1, displacement: 0x18 },
    });
    // movzx ecx, byte [rsp+7]
    expect(decode(0x0f, 0xb6, 0x4c, 0x24, 0x07)).toMatchObject({
      operation: 'move',
      size: 4,
      sourceSize: 1,
      signed: false,
    });
    // movsd xmm3, [rsp+8]
    expect(decode(0xf2, 0x0f, 0x10, 0x5c, 0x24, 0x08)).toMatchObject({
      operation: 'move',
      size: 8,
      destination: { kind: 'vector', number: 3 },
      writesVector: 8,
    });
  });

  it('computes nothing with the second byte of a register', () => {
    // mov ah, bl
    expect(decode(0x88, 0xdc)).toMatchObject({ operation: 'other', writes: 1 });
    // mov spl, bl with REX
    expect(decode(0x40, 0x88, 0xdc)).toMatchObject({ operation: 'move', writes: 0x10 });
  });

  it('gives targets, and no instruction for cut or unknown bytes', () => {
    expect(decode(0x0f, 0x84, 0x10, 0, 0, 0)).toMatchObject({ flow: 'branch', target: 0x16, length: 6 });
    expect(decode(0xeb, 0xfe)).toMatchObject({ flow: 'jump', target: 0 });
    expect(decode(0x48, 0x8b)).toBeUndefined();
    expect(decode(0x06)).toBeUndefined();
    expect(decode(...Array.from({ length: 20 }, () => 0x66))).toBeUndefined();
  });
});

describe('comparisons', () => {
  const register = (number: number): object => ({ kind: 'register', number });
  const compared = (...bytes: readonly number[]) => comparisonOf(Uint8Array.from(bytes));

  it('are of two registers, a register and a constant, or with zero', () => {
    // cmp rbx, rcx in both forms; cmp r8d, -1; cmp rcx, 0x12345; cmp eax, 3; test r9, r9
    expect(compared(0x48, 0x39, 0xcb)).toEqual({ left: register(3), right: register(1), size: 8 });
    expect(compared(0x48, 0x3b, 0xd9)).toEqual({ left: register(3), right: register(1), size: 8 });
    const minusOne = { kind: 'immediate', value: 2n ** 64n - 1n };
    expect(compared(0x41, 0x83, 0xf8, 0xff)).toEqual({ left: register(8), right: minusOne, size: 4 });
    const number = { kind: 'immediate', value: 0x12345n };
    expect(compared(0x48, 0x81, 0xf9, 0x45, 0x23, 0x01, 0)).toEqual({ left: register(1), right: number, size: 8 });
    const three = { kind: 'immediate', value: 3n };
    expect(compared(0x3d, 3, 0, 0, 0)).toEqual({ left: register(0), right: three, size: 4 });
    const zero = { kind: 'immediate', value: 0n };
    expect(compared(0x4d, 0x85, 0xc9)).toEqual({ left: register(9), right: zero, size: 8 });
  });

  it('are none with memory, of bits, or in other instructions', () => {
    // cmp [rsp], rax; test rax, rcx; add rcx, 3; mov rax, rcx
    for (const code of [
      [0x48, 0x39, 0x04, 0x24],
      [0x48, 0x85, 0xc8],
      [0x48, 0x83, 0xc1, 3],
      [0x48, 0x89, 0xc8],
    ])
      expect(compared(...code)).toBeUndefined();
  });

  it('lead to branches', () => {
    const isEqual = (...bytes: readonly number[]) => isJumpIfEqual(Uint8Array.from(bytes));
    expect([isEqual(0x74, 5), isEqual(0x75, 5), isEqual(0x0f, 0x84, 0, 0, 0, 0), isEqual(0x0f, 0x85)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([isEqual(0x7c, 5), isEqual(0x0f, 0x8c), isEqual(0xeb, 5)]).toEqual([undefined, undefined, undefined]);
  });
});
