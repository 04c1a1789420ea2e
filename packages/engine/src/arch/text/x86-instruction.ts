import type { InstructionSymbols, SymbolPlace } from './instruction.ts';

/** What an x86-64 instruction works on. Registers have Intel's names in small letters. */
export type X86Operand =
  | { readonly kind: 'register'; readonly register: string }
  /** Sign-extended from the `size` bytes that encode it. */
  | { readonly kind: 'immediate'; readonly value: bigint; readonly size: number }
  | { readonly kind: 'branch'; readonly target: number }
  | X86Memory;

export interface X86Memory {
  readonly kind: 'memory';
  /** `rip` for addresses relative to the next instruction. */
  readonly base: string | undefined;
  readonly index: string | undefined;
  readonly scale: number;
  readonly displacement: bigint;
  /** Only where the instruction overrides the default, or for string instructions. */
  readonly segment: string | undefined;
  /** Bytes read or written; 0 where the instruction touches no memory of a size (lea, nop, prefetch). */
  readonly size: number;
  /** The address, where it is fixed. */
  readonly address: number | undefined;
  /** True if one element is repeated over the vector. */
  readonly broadcast: boolean;
}

/** A decoded x86-64 instruction, in Intel's order of operands. A decoder outside the engine makes them. */
export interface X86Instruction {
  readonly address: number;
  readonly length: number;
  /** Intel's mnemonic in small letters; '' for bytes that are no instruction. */
  readonly mnemonic: string;
  readonly operands: readonly X86Operand[];
  readonly lock: boolean;
  readonly repeat: 'rep' | 'repne' | undefined;
  /** Mask register of AVX-512, k1 to k7. */
  readonly mask: string | undefined;
  readonly zeroing: boolean;
  /** `{rn-sae}`, `{sae}` …; '' for none. */
  readonly rounding: string;
  /** First byte of the opcode behind prefixes: tells forms apart that are written differently. */
  readonly opcode: number;
  /** True for encodings with a VEX or EVEX prefix. */
  readonly vex: boolean;
  /** True where the operand size prefix (66) is among the bytes. */
  readonly word: boolean;
  readonly bytes: Uint8Array;
}

/** Decodes x86-64 code; the host supplies it, as it needs a library. */
export type X86Decoder = (code: Uint8Array, address: number) => readonly X86Instruction[];

/** Bytes of a general register by its name; 0 for others. */
export function registerSize(register: string): number {
  if (/^(?:[abcd][lh]|spl|bpl|sil|dil|r\d+b)$/.test(register)) return 1;
  if (/^(?:[abcd]x|sp|bp|si|di|r\d+w)$/.test(register)) return 2;
  if (/^(?:e[abcd]x|esp|ebp|esi|edi|r\d+d)$/.test(register)) return 4;
  if (/^(?:r[abcd]x|rsp|rbp|rsi|rdi|r\d+)$/.test(register)) return 8;
  return 0;
}

/** `0x…` of a value, with its sign in front where it is negative. */
export function signedHex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** An immediate as all flavours write it: bytes without a sign, else negative ones with one if they fit into 32 bits. */
export function immediateText(value: bigint, size: number): string {
  if (size === 1) return `0x${BigInt.asUintN(8, value).toString(16)}`;
  const fits = BigInt.asIntN(32, value) === value;
  return fits ? signedHex(value) : `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** `main.f`, `main.out+8`. */
export function symbolText({ name, offset }: SymbolPlace): string {
  return offset === 0 ? name : `${name}${offset > 0 ? '+' : ''}${offset}`;
}

/** The name for the fixed address that a memory operand has, if it has one. */
export function memorySymbol(memory: X86Memory, symbols: InstructionSymbols): SymbolPlace | undefined {
  return memory.address === undefined || memory.segment !== undefined ? undefined : symbols.data(memory.address);
}
