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

/** Mnemonics that the GNU assembler spells otherwise. */
const SPELLINGS: Readonly<Record<string, string>> = {
  cbw: 'cbtw',
  cdq: 'cltd',
  cwd: 'cwtd',
  cwde: 'cwtl',
  cdqe: 'cltq',
  cqo: 'cqto',
  cmpsd: 'cmpsl',
  movsd: 'movsl',
  insd: 'insl',
  outsd: 'outsl',
  lodsb: 'lods',
  lodsw: 'lods',
  lodsd: 'lods',
  lodsq: 'lods',
  scasb: 'scas',
  scasw: 'scas',
  scasd: 'scas',
  scasq: 'scas',
  stosb: 'stos',
  stosw: 'stos',
  stosd: 'stos',
  stosq: 'stos',
};

const LETTERS: Readonly<Record<number, string>> = { 1: 'b', 2: 'w', 4: 'l', 8: 'q' };

/** Instructions of the floating-point unit that take a float or an integer from memory, and their suffixes by its size. */
const FLOAT = /^f(?:add|comp?|divr?|ld|mul|stp?|subr?)$/;
const FLOAT_LETTERS: Readonly<Record<number, string>> = { 4: 's', 8: 'l', 10: 't' };
const FLOAT_INTEGER = /^fi(?:add|comp?|divr?|ld|mul|stp?|sttp|subr?)$/;
const FLOAT_INTEGER_LETTERS: Readonly<Record<number, string>> = { 2: 's', 4: 'l', 8: 'll' };

/** Instructions that have no suffix although no register tells their size. */
const NO_SUFFIX =
  /^(?:set[a-z]+|cmpxchg8b|cmpxchg16b|fldcw|fnstcw|fnstsw|ldmxcsr|stmxcsr|vldmxcsr|vstmxcsr|lldt|lmsw|ltr|sldt|smsw|str|verr|verw|prefetch\w*|clflush\w*|lea|xsave\w*|xrstor\w*|fxsave\w*|fxrstor\w*)$/;

/** Instructions whose suffix on amd64 is that of an address. */
const ADDRESS_SIZED = /^(?:call|jmp|ret|leave|push|pop|enter)$/;

/** Vector and packed instructions: their names say it all. */
const VECTOR_REGISTER = /^(?:[xyz]?mm\d+|k\d)$/;

/** An instruction in the GNU assembler's (AT&T) syntax. */
export function gnuSyntax(instruction: X86Instruction, symbols: InstructionSymbols): string {
  const { mnemonic, mask, zeroing, rounding } = instruction;
  if (mnemonic === '') return '?';
  const shifted = /^(?:sh[lr]|sa[lr]|ro[lr]|rc[lr])$/.test(mnemonic) && (instruction.opcode & 0xfe) === 0xd0;
  // The count 1 of the short form is not written.
  const shown = shifted ? instruction.operands.slice(0, 1) : instruction.operands;
  const operands = shown.map((operand) => operandText(operand, instruction, symbols));
  if (mask !== undefined) operands[0] = `${operands[0] ?? ''} {%${mask}}${zeroing ? ' {z}' : ''}`;
  if (rounding !== '') operands.push(rounding);
  operands.reverse();
  const [first] = instruction.operands;
  const indirect = (mnemonic === 'call' || mnemonic === 'jmp') && first !== undefined && first.kind !== 'branch';
  const repeat = instruction.repeat === undefined ? '' : `${instruction.repeat} `;
  const lock = instruction.lock ? 'lock ' : '';
  const arguments_ = operands.length === 0 ? '' : ` ${indirect ? '*' : ''}${operands.join(',')}`;
  return `${repeat}${lock}${gnuMnemonic(instruction)}${arguments_}`;
}

function gnuMnemonic(instruction: X86Instruction): string {
  const { mnemonic, operands } = instruction;
  if (mnemonic === 'nop' && operands.length === 0 && instruction.word) return 'data16 nop';
  if (/^(?:movs|cmps|ins|outs)[bwq]$/.test(mnemonic)) return mnemonic;
  if (mnemonic === 'movzx' || mnemonic === 'movsx') return extension(instruction);
  // Two instructions are called movsd and cmpsd; those of vectors keep the name.
  const vector = operands.some((operand) => operand.kind === 'register' && VECTOR_REGISTER.test(operand.register));
  const name = vector ? mnemonic : (SPELLINGS[mnemonic] ?? mnemonic);
  return name + suffix(instruction);
}

