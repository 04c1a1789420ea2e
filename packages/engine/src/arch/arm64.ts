import { EM_AARCH64 } from '../elf/constants.ts';
import type { Arch, RegisterName } from './arch.ts';

const GENERAL: readonly RegisterName[] = [
  ...Array.from({ length: 31 }, (_, i) => ({
    name: i === 29 ? 'fp' : i === 30 ? 'lr' : `x${i}`,
    dwarf: i,
    prstatus: i * 8,
  })),
  { name: 'sp', dwarf: 31, prstatus: 248 },
  { name: 'pc', dwarf: 32, prstatus: 256 },
  { name: 'pstate', dwarf: 33, prstatus: 264 },
];

const VECTORS: readonly RegisterName[] = Array.from({ length: 32 }, (_, i) => ({
  name: `v${i}`,
  dwarf: 64 + i,
  wide: true,
}));

/** Saved by asyncPreempt from 8(RSP) on: R0-R17, R19-R26 (runtime/preempt_arm64.s). */
const PREEMPT_ORDER = [...Array.from({ length: 18 }, (_, i) => i), ...Array.from({ length: 8 }, (_, i) => 19 + i)];

/** ARM64 as Go uses it. DWARF numbers 32 and 33 stand for pc and pstate, which the ABI leaves unnumbered. */
export const arm64: Arch = {
  name: 'arm64',
  machine: EM_AARCH64,
  pcQuantum: 4,
  pc: 32,
  sp: 31,
  fp: 29,
  lr: 30,
  g: 28,
  closureContext: 26,
  returnAddressSize: 0,
  argumentOffset: 8,
  registers: [...GENERAL, ...VECTORS],
  asyncPreemptSave: PREEMPT_ORDER.map((dwarf, i) => ({ dwarf, offset: 8 + i * 8 })),
  // struct ucontext, mcontext at 176: fault_address, x0-x30, sp, pc, pstate
  ucontext: { offset: 184, order: Array.from({ length: 34 }, (_, i) => i) },
};
