import { RAX, type Operand } from './instruction.ts';

/** Two operands that an instruction compares, of which `size` bytes count. */
export interface Comparison {
  readonly left: Operand;
  readonly right: Operand;
  readonly size: number;
}

const REX = 0x40;
const ZERO: Operand = { kind: 'immediate', value: 0n };

/**
 * What CMP or TEST compares, for the forms that the Go compiler uses with registers: CMP of two registers or with a constant, TEST of
 * a register with itself, which compares it with zero. Undefined for everything else (Intel SDM volume 2, CMP and TEST).
 */
export function comparisonOf(code: Uint8Array): Comparison | undefined {
  const rex = ((code[0] ?? 0) & 0xf0) === REX ? (code[0] as number) : 0;
  const [opcode = 0, modrm = 0] = code.subarray(rex === 0 ? 0 : 1);
  const size = (rex & 8) === 0 ? 4 : 8;
  const rm: Operand = { kind: 'register', number: (modrm & 7) | ((rex & 1) << 3) };
  const reg: Operand = { kind: 'register', number: ((modrm >> 3) & 7) | ((rex & 4) << 1) };
  const rest = code.subarray((rex === 0 ? 0 : 1) + 1);
  if (opcode === 0x3d) return { left: { kind: 'register', number: RAX }, right: immediate(rest, 4), size };
  if (modrm < 0xc0) return undefined;
  switch (opcode) {
    case 0x39:
      return { left: rm, right: reg, size };
    case 0x3b:
      return { left: reg, right: rm, size };
    case 0x85:
      return rm.number === reg.number ? { left: rm, right: ZERO, size } : undefined;
    case 0x81:
    case 0x83:
      if (((modrm >> 3) & 7) !== 7) return undefined;
      return { left: rm, right: immediate(rest.subarray(1), opcode === 0x83 ? 1 : 4), size };
    default:
      return undefined;
  }
}

/** True for JE, false for JNE, undefined for other instructions. */
export function isJumpIfEqual(code: Uint8Array): boolean | undefined {
  const opcode = code[0] === 0x0f ? (code[1] ?? 0) - 0x10 : (code[0] ?? 0);
  return opcode === 0x74 ? true : opcode === 0x75 ? false : undefined;
}

function immediate(bytes: Uint8Array, size: number): Operand {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return { kind: 'immediate', value: BigInt.asUintN(64, BigInt.asIntN(size * 8, value)) };
}
