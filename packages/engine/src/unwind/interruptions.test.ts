import { describe, expect, it } from 'vitest';
import { amd64, XMM0 } from '../arch/amd64.ts';
import { RegisterSet } from '../arch/registers.ts';
import type { Program } from '../program/program.ts';
import { registerAtFault } from './fault-register.ts';
import { restorePreempted } from './preempted-registers.ts';

/** A program whose memory has some bytes from an address on. */
function programOf(base: number, bytes: Uint8Array, minor = 27): Program {
  const readSome = (address: number, size: number): Uint8Array =>
    address < base ? new Uint8Array(0) : bytes.subarray(address - base, address - base + size);
  return { memory: { readSome }, target: { arch: amd64 }, minor } as unknown as Program;
}

describe('the register that faulted', () => {
  const at = (code: readonly number[], address: number, more: { readonly pc?: number; readonly code?: number } = {}) =>
    registerAtFault(programOf(0x1000, Uint8Array.from(code)), 0x1000, { pc: 0x1000, code: 1, address, ...more });

  it('is a nil pointer where the address is that of a field', () => {
    // mov rax, [rcx+8]; test al, [rbx]; mov [r8+0x28], rdx
    expect(at([0x48, 0x8b, 0x41, 0x08], 8)).toEqual([2, 0n]);
    expect(at([0x84, 0x03], 0)).toEqual([3, 0n]);
    expect(at([0x49, 0x89, 0x50, 0x28], 0x28)).toEqual([8, 0n]);
  });

  it('is not known for another place, another kind of fault, an index, or an address that is no field of nil', () => {
    const load = [0x48, 0x8b, 0x41, 0x08];
    expect(at(load, 8, { pc: 0x1004 })).toBeUndefined();
    expect(at(load, 0, { code: 0x80 })).toBeUndefined();
    expect(at(load, 0x10)).toBeUndefined();
    expect(at(load, 0x5000)).toBeUndefined();
    // mov rax, [rcx+rdx*8+8]; a call; no instruction
    expect(at([0x48, 0x8b, 0x44, 0xd1, 0x08], 8)).toBeUndefined();
    expect(at([0xe8, 0, 0, 0, 0], 0)).toBeUndefined();
    expect(at([0x06], 0)).toBeUndefined();
    expect(registerAtFault(programOf(0x1000, Uint8Array.from(load)), 0x1000, undefined)).toBeUndefined();
  });
});

describe('the registers of a preempted function', () => {
  const saved = new Uint8Array(4096);
  saved.forEach((_, i) => (saved[i] = i >> 3));

  function restored(minor: number, vectors: number): RegisterSet {
    const registers = new RegisterSet();
    restorePreempted(programOf(0x1000, saved, minor), registers, 0x1000, vectors);
    return registers;
  }

  it('are in the frame of asyncPreempt', () => {
    const registers = restored(25, 0);
    expect(registers.get(0)).toBe(0n);
    expect(registers.get(15)).toBe(0x0d0d0d0d0d0d0d0dn);
    expect(registers.getWide(XMM0)).toEqual(saved.subarray(112, 128));
    expect(registers.get(XMM0 + 15)).toBe(0x2c2c2c2c2c2c2c2cn);
  });

  it('are where the goroutine keeps them from Go 1.26 on, if it does', () => {
    const registers = restored(26, 0x1400);
    expect(registers.get(15)).toBe(0x0d0d0d0d0d0d0d0dn);
    expect(registers.getWide(XMM0 + 1)).toEqual(saved.subarray(0x440, 0x450));
    expect(restored(26, 0).getWide(XMM0)).toBeUndefined();
    expect(restored(26, 0).get(15)).toBe(0x0d0d0d0d0d0d0d0dn);
  });

  it('are not known where the memory is not in the core', () => {
    const registers = new RegisterSet();
    restorePreempted(programOf(0x1000, saved.subarray(0, 116), 24), registers, 0x1000, 0);
    expect(registers.get(15)).toBe(0x0d0d0d0d0d0d0d0dn);
    expect(registers.getWide(XMM0)).toBeUndefined();
  });
});
