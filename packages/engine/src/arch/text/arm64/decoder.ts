import { readU32 } from '../../../base/cursor.ts';
import type { InstructionDecoder, MachineInstruction } from '../instruction.ts';
import { decodeBranch } from './branches.ts';

import { decodeFloat } from './floats.ts';
import { decodeImmediate } from './immediates.ts';
import { decodeMemory } from './memory.ts';
import { bits, type A64Draft, type A64Word } from './model.ts';
import { decodeRegister } from './registers.ts';
import { gnuText, goText } from './syntax.ts';
import { decodeVector } from './vectors.ts';

/** Every instruction of arm64 has four bytes. */
const SIZE = 4;

/**
 * Decodes one word of A64 code, as far as Go's compiler, its library and usual C code go (ARM Architecture Reference Manual, C4.1).
 * Undefined for what is not known.
 */
export function decodeA64(word: number, address: number): A64Draft | undefined {
  const place: A64Word = { word: word >>> 0, address };
  switch (bits(place.word, 25, 4)) {
    case 0b1000:
    case 0b1001:
      return decodeImmediate(place);
    case 0b1010:
    case 0b1011:
      return decodeBranch(place);
    case 0b0101:
    case 0b1101:
      return decodeRegister(place);
    case 0b0100:
    case 0b0110:
    case 0b1100:
    case 0b1110:
      return decodeMemory(place);
    case 0b0111:
    case 0b1111:
      return decodeVector(place) ?? decodeFloat(place);
    default:
      return undefined;
  }
}

/** Cuts arm64 code into words. What is not known is written as the word itself. */
export const arm64Instructions: InstructionDecoder = (code, address) => {
  const instructions: MachineInstruction[] = [];
  for (let at = 0; at + SIZE <= code.length; at += SIZE)
    instructions.push(machineInstruction(readU32(code, at), address + at));
  return instructions;
};

function machineInstruction(word: number, address: number): MachineInstruction {
  const draft = decodeA64(word, address);
  const label = draft?.operands.find((operand) => operand.kind === 'label');
  const isData = draft !== undefined && /^(?:adr|ldr)/.test(draft.name);
  const raw = `0x${word.toString(16).padStart(8, '0')}`;
  return {
    address,
    length: SIZE,
    target: label?.kind === 'label' && !isData ? label.address : undefined,
    // A page is no place of data.
    data: label?.kind === 'label' && isData && draft.name !== 'adrp' ? label.address : undefined,
    isFiller: word === 0,
    text(flavour, symbols) {
      // Intel's flavour is not for this processor: Delve shows Go's then.
      if (draft === undefined) return flavour === 'gnu' ? `.inst ${raw}` : `WORD $${raw}`;
      return flavour === 'gnu' ? gnuText(draft, symbols) : goText(draft, address, symbols);
    },
  };
}
