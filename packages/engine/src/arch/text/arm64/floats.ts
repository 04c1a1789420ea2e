import {
  bits,
  condition,
  floatRegister,
  immediate,
  zeroRegister,
  type A64Draft,
  type A64Operand,
  type A64Word,
} from './model.ts';

const LETTERS: Readonly<Record<number, string>> = { 0: 's', 1: 'd', 3: 'h' };

/** Floating-point instructions on scalars: bits 28 to 24 are 1111x, bit 30 is 0. */
export function decodeFloat({ word }: A64Word): A64Draft | undefined {
  const letter = LETTERS[bits(word, 22, 2)];
  const wide = word >>> 31 === 1;
  if (letter === undefined || bits(word, 29, 2) !== 0) return undefined;
  const rd = bits(word, 0, 5);
  const rn = bits(word, 5, 5);
  const rm = bits(word, 16, 5);
  const float = (number: number, kind: string = letter): A64Operand => floatRegister(number, kind);
  if (bits(word, 24, 5) === 0b11111 && !wide) return fused(word, letter, float);
  if (bits(word, 24, 5) !== 0b11110 || bits(word, 21, 1) !== 1) return undefined;
  if (bits(word, 10, 6) === 0) return conversion(word, wide, letter, rd, rn);
  if (wide) return undefined;
  const kind = letter.toUpperCase();
  switch (bits(word, 10, 2)) {
    case 1: {
      const when = condition(bits(word, 12, 4));
      const name = bits(word, 4, 1) === 1 ? 'fccmpe' : 'fccmp';
      const flags = immediate(bits(word, 0, 4), 16);
      const go = `${name.toUpperCase()}${kind}`;
      return {
        name,
        go,
        operands: [float(rn), float(rm), flags, when],
        goOperands: [when, float(rm), float(rn), flags],
      };
    }
    case 2: {
      const names = ['fmul', 'fdiv', 'fadd', 'fsub', 'fmax', 'fmin', 'fmaxnm', 'fminnm', 'fnmul'];
      const name = names[bits(word, 12, 4)];
      return name === undefined
        ? undefined
        : { name, go: name.toUpperCase() + kind, operands: [float(rd), float(rn), float(rm)] };
    }
    case 3: {
      const when = condition(bits(word, 12, 4));
      const operands = [float(rd), float(rn), float(rm), when];
      return { name: 'fcsel', go: `FCSEL${kind}`, operands, goOperands: [when, float(rn), float(rm), float(rd)] };
    }
  }
  if (bits(word, 10, 4) === 0b1000) return comparison(word, kind, float(rn), float(rm));
  if (bits(word, 10, 5) === 0b10000) return oneSource(word, letter, float, rd, rn);
  if (bits(word, 10, 3) === 0b100 && rn === 0) {
    const value = floatConstant(bits(word, 13, 8));
    const gnu = value.toExponential(18).replace(/e([+-])(\d)$/, 'e$10$2');
    const go = Number.isInteger(value) ? `${value}.` : String(value);
    const to = float(rd);
    const operands: A64Operand[] = [to, { kind: 'word', text: `#${gnu}` }];
    return { name: 'fmov', go: `FMOV${kind}`, operands, goOperands: [{ kind: 'word', text: `$${go}` }, to] };
  }
  return undefined;
}

function fused(word: number, letter: string, float: (number: number) => A64Operand): A64Draft {
  const name = ['fmadd', 'fmsub', 'fnmadd', 'fnmsub'][bits(word, 21, 1) * 2 + bits(word, 15, 1)] ?? 'fmadd';
  const [rd, rn, ra, rm] = [0, 5, 10, 16].map((low) => float(bits(word, low, 5))) as [
    A64Operand,
    A64Operand,
    A64Operand,
    A64Operand,
  ];
  return {
    name,
    go: name.toUpperCase() + letter.toUpperCase(),
    operands: [rd, rn, rm, ra],
    goOperands: [rm, ra, rn, rd],
  };
}

function comparison(word: number, kind: string, first: A64Operand, second: A64Operand): A64Draft | undefined {
  const opcode = bits(word, 0, 5);
  if ((opcode & 7) !== 0 || bits(word, 14, 2) !== 0) return undefined;
  const name = (opcode & 16) === 0 ? 'fcmp' : 'fcmpe';
  const other: A64Operand = (opcode & 8) === 0 ? second : { kind: 'word', text: '#0.0' };
  const go = name.toUpperCase() + kind;
  return {
    name,
    go,
    operands: [first, other],
    goOperands: [(opcode & 8) === 0 ? other : { kind: 'word', text: '$(0.0)' }, first],
  };
}

function oneSource(
  word: number,
  letter: string,
  float: (number: number, kind?: string) => A64Operand,
  rd: number,
  rn: number,
): A64Draft | undefined {
  const opcode = bits(word, 15, 6);
  const kind = letter.toUpperCase();
  const to = ({ 4: 's', 5: 'd', 7: 'h' } as const)[opcode as 4 | 5 | 7];
  if (to !== undefined)
    return to === letter
      ? undefined
      : { name: 'fcvt', go: `FCVT${kind}${to.toUpperCase()}`, operands: [float(rd, to), float(rn)] };
  const names: Readonly<Record<number, string>> = {
    0: 'fmov',
    1: 'fabs',
    2: 'fneg',
    3: 'fsqrt',
    8: 'frintn',
    9: 'frintp',
    10: 'frintm',
    11: 'frintz',
    12: 'frinta',
    14: 'frintx',
    15: 'frinti',
  };
  const name = names[opcode];
  return name === undefined ? undefined : { name, go: name.toUpperCase() + kind, operands: [float(rd), float(rn)] };
}

/** Between integers and floats. */
function conversion(word: number, wide: boolean, letter: string, rd: number, rn: number): A64Draft | undefined {
  const mode = bits(word, 19, 2);
  const opcode = bits(word, 16, 3);
  const kind = letter.toUpperCase();
  const width = wide ? '' : 'W';
  const toInteger = [zeroRegister(rd, wide), floatRegister(rn, letter)];
  const toFloat = [floatRegister(rd, letter), zeroRegister(rn, wide)];
  if (opcode === 6 || opcode === 7) {
    // The sizes must be the same.
    if (mode !== 0 || (letter === 'd') !== wide || letter === 'h') return undefined;
    return { name: 'fmov', go: `FMOV${kind}`, operands: opcode === 6 ? toInteger : toFloat };
  }
  const sign = (opcode & 1) === 0 ? 's' : 'u';
  if (opcode === 2 || opcode === 3) {
    const name = `${sign}cvtf`;
    return mode === 0 ? { name, go: `${name.toUpperCase()}${width}${kind}`, operands: toFloat } : undefined;
  }
  if (opcode !== 0 && opcode !== 1 && !((opcode === 4 || opcode === 5) && mode === 0)) return undefined;
  const way = opcode >= 4 ? 'a' : ('npmz'.charAt(mode) ?? '');
  const name = `fcvt${way}${sign}`;
  return { name, go: `${name.toUpperCase()}${kind}${width}`, operands: toInteger };
}

/** VFPExpandImm of the manual: a sign, three bits of exponent and four of fraction. */
function floatConstant(raw: number): number {
  const exponent = ((raw >> 4) & 7) ^ 4;
  const value = (16 + (raw & 15)) * 2 ** (exponent - 7);
  return (raw & 0x80) === 0 ? value : -value;
}
