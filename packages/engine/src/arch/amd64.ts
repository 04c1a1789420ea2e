import { EM_X86_64 } from '../elf/constants.ts';
import type { Arch, RegisterName } from './arch.ts';

/** General registers: name, DWARF number (System V ABI, figure 3.36), byte offset in user_regs_struct. */
const GENERAL: readonly (readonly [string, number, number])[] = [
  ['rax', 0, 80],
  ['rdx', 1, 96],
  ['rcx', 2, 88],
  ['rbx', 3, 40],
  ['rsi', 4, 104],
  ['rdi', 5, 112],
  ['rbp', 6, 32],
  ['rsp', 7, 152],
  ['r8', 8, 72],
  ['r9', 9, 64],
  ['r10', 10, 56],
  ['r11', 11, 48],
  ['r12', 12, 24],
  ['r13', 13, 16],
  ['r14', 14, 8],
  ['r15', 15, 0],
  ['rip', 16, 128],
  ['rflags', 49, 144],
  ['es', 50, 192],
  ['cs', 51, 136],
  ['ss', 52, 160],
  ['ds', 53, 184],
  ['fs', 54, 200],
  ['gs', 55, 208],
  ['fs_base', 58, 168],
  ['gs_base', 59, 176],
];

const XMM: readonly RegisterName[] = Array.from({ length: 16 }, (_, i) => ({
  name: `xmm${i}`,
  dwarf: 17 + i,
  wide: true,
}));

/** Pushed by asyncPreempt in this order above the vector registers: AX CX DX BX SI DI R8 … R15 (runtime/preempt_amd64.s). */
const PREEMPT_ORDER = [0, 2, 1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];

/** x86-64 as Go uses it (cmd/compile/abi-internal.md). */
export const amd64: Arch = {
  name: 'amd64',
  machine: EM_X86_64,
  pcQuantum: 1,
  pc: 16,
  sp: 7,
  fp: 6,
  lr: undefined,
  g: 14,
  closureContext: 1,
  returnAddressSize: 8,
  argumentOffset: 0,
  registers: [...GENERAL.map(([name, dwarf, prstatus]) => ({ name, dwarf, prstatus })), ...XMM],
  asyncPreemptSave: PREEMPT_ORDER.map((dwarf, i) => ({ dwarf, offset: i * 8 })),
  // struct sigcontext_64: r8-r15 rdi rsi rbp rbx rdx rax rcx rsp rip eflags
  ucontext: { offset: 40, order: [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16, 49] },
};

/** DWARF number of XMM0; the others follow. */
export const XMM0 = 17;
/** DWARF numbers of the x87 stack ST(0) … ST(7), MXCSR, and the x87 control and status words. */
export const ST0 = 33;
export const MXCSR = 64;
export const FPU_CONTROL = 65;
export const FPU_STATUS = 66;
/** The upper halves of the YMM registers, which DWARF does not number: a number of our own, in no other use. */
export const YMM_HIGH0 = 0x1000;
/** DWARF number of the FS base, which holds the thread-local storage. */
export const FS_BASE = 58;