/** Conversions name both sizes where no register tells: movzbl; with a register source Delve writes movzx. */
function extension({ mnemonic, operands }: X86Instruction): string {
  const [to, from] = operands;
  if (to === undefined || from === undefined) return mnemonic;
  const size = (operand: X86Operand): number =>
    operand.kind === 'memory' ? operand.size : operand.kind === 'register' ? registerSize(operand.register) : 0;
  return `${mnemonic.slice(0, 4)}${LETTERS[size(from)] ?? ''}${LETTERS[size(to)] ?? ''}`;
}

function suffix({ mnemonic, operands, opcode, word }: X86Instruction): string {
  if (NO_SUFFIX.test(mnemonic)) return '';
  const isShift = /^(?:sh[lr]|sa[lr]|ro[lr]|rc[lr])$/.test(mnemonic);
  const tells = operands.some((operand, i) => {
    // The count of a shift says nothing of what is shifted.
    if (operand.kind !== 'register' || (isShift && i === 1)) return false;
    if (mnemonic === 'crc32') return false;
    return true;
  });
  if (mnemonic === 'crc32') return LETTERS[sizeOf(operands[1])] ?? '';
  if (tells) return '';
  if (ADDRESS_SIZED.test(mnemonic)) {
    if (opcode === 0xeb) return '';
    return word ? 'w' : 'q';
  }
  const memory = operands.find((operand): operand is X86Memory => operand.kind === 'memory');
  if (memory === undefined) return '';
  // The floating-point unit has letters of its own.
  if (FLOAT.test(mnemonic)) return FLOAT_LETTERS[memory.size] ?? '';
  if (FLOAT_INTEGER.test(mnemonic)) return FLOAT_INTEGER_LETTERS[memory.size] ?? '';
  return LETTERS[memory.size] ?? '';
}

function sizeOf(operand: X86Operand | undefined): number {
  if (operand?.kind === 'memory') return operand.size;
  return operand?.kind === 'register' ? registerSize(operand.register) : 0;
}

/** `%rax`; the top of the floating-point stack is `%st`. */
function gnuRegister(register: string): string {
  const float = /^st(\d)$/.exec(register);
  if (float === null) return `%${register}`;
  return float[1] === '0' ? '%st' : `%st(${float[1]})`;
}

function operandText(operand: X86Operand, instruction: X86Instruction, symbols: InstructionSymbols): string {
  switch (operand.kind) {
    case 'register':
      return gnuRegister(operand.register);
    case 'immediate':
      return `$${immediateText(operand.value, operand.size)}`;
    case 'branch': {
      const symbol = symbols.code(operand.target);
      return symbol === undefined ? `0x${operand.target.toString(16)}` : symbolText(symbol);
    }
    case 'memory':
      return memoryText(operand, instruction, symbols);
  }
}

function memoryText(memory: X86Memory, { operands }: X86Instruction, symbols: InstructionSymbols): string {
  const symbol = memorySymbol(memory, symbols);
  if (symbol !== undefined) return symbolText(symbol);
  const segment = memory.segment === undefined ? '' : `%${memory.segment}:`;
  const { base, index, scale, displacement } = memory;
  const distance = displacement === 0n && (base !== undefined || index !== undefined) ? '' : signedHex(displacement);
  const inside =
    index === undefined
      ? base === undefined
        ? ''
        : `(${gnuRegister(base)})`
      : `(${base === undefined ? '' : gnuRegister(base)},${gnuRegister(index)}${scale === 1 ? '' : `,${scale}`})`;
  const [first] = operands;
  const vectors: Readonly<Record<string, number>> = { x: 16, y: 32, z: 64 };
  const vector = first?.kind === 'register' ? vectors[first.register.charAt(0)] : undefined;
  const repeated = memory.broadcast && vector !== undefined && memory.size > 0 ? `{1to${vector / memory.size}}` : '';
  return `${segment}${distance}${inside}${repeated}`;
}
