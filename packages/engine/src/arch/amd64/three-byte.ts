import type { Draft } from './draft.ts';
import { RCX } from './instruction.ts';

/** Opcodes behind 0F 38 and 0F 3A (Intel SDM volume 2, tables ). */
export function decodeThreeByte(draft: Draft, map: number): boolean {
  const { reader } = draft;
  const opcode = reader.byte();
  reader.modrm();
  if (map === 0x38) return decode38(draft, opcode);
  reader.signed(1);
  if (opcode >= 0x14 && opcode <= 0x17)
    draft.compute('other', draft.rmOperand(4), undefined, extractSize(draft, opcode));
  else if (opcode === 0x60 || opcode === 0x62) draft.writesVector |= 1;
  else if (opcode === 0x61 || opcode === 0x63) draft.writes |= 1 << RCX;
  else draft.compute('other', draft.vectorOperand(), undefined, 16);
  return true;
}

/** PEXTRB, PEXTRW, PEXTRD and PEXTRQ, EXTRACTPS. */
function extractSize(draft: Draft, opcode: number): number {
  if (opcode === 0x14) return 1;
  if (opcode === 0x15) return 2;
  return opcode === 0x16 && draft.reader.wide ? 8 : 4;
}

function decode38(draft: Draft, opcode: number): boolean {
  const { reader } = draft;
  const { repeat, operandSize16, memory } = reader;
  if (opcode === 0x17) return true;
  if (opcode === 0xf1 && repeat !== 0xf2) {
    draft.compute('other', draft.rmOperand(reader.size), undefined, reader.size);
  } else if (opcode === 0xf0 || opcode === 0xf1) {
    draft.compute('other', draft.registerOperand(4), undefined, reader.size);
  } else if (opcode === 0xf6 && (operandSize16 || repeat === 0xf3)) {
    draft.compute('other', draft.registerOperand(4), undefined, reader.size);
  } else if (opcode >= 0xf0) {
    if (memory !== undefined) draft.stores = -1;
    return draft.writesAnything();
  } else draft.compute('other', draft.vectorOperand(), undefined, 16);
  return true;
}
