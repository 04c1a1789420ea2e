import {
  bits,
  floatRegister,
  signedBits,
  zeroRegister,
  type A64Draft,
  type A64Memory,
  type A64Operand,
  type A64Word,
} from './model.ts';
import { decodeStructures } from './structures.ts';

/** One kind of access by its size and opcode bits. */
interface Access {
  readonly name: string;
  readonly go: string;
  readonly isStore: boolean;
  readonly size: number;
  readonly register: (number: number) => A64Operand;
}

/** What a load or store of one register does; undefined for reserved encodings. */
function accessOf(size: number, opcode: number, isVector: boolean): Access | undefined {
  const isStore = (opcode & 1) === 0 && (isVector || opcode === 0);
  if (isVector) {
    const letter = opcode >= 2 ? (size === 0 ? 'q' : undefined) : 'bhsd'.charAt(size);
    if (letter === undefined) return undefined;
    const log = letter === 'q' ? 4 : size;
    const register = (number: number): A64Operand => floatRegister(number, letter);
    return { name: isStore ? 'str' : 'ldr', go: `FMOV${letter.toUpperCase()}`, isStore, size: 1 << log, register };
  }
  const wide = size === 3 || opcode === 2;
  const register = (number: number): A64Operand => zeroRegister(number, wide);
  const letter = ['b', 'h', '', ''][size] ?? '';
  const goLetter = ['B', 'H', 'W', 'D'][size] ?? '';
  if (opcode === 0) return { name: `str${letter}`, go: `MOV${goLetter}`, isStore: true, size: 1 << size, register };
  if (opcode === 1)
    return {
      name: `ldr${letter}`,
      go: `MOV${goLetter}${size === 3 ? '' : 'U'}`,
      isStore: false,
      size: 1 << size,
      register,
    };
  // 2: with sign to 64 bits, 3: to 32.
  if (size === 3 || (size === 2 && opcode === 3)) return undefined;
  const go = `MOV${goLetter}${opcode === 3 ? 'W' : ''}`;
  return { name: `ldrs${['b', 'h', 'w'][size] ?? ''}`, go, isStore: false, size: 1 << size, register };
}

function memory(rn: number, offset: number, mode: A64Memory['mode'] = 'offset'): A64Memory {
  return { kind: 'memory', base: rn === 31 ? 'sp' : `x${rn}`, offset: BigInt(offset), mode };
}

const MODES: Readonly<Record<A64Memory['mode'], string>> = { offset: '', pre: '.W', post: '.P' };

function transfer(access: Access, rt: number, place: A64Memory, name = access.name): A64Draft {
  const register = access.register(rt);
  const go = access.go + MODES[place.mode];
  const goOperands = access.isStore ? [register, place] : [place, register];
  return { name, go, operands: [register, place], goOperands };
}

/** Loads and stores: op0 of the top level is x1x0. */
export function decodeMemory({ word, address }: A64Word): A64Draft | undefined {
  const kind = bits(word, 27, 3);
  if (kind === 0b111) return single(word);
  if (kind === 0b101) return pair(word);
  if (kind === 0b011) return literal(word, address);
  if (kind === 0b001) return bits(word, 26, 1) === 0 ? ordered(word) : decodeStructures(word);
  return undefined;
}

function single(word: number): A64Draft | undefined {
  const size = bits(word, 30, 2);
  const opcode = bits(word, 22, 2);
  const isVector = bits(word, 26, 1) === 1;
  const rn = bits(word, 5, 5);
  const rt = bits(word, 0, 5);
  const isUnsigned = bits(word, 24, 2) === 1;
  const prefetch = size === 3 && opcode === 2 && !isVector;
  const access = prefetch ? undefined : accessOf(size, opcode, isVector);
  if (isUnsigned) {
    if (prefetch) return prefetchOf(rt, memory(rn, bits(word, 10, 12) * 8));
    return access && transfer(access, rt, memory(rn, bits(word, 10, 12) * access.size));
  }
  if (bits(word, 24, 2) !== 0) return undefined;
  const offset = signedBits(word, 12, 9);
  const low = bits(word, 10, 2);
  if (bits(word, 21, 1) === 0) {
    if (prefetch) return low === 0 ? prefetchOf(rt, memory(rn, offset), 'prfum') : undefined;
    if (access === undefined || low === 2) return undefined;
    if (low === 0) return transfer(access, rt, memory(rn, offset), access.name.replace(/^(ld|st)/, '$1u'));
    return transfer(access, rt, memory(rn, offset, low === 1 ? 'post' : 'pre'));
  }
  if (low === 2) return withIndex(word, access, prefetch, rn, rt);
  return low === 0 && !isVector ? atomic(word, size, rn, rt) : undefined;
}

