import type { MemoryOperand } from './instruction.ts';

/** Longest instruction of the processor. */
const LONGEST = 15;

/** Prefixes, opcode and operands of one instruction, read from its bytes. Past the end, `failed` is set and zeros are read. */
export class InstructionReader {
  private readonly code: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  at: number;
  failed = false;
  operandSize16 = false;
  repeat: 0 | 0xf2 | 0xf3 = 0;
  segment = false;
  addressSize32 = false;
  rex = 0;
  mode = 0;
  reg = 0;
  /** The register that ModRM names, where it names one. */
  rm = 0;
  memory: MemoryOperand | undefined;

  constructor(code: Uint8Array, at: number) {
    this.code = code;
    this.start = at;
    this.end = Math.min(code.length, at + LONGEST);
    this.at = at;
  }

  get length(): number {
    return this.at - this.start;
  }

  get wide(): boolean {
    return (this.rex & 8) !== 0;
  }

  /** Size of an operand that prefixes decide. */
  get size(): number {
    return this.wide ? 8 : this.operandSize16 ? 2 : 4;
  }

  byte(): number {
    if (this.at >= this.end) {
      this.failed = true;
      return 0;
    }
    return this.code[this.at++] as number;
  }

  /** A little-endian signed number of 1, 2 or 4 bytes. */
  signed(size: number): number {
    const { code, at } = this;
    if (at + size > this.end) {
      this.failed = true;
      return 0;
    }
    this.at = at + size;
    if (size === 1) return ((code[at] as number) << 24) >> 24;
    const low = (code[at] as number) | ((code[at + 1] as number) << 8);
    return size === 2 ? (low << 16) >> 16 : low | ((code[at + 2] as number) << 16) | ((code[at + 3] as number) << 24);
  }

  /** An immediate of `size` bytes, sign-extended. */
  immediate(size: number): bigint {
    if (size < 8) return BigInt(this.signed(size));
    const low = BigInt(this.signed(4) >>> 0);
    return (BigInt(this.signed(4)) << 32n) | low;
  }

  /** Reads prefixes; returns the first byte of the opcode. */
  opcode(): number {
    for (;;) {
      const byte = this.byte();
      if (this.failed) return 0;
      if (byte === 0x66) this.operandSize16 = true;
      else if (byte === 0xf2 || byte === 0xf3) this.repeat = byte;
      else if (byte === 0x67) this.addressSize32 = true;
      else if (byte === 0x64 || byte === 0x65) this.segment = true;
      else if (byte === 0xf0 || byte === 0x2e || byte === 0x36 || byte === 0x3e || byte === 0x26) continue;
      else if (byte >= 0x40 && byte <= 0x4f) {
        this.rex = byte;
        return this.byte();
      } else return byte;
    }
  }

  /** Reads ModRM, SIB and displacement. `immediate` is how many bytes of the instruction follow, for RIP-relative operands. */
  modrm(): void {
    const byte = this.byte();
    this.mode = byte >> 6;
    this.reg = ((byte >> 3) & 7) | ((this.rex & 4) << 1);
    const rm = byte & 7;
    if (this.mode === 3) {
      this.rm = rm | ((this.rex & 1) << 3);
      return;
    }
    let base = rm | ((this.rex & 1) << 3);
    let index = -1;
    let scale = 1;
    let ripRelative = false;
    let displacementSize = this.mode === 1 ? 1 : this.mode === 2 ? 4 : 0;
    if (rm === 4) {
      const sib = this.byte();
      index = ((sib >> 3) & 7) | ((this.rex & 2) << 2);
      if (index === 4) index = -1;
      scale = 1 << (sib >> 6);
      base = (sib & 7) | ((this.rex & 1) << 3);
      if ((sib & 7) === 5 && this.mode === 0) {
        base = -1;
        displacementSize = 4;
      }
    } else if (rm === 5 && this.mode === 0) {
      base = -1;
      ripRelative = true;
      displacementSize = 4;
    }
    const displacement = displacementSize === 0 ? 0 : this.signed(displacementSize);
    const unknown = this.segment || this.addressSize32;
    this.memory = { base, index, scale, displacement, ripRelative, unknown };
  }
}
