import { decodeBitMask, isMoveWide } from './bit-masks.ts';
import { compare, LOGICAL, move } from './aliases.ts';
import {
  bits,
  immediate,
  signedBits,
  sized,
  stackRegister,
  zeroRegister,
  type A64Draft,
  type A64Word,
} from './model.ts';

/** Instructions with an immediate: op0 of the top level is 100x. */
export function decodeImmediate({ word, address }: A64Word): A64Draft | undefined {
  const wide = word >>> 31 === 1;
  const rd = bits(word, 0, 5);
  const rn = bits(word, 5, 5);
  switch (bits(word, 23, 3)) {
    case 0:
    case 1:
      return pageAddress(word, address);
    case 2:
      return addImmediate(word, wide, rd, rn);
    case 4:
      return logicalImmediate(word, wide, rd, rn);
    case 5:
      return moveWide(word, wide, rd);
    case 6:
      return bitField(word, wide, rd, rn);
    case 7:
      return extract(word, wide, rd, rn);
    default:
      return undefined;
  }
}

function pageAddress(word: number, address: number): A64Draft {
  const offset = signedBits(word, 5, 19) * 4 + bits(word, 29, 2);
  const isPage = word >>> 31 === 1;
  const target = isPage ? address - (address % 4096) + offset * 4096 : address + offset;
  const rd = zeroRegister(bits(word, 0, 5), true);
  return {
    name: isPage ? 'adrp' : 'adr',
    go: isPage ? 'ADRP' : 'ADR',
    operands: [rd, { kind: 'label', address: target }],
  };
}

function addImmediate(word: number, wide: boolean, rd: number, rn: number): A64Draft {
  const isSub = bits(word, 30, 1) === 1;
  const setsFlags = bits(word, 29, 1) === 1;
  const raw = bits(word, 10, 12);
  const shift = bits(word, 22, 1) === 1 ? 12 : 0;
  const value = immediate(raw, 16, shift === 0 ? undefined : shift);
  if (setsFlags && rd === 31) return compare(isSub, wide, stackRegister(rn, wide), value);
  const operands = [setsFlags ? zeroRegister(rd, wide) : stackRegister(rd, wide), stackRegister(rn, wide)];
  if (!isSub && !setsFlags && raw === 0 && shift === 0 && (rd === 31 || rn === 31))
    return { name: 'mov', go: sized('MOVD', wide).replace('MOVDW', 'MOVW'), operands };
  const name = `${isSub ? 'sub' : 'add'}${setsFlags ? 's' : ''}`;
  return { name, go: sized(name.toUpperCase(), wide), operands: [...operands, value] };
}

function logicalImmediate(word: number, wide: boolean, rd: number, rn: number): A64Draft | undefined {
  const value = decodeBitMask(bits(word, 22, 1), bits(word, 10, 6), bits(word, 16, 6), wide);
  if (value === undefined) return undefined;
  const constant = immediate(value, 16);
  const opcode = bits(word, 29, 2);
  const name = LOGICAL[opcode] ?? 'and';
  if (opcode === 3 && rd === 31)
    return { name: 'tst', go: sized('TST', wide), operands: [zeroRegister(rn, wide), constant] };
  if (opcode === 1 && rn === 31 && !isMoveWide(value, wide)) return move(wide, stackRegister(rd, wide), constant);
  const to = opcode === 3 ? zeroRegister(rd, wide) : stackRegister(rd, wide);
  return { name, go: sized(name.toUpperCase(), wide), operands: [to, zeroRegister(rn, wide), constant] };
}