function withIndex(
  word: number,
  access: Access | undefined,
  prefetch: boolean,
  rn: number,
  rt: number,
): A64Draft | undefined {
  const option = bits(word, 13, 3);
  const isScaled = bits(word, 12, 1) === 1;
  const rm = bits(word, 16, 5);
  if ((option & 2) === 0) return undefined;
  const amount = isScaled ? Math.log2(access?.size ?? 8) : 0;
  const extension = (['uxtw', 'lsl', 'sxtw', 'sxtx'] as const)[(option >> 2) * 2 + (option & 1)];
  const index = zeroRegister(rm, (option & 1) === 1);
  const modifier = extension === 'lsl' && !isScaled ? undefined : extension;
  if (index.kind !== 'register') return undefined;
  const place: A64Memory = {
    ...memory(rn, 0),
    index: { name: index.name, modifier, amount: isScaled ? amount : 0, isScaled },
  };
  if (prefetch) return prefetchOf(rt, place);
  return access && transfer(access, rt, place);
}

function prefetchOf(rt: number, place: A64Memory, name = 'prfm'): A64Draft {
  const what = ['pld', 'pli', 'pst'][rt >> 3];
  const level = (rt >> 1) & 3;
  const text =
    what === undefined || level === 3
      ? `#0x${rt.toString(16).padStart(2, '0')}`
      : `${what}l${level + 1}${(rt & 1) === 0 ? 'keep' : 'strm'}`;
  const hint: A64Operand = { kind: 'word', text };
  return { name, go: 'PRFM', operands: [hint, place], goOperands: [place, hint] };
}

/** LDADD and its kin (ARMv8.1): operation on memory that also answers what was there. */
function atomic(word: number, size: number, rn: number, rt: number): A64Draft | undefined {
  const opcode = bits(word, 12, 4);
  const names = ['ldadd', 'ldclr', 'ldeor', 'ldset', 'ldsmax', 'ldsmin', 'ldumax', 'ldumin', 'swp'];
  const goNames = ['LDADD', 'LDCLR', 'LDEOR', 'LDOR', 'LDSMAX', 'LDSMIN', 'LDUMAX', 'LDUMIN', 'SWP'];
  const name = names[opcode];
  if (name === undefined) return undefined;
  const order = ['', 'l', 'a', 'al'][bits(word, 22, 2)] ?? '';
  const wide = size === 3;
  const source = zeroRegister(bits(word, 16, 5), wide);
  const to = zeroRegister(rt, wide);
  const place = memory(rn, 0);
  const go = `${goNames[opcode] ?? ''}${order.toUpperCase()}${'BHWD'.charAt(size)}`;
  const full = `${name}${order}${['b', 'h', '', ''][size] ?? ''}`;
  // Without acquiring, an answer that nobody wants makes it a store.
  if (rt === 31 && (bits(word, 22, 2) & 2) === 0 && opcode < 8)
    return { name: full.replace(/^ld/, 'st'), go, operands: [source, place], goOperands: [source, place, to] };
  return { name: full, go, operands: [source, to, place], goOperands: [source, place, to] };
}

