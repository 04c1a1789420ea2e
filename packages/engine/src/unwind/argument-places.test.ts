import { describe, expect, it } from 'vitest';
import { BASIC_TYPES, GoType } from '../types/go-type.ts';
import { argumentPlaces } from './argument-places.ts';
import { slotOffset, VECTOR_LOW } from './flow/flow-state.ts';

const basic = (name: string): GoType => BASIC_TYPES.get(name) as GoType;

function struct(...fields: readonly (readonly [offset: number, type: GoType])[]): GoType {
  const size = Math.max(0, ...fields.map(([offset, type]) => offset + type.size));
  return new GoType({ name: 'T', kind: 'struct', size }, () => ({
    fields: fields.map(([offset, type], i) => ({ name: `f${i}`, type, offset, embedded: false })),
  }));
}

function array(length: number, elem: GoType): GoType {
  return new GoType({ name: 'A', kind: 'array', size: length * elem.size }, () => ({ elem, length }));
}

const NAMES = ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI', 'R8', 'R9', 'R10', 'R11'];

/** Where each argument is: registers by name, slots by their offset from the first argument's. */
function places(inRegisters: boolean, ...types: readonly GoType[]): string[] {
  return argumentPlaces(types, inRegisters).map((pieces) =>
    pieces
      .map(({ start, size, location }) => {
        const slot = slotOffset(location);
        const name = slot === undefined ? (NAMES[location] ?? `X${location - VECTOR_LOW}`) : `${slot - 8}(FP)`;
        return `${start}+${size}:${name}`;
      })
      .join(' '),
  );
}

describe('where arguments are at the entry', () => {
  const [int, byte, float] = [basic('int'), basic('uint8'), basic('float64')];

  it('are registers in order, floats apart', () => {
    expect(places(true, int, float, byte, basic('string'))).toEqual(['0+8:AX', '0+8:X0', '0+1:BX', '0+8:CX 8+8:DI']);
    expect(places(true, basic('complex128'), basic('float32'))).toEqual(['0+8:X0 8+8:X1', '0+4:X2']);
  });

  it('are registers for the parts of structs and of arrays with one element', () => {
    expect(places(true, struct([0, int], [8, byte], [9, byte]))).toEqual(['0+8:AX 8+1:BX 9+1:CX']);
    expect(places(true, array(1, int), array(0, int), int)).toEqual(['0+8:AX', '', '0+8:BX']);
  });

  it('are slots for what does not fit, which leaves the registers to others', () => {
    const wide = struct(...Array.from({ length: 10 }, (_, i) => [i * 8, int] as const));
    expect(places(true, int, wide, int)[2]).toBe('0+8:BX');
    expect(places(true, array(2, int), int)).toEqual(['0+8:0(FP) 8+8:8(FP)', '0+8:AX']);
    expect(places(true, ...Array<GoType>(10).fill(int))[9]).toBe('0+8:0(FP)');
  });

  it('are aligned slots before Go 1.17', () => {
    expect(places(false, byte, basic('int16'), int, basic('string'))).toEqual([
      '0+1:0(FP)',
      '0+2:2(FP)',
      '0+8:8(FP)',
      '0+8:16(FP) 8+8:24(FP)',
    ]);
  });
});
