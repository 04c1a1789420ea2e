import { bits, floatRegister, immediate, zeroRegister, type A64Draft, type A64Operand, type A64Word } from './model.ts';

/** Vector instructions that Go's compiler and library use; others are left undecoded. */
export function decodeVector({ word }: A64Word): A64Draft | undefined {
  if (word >>> 31 === 1) return undefined;
  if (bits(word, 24, 8) === 0x4e && bits(word, 17, 5) === 0b10100 && bits(word, 10, 2) === 2) return cryptography(word);
  const group = bits(word, 24, 5);
  if (group === 0b01110 && bits(word, 21, 1) === 1 && bits(word, 10, 1) === 1) return threeSame(word);
  if (group === 0b01110 && bits(word, 17, 5) === 0b10000 && bits(word, 10, 2) === 2) return twoSame(word);
  if (group === 0b01110 && bits(word, 17, 5) === 0b11000 && bits(word, 10, 2) === 2) return across(word);
  if (group === 0b01110 && bits(word, 21, 3) === 0 && bits(word, 15, 1) === 0 && bits(word, 10, 1) === 1)
    return copy(word);
  if (group === 0b01110 && bits(word, 21, 3) === 0 && bits(word, 10, 2) === 0 && bits(word, 29, 1) === 0)
    return table(word);
  if (group === 0b01111 && bits(word, 23, 1) === 0 && bits(word, 10, 1) === 1) return shift(word);
  return undefined;
}

const SHAPES = ['8b', '16b', '4h', '8h', '2s', '4s', '1d', '2d'] as const;

function vector(number: number, shape: string, index?: number): A64Operand {
  return { kind: 'vector', number, shape, ...(index === undefined ? {} : { index }) };
}

function registers(word: number, shape: string, lows: readonly number[]): A64Operand[] {
  return lows.map((low) => vector(bits(word, low, 5), shape));
}

function cryptography(word: number): A64Draft | undefined {
  const name = ({ 4: 'aese', 5: 'aesd', 6: 'aesmc', 7: 'aesimc' } as const)[bits(word, 12, 5) as 4 | 5 | 6 | 7];
  if (name === undefined || bits(word, 22, 2) !== 0) return undefined;
  return { name, go: name.toUpperCase(), operands: registers(word, '16b', [0, 5]) };
}

function threeSame(word: number): A64Draft | undefined {
  const isWhole = bits(word, 30, 1);
  const unsigned = bits(word, 29, 1);
  const size = bits(word, 22, 2);
  const opcode = bits(word, 11, 5);
  const shape = SHAPES[size * 2 + isWhole] ?? '8b';
  const make = (name: string, form: string): A64Draft => ({
    name,
    go: `V${name.toUpperCase()}`,
    operands: registers(word, form, [0, 5, 16]),
  });
  if (opcode === 3) {
    const names =
      [
        ['and', 'bic', 'orr', 'orn'],
        ['eor', 'bsl', 'bit', 'bif'],
      ][unsigned] ?? [];
    const name = names[size];
    const form = isWhole === 1 ? '16b' : '8b';
    if (name === undefined) return undefined;
    if (name === 'orr' && bits(word, 5, 5) === bits(word, 16, 5))
      return { name: 'mov', go: 'VMOV', operands: registers(word, form, [0, 5]) };
    return make(name, form);
  }
  if (size === 3 && isWhole === 0) return undefined;
  const names: Readonly<Record<number, readonly [string, string]>> = {
    6: ['cmgt', 'cmhi'],
    7: ['cmge', 'cmhs'],
    16: ['add', 'sub'],
    17: ['cmtst', 'cmeq'],
  };
  const name = opcode === 23 && unsigned === 0 ? 'addp' : names[opcode]?.[unsigned];
  return name === undefined ? undefined : make(name, shape);
}

function twoSame(word: number): A64Draft | undefined {
  const isWhole = bits(word, 30, 1);
  const unsigned = bits(word, 29, 1);
  const size = bits(word, 22, 2);
  const opcode = bits(word, 12, 5);
  const name = opcode === 0 ? (unsigned === 0 ? 'rev64' : 'rev32') : opcode === 5 && unsigned === 0 ? 'cnt' : undefined;
  const isValid = name === 'cnt' ? size === 0 : name === 'rev32' ? size < 2 : size < 3;
  if (name === undefined || !isValid) return undefined;
  return { name, go: `V${name.toUpperCase()}`, operands: registers(word, SHAPES[size * 2 + isWhole] ?? '8b', [0, 5]) };
}

