import { createRequire } from 'node:module';
import type { X86Decoder, X86Instruction, X86Memory, X86Operand } from '@inquest/engine';

const load = createRequire(typeof __filename === 'string' ? __filename : import.meta.url);

type Iced = typeof import('iced-x86');
type IcedInstruction = InstanceType<Iced['Instruction']>;

/** x86-64 by iced-x86 (WebAssembly), loaded on first use. */
export const decodeX86: X86Decoder = (code, address) => {
  const iced = load('iced-x86') as Iced;
  const decoder = new iced.Decoder(64, code, iced.DecoderOptions.None);
  const current = new iced.Instruction();
  try {
    const instructions: X86Instruction[] = [];
    decoder.ip = BigInt(address);
    while (decoder.canDecode) {
      const start = decoder.position;
      decoder.decodeOut(current);
      if (current.code === iced.Code.INVALID) {
        // Go on behind the byte that is no instruction.
        decoder.position = start + 1;
        decoder.ip = BigInt(address + start + 1);
        instructions.push(invalid(code.subarray(start, start + 1), address + start));
        continue;
      }
      instructions.push(convert(iced, current, code.subarray(start, start + current.length), address + start));
    }
    return instructions;
  } finally {
    // Memory of WebAssembly is not collected.
    current.free();
    decoder.free();
  }
};

function invalid(bytes: Uint8Array, address: number): X86Instruction {
  const rest = { repeat: undefined, mask: undefined, zeroing: false, rounding: '', opcode: 0, vex: false, word: false };
  return { address, length: 1, mnemonic: '', operands: [], lock: false, ...rest, bytes };
}

function convert(iced: Iced, from: IcedInstruction, bytes: Uint8Array, address: number): X86Instruction {
  const operands: X86Operand[] = [];
  for (let i = 0; i < from.opCount; i++) operands.push(operand(iced, from, i));
  const prefixes = prefixCount(bytes);
  const first = bytes[prefixes] ?? 0;
  return {
    address,
    length: from.length,
    mnemonic: (iced.Mnemonic[from.mnemonic] ?? '').toLowerCase(),
    operands,
    lock: from.hasLockPrefix,
    repeat: from.hasRepnePrefix ? 'repne' : from.hasRepPrefix ? 'rep' : undefined,
    mask: from.opMask === iced.Register.None ? undefined : name(iced, from.opMask),
    zeroing: from.zeroingMasking,
    rounding: rounding(iced, from),
    opcode: first,
    vex: from.encoding === iced.EncodingKind.VEX || from.encoding === iced.EncodingKind.EVEX,
    word: bytes.subarray(0, prefixes).includes(0x66),
    bytes,
  };
}

/** Bytes before the opcode: legacy prefixes and REX. */
function prefixCount(bytes: Uint8Array): number {
  let at = 0;
  while (
    at < bytes.length &&
    [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65].includes(bytes[at] ?? 0)
  )
    at++;
  return ((bytes[at] ?? 0) & 0xf0) === 0x40 ? at + 1 : at;
}

function rounding(iced: Iced, from: IcedInstruction): string {
  const { RoundingControl } = iced;
  switch (from.roundingControl) {
    case RoundingControl.RoundToNearest:
      return '{rn-sae}';
    case RoundingControl.RoundDown:
      return '{rd-sae}';
    case RoundingControl.RoundUp:
      return '{ru-sae}';
    case RoundingControl.RoundTowardZero:
      return '{rz-sae}';
    default:
      return from.suppressAllExceptions ? '{sae}' : '';
  }
}

function name(iced: Iced, register: number): string {
  // Intel's R8L is AMD's r8b, which is the better known.
  return (iced.Register[register] ?? '?').toLowerCase().replace(/^(r\d+)l$/, '$1b');
}

function operand(iced: Iced, from: IcedInstruction, index: number): X86Operand {
  const { OpKind, Register } = iced;
  const kind = from.opKind(index);
  switch (kind) {
    case OpKind.Register:
      return { kind: 'register', register: name(iced, from.opRegister(index)) };
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
    case OpKind.NearBranch64:
      return { kind: 'branch', target: Number(from.nearBranchTarget) };
    case OpKind.FarBranch16:
    case OpKind.FarBranch32:
      return { kind: 'branch', target: from.farBranch32 };
    case OpKind.Memory: {
      const relative = from.isIpRelMemoryOperand;
      const base = from.memoryBase === Register.None ? undefined : name(iced, from.memoryBase);
      const index_ = from.memoryIndex === Register.None ? undefined : name(iced, from.memoryIndex);
      // What iced gives for rip is the address itself.
      const raw = BigInt.asIntN(64, from.memoryDisplacement);
      return {
        kind: 'memory',
        base,
        index: index_,
        scale: from.memoryIndexScale,
        displacement: relative ? raw - from.nextIP : raw,
        segment: from.segmentPrefix === Register.None ? undefined : name(iced, from.segmentPrefix),
        size: sizeOf(iced, from),
        address: addressOf(from, relative, base ?? index_, raw),
        broadcast: from.isBroadcast,
      };
    }
    case OpKind.MemorySegSI:
    case OpKind.MemorySegESI:
    case OpKind.MemorySegRSI:
      return implied(iced, from, 'rsi', from.segmentPrefix === Register.None ? 'ds' : name(iced, from.segmentPrefix));
    case OpKind.MemorySegDI:
    case OpKind.MemorySegEDI:
    case OpKind.MemorySegRDI:
      return implied(iced, from, 'rdi', from.segmentPrefix === Register.None ? 'ds' : name(iced, from.segmentPrefix));
    case OpKind.MemoryESDI:
    case OpKind.MemoryESEDI:
    case OpKind.MemoryESRDI:
      return implied(iced, from, 'rdi', 'es');
    default:
      return immediate(iced, kind, from.immediate(index));
  }
}

function immediate(iced: Iced, kind: number, value: bigint): X86Operand {
  const { OpKind } = iced;
  const size =
    kind === OpKind.Immediate8 || kind === OpKind.Immediate8_2nd
      ? 1
      : kind === OpKind.Immediate16 || kind === OpKind.Immediate8to16
        ? 2
        : kind === OpKind.Immediate32 || kind === OpKind.Immediate8to32
          ? 4
          : 8;
  return { kind: 'immediate', value: BigInt.asIntN(size * 8, value), size };
}

function addressOf(
  from: IcedInstruction,
  relative: boolean,
  register: string | undefined,
  raw: bigint,
): number | undefined {
  if (relative) return Number(BigInt.asUintN(64, from.ipRelMemoryAddress));
  return register === undefined && raw >= 0n ? Number(raw) : undefined;
}

/** The operand of a string instruction. */
function implied(iced: Iced, from: IcedInstruction, base: string, segment: string): X86Memory {
  const rest = { index: undefined, scale: 1, displacement: 0n, address: undefined, broadcast: false };
  return { kind: 'memory', base, segment, size: sizeOf(iced, from), ...rest };
}

function sizeOf(iced: Iced, from: IcedInstruction): number {
  return iced.MemorySizeExt.size(from.memorySize);
}
