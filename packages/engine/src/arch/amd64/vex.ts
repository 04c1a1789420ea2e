import type { Draft } from './draft.ts';

/** True for the first byte of the VEX and EVEX encodings. */
export function isVexPrefix(byte: number): boolean {
  return byte === 0xc4 || byte === 0xc5 || byte === 0x62;
}

/** Opcodes of map 1 with an immediate byte. */
const IMMEDIATE_MAP1: ReadonlySet<number> = new Set([0x70, 0x71, 0x72, 0x73, 0xc2, 0xc4, 0xc5, 0xc6]);

/** AVX, BMI and AVX-512: only their length is decoded; Go's compiler uses a few, its assembly many. */
export function decodeVex(draft: Draft, first: number): boolean {
  const { reader } = draft;
  let map = 1;
  if (first === 0xc5) reader.byte();
  else if (first === 0xc4) {
    map = reader.byte() & 0x1f;
    reader.byte();
  } else {
    map = reader.byte() & 7;
    reader.byte();
    reader.byte();
  }
  const opcode = reader.byte();
  if (map === 1 && opcode === 0x77 && first !== 0x62) return draft.writesAnything();
  if (map < 1 || map > 3) return false;
  reader.modrm();
  if (map === 3 || (map === 1 && IMMEDIATE_MAP1.has(opcode))) reader.signed(1);
  return draft.writesAnything();
}
