import type { InstructionSymbols } from './instruction.ts';
import {
  immediateText,
  memorySymbol,
  registerSize,
  signedHex,
  symbolText,
  type X86Instruction,
  type X86Memory,
  type X86Operand,
} from './x86-instruction.ts';

/** Mnemonics that say the size of their operands with a letter at the end. */
const SUFFIXED: ReadonlySet<string> = new Set(
  `adc add and bsf bsr bt btc btr bts cmp cmpxchg dec div fldenv frstor idiv imul in inc lea mov movnti mul neg nop not or
out pop popa popcnt push pusha rcl rcr rol ror sar sbb shl shld shr shrd sub test xadd xchg xor cvtsd2si cvtss2si cvttsd2si
cvttss2si cvtsi2sd cvtsi2ss`.split(/\s+/),
);

const LETTERS: Readonly<Record<number, string>> = { 1: 'B', 2: 'W', 4: 'L', 8: 'Q' };

/** An instruction as the Go assembler's language has it (golang.org/x/arch writes it alike): operands from left to right. */
export function goSyntax(instruction: X86Instruction, symbols: InstructionSymbols): string {
  const { mnemonic } = instruction;
  if (mnemonic === '') return '?';
  if (mnemonic === 'int3') return 'INT $0x3';
  const operands = instruction.operands.map((operand) => operandText(operand, symbols));
  // Comparisons read from left to right as they are, everything else has its destination last.
  if (instruction.mask !== undefined) operands.splice(1, 0, goRegister(instruction.mask));
  if (mnemonic !== 'cmp') operands.reverse();
  const repeat = instruction.repeat === undefined ? '' : `${instruction.repeat.toUpperCase()}; `;
  const lock = instruction.lock ? 'LOCK ' : '';
  const name = goMnemonic(instruction);
  return `${repeat}${lock}${name}${operands.length === 0 ? '' : ` ${operands.join(', ')}`}`;
}

function goMnemonic(instruction: X86Instruction): string {
  const { mnemonic, operands, zeroing, rounding, word } = instruction;
  const name = mnemonic.toUpperCase();
  if (mnemonic === 'nop' && operands.length === 0) return word ? 'NOPW' : 'NOPL';
  const suffix = SUFFIXED.has(mnemonic) ? (LETTERS[operandSize(instruction)] ?? '') : '';
  const broadcast = operands.some((operand) => operand.kind === 'memory' && operand.broadcast) ? '.BCST' : '';
  const mode = rounding === '' ? '' : `.${rounding.slice(1, -1).toUpperCase().replace('-', '_')}`;
  return `${name}${suffix}${broadcast}${mode}${zeroing ? '.Z' : ''}`;
}

/** Bytes that an instruction works on: those of memory, else of its first general register. */
function operandSize({ mnemonic, operands }: X86Instruction): number {
  const memory = operands.find((operand): operand is X86Memory => operand.kind === 'memory' && operand.size > 0);
  if (memory !== undefined) return memory.size;
  for (const operand of operands) {
    const size = operand.kind === 'register' ? registerSize(operand.register) : 0;
    if (size > 0) return size;
  }
  // Where there is only a value: push.
  return mnemonic === 'push' ? 8 : 0;
}

/** `AX` of `rax`, `eax`, `ax`; `R8` of `r8d`; `X0` of `xmm0`. */
function goRegister(register: string): string {
  const vector = /^([xyz])mm(\d+)$/.exec(register);
  if (vector !== null) return `${vector[1]?.toUpperCase()}${vector[2]}`;
  const numbered = /^r(\d+)[bwd]?$/.exec(register);
  if (numbered !== null) return `R${numbered[1]}`;
  if (/^[er](?:[abcd]x|[sb]p|[sd]i|ip)$/.test(register)) return register.slice(1).toUpperCase();
  if (/^(?:sp|bp|si|di)l$/.test(register)) return register.slice(0, 2).toUpperCase();
  const float = /^st(\d)$/.exec(register);
  if (float !== null) return `F${float[1]}`;
  const mmx = /^mm(\d)$/.exec(register);
  return mmx === null ? register.toUpperCase() : `M${mmx[1]}`;
}

function operandText(operand: X86Operand, symbols: InstructionSymbols): string {
  switch (operand.kind) {
    case 'register':
      return goRegister(operand.register);
    case 'immediate':
      return `$${immediateText(operand.value, operand.size)}`;
    case 'branch': {
      const symbol = symbols.code(operand.target);
      return symbol === undefined ? `0x${operand.target.toString(16)}` : `${symbolText(symbol)}(SB)`;
    }
    case 'memory':
      return memoryText(operand, symbols);
  }
}

function memoryText(memory: X86Memory, symbols: InstructionSymbols): string {
  const symbol = memorySymbol(memory, symbols);
  if (symbol !== undefined) return `${symbolText(symbol)}(SB)`;
  const segment = memory.segment === undefined ? '' : `${memory.segment.toUpperCase()}:`;
  const displacement = memory.displacement === 0n ? '0' : signedHex(memory.displacement);
  const base = memory.base === undefined ? '' : `(${goRegister(memory.base)})`;
  const index = memory.index === undefined ? '' : `(${goRegister(memory.index)}*${memory.scale})`;
  return `${segment}${displacement}${base}${index}`;
}
