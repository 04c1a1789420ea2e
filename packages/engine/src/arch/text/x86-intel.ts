import type { InstructionSymbols } from './instruction.ts';
import {
  immediateText,
  memorySymbol,
  signedHex,
  symbolText,
  type X86Instruction,
  type X86Memory,
  type X86Operand,
} from './x86-instruction.ts';

/** Conditions that have several names: Delve writes those of Intel's XED. */
const CONDITIONS: Readonly<Record<string, string>> = { ae: 'nb', a: 'nbe', ge: 'nl', ne: 'nz', g: 'nle', e: 'z' };

/** Names of memory operands by their size in bytes. */
const SIZES: Readonly<Record<number, string>> = {
  1: 'byte ',
  2: 'word ',
  4: 'dword ',
  8: 'qword ',
  16: 'xmmword ',
  32: 'ymmword ',
  64: 'zmmword ',
};

/** Bytes of a vector register by the first letter of its name. */
const VECTOR_BYTES: Readonly<Record<string, number>> = { x: 16, y: 32, z: 64 };

/** An instruction in Intel's syntax. */
export function intelSyntax(instruction: X86Instruction, symbols: InstructionSymbols): string {
  const { mnemonic, mask, zeroing, rounding } = instruction;
  if (mnemonic === '') return '?';
  if (mnemonic === 'nop' && instruction.operands.length === 0 && instruction.word) return 'data16 nop';
  const operands = instruction.operands.map((operand) => operandText(operand, instruction, symbols));
  // The accumulator of string instructions goes without saying.
  if (/^stos[bwdq]$/.test(mnemonic)) operands.pop();
  else if (/^(?:lods|scas)[bwdq]$/.test(mnemonic)) operands.shift();
  if (mask !== undefined) operands[0] = `${operands[0] ?? ''} {${mask}}${zeroing ? ' {z}' : ''}`;
  if (rounding !== '') operands.push(rounding);
  const repeat = instruction.repeat === undefined ? '' : `${instruction.repeat} `;
  const lock = instruction.lock ? 'lock ' : '';
  return `${repeat}${lock}${intelMnemonic(mnemonic)}${operands.length === 0 ? '' : ` ${operands.join(', ')}`}`;
}

function intelMnemonic(mnemonic: string): string {
  const [, head, condition = ''] = /^(j|set|cmov)([a-z]+)$/.exec(mnemonic) ?? [];
  return head === undefined ? mnemonic : head + (CONDITIONS[condition] ?? condition);
}

function operandText(operand: X86Operand, instruction: X86Instruction, symbols: InstructionSymbols): string {
  switch (operand.kind) {
    case 'register':
      return operand.register.replace(/^mm(\d)$/, 'mmx$1');
    case 'immediate':
      return immediateText(operand.value, operand.size);
    case 'branch': {
      const symbol = symbols.code(operand.target);
      return symbol === undefined ? `0x${operand.target.toString(16)}` : symbolText(symbol);
    }
    case 'memory':
      return memoryText(operand, instruction, symbols);
  }
}

function memoryText(memory: X86Memory, { operands }: X86Instruction, symbols: InstructionSymbols): string {
  const size = SIZES[memory.size];
  const pointer = size === undefined ? '' : `${size}ptr `;
  const symbol = memorySymbol(memory, symbols);
  if (symbol !== undefined) return `${pointer}[${symbolText(symbol)}]`;
  const segment = memory.segment === 'fs' || memory.segment === 'gs' ? `${memory.segment}:` : '';
  const parts: string[] = [];
  if (memory.base !== undefined) parts.push(memory.base);
  if (memory.index !== undefined) parts.push(memory.scale === 1 ? memory.index : `${memory.scale}*${memory.index}`);
  let inside = parts.join('+');
  const { displacement } = memory;
  if (displacement !== 0n || inside === '')
    inside += displacement < 0n || inside === '' ? signedHex(displacement) : `+${signedHex(displacement)}`;
  const [first] = operands;
  const vector = first?.kind === 'register' ? VECTOR_BYTES[first.register.charAt(0)] : undefined;
  const repeated = memory.broadcast && vector !== undefined && memory.size > 0 ? `{1to${vector / memory.size}}` : '';
  return `${pointer}${segment}[${inside}]${repeated}`;
}
