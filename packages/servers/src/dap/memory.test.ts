import { describe, expect, it } from 'vitest';
import type { Session } from '@inquest/engine';
import { memoryReference, readMemory } from './memory.ts';

/** Memory at 0x1000 to 0x1010 and at 0x1020 to 0x1030, each byte the low one of its address. */
function readSome(address: number, length: number): Uint8Array {
  const end = [0x1010, 0x1030].find((each) => address >= each - 0x10 && address < each) ?? address;
  return Uint8Array.from({ length: Math.min(length, end - address) }, (_, i) => address + i);
}

const session = { program: { memory: { readSome } } } as unknown as Session;

function read(reference: string, offset: number, count: number): { at: string; bytes: number[]; unreadable: number } {
  const {
    address,
    data = '',
    unreadableBytes = 0,
  } = readMemory(session, { memoryReference: reference, offset, count });
  return { at: address, bytes: [...Buffer.from(data, 'base64')], unreadable: unreadableBytes };
}

describe('memory', () => {
  it('is read from an address and an offset on, to the end of what is there', () => {
    expect(read('0x1000', 2, 3)).toEqual({ at: '0x1002', bytes: [2, 3, 4], unreadable: 0 });
    expect(read('4096', 0xe, 4)).toEqual({ at: '0x100e', bytes: [0xe, 0xf], unreadable: 2 });
    expect(read('0x1010', -1, 1)).toEqual({ at: '0x100f', bytes: [0xf], unreadable: 0 });
    expect(read('0x10', 0, 100)).toEqual({ at: '0x10', bytes: [], unreadable: 100 });
  });

  it('has nothing behind a gap until that is asked for', () => {
    expect(read('0x1000', 0xf, 0x12)).toEqual({ at: '0x100f', bytes: [0xf], unreadable: 0x11 });
    expect(read('0x1000', 0x20, 1)).toEqual({ at: '0x1020', bytes: [0x20], unreadable: 0 });
  });

  it('ends where a reference ends', () => {
    const reference = memoryReference(0x1000, 8);
    expect(read(reference, 0, 8)).toMatchObject({ bytes: [0, 1, 2, 3, 4, 5, 6, 7], unreadable: 0 });
    expect(read(reference, 6, 8)).toEqual({ at: '0x1006', bytes: [6, 7], unreadable: 6 });
    expect(read(reference, 16, 8)).toEqual({ at: '0x1010', bytes: [], unreadable: 8 });
  });
});
