/** How machine code is written: Intel's way, the GNU assembler's (AT&T on x86), or the Go assembler's. */
export type Flavour = 'intel' | 'gnu' | 'go';

/** All flavours, in the order in which they are offered. */
export const FLAVOURS: readonly Flavour[] = ['intel', 'gnu', 'go'];

/** A name for an address, and how far behind the symbol's start the address is. */
export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
}

/** Names for the addresses that instructions refer to; undefined where there is none worth showing. */
export interface InstructionSymbols {
  /** What a jump or call goes to. */
  code(address: number): SymbolPlace | undefined;
  /** What an instruction reads, writes or takes the address of. */
  data(address: number): SymbolPlace | undefined;
}

/** One machine instruction. */
export interface MachineInstruction {
  readonly address: number;
  /** Bytes. */
  readonly length: number;
  /** Where a direct jump or call goes. */
  readonly target: number | undefined;
  /** The data at a fixed address that it refers to. */
  readonly data: number | undefined;
  /** True for what linkers put between functions. */
  readonly isFiller: boolean;
  /** `?` for bytes that are no instruction. */
  text(flavour: Flavour, symbols: InstructionSymbols): string;
}

/** Cuts machine code at `address` into instructions: bytes that are none become one of one byte (or of the processor's unit). */
export type InstructionDecoder = (code: Uint8Array, address: number) => readonly MachineInstruction[];
