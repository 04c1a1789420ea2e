import { compare, LOGICAL, move } from './aliases.ts';
import {
  bits,
  condition,
  immediate,
  sized,
  stackRegister,
  zeroRegister,
  type A64Draft,
  type A64Operand,
  type A64Word,
} from './model.ts';

const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'] as const;
const EXTENSIONS = ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'] as const;

const NEGATED = ['bic', 'orn', 'eon', 'bics'] as const;

/** Instructions on registers: op0 of the top level is x101. */
export function decodeRegister({ word }: A64Word): A64Draft | undefined {
  const wide = word >>> 31 === 1;
  const rd = bits(word, 0, 5);
  const rn = bits(word, 5, 5);
  const rm = bits(word, 16, 5);
  if (bits(word, 24, 5) === 0b01010) return logicalRegister(word, wide, rd, rn, rm);
  if (bits(word, 24, 5) === 0b01011)
    return bits(word, 21, 1) === 0 ? addShifted(word, wide, rd, rn, rm) : addExtended(word, wide, rd, rn, rm);
  if (bits(word, 24, 5) === 0b11011) return multiply(word, wide, rd, rn, rm);
  if (bits(word, 24, 5) !== 0b11010) return undefined;
  switch (bits(word, 21, 3)) {
    case 0:
      return withCarry(word, wide, rd, rn, rm);
    case 2:
      return conditionalCompare(word, wide, rn, rm);
    case 4:
      return conditionalSelect(word, wide, rd, rn, rm);
    case 6:
      return bits(word, 30, 1) === 1 ? oneSource(word, wide, rd, rn) : twoSources(word, wide, rd, rn, rm);
    default:
      return undefined;
  }
}

function shiftedRegister(word: number, wide: boolean, rm: number): A64Operand | undefined {
  const amount = bits(word, 10, 6);
  if (!wide && amount > 31) return undefined;
  const register = zeroRegister(rm, wide);
  const modifier = SHIFTS[bits(word, 22, 2)];
  if (register.kind !== 'register') return undefined;
  return amount === 0 && modifier === 'lsl' ? register : { ...register, modifier, amount };
}

function logicalRegister(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  const opcode = bits(word, 29, 2);
  const isNegated = bits(word, 21, 1) === 1;
  const second = shiftedRegister(word, wide, rm);
  if (second === undefined) return undefined;
  const plain = second.kind === 'register' && second.modifier === undefined;
  const to = zeroRegister(rd, wide);
  if (!isNegated && opcode === 3 && rd === 31)
    return { name: 'tst', go: sized('TST', wide), operands: [zeroRegister(rn, wide), second] };
  if (opcode === 1 && rn === 31 && !isNegated && plain) return move(wide, to, second);
  if (opcode === 1 && rn === 31 && isNegated) return { name: 'mvn', go: sized('MVN', wide), operands: [to, second] };
  const name = (isNegated ? NEGATED : LOGICAL)[opcode] ?? 'and';
  return { name, go: sized(name.toUpperCase(), wide), operands: [to, zeroRegister(rn, wide), second] };
}

function addShifted(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  const isSub = bits(word, 30, 1) === 1;
  const setsFlags = bits(word, 29, 1) === 1;
  const second = shiftedRegister(word, wide, rm);
  if (second === undefined || bits(word, 22, 2) === 3) return undefined;
  if (setsFlags && rd === 31) return compare(isSub, wide, zeroRegister(rn, wide), second);
  const suffix = setsFlags ? 's' : '';
  if (isSub && rn === 31) {
    const name = `neg${suffix}`;
    return { name, go: sized(name.toUpperCase(), wide), operands: [zeroRegister(rd, wide), second] };
  }
  const name = `${isSub ? 'sub' : 'add'}${suffix}`;
  return {
    name,
    go: sized(name.toUpperCase(), wide),
    operands: [zeroRegister(rd, wide), zeroRegister(rn, wide), second],
  };
}

function addExtended(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  const isSub = bits(word, 30, 1) === 1;
  const setsFlags = bits(word, 29, 1) === 1;
  const option = bits(word, 13, 3);
  const amount = bits(word, 10, 3);
  if (amount > 4 || bits(word, 22, 2) !== 0) return undefined;
  const extension = EXTENSIONS[option];
  const register = zeroRegister(rm, wide && (option & 3) === 3);
  if (register.kind !== 'register') return undefined;
  // With the stack pointer, the extension of the whole register is written as a shift, or not at all.
  const isWhole = option === (wide ? 3 : 2) && (rn === 31 || (rd === 31 && !setsFlags));
  const second: A64Operand =
    isWhole && amount === 0 ? register : { ...register, modifier: isWhole ? 'lsl' : extension, amount };
  if (setsFlags && rd === 31) return compare(isSub, wide, stackRegister(rn, wide), second);
  const name = `${isSub ? 'sub' : 'add'}${setsFlags ? 's' : ''}`;
  const to = setsFlags ? zeroRegister(rd, wide) : stackRegister(rd, wide);
  return { name, go: sized(name.toUpperCase(), wide), operands: [to, stackRegister(rn, wide), second] };
}

function withCarry(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  if (bits(word, 10, 6) !== 0) return undefined;
  const isSub = bits(word, 30, 1) === 1;
  const suffix = bits(word, 29, 1) === 1 ? 's' : '';
  const [to, first, second] = [rd, rn, rm].map((number) => zeroRegister(number, wide));
  if (to === undefined || first === undefined || second === undefined) return undefined;
  if (isSub && rn === 31)
    return { name: `ngc${suffix}`, go: sized(`NGC${suffix.toUpperCase()}`, wide), operands: [to, second] };
  const name = `${isSub ? 'sbc' : 'adc'}${suffix}`;
  return { name, go: sized(name.toUpperCase(), wide), operands: [to, first, second] };
}

