import type { Flavour } from '../arch/text/instruction.ts';

/** One instruction, as `disassemble` shows it. */
export interface InstructionResult {
  /** Address, hex with 0x. */
  readonly pc: string;
  /** Machine code, two digits a byte. */
  readonly bytes: string;
  readonly text: string;
  /** '' and 0 where none is known. */
  readonly file: string;
  readonly line: number;
  /** The function that the address is in. */
  readonly function: string | undefined;
  /** True where the selected frame is: it stopped there, or will return there. */
  readonly current: boolean;
  /** Where a direct jump or call goes, hex with 0x, and whose entry that is. */
  readonly target: string | undefined;
  readonly targetName: string | undefined;
}

export interface DisassemblyResult {
  readonly flavour: Flavour;
  readonly architecture: string;
  /** The function of the first instruction, and the file of its first line. */
  readonly function: string | undefined;
  readonly file: string;
  readonly instructions: readonly InstructionResult[];
  /** Why the rest is missing, where it is. */
  readonly problem: string | undefined;
}
