import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arm64Instructions } from './decoder.ts';

const ADDRESS = 0x11000;
const nameless = { code: () => undefined, data: () => undefined };

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  words.forEach((word, i) => new DataView(bytes.buffer).setUint32(i * 4, word, true));
  return bytes;
}

/** Words of Go programs, as the GNU tools and the Go assembler write them. */
const CODE: readonly (readonly [word: string, gnu: string, go: string])[] = [
  ['4ebe858c', 'add v12.4s, v12.4s, v30.4s', 'VADD V30.S4, V12.S4, V12.S4'],
  ['8b060006', 'add x6, x0, x6', 'ADD R6, R0, R6'],
  ['4e24bc66', 'addp v6.16b, v3.16b, v4.16b', 'VADDP V4.B16, V3.B16, V6.B16'],
  ['ab040021', 'adds x1, x1, x4', 'ADDS R4, R1, R1'],
  ['10000028', 'adr x8, 0x11004', 'ADR 4(PC), R8'],
  ['900009e0', 'adrp x0, 0x14d000', 'ADRP 1294336(PC), R0'],
  ['4e284840', 'aese v0.16b, v2.16b', 'AESE V2.B16, V0.B16'],
  ['4e286800', 'aesmc v0.16b, v0.16b', 'AESMC V0.B16, V0.B16'],
  ['4e251c63', 'and v3.16b, v3.16b, v5.16b', 'VAND V5.B16, V3.B16, V3.B16'],
  ['12000c65', 'and w5, w3, #0xf', 'ANDW $15, R3, R5'],
  ['92400d04', 'and x4, x8, #0xf', 'AND $15, R8, R4'],
  ['f2401009', 'ands x9, x0, #0x1f', 'ANDS $31, R0, R9'],
  ['9343fcc6', 'asr x6, x6, #3', 'ASR $3, R6, R6'],
  ['14000004', 'b 0x11010', 'JMP 4(PC)'],
  ['54000083', 'b.cc 0x11010', 'BCC 4(PC)'],
  ['540002e2', 'b.cs 0x1105c', 'BCS 23(PC)'],
  ['54000060', 'b.eq 0x1100c', 'BEQ 3(PC)'],
  ['5400008a', 'b.ge 0x11010', 'BGE 4(PC)'],
  ['5400006c', 'b.gt 0x1100c', 'BGT 3(PC)'],
  ['54000bc8', 'b.hi 0x11178', 'BHI 94(PC)'],
  ['540003ed', 'b.le 0x1107c', 'BLE 31(PC)'],
  ['540005c9', 'b.ls 0x110b8', 'BLS 46(PC)'],
  ['540000cb', 'b.lt 0x11018', 'BLT 6(PC)'],
  ['54000164', 'b.mi 0x1102c', 'BMI 11(PC)'],
  ['540000a1', 'b.ne 0x11014', 'BNE 5(PC)'],
  ['54000165', 'b.pl 0x1102c', 'BPL 11(PC)'],
  ['8a2b0129', 'bic x9, x9, x11', 'BIC R11, R9, R9'],
  ['9401cafa', 'bl 0x83be8', 'CALL 117498(PC)'],
  ['d63f0000', 'blr x0', 'CALL (R0)'],
  ['d61f0360', 'br x27', 'JMP (R27)'],
  ['d4200000', 'brk #0x0', 'BRK $0'],
  ['88fbfc41', 'casal w27, w1, [x2]', 'CASALW R27, (R2), R1'],
  ['35000084', 'cbnz w4, 0x11010', 'CBNZW R4, 4(PC)'],
  ['b5000108', 'cbnz x8, 0x11020', 'CBNZ R8, 8(PC)'],
  ['340002a1', 'cbz w1, 0x11054', 'CBZW R1, 21(PC)'],
  ['b4000144', 'cbz x4, 0x11028', 'CBZ R4, 10(PC)'],
  ['fa45a06a', 'ccmp x3, x5, #0xa, ge', 'CCMP GE, R3, R5, $10'],
  ['9a8b156b', 'cinc x11, x11, eq', 'CINC EQ, R11, R11'],
  ['5ac0118c', 'clz w12, w12', 'CLZW R12, R12'],
  ['dac01084', 'clz x4, x4', 'CLZ R4, R4'],
  ['6e208c23', 'cmeq v3.16b, v1.16b, v0.16b', 'VCMEQ V0.B16, V1.B16, V3.B16'],
  ['3100043f', 'cmn w1, #0x1', 'CMNW $1, R1'],
  ['b100f03f', 'cmn x1, #0x3c', 'CMN $60, R1'],
  ['eb3063ff', 'cmp sp, x16', 'CMP R16, RSP'],
  ['71017c3f', 'cmp w1, #0x5f', 'CMPW $95, R1'],
  ['da809400', 'cneg x0, x0, hi', 'CNEG HI, R0, R0'],
  ['0e205800', 'cnt v0.8b, v0.8b', 'VCNT V0.B8, V0.B8'],
  ['9a9f30a3', 'csel x3, x5, xzr, cc', 'CSEL LO, R5, ZR, R3'],
  ['9a9f07e1', 'cset x1, ne', 'CSET NE, R1'],
  ['9a89d505', 'csinc x5, x8, x9, le', 'CSINC LE, R8, R9, R5'],
  ['da84b463', 'csneg x3, x3, x4, lt', 'CSNEG LT, R3, R4, R3'],
  ['d50b7420', 'dc zva, x0', 'DC ZVA, R0'],
  ['d5033ebf', 'dmb st', 'DMB $14'],
  ['d503379f', 'dsb nsh', 'DSB $7'],
  ['4e010ca5', 'dup v5.16b, w5', 'VDUP R5, V5.B16'],
  ['ca250084', 'eon x4, x4, x5', 'EON R5, R4, R4'],
  ['6e201c00', 'eor v0.16b, v0.16b, v0.16b', 'VEOR V0.B16, V0.B16, V0.B16'],
  ['d2400063', 'eor x3, x3, #0x1', 'EOR $1, R3, R3'],
  ['1e612800', 'fadd d0, d0, d1', 'FADDD F1, F0, F0'],
  ['1e602008', 'fcmp d0, #0.0', 'FCMPD $(0.0), F0'],
  ['1e202008', 'fcmp s0, #0.0', 'FCMPS $(0.0), F0'],
  ['1e22c000', 'fcvt d0, s0', 'FCVTSD F0, F0'],
  ['1e624000', 'fcvt s0, d0', 'FCVTDS F0, F0'],
  ['1e780020', 'fcvtzs w0, d1', 'FCVTZSDW F1, R0'],
  ['9e780003', 'fcvtzs x3, d0', 'FCVTZSD F0, R3'],
  ['9e380003', 'fcvtzs x3, s0', 'FCVTZSS F0, R3'],
  ['9e790000', 'fcvtzu x0, d0', 'FCVTZUD F0, R0'],
  ['1e621820', 'fdiv d0, d1, d2', 'FDIVD F2, F1, F0'],
  ['1e2b182b', 'fdiv s11, s1, s11', 'FDIVS F11, F1, F11'],
  ['1f420020', 'fmadd d0, d1, d2, d0', 'FMADDD F2, F0, F1, F0'],
  ['1f092c21', 'fmadd s1, s1, s9, s11', 'FMADDS F9, F11, F1, F1'],
  ['1e624821', 'fmax d1, d1, d2', 'FMAXD F2, F1, F1'],
  ['9e670080', 'fmov d0, x4', 'FMOVD R4, F0'],
  ['1e26000c', 'fmov w12, s0', 'FMOVS F0, R12'],
  ['1f4a80e0', 'fmsub d0, d7, d10, d0', 'FMSUBD F10, F0, F7, F0'],
  ['1e620821', 'fmul d1, d1, d2', 'FMULD F2, F1, F1'],
  ['1e21092a', 'fmul s10, s9, s1', 'FMULS F1, F9, F10'],
  ['1e614000', 'fneg d0, d0', 'FNEGD F0, F0'],
  ['1f608821', 'fnmsub d1, d1, d0, d2', 'FNMSUBD F0, F2, F1, F1'],
  ['1e603801', 'fsub d1, d0, d0', 'FSUBD F0, F0, F1'],
  ['d5033fdf', 'isb', 'ISB $15'],
  ['4cdf7080', 'ld1 {v0.16b}, [x4], #16', 'VLD1.P 16(R4), [V0.B16]'],
  ['4c407062', 'ld1 {v2.16b}, [x3]', 'VLD1 (R3), [V2.B16]'],
  ['4d40cbec', 'ld1r {v12.4s}, [sp]', 'VLD1R (RSP), [V12.S4]'],
  ['4d60e940', 'ld4r {v0.4s-v3.4s}, [x10]', 'VLD4R (R10), [V0.S4, V1.S4, V2.S4, V3.S4]'],
  ['4dffe804', 'ld4r {v4.4s-v7.4s}, [x0], #16', 'VLD4R.P 16(R0), [V4.S4, V5.S4, V6.S4, V7.S4]'],
  ['b8e40061', 'ldaddal w4, w1, [x3]', 'LDADDALW R4, (R3), R1'],
  ['88dffc63', 'ldar w3, [x3]', 'LDARW (R3), R3'],
  ['c8dffc21', 'ldar x1, [x1]', 'LDAR (R1), R1'],
  ['08dffc84', 'ldarb w4, [x4]', 'LDARB (R4), R4'],
  ['885ffc5b', 'ldaxr w27, [x2]', 'LDAXRW (R2), R27'],
  ['c85ffc85', 'ldaxr x5, [x4]', 'LDAXR (R4), R5'],
  ['085ffc03', 'ldaxrb w3, [x0]', 'LDAXRB (R0), R3'],
  ['b8fb1085', 'ldclral w27, w5, [x4]', 'LDCLRALW R27, (R4), R5'],
  ['38fb10cb', 'ldclralb w27, w11, [x6]', 'LDCLRALB R27, (R6), R11'],
  ['6d4207e0', 'ldp d0, d1, [sp, #32]', 'FLDPD 32(RSP), (F0, F1)'],
  ['ad4107e0', 'ldp q0, q1, [sp, #32]', 'FLDPQ 32(RSP), (F0, F1)'],
  ['acc14430', 'ldp q16, q17, [x1], #32', 'FLDPQ.P 32(R1), (F16, F17)'],
  ['2d400400', 'ldp s0, s1, [x0]', 'FLDPS (R0), (F0, F1)'],
  ['294517e4', 'ldp w4, w5, [sp, #40]', 'LDPW 40(RSP), (R4, R5)'],
  ['a9c4342c', 'ldp x12, x13, [x1, #64]!', 'LDP.W 64(R1), (R12, R13)'],
  ['a9401363', 'ldp x3, x4, [x27]', 'LDP (R27), (R3, R4)'],
  ['a8c12004', 'ldp x4, x8, [x0], #16', 'LDP.P 16(R0), (R4, R8)'],
  ['69400b61', 'ldpsw x1, x2, [x27]', 'LDPSW (R27), (R1, R2)'],
  ['fd4053e0', 'ldr d0, [sp, #160]', 'FMOVD 160(RSP), F0'],
  ['3dc00360', 'ldr q0, [x27]', 'FMOVQ (R27), F0'],
  ['bd4023e0', 'ldr s0, [sp, #32]', 'FMOVS 32(RSP), F0'],
  ['b9400006', 'ldr w6, [x0]', 'MOVWU (R0), R6'],
  ['f9400b90', 'ldr x16, [x28, #16]', 'MOVD 16(R28), R16'],
  ['f84207fe', 'ldr x30, [sp], #32', 'MOVD.P 32(RSP), R30'],
  ['394023e0', 'ldrb w0, [sp, #8]', 'MOVBU 8(RSP), R0'],
  ['38401405', 'ldrb w5, [x0], #1', 'MOVBU.P 1(R0), R5'],
  ['79406022', 'ldrh w2, [x1, #48]', 'MOVHU 48(R1), R2'],
  ['78402404', 'ldrh w4, [x0], #2', 'MOVHU.P 2(R0), R4'],
  ['3980005b', 'ldrsb x27, [x2]', 'MOVB (R2), R27'],
  ['798000a8', 'ldrsh x8, [x5]', 'MOVH (R5), R8'],
  ['b9800be0', 'ldrsw x0, [sp, #8]', 'MOVW 8(RSP), R0'],
  ['b8e03022', 'ldsetal w0, w2, [x1]', 'LDORALW R0, (R1), R2'],
  ['38e13002', 'ldsetalb w1, w2, [x0]', 'LDORALB R1, (R0), R2'],
  ['3cc2b000', 'ldur q0, [x0, #43]', 'FMOVQ 43(R0), F0'],
  ['b8403002', 'ldur w2, [x0, #3]', 'MOVWU 3(R0), R2'],
  ['f85f83fd', 'ldur x29, [sp, #-8]', 'MOVD -8(RSP), R29'],
  ['785fe087', 'ldurh w7, [x4, #-2]', 'MOVHU -2(R4), R7'],
  ['1ac52125', 'lsl w5, w9, w5', 'LSLW R5, R9, R5'],
  ['d37df023', 'lsl x3, x1, #3', 'LSL $3, R1, R3'],
  ['d358fc01', 'lsr x1, x0, #24', 'LSR $24, R0, R1'],
  ['9b0508e2', 'madd x2, x7, x5, x2', 'MADD R5, R2, R7, R2'],
  ['4e141c00', 'mov v0.s[2], w0', 'VMOV R0, V0.S[2]'],
  ['2a0003e2', 'mov w2, w0', 'MOVW R0, R2'],
  ['d29c71e6', 'mov x6, #0xe38f', 'MOVD $58255, R6'],
  ['72a001e4', 'movk w4, #0xf, lsl #16', 'MOVKW $(15<<16), R4'],
  ['f2b1c706', 'movk x6, #0x8e38, lsl #16', 'MOVK $(36408<<16), R6'],
  ['d5380000', 'mrs x0, midr_el1', 'MRS MIDR_EL1, R0'],
  ['d51b42bf', 'msr dit, xzr', 'MSR ZR, DIT'],
  ['1b0b9d47', 'msub w7, w10, w11, w7', 'MSUBW R11, R7, R10, R7'],
  ['9b098c8a', 'msub x10, x4, x9, x3', 'MSUB R9, R3, R4, R10'],
  ['1b087cc6', 'mul w6, w6, w8', 'MULW R8, R6, R6'],
  ['9b047cc7', 'mul x7, x6, x4', 'MUL R4, R6, R7'],
  ['aa281bea', 'mvn x10, x8, lsl #6', 'MVN R8<<6, R10'],
  ['cb0203e2', 'neg x2, x2', 'NEG R2, R2'],
  ['d503201f', 'nop', 'NOOP'],
  ['4ea41c66', 'orr v6.16b, v3.16b, v4.16b', 'VORR V4.B16, V3.B16, V6.B16'],
  ['321e03e9', 'orr w9, wzr, #0x4', 'ORRW $4, ZR, R9'],
  ['b27a03e2', 'orr x2, xzr, #0x40', 'ORR $64, ZR, R2'],
  ['f9800000', 'prfm pldl1keep, [x0]', 'PRFM (R0), PLDL1KEEP'],
  ['5ac0016c', 'rbit w12, w11', 'RBITW R11, R12'],
  ['dac00043', 'rbit x3, x2', 'RBIT R2, R3'],
  ['d65f03c0', 'ret', 'RET'],
  ['dac00c84', 'rev x4, x4', 'REV R4, R4'],
  ['6e60098c', 'rev32 v12.8h, v12.8h', 'VREV32 V12.H8, V12.H8'],
  ['93c00400', 'ror x0, x0, #1', 'ROR $1, R0, R0'],
  ['937d7c06', 'sbfiz x6, x0, #3, #32', 'SBFIZ $3, R0, $32, R6'],
  ['935f7ca6', 'sbfx x6, x5, #31, #1', 'SBFX $31, R5, $1, R6'],
  ['1e620060', 'scvtf d0, w3', 'SCVTFWD R3, F0'],
  ['9e620061', 'scvtf d1, x3', 'SCVTFD R3, F1'],
  ['1ac00c42', 'sdiv w2, w2, w0', 'SDIVW R0, R2, R2'],
  ['9ac00c60', 'sdiv x0, x3, x0', 'SDIV R0, R3, R0'],
  ['4f2c57c4', 'shl v4.4s, v30.4s, #12', 'VSHL $12, V30.S4, V4.S4'],
  ['9b467c06', 'smulh x6, x0, x6', 'SMULH R6, R0, R6'],
  ['6f2c47c4', 'sri v4.4s, v30.4s, #20', 'VSRI $20, V30.S4, V4.S4'],
  ['4c9f2020', 'st1 {v0.16b-v3.16b}, [x1], #64', 'VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R1)'],
  ['889ffc01', 'stlr w1, [x0]', 'STLRW R1, (R0)'],
  ['c89ffc01', 'stlr x1, [x0]', 'STLR R1, (R0)'],
  ['089ffca7', 'stlrb w7, [x5]', 'STLRB R7, (R5)'],
  ['881bfc41', 'stlxr w27, w1, [x2]', 'STLXRW R1, (R2), R27'],
  ['c81bfc85', 'stlxr w27, x5, [x4]', 'STLXR R5, (R4), R27'],
  ['081bfc02', 'stlxrb w27, w2, [x0]', 'STLXRB R2, (R0), R27'],
  ['6d0207e0', 'stp d0, d1, [sp, #32]', 'FSTPD (F0, F1), 32(RSP)'],
  ['ad080400', 'stp q0, q1, [x0, #256]', 'FSTPQ (F0, F1), 256(R0)'],
  ['ac814410', 'stp q16, q17, [x0], #32', 'FSTPQ.P (F16, F17), 32(R0)'],
  ['2d0107e0', 'stp s0, s1, [sp, #8]', 'FSTPS (F0, F1), 8(RSP)'],
  ['290517e4', 'stp w4, w5, [sp, #40]', 'STPW (R4, R5), 40(RSP)'],
  ['a90087e0', 'stp x0, x1, [sp, #8]', 'STP (R0, R1), 8(RSP)'],
  ['a9847c1f', 'stp xzr, xzr, [x0, #64]!', 'STP.W (ZR, ZR), 64(R0)'],
  ['a8817c1f', 'stp xzr, xzr, [x0], #16', 'STP.P (ZR, ZR), 16(R0)'],
  ['fd0057e1', 'str d1, [sp, #168]', 'FMOVD F1, 168(RSP)'],
  ['3d801fe0', 'str q0, [sp, #112]', 'FMOVQ F0, 112(RSP)'],
  ['bd0023e0', 'str s0, [sp, #32]', 'FMOVS F0, 32(RSP)'],
  ['b9000be0', 'str w0, [sp, #8]', 'MOVW R0, 8(RSP)'],
  ['f90007e0', 'str x0, [sp, #8]', 'MOVD R0, 8(RSP)'],
  ['f81e0ffe', 'str x30, [sp, #-32]!', 'MOVD.W R30, -32(RSP)'],
  ['390023e0', 'strb w0, [sp, #8]', 'MOVB R0, 8(RSP)'],
  ['380014a7', 'strb w7, [x5], #1', 'MOVB.P R7, 1(R5)'],
  ['79000803', 'strh w3, [x0, #4]', 'MOVH R3, 4(R0)'],
  ['3c85e3e0', 'stur q0, [sp, #94]', 'FMOVQ F0, 94(RSP)'],
  ['b81f83e0', 'stur w0, [sp, #-8]', 'MOVW R0, -8(RSP)'],
  ['f81f83fd', 'stur x29, [sp, #-8]', 'MOVD R29, -8(RSP)'],
  ['7807d3e6', 'sturh w6, [sp, #125]', 'MOVH R6, 125(RSP)'],
  ['08000028', 'stxrb w0, w8, [x1]', 'STXRB R8, (R1), R0'],
  ['d10023fd', 'sub x29, sp, #0x8', 'SUB $8, RSP, R29'],
  ['f10020c6', 'subs x6, x6, #0x8', 'SUBS $8, R6, R6'],
  ['d4000001', 'svc #0x0', 'SVC $0'],
  ['b8e18002', 'swpal w1, w2, [x0]', 'SWPALW R1, (R0), R2'],
  ['38e28003', 'swpalb w2, w3, [x0]', 'SWPALB R2, (R0), R3'],
  ['93401cc6', 'sxtb x6, w6', 'SXTB R6, R6'],
  ['93407c00', 'sxtw x0, w0', 'SXTW R0, R0'],
  ['4e1f018c', 'tbl v12.16b, {v12.16b}, v31.16b', 'VTBL V31.B16, [V12.B16], V12.B16'],
  ['b7f80223', 'tbnz x3, #63, 0x11044', 'TBNZ $63, R3, 17(PC)'],
  ['360000e6', 'tbz w6, #0, 0x1101c', 'TBZ $0, R6, 7(PC)'],
  ['7200003f', 'tst w1, #0x1', 'TSTW $1, R1'],
  ['f24000ff', 'tst x7, #0x1', 'TST $1, R7'],
  ['2e303800', 'uaddlv h0, v0.8b', 'VUADDLV V0.B8, V0'],
  ['d37f3885', 'ubfiz x5, x4, #1, #15', 'UBFIZ $1, R4, $15, R5'],
  ['d3401c02', 'ubfx x2, x0, #0, #8', 'UBFX $0, R0, $8, R2'],
  ['9e6300c1', 'ucvtf d1, x6', 'UCVTFD R6, F1'],
  ['1ac50887', 'udiv w7, w4, w5', 'UDIVW R5, R4, R7'],
  ['9ac40861', 'udiv x1, x3, x4', 'UDIV R4, R3, R1'],
  ['9bc37c84', 'umulh x4, x4, x3', 'UMULH R3, R4, R4'],
  ['9ba77c87', 'umull x7, w4, w7', 'UMULL R7, R4, R7'],
];

