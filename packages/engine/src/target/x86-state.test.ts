import { describe, expect, it } from 'vitest';
import { FPU_CONTROL, MXCSR, ST0, XMM0, YMM_HIGH0 } from '../arch/amd64.ts';
import { RegisterSet } from '../arch/registers.ts';
import { readX86State } from './x86-state.ts';

function area(size: number, ...fills: readonly (readonly [at: number, length: number, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, length, value] of fills) bytes.fill(value, at, at + length);
  return bytes;
}

describe('readX86State', () => {
  it('reads x87, MXCSR and XMM of an FXSAVE area', () => {
    const set = new RegisterSet();
    readX86State(area(512, [0, 1, 0x7f], [24, 2, 0x1f], [32 + 16, 10, 5], [160 + 32, 16, 9]), set);
    expect(set.get(FPU_CONTROL)).toBe(0x7fn);
    expect(set.get(MXCSR)).toBe(0x1f1fn);
    expect(set.getWide(ST0 + 1)).toEqual(new Uint8Array(10).fill(5));
    expect(set.getWide(XMM0 + 2)).toEqual(new Uint8Array(16).fill(9));
    expect(set.getWide(YMM_HIGH0)).toBeUndefined();
  });

  it('reads the upper halves of YMM where they were in use', () => {
    const [used, unused] = [new RegisterSet(), new RegisterSet()];
    readX86State(area(832, [512, 1, 7], [576 + 16, 16, 3]), used);
    readX86State(area(832, [512, 1, 3], [576 + 16, 16, 3]), unused);
    expect(used.getWide(YMM_HIGH0 + 1)).toEqual(new Uint8Array(16).fill(3));
    expect(unused.getWide(YMM_HIGH0 + 1)).toBeUndefined();
  });

  it('leaves alone what is too short', () => {
    const set = new RegisterSet();
    readX86State(new Uint8Array(400), set);
    expect(set.numbers()).toEqual([]);
  });
});