function conditionalCompare(word: number, wide: boolean, rn: number, rm: number): A64Draft | undefined {
  if (bits(word, 29, 1) !== 1 || bits(word, 10, 1) !== 0 || bits(word, 4, 1) !== 0) return undefined;
  const name = bits(word, 30, 1) === 1 ? 'ccmp' : 'ccmn';
  const first = zeroRegister(rn, wide);
  const second = bits(word, 11, 1) === 1 ? immediate(rm, 16) : zeroRegister(rm, wide);
  const flags = immediate(bits(word, 0, 4), 16);
  const when = condition(bits(word, 12, 4));
  return {
    name,
    go: sized(name.toUpperCase(), wide),
    operands: [first, second, flags, when],
    goOperands: [when, first, second, flags],
  };
}

function conditionalSelect(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  const kind = bits(word, 30, 1) * 2 + bits(word, 10, 1);
  if (bits(word, 29, 1) !== 0 || bits(word, 11, 1) !== 0) return undefined;
  const number = bits(word, 12, 4);
  const to = zeroRegister(rd, wide);
  const first = zeroRegister(rn, wide);
  const [plain = 'csel', set, alias] =
    [['csel'], ['csinc', 'cset', 'cinc'], ['csinv', 'csetm', 'cinv'], ['csneg', undefined, 'cneg']][kind] ?? [];
  const inverted = condition(number ^ 1);
  if (set !== undefined && rn === 31 && rm === 31 && number < 14)
    return { name: set, go: sized(set.toUpperCase(), wide), operands: [to, inverted], goOperands: [inverted, to] };
  if (alias !== undefined && rn === rm && (rn !== 31 || kind === 3) && number < 14) {
    const operands = [to, first, inverted];
    return { name: alias, go: sized(alias.toUpperCase(), wide), operands, goOperands: [inverted, first, to] };
  }
  const second = zeroRegister(rm, wide);
  const when = condition(number);
  return {
    name: plain,
    go: sized(plain.toUpperCase(), wide),
    operands: [to, first, second, when],
    goOperands: [when, first, second, to],
  };
}

function oneSource(word: number, wide: boolean, rd: number, rn: number): A64Draft | undefined {
  if (bits(word, 29, 1) !== 0 || bits(word, 16, 5) !== 0) return undefined;
  const names = wide
    ? ['rbit', 'rev16', 'rev32', 'rev', 'clz', 'cls']
    : ['rbit', 'rev16', 'rev', undefined, 'clz', 'cls'];
  const name = names[bits(word, 10, 6)];
  if (name === undefined) return undefined;
  return { name, go: sized(name.toUpperCase(), wide), operands: [zeroRegister(rd, wide), zeroRegister(rn, wide)] };
}

function twoSources(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  const opcode = bits(word, 10, 6);
  if (bits(word, 29, 1) !== 0) return undefined;
  const names: Readonly<Record<number, string>> = { 2: 'udiv', 3: 'sdiv', 8: 'lsl', 9: 'lsr', 10: 'asr', 11: 'ror' };
  if (opcode >= 16 && opcode < 24) {
    if (wide !== ((opcode & 3) === 3)) return undefined;
    const name = `crc32${(opcode & 4) === 0 ? '' : 'c'}${'bhwx'.charAt(opcode & 3)}`;
    const operands = [zeroRegister(rd, false), zeroRegister(rn, false), zeroRegister(rm, (opcode & 3) === 3)];
    return { name, go: name.toUpperCase(), operands };
  }
  const name = names[opcode];
  if (name === undefined) return undefined;
  const operands = [rd, rn, rm].map((number) => zeroRegister(number, wide));
  return { name, go: sized(name.toUpperCase(), wide), operands };
}

function multiply(word: number, wide: boolean, rd: number, rn: number, rm: number): A64Draft | undefined {
  if (bits(word, 29, 2) !== 0) return undefined;
  const ra = bits(word, 10, 5);
  const isSub = bits(word, 15, 1) === 1;
  const kind = bits(word, 21, 3);
  if (kind !== 0 && !wide) return undefined;
  const to = zeroRegister(rd, wide);
  const added = zeroRegister(ra, wide);
  const narrow = kind !== 0;
  const first = zeroRegister(rn, narrow ? false : wide);
  const second = zeroRegister(rm, narrow ? false : wide);
  if (kind === 2 || kind === 6) {
    if (isSub || ra !== 31) return undefined;
    const name = kind === 2 ? 'smulh' : 'umulh';
    return { name, go: name.toUpperCase(), operands: [to, zeroRegister(rn, true), zeroRegister(rm, true)] };
  }
  const sign = kind === 1 ? 's' : kind === 5 ? 'u' : '';
  if (kind !== 0 && sign === '') return undefined;
  const long = narrow ? 'l' : '';
  const suffix = narrow ? '' : wide ? '' : 'W';
  if (ra === 31) {
    const name = `${sign}${isSub ? 'mneg' : 'mul'}${long}`;
    return { name, go: name.toUpperCase() + suffix, operands: [to, first, second] };
  }
  const name = `${sign}${isSub ? 'msub' : 'madd'}${long}`;
  const operands = [to, first, second, added];
  return { name, go: name.toUpperCase() + suffix, operands, goOperands: [second, added, first, to] };
}