describe('arm64', () => {
  it.each(CODE)('%s is %s', (word, gnu, go) => {
    const [instruction] = arm64Instructions(bytesOf([Number.parseInt(word, 16)]), ADDRESS);
    expect([instruction?.text('gnu', nameless), instruction?.text('go', nameless)]).toEqual([gnu, go]);
  });

  it('names what jumps and calls go to', () => {
    const symbols = { code: () => ({ name: 'main.f', offset: 0 }), data: () => ({ name: 'main.x', offset: 8 }) };
    const text = (word: number, flavour: 'gnu' | 'go'): string | undefined =>
      arm64Instructions(bytesOf([word]), ADDRESS)[0]?.text(flavour, symbols);
    expect([text(0x9401cafa, 'gnu'), text(0x9401cafa, 'go')]).toEqual(['bl main.f', 'CALL main.f(SB)']);
    expect([text(0x58000040, 'gnu'), text(0x58000040, 'go')]).toEqual(['ldr x0, main.x+8', 'MOVD main.x+8(SB), R0']);
  });

  it('writes unknown words as such, and leaves out what is no whole word', () => {
    const instructions = arm64Instructions(Uint8Array.of(0x02, 0, 0, 0x04, 0xc0, 0x03), ADDRESS);
    expect(instructions.map((each) => [each.text('gnu', nameless), each.text('go', nameless)])).toEqual([
      ['.inst 0x04000002', 'WORD $0x04000002'],
    ]);
  });
});

