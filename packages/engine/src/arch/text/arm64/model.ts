/** What an arm64 instruction works on, in the order of ARM's own syntax. */
export type A64Operand =
  /** `x0`, `w3`, `sp`, `wsp`, `xzr`, `d0`; shifted or extended (`lsl`, `uxtw`) by `amount`. */
  | {
      readonly kind: 'register';
      readonly name: string;
      readonly modifier?: string | undefined;
      readonly amount?: number | undefined;
    }
  /** `v0.16b`, or an element of it: `v0.s[2]`. */
  | { readonly kind: 'vector'; readonly number: number; readonly shape: string; readonly index?: number }
  /** `base` tells how the GNU tools write it; `shift` bits to the left. */
  | { readonly kind: 'immediate'; readonly value: bigint; readonly base: 10 | 16; readonly shift?: number }
  | { readonly kind: 'label'; readonly address: number }
  /** Vector registers that follow each other: `{v0.16b-v3.16b}`, or an element of each. */
  | {
      readonly kind: 'list';
      readonly first: number;
      readonly count: number;
      readonly shape: string;
      readonly index?: number;
    }
  | { readonly kind: 'condition'; readonly name: string }
  /** The names of system registers and the like, in small letters. */
  | { readonly kind: 'word'; readonly text: string }
  | A64Memory;

export interface A64Memory {
  readonly kind: 'memory';
  readonly base: string;
  readonly offset: bigint;
  readonly index?:
    | {
        readonly name: string;
        readonly modifier: string | undefined;
        readonly amount: number;
        readonly isScaled: boolean;
      }
    | undefined;
  /** `pre` and `post` write the new address back to the base. */
  readonly mode: 'offset' | 'pre' | 'post';
  /** Register that is added to the base afterwards, instead of a number. */
  readonly step?: string | undefined;
}

/** An instruction with both of its names. */
export interface A64Draft {
  /** As the GNU assembler calls it: aliases like `cmp` and `mov` where they are preferred. */
  readonly name: string;
  /** As the Go assembler calls it. */
  readonly go: string;
  readonly operands: readonly A64Operand[];
  /** Operands in the Go assembler's order, where that is not simply the reverse. */
  readonly goOperands?: readonly A64Operand[] | undefined;
}

/** The instruction word and its address: what the decoders of the groups are given. */
export interface A64Word {
  readonly word: number;
  readonly address: number;
}

/** Bits `low` to `low + width - 1` of a word. */
export function bits(word: number, low: number, width: number): number {
  return (word >>> low) & (width === 32 ? 0xffff_ffff : (1 << width) - 1);
}

/** The same as a number with a sign. */
export function signedBits(word: number, low: number, width: number): number {
  return (bits(word, low, width) << (32 - width)) >> (32 - width);
}

/** Register 31 is zero here. */
export function zeroRegister(number: number, wide: boolean): A64Operand {
  return { kind: 'register', name: number === 31 ? (wide ? 'xzr' : 'wzr') : `${wide ? 'x' : 'w'}${number}` };
}

/** Register 31 is the stack pointer here. */
export function stackRegister(number: number, wide: boolean): A64Operand {
  return { kind: 'register', name: number === 31 ? (wide ? 'sp' : 'wsp') : `${wide ? 'x' : 'w'}${number}` };
}

/** Register of the floating-point unit: `letter` is b, h, s, d or q. */
export function floatRegister(number: number, letter: string): A64Operand {
  return { kind: 'register', name: `${letter}${number}` };
}

export function immediate(value: number | bigint, base: 10 | 16 = 10, shift?: number): A64Operand {
  return { kind: 'immediate', value: BigInt(value), base, ...(shift === undefined ? {} : { shift }) };
}

/** Names of conditions by their number; the GNU tools write `cs` and `cc`, the Go assembler HS and LO with most instructions. */
export const CONDITIONS: readonly string[] = 'eq ne cs cc mi pl vs vc hi ls ge lt gt le al nv'.split(' ');

export function condition(number: number): A64Operand {
  return { kind: 'condition', name: CONDITIONS[number & 15] ?? 'al' };
}

/** `ADD` for 64 bits, `ADDW` for 32. */
export function sized(go: string, wide: boolean): string {
  return wide ? go : `${go}W`;
}
