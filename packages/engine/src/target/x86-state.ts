import { FPU_CONTROL, FPU_STATUS, MXCSR, ST0, XMM0, YMM_HIGH0 } from '../arch/amd64.ts';
import type { RegisterSet } from '../arch/registers.ts';
import { readU16, readU32, readU64Big } from '../base/cursor.ts';

/** FXSAVE area (Intel SDM volume 1, 10.5.1): offsets in bytes. An XSAVE area begins the same way. */
const FCW = 0;
const FSW = 2;
const MXCSR_AT = 24;
const ST_AT = 32;
const XMM_AT = 160;
const FXSAVE_SIZE = 416;
/** XSAVE header (13.4.2), and where the upper halves of the YMM registers are in the standard format (13.4.3). */
const XSTATE_BV = 512;
const AVX_AT = 576;
const AVX_BIT = 2n;
const SLOT = 16;

/**
 * Puts floating-point and vector registers of an FXSAVE or XSAVE area (NT_FPREGSET, NT_X86_XSTATE) into a set. The upper
 * halves of YMM registers are set only if they were in use: else they are zero, and nothing is in the area.
 */
export function readX86State(data: Uint8Array, registers: RegisterSet): void {
  if (data.length < FXSAVE_SIZE) return;
  registers.set(FPU_CONTROL, BigInt(readU16(data, FCW)));
  registers.set(FPU_STATUS, BigInt(readU16(data, FSW)));
  registers.set(MXCSR, BigInt(readU32(data, MXCSR_AT)));
  for (let i = 0; i < 8; i++) registers.setWide(ST0 + i, data.slice(ST_AT + i * SLOT, ST_AT + i * SLOT + 10));
  for (let i = 0; i < 16; i++) registers.setWide(XMM0 + i, data.slice(XMM_AT + i * SLOT, XMM_AT + (i + 1) * SLOT));
  if (data.length < AVX_AT + 16 * SLOT || ((readU64Big(data, XSTATE_BV) >> AVX_BIT) & 1n) === 0n) return;
  for (let i = 0; i < 16; i++) registers.setWide(YMM_HIGH0 + i, data.slice(AVX_AT + i * SLOT, AVX_AT + (i + 1) * SLOT));
}