const OBJDUMP = 'aarch64-linux-gnu-objdump';
const installed = spawnSync(OBJDUMP, ['--version']).status === 0;

describe.skipIf(!installed)('arm64 beside the GNU tools', () => {
  it('is the same for random words, where both know them', () => {
    let state = 20260101;
    const words = Array.from({ length: 50_000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const high = state >>> 16;
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return ((high << 16) | (state >>> 16)) >>> 0;
    });
    const base = 0x8_0000_0000;
    const theirs = disassembleThere(bytesOf(words), base);
    const strange: string[] = [];
    let compared = 0;
    for (const each of arm64Instructions(bytesOf(words), base)) {
      const ours = each.text('gnu', nameless);
      const other = theirs.get(each.address);
      // Rare system registers have names there.
      if (ours.startsWith('.inst') || other === undefined || /^m[rs][rs] /.test(ours)) continue;
      compared++;
      if (ours !== other) strange.push(`${ours} | ${other}`);
    }
    expect(strange).toEqual([]);
    expect(compared).toBeGreaterThan(12_000);
  });
});

/** objdump's text by address, in the form that we have it: addresses with 0x, no comments. */
function disassembleThere(code: Uint8Array, base: number): Map<number, string> {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-arm64-'));
  const file = join(folder, 'code');
  writeFileSync(file, code);
  const flags = ['-D', '-b', 'binary', '-m', 'aarch64', `--adjust-vma=${base}`, file];
  const out = execFileSync(OBJDUMP, flags, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  rmSync(folder, { recursive: true });
  const texts = new Map<number, string>();
  for (const [, address = '', raw = ''] of out.matchAll(/^\s+([0-9a-f]+):\t[0-9a-f]{8} \t(.*)$/gm)) {
    const text = raw
      .replace(/\s*(?:\/\/|;).*$/, '')
      .replace('\t', ' ')
      .trim();
    const isJump = /^(?:b|bl|b\.\w+|cbn?z|tbn?z|adrp?|ldr|ldrsw) /.test(text);
    texts.set(Number.parseInt(address, 16), isJump ? text.replace(/(\s)([0-9a-f]+)$/, '$10x$2') : text);
  }
  return texts;
}