function pair(word: number): A64Draft | undefined {
  const opcode = bits(word, 30, 2);
  const isVector = bits(word, 26, 1) === 1;
  const isLoad = bits(word, 22, 1) === 1;
  const mode = (['offset', 'post', 'offset', 'pre'] as const)[bits(word, 23, 2)] ?? 'offset';
  const isNonTemporal = bits(word, 23, 2) === 0;
  if (opcode === 3 || (opcode === 1 && !isVector && (!isLoad || isNonTemporal))) return undefined;
  const isSigned = opcode === 1 && !isVector;
  const size = isVector ? 4 << opcode : opcode === 2 ? 8 : 4;
  const letter = 'sdq'.charAt(opcode);
  const register = (number: number): A64Operand =>
    isVector ? floatRegister(number, letter) : zeroRegister(number, opcode !== 0);
  const [rt, rn, rt2] = [bits(word, 0, 5), bits(word, 5, 5), bits(word, 10, 5)];
  const registers = [register(rt), register(rt2)];
  const place = memory(rn, signedBits(word, 15, 7) * size, mode);
  const isMixed = rt === rt2 || (mode !== 'offset' && (rn === rt || rn === rt2));
  if (isSigned && isMixed) return undefined;
  const name = `${isLoad ? 'ld' : 'st'}${isNonTemporal ? 'n' : ''}p${isSigned ? 'sw' : ''}`;
  const kind = isVector ? letter.toUpperCase() : isSigned ? 'SW' : opcode === 0 ? 'W' : '';
  const base = `${isVector ? 'F' : ''}${isLoad ? 'LD' : 'ST'}${isNonTemporal ? 'N' : ''}P${kind}`;
  return {
    name,
    go: base + MODES[place.mode],
    operands: [...registers, place],
    goOperands: isLoad ? [place, ...registers] : [...registers, place],
  };
}

function literal(word: number, address: number): A64Draft | undefined {
  if (bits(word, 24, 2) !== 0) return undefined;
  const opcode = bits(word, 30, 2);
  const isVector = bits(word, 26, 1) === 1;
  const label: A64Operand = { kind: 'label', address: address + signedBits(word, 5, 19) * 4 };
  const rt = bits(word, 0, 5);
  if (opcode === 3) return undefined;
  const isSigned = opcode === 2 && !isVector;
  const register = isVector ? floatRegister(rt, 'sdq'.charAt(opcode)) : zeroRegister(rt, opcode !== 0);
  const go = isVector ? `FMOV${'SDQ'.charAt(opcode)}` : (['MOVWU', 'MOVD', 'MOVW'][opcode] ?? '');
  return { name: isSigned ? 'ldrsw' : 'ldr', go, operands: [register, label] };
}

/** Exclusive, acquiring and releasing loads and stores, and compare-and-swap. */
function ordered(word: number): A64Draft | undefined {
  if (bits(word, 24, 1) !== 0) return undefined;
  const size = bits(word, 30, 2);
  const wide = size === 3;
  const isOrdered = bits(word, 23, 1) === 1;
  const isLoad = bits(word, 22, 1) === 1;
  const isPair = bits(word, 21, 1) === 1;
  const isAcquire = bits(word, 15, 1) === 1;
  const rs = bits(word, 16, 5);
  const place = memory(bits(word, 5, 5), 0);
  const value = zeroRegister(bits(word, 0, 5), wide);
  const letter = ['b', 'h', '', ''][size] ?? '';
  const goLetter = ['B', 'H', 'W', ''][size] ?? '';
  // Unused registers are all ones.
  const rt2 = bits(word, 10, 5);
  if (isOrdered && (rt2 !== 31 || (rs !== 31 && !isPair))) return undefined;
  if (isOrdered && isPair) {
    const order = `${isLoad ? 'a' : ''}${isAcquire ? 'l' : ''}`;
    const compared = zeroRegister(rs, wide);
    const go = `CAS${order.toUpperCase()}${'BHWD'.charAt(size)}`;
    return {
      name: `cas${order}${letter}`,
      go,
      operands: [compared, value, place],
      goOperands: [compared, place, value],
    };
  }
  if (isOrdered) {
    const name = isLoad ? 'lda' : 'stl';
    if (!isAcquire) return undefined;
    const operands = [value, place];
    const goOperands = isLoad ? [place, value] : operands;
    return { name: `${name}r${letter}`, go: `${name.toUpperCase()}R${goLetter}`, operands, goOperands };
  }
  const kind = isPair ? 'p' : 'r';
  if (isPair && size < 2) return undefined;
  const values = isPair ? [value, zeroRegister(rt2, wide)] : [value];
  const name = `${isLoad ? 'ld' : 'st'}${isAcquire ? (isLoad ? 'a' : 'l') : ''}x${kind}${isPair ? '' : letter}`;
  const go = `${name.slice(0, name.length - (isPair ? 0 : letter.length)).toUpperCase()}${goLetter}`;
  if (isLoad) return { name, go, operands: [...values, place], goOperands: [place, ...values] };
  const status = zeroRegister(rs, false);
  return { name, go, operands: [status, ...values, place], goOperands: [...values, place, status] };
}