function across(word: number): A64Draft | undefined {
  const size = bits(word, 22, 2);
  const shape = SHAPES[size * 2 + bits(word, 30, 1)] ?? '8b';
  const opcode = bits(word, 12, 5);
  const unsigned = bits(word, 29, 1) === 1;
  const name = opcode === 3 ? (unsigned ? 'uaddlv' : 'saddlv') : opcode === 27 && !unsigned ? 'addv' : undefined;
  if (name === undefined || size === 3 || shape === '2s') return undefined;
  const to = floatRegister(bits(word, 0, 5), 'bhsd'.charAt(size + (opcode === 3 ? 1 : 0)));
  const from = vector(bits(word, 5, 5), shape);
  return { name, go: `V${name.toUpperCase()}`, operands: [to, from], goOperands: [from, vector(bits(word, 0, 5), '')] };
}

/** Between elements and general registers. */
function copy(word: number): A64Draft | undefined {
  const imm5 = bits(word, 16, 5);
  const log = 31 - Math.clz32(imm5 & -imm5);
  if (imm5 === 0 || log > 3) return undefined;
  const letter = 'bhsd'.charAt(log);
  const index = imm5 >> (log + 1);
  const isWhole = bits(word, 30, 1);
  const rd = bits(word, 0, 5);
  const rn = bits(word, 5, 5);
  if (bits(word, 29, 1) === 1) {
    if (isWhole === 0) return undefined;
    const from = vector(rn, letter, bits(word, 11, 4) >> log);
    return { name: 'mov', go: 'VMOV', operands: [vector(rd, letter, index), from] };
  }
  const shape = SHAPES[log * 2 + isWhole] ?? '8b';
  if (log === 3 && isWhole === 0) return undefined;
  switch (bits(word, 11, 4)) {
    case 0:
      return { name: 'dup', go: 'VDUP', operands: [vector(rd, shape), vector(rn, letter, index)] };
    case 1:
      return { name: 'dup', go: 'VDUP', operands: [vector(rd, shape), zeroRegister(rn, log === 3)] };
    case 3:
      return isWhole === 0
        ? undefined
        : { name: 'mov', go: 'VMOV', operands: [vector(rd, letter, index), zeroRegister(rn, log === 3)] };
    case 7: {
      const isMove = log === (isWhole === 1 ? 3 : 2);
      if (isWhole === 1 && log !== 3) return undefined;
      const operands = [zeroRegister(rd, isWhole === 1), vector(rn, letter, index)];
      return { name: isMove ? 'mov' : 'umov', go: 'VMOV', operands };
    }
    default:
      return undefined;
  }
}

function table(word: number): A64Draft | undefined {
  if (bits(word, 22, 2) !== 0 || bits(word, 15, 1) !== 0 || bits(word, 13, 2) !== 0) return undefined;
  const shape = bits(word, 30, 1) === 1 ? '16b' : '8b';
  const name = bits(word, 12, 1) === 1 ? 'tbx' : 'tbl';
  const [to, from, by] = [vector(bits(word, 0, 5), shape), bits(word, 5, 5), vector(bits(word, 16, 5), shape)];
  return {
    name,
    go: `V${name.toUpperCase()}`,
    operands: [to, { kind: 'word', text: `{v${from}.16b}` }, by],
    goOperands: [by, { kind: 'word', text: `[V${from}.B16]` }, to],
  };
}

function shift(word: number): A64Draft | undefined {
  const immh = bits(word, 19, 4);
  if (immh === 0) return undefined;
  const log = 31 - Math.clz32(immh);
  const isWhole = bits(word, 30, 1);
  const shape = SHAPES[log * 2 + isWhole] ?? '8b';
  const raw = bits(word, 16, 7);
  const size = 8 << log;
  const unsigned = bits(word, 29, 1) === 1;
  const opcode = bits(word, 11, 5);
  const right: Readonly<Record<number, string>> = { 0: unsigned ? 'ushr' : 'sshr', 8: unsigned ? 'sri' : '' };
  const name = opcode === 10 ? (unsigned ? 'sli' : 'shl') : right[opcode];
  if (name === undefined || name === '' || (log === 3 && isWhole === 0)) return undefined;
  const amount = immediate(opcode === 10 ? raw - size : size * 2 - raw);
  return { name, go: `V${name.toUpperCase()}`, operands: [...registers(word, shape, [0, 5]), amount] };
}
