import { amd64, FPU_CONTROL, FPU_STATUS, MXCSR, ST0, XMM0, YMM_HIGH0 } from '../arch/amd64.ts';
import type { Arch } from '../arch/arch.ts';

/** What is in a register: an address or number, flags, a vector, an 80-bit float. */
export type RegisterKind = 'word' | 'flags' | 'mxcsr' | 'control' | 'vector' | 'float';

/** A register as it is shown. */
export interface ShownRegister {
  readonly name: string;
  readonly dwarf: number;
  readonly kind: RegisterKind;
  /** Hex digits of its value. */
  readonly digits: number;
  /** Shown only with `-a`. */
  readonly extra: boolean;
}

/** Delve's order on amd64: the two that matter most, then as the processor numbers them. */
const AMD64_ORDER =
  'rip rsp rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15 | rflags es cs ss ds fs gs fs_base gs_base';

function word(name: string, dwarf: number): ShownRegister {
  const kind = name === 'rflags' ? 'flags' : 'word';
  return { name: name.charAt(0).toUpperCase() + name.slice(1), dwarf, kind, digits: 16, extra: false };
}

function amd64Registers(): ShownRegister[] {
  const [general = '', system = ''] = AMD64_ORDER.split(' | ');
  const words = (names: string): ShownRegister[] =>
    names.split(' ').flatMap((name) => {
      const found = amd64.registers.find((register) => register.name === name);
      return found === undefined ? [] : [word(name, found.dwarf)];
    });
  const vectors = Array.from({ length: 16 }, (_, i): ShownRegister[] => [
    { name: `XMM${i}`, dwarf: XMM0 + i, kind: 'vector', digits: 32, extra: true },
    { name: `YMM${i}h`, dwarf: YMM_HIGH0 + i, kind: 'vector', digits: 32, extra: true },
  ]).flat();
  const floats = Array.from({ length: 8 }, (_, i): ShownRegister => ({
    name: `ST(${i})`,
    dwarf: ST0 + i,
    kind: 'float',
    digits: 20,
    extra: true,
  }));
  return [
    ...words(general),
    ...vectors,
    ...floats,
    ...words(system),
    { name: 'MXCSR', dwarf: MXCSR, kind: 'mxcsr', digits: 8, extra: true },
    { name: 'CW', dwarf: FPU_CONTROL, kind: 'control', digits: 4, extra: true },
    { name: 'SW', dwarf: FPU_STATUS, kind: 'control', digits: 4, extra: true },
  ];
}

function arm64Registers(arch: Arch): ShownRegister[] {
  const first = [arch.pc, arch.sp];
  const shown = arch.registers.map(({ name, dwarf, wide }): ShownRegister =>
    wide === true
      ? { name: name.toUpperCase(), dwarf, kind: 'vector', digits: 32, extra: true }
      : { name: name.toUpperCase(), dwarf, kind: 'word', digits: 16, extra: false },
  );
  const rank = ({ dwarf }: ShownRegister): number => (first.includes(dwarf) ? first.indexOf(dwarf) : first.length);
  return shown.sort((a, b) => rank(a) - rank(b));
}

/** The registers of a processor in the order in which they are shown. */
export function shownRegisters(arch: Arch): readonly ShownRegister[] {
  return arch.name === 'amd64' ? amd64Registers() : arm64Registers(arch);
}
