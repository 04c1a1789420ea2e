import { bits, type A64Draft, type A64Memory, type A64Operand } from './model.ts';

/** Registers and elements of a structure, by opcode: LD1 with one to four registers, LD2, LD3, LD4. */
const MULTIPLE: Readonly<Record<number, readonly [registers: number, elements: number]>> = {
  0: [4, 4],
  2: [4, 1],
  4: [3, 3],
  6: [3, 1],
  7: [1, 1],
  8: [2, 2],
  10: [2, 1],
};

const SHAPES = ['8b', '16b', '4h', '8h', '2s', '4s', '1d', '2d'] as const;

/** Loads and stores of vectors as structures: bits 29 to 24 are 001100 or 001101. */
export function decodeStructures(word: number): A64Draft | undefined {
  if (word >>> 31 === 1 || bits(word, 29, 1) !== 0 || bits(word, 25, 5) !== 0b00110) return undefined;
  return bits(word, 24, 1) === 0 ? multiple(word) : single(word);
}

/** The address: with an offset behind it, of `size` bytes or a register. */
function place(word: number, size: number): A64Memory | undefined {
  const rn = bits(word, 5, 5);
  const rm = bits(word, 16, 5);
  const base = rn === 31 ? 'sp' : `x${rn}`;
  const isPost = bits(word, 23, 1) === 1;
  if (!isPost) return rm === 0 ? { kind: 'memory', base, offset: 0n, mode: 'offset' } : undefined;
  const step = rm === 31 ? undefined : `x${rm}`;
  return { kind: 'memory', base, offset: BigInt(size), mode: 'post', step };
}

function structure(name: string, isLoad: boolean, list: A64Operand, memory: A64Memory): A64Draft {
  const go = `V${name.toUpperCase()}${memory.mode === 'post' ? '.P' : ''}`;
  return { name, go, operands: [list, memory], goOperands: isLoad ? [memory, list] : [list, memory] };
}

function multiple(word: number): A64Draft | undefined {
  const kind = MULTIPLE[bits(word, 12, 4)];
  const isLoad = bits(word, 22, 1) === 1;
  if (kind === undefined || bits(word, 21, 1) !== 0) return undefined;
  const [count, elements] = kind;
  const isWhole = bits(word, 30, 1);
  const shape = SHAPES[bits(word, 10, 2) * 2 + isWhole] ?? '8b';
  const memory = place(word, count * (isWhole === 1 ? 16 : 8));
  if (memory === undefined || (shape === '1d' && elements !== 1)) return undefined;
  const list: A64Operand = { kind: 'list', first: bits(word, 0, 5), count, shape };
  return structure(`${isLoad ? 'ld' : 'st'}${elements}`, isLoad, list, memory);
}

function single(word: number): A64Draft | undefined {
  const isLoad = bits(word, 22, 1) === 1;
  const opcode = bits(word, 13, 3);
  const size = bits(word, 10, 2);
  const isHigh = bits(word, 12, 1);
  const isWhole = bits(word, 30, 1);
  const count = (opcode & 1) * 2 + bits(word, 21, 1) + 1;
  const first = bits(word, 0, 5);
  const verb = isLoad ? 'ld' : 'st';
  if (opcode >= 6) {
    const memory = place(word, count << size);
    if (!isLoad || isHigh === 1 || memory === undefined) return undefined;
    const shape = SHAPES[size * 2 + isWhole] ?? '8b';
    return structure(`ld${count}r`, true, { kind: 'list', first, count, shape }, memory);
  }
  const log = opcode >> 1 === 2 && size === 1 ? 3 : opcode >> 1;
  const isReserved = (log === 1 && (size & 1) === 1) || (log === 2 && size !== 0) || (log === 3 && isHigh === 1);
  const memory = place(word, count << log);
  if (isReserved || memory === undefined) return undefined;
  const index = (isWhole * 8 + isHigh * 4 + size) >> log;
  const list: A64Operand = { kind: 'list', first, count, shape: 'bhsd'.charAt(log), index };
  return structure(`${verb}${count}`, isLoad, list, memory);
}