function moveWide(word: number, wide: boolean, rd: number): A64Draft | undefined {
  const opcode = bits(word, 29, 2);
  const shift = bits(word, 21, 2) * 16;
  const raw = bits(word, 5, 16);
  if (opcode === 1 || (!wide && shift > 16)) return undefined;
  const to = zeroRegister(rd, wide);
  if (opcode === 3)
    return {
      name: 'movk',
      go: sized('MOVK', wide),
      operands: [to, immediate(raw, 16, shift === 0 ? undefined : shift)],
    };
  const shifted = BigInt(raw) << BigInt(shift);
  // What `mov` would mean as another encoding keeps its own name.
  const isAlias = !(raw === 0 && shift !== 0) && !(opcode === 0 && !wide && raw === 0xffff);
  if (!isAlias) {
    const name = opcode === 0 ? 'movn' : 'movz';
    return {
      name,
      go: sized(name.toUpperCase(), wide),
      operands: [to, immediate(raw, 16, shift === 0 ? undefined : shift)],
    };
  }
  const value = opcode === 0 ? BigInt.asUintN(wide ? 64 : 32, ~shifted) : shifted;
  return move(wide, to, immediate(value, 16));
}

function bitField(word: number, wide: boolean, rd: number, rn: number): A64Draft | undefined {
  const opcode = bits(word, 29, 2);
  const immr = bits(word, 16, 6);
  const imms = bits(word, 10, 6);
  const size = wide ? 64 : 32;
  if (opcode === 3 || bits(word, 22, 1) !== (wide ? 1 : 0)) return undefined;
  if (!wide && (immr > 31 || imms > 31)) return undefined;
  const to = zeroRegister(rd, wide);
  const from = zeroRegister(rn, wide);
  const narrow = zeroRegister(rn, false);
  const shifted = (name: string, amount: number): A64Draft => ({
    name,
    go: sized(name.toUpperCase(), wide),
    operands: [to, from, immediate(amount)],
  });
  const field = (name: string, low: number, width: number): A64Draft => ({
    name,
    go: sized(name.toUpperCase(), wide),
    operands: [to, from, immediate(low), immediate(width)],
    goOperands: [immediate(low), from, immediate(width), to],
  });
  if (opcode === 0 && imms === size - 1) return shifted('asr', immr);
  if (opcode === 2 && imms !== size - 1 && imms + 1 === immr) return shifted('lsl', size - 1 - imms);
  if (opcode === 2 && imms === size - 1) return shifted('lsr', immr);
  const extension = immr === 0 && opcode !== 1 ? ({ 7: 'b', 15: 'h', 31: 'w' } as const)[imms] : undefined;
  if (opcode === 0 && extension !== undefined && (extension !== 'w' || wide)) {
    const name = `sxt${extension}`;
    return { name, go: sized(name.toUpperCase(), wide), operands: [to, narrow] };
  }
  if (opcode === 2 && extension !== undefined && extension !== 'w' && !wide) {
    const name = `uxt${extension}`;
    return { name, go: `${name.toUpperCase()}W`, operands: [to, narrow] };
  }
  const isInsertion = imms < immr;
  const [insert, take] = [
    ['sbfiz', 'sbfx'],
    ['bfi', 'bfxil'],
    ['ubfiz', 'ubfx'],
  ][opcode] ?? ['', ''];
  if (isInsertion && opcode === 1 && rn === 31)
    return { name: 'bfc', go: sized('BFC', wide), operands: [to, immediate(size - immr), immediate(imms + 1)] };
  return isInsertion ? field(insert ?? '', size - immr, imms + 1) : field(take ?? '', immr, imms - immr + 1);
}

function extract(word: number, wide: boolean, rd: number, rn: number): A64Draft | undefined {
  if (bits(word, 29, 2) !== 0 || bits(word, 21, 1) !== 0 || bits(word, 22, 1) !== (wide ? 1 : 0)) return undefined;
  if (!wide && bits(word, 15, 1) === 1) return undefined;
  const rm = bits(word, 16, 5);
  const amount = immediate(bits(word, 10, 6));
  const to = zeroRegister(rd, wide);
  if (rm === rn) return { name: 'ror', go: sized('ROR', wide), operands: [to, zeroRegister(rn, wide), amount] };
  const operands = [to, zeroRegister(rn, wide), zeroRegister(rm, wide), amount];
  return { name: 'extr', go: sized('EXTR', wide), operands };
}
