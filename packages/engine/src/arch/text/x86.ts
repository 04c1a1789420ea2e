import type { Flavour, InstructionDecoder, InstructionSymbols, MachineInstruction } from './instruction.ts';
import { gnuSyntax } from './x86-gnu.ts';
import { goSyntax } from './x86-go.ts';
import { intelSyntax } from './x86-intel.ts';
import type { X86Decoder, X86Instruction } from './x86-instruction.ts';

const SYNTAXES: Readonly<Record<Flavour, (instruction: X86Instruction, symbols: InstructionSymbols) => string>> = {
  intel: intelSyntax,
  gnu: gnuSyntax,
  go: goSyntax,
};

/** A decoder of amd64 code with its text, by the host's decoder. */
export function x86Instructions(decode: X86Decoder): InstructionDecoder {
  return (code, address) => decode(code, address).map(machineInstruction);
}

function machineInstruction(instruction: X86Instruction): MachineInstruction {
  const { address, length, operands } = instruction;
  let target: number | undefined;
  let data: number | undefined;
  for (const operand of operands) {
    if (operand.kind === 'branch') target = operand.target;
    else if (operand.kind === 'memory' && operand.segment === undefined) data ??= operand.address;
  }
  const isFiller = instruction.mnemonic === 'int3';
  const text = (flavour: Flavour, symbols: InstructionSymbols): string => SYNTAXES[flavour](instruction, symbols);
  return { address, length, target, data, isFiller, text };
}
