import {
  isDebugError,
  operations,
  parseCommandLine,
  type DisassemblyResult,
  type Session,
  type StackResult,
} from '@inquest/engine';
import { decodeX86, openCore } from '@inquest/node';
import { describe, expect, it } from 'vitest';
import { listFixtures, openFixture } from '../../../fixtures/fixtures.mjs';
import { gnuSyntax } from '../../engine/src/arch/text/x86-gnu.ts';
import { goSyntax } from '../../engine/src/arch/text/x86-go.ts';
import { intelSyntax } from '../../engine/src/arch/text/x86-intel.ts';

const ADDRESS = 0x48b700;

/** Machine code, and how it is written in Intel's, the GNU assembler's and the Go assembler's way. */
const CODE: readonly (readonly [code: string, intel: string, gnu: string, go: string])[] = [
  ['493b6610', 'cmp rsp, qword ptr [r14+0x10]', 'cmp 0x10(%r14),%rsp', 'CMPQ SP, 0x10(R14)'],
  ['0f868c000000', 'jbe 0x48b792', 'jbe 0x48b792', 'JBE 0x48b792'],
  ['55', 'push rbp', 'push %rbp', 'PUSHQ BP'],
  ['4889e5', 'mov rbp, rsp', 'mov %rsp,%rbp', 'MOVQ SP, BP'],
  ['4883ec30', 'sub rsp, 0x30', 'sub $0x30,%rsp', 'SUBQ $0x30, SP'],
  ['4889442410', 'mov qword ptr [rsp+0x10], rax', 'mov %rax,0x10(%rsp)', 'MOVQ AX, 0x10(SP)'],
  ['8b542408', 'mov edx, dword ptr [rsp+0x8]', 'mov 0x8(%rsp),%edx', 'MOVL 0x8(SP), DX'],
  ['84c0', 'test al, al', 'test %al,%al', 'TESTB AL, AL'],
  ['88d9', 'mov cl, bl', 'mov %bl,%cl', 'MOVB BL, CL'],
  ['4080fef8', 'cmp sil, 0xf8', 'cmp $0xf8,%sil', 'CMPB SI, $0xf8'],
  ['803da3ba170001', 'cmp byte ptr [rip+0x17baa3], 0x1', 'cmpb $0x1,0x17baa3(%rip)', 'CMPB 0x17baa3(IP), $0x1'],
  ['660f1f840000000000', 'nop word ptr [rax+rax]', 'nopw (%rax,%rax)', 'NOPW 0(AX)(AX*1)'],
  ['0f1f440000', 'nop dword ptr [rax+rax]', 'nopl (%rax,%rax)', 'NOPL 0(AX)(AX*1)'],
  ['90', 'nop', 'nop', 'NOPL'],
  ['6690', 'data16 nop', 'data16 nop', 'NOPW'],
  ['cc', 'int3', 'int3', 'INT $0x3'],
  ['c3', 'ret', 'retq', 'RET'],
  ['eb93', 'jmp 0x48b695', 'jmp 0x48b695', 'JMP 0x48b695'],
  ['e811480000', 'call 0x48ff16', 'callq 0x48ff16', 'CALL 0x48ff16'],
  ['ff2500100000', 'jmp qword ptr [rip+0x1000]', 'jmpq *0x1000(%rip)', 'JMP 0x1000(IP)'],
  ['ff5008', 'call qword ptr [rax+0x8]', 'callq *0x8(%rax)', 'CALL 0x8(AX)'],
  ['41ffd4', 'call r12', 'call *%r12', 'CALL R12'],
  ['6aff', 'push -0x1', 'pushq $-0x1', 'PUSHQ $-0x1'],
  ['68fffffff0', 'push -0xf000001', 'pushq $-0xf000001', 'PUSHQ $-0xf000001'],
  ['644c8b3425f8ffffff', 'mov r14, qword ptr fs:[-0x8]', 'mov %fs:-0x8,%r14', 'MOVQ FS:-0x8, R14'],
  ['488d0445ffffffff', 'lea rax, [2*rax-0x1]', 'lea -0x1(,%rax,2),%rax', 'LEAQ -0x1(AX*2), AX'],
  ['4a8d0cc500000000', 'lea rcx, [8*r8]', 'lea (,%r8,8),%rcx', 'LEAQ 0(R8*8), CX'],
  ['f348ab', 'rep stosq qword ptr [rdi]', 'rep stos %rax,%es:(%rdi)', 'REP; STOSQ AX, ES:0(DI)'],
  [
    'f3a4',
    'rep movsb byte ptr [rdi], byte ptr [rsi]',
    'rep movsb %ds:(%rsi),%es:(%rdi)',
    'REP; MOVSB DS:0(SI), ES:0(DI)',
  ],
  ['f0480fb11a', 'lock cmpxchg qword ptr [rdx], rbx', 'lock cmpxchg %rbx,(%rdx)', 'LOCK CMPXCHGQ BX, 0(DX)'],
  ['f20f100d0a400700', 'movsd xmm1, qword ptr [rip+0x7400a]', 'movsd 0x7400a(%rip),%xmm1', 'MOVSD 0x7400a(IP), X1'],
  ['f2480f2acf', 'cvtsi2sd xmm1, rdi', 'cvtsi2sd %rdi,%xmm1', 'CVTSI2SDQ DI, X1'],
  ['f30f6f06', 'movdqu xmm0, xmmword ptr [rsi]', 'movdqu (%rsi),%xmm0', 'MOVDQU 0(SI), X0'],
  ['410f94c0', 'setz r8b', 'sete %r8b', 'SETE R8'],
  ['450fb6d2', 'movzx r10d, r10b', 'movzbl %r10b,%r10d', 'MOVZX R10, R10'],
  ['490fbef9', 'movsx rdi, r9b', 'movsbq %r9b,%rdi', 'MOVSX R9, DI'],
  ['4863c8', 'movsxd rcx, eax', 'movsxd %eax,%rcx', 'MOVSXD AX, CX'],
  ['d1e8', 'shr eax, 0x1', 'shr %eax', 'SHRL $0x1, AX'],
  ['48c1e003', 'shl rax, 0x3', 'shl $0x3,%rax', 'SHLQ $0x3, AX'],
  ['48d3e0', 'shl rax, cl', 'shl %cl,%rax', 'SHLQ CL, AX'],
  ['0fa3c8', 'bt eax, ecx', 'bt %ecx,%eax', 'BTL CX, AX'],
  ['48f7f9', 'idiv rcx', 'idiv %rcx', 'IDIVQ CX'],
  ['f7d8', 'neg eax', 'neg %eax', 'NEGL AX'],
  ['99', 'cdq', 'cltd', 'CDQ'],
  ['4899', 'cqo', 'cqto', 'CQO'],
  ['c5fe6f06', 'vmovdqu ymm0, ymmword ptr [rsi]', 'vmovdqu (%rsi),%ymm0', 'VMOVDQU 0(SI), Y0'],
  ['c5f877', 'vzeroupper', 'vzeroupper', 'VZEROUPPER'],
  [
    '62f26dc975eb',
    'vpermi2b zmm5 {k1} {z}, zmm2, zmm3',
    'vpermi2b %zmm3,%zmm2,%zmm5 {%k1} {z}',
    'VPERMI2B.Z Z3, Z2, K1, Z5',
  ],
  [
    '62f1fe486f05f6ec0800',
    'vmovdqu64 zmm0, zmmword ptr [rip+0x8ecf6]',
    'vmovdqu64 0x8ecf6(%rip),%zmm0',
    'VMOVDQU64 0x8ecf6(IP), Z0',
  ],
  [
    '62f17c385801',
    'vaddps ymm0, ymm0, dword ptr [rcx]{1to8}',
    'vaddps (%rcx){1to8},%ymm0,%ymm0',
    'VADDPS.BCST 0(CX), Y0, Y0',
  ],
  ['f2480f38f1c1', 'crc32 rax, rcx', 'crc32q %rcx,%rax', 'CRC32 CX, AX'],
  ['48b8efcdab8967452301', 'mov rax, 0x123456789abcdef', 'mov $0x123456789abcdef,%rax', 'MOVQ $0x123456789abcdef, AX'],
  ['d9e8', 'fld1', 'fld1', 'FLD1'],
  ['dd4008', 'fld qword ptr [rax+0x8]', 'fldl 0x8(%rax)', 'FLD 0x8(AX)'],
  ['0f0b', 'ud2', 'ud2', 'UD2'],
  ['66b83412', 'mov ax, 0x1234', 'mov $0x1234,%ax', 'MOVW $0x1234, AX'],
  ['f30fb8c1', 'popcnt eax, ecx', 'popcnt %ecx,%eax', 'POPCNTL CX, AX'],
  ['480fc8', 'bswap rax', 'bswap %rax', 'BSWAP AX'],
  ['0fae38', 'clflush byte ptr [rax]', 'clflush (%rax)', 'CLFLUSH 0(AX)'],
];

describe('amd64', () => {
  const nameless = { code: () => undefined, data: () => undefined };

  it.each(CODE)('%s is %s', (code, intel, gnu, go) => {
    const instructions = decodeX86(Uint8Array.from(Buffer.from(code, 'hex')), ADDRESS);
    expect(instructions.map(({ length }) => length)).toEqual([code.length / 2]);
    const [instruction] = instructions;
    const texts = [intelSyntax, gnuSyntax, goSyntax].map((write) => instruction && write(instruction, nameless));
    expect(texts).toEqual([intel, gnu, go]);
  });

  it('names what has a name', () => {
    const symbols = {
      code: (address: number) => (address === 0x48ff16 ? { name: 'main.f', offset: 0 } : undefined),
      data: () => ({ name: 'main.out', offset: 8 }),
    };
    const write = (code: string, syntax: typeof goSyntax): string[] =>
      decodeX86(Uint8Array.from(Buffer.from(code, 'hex')), ADDRESS).map((each) => syntax(each, symbols));
    expect(write('e811480000', intelSyntax)).toEqual(['call main.f']);
    expect(write('e811480000', gnuSyntax)).toEqual(['callq main.f']);
    expect(write('e811480000', goSyntax)).toEqual(['CALL main.f(SB)']);
    expect(write('488b0d7f7f0d00', intelSyntax)).toEqual(['mov rcx, qword ptr [main.out+8]']);
    expect(write('488b0d7f7f0d00', gnuSyntax)).toEqual(['mov main.out+8,%rcx']);
    expect(write('488b0d7f7f0d00', goSyntax)).toEqual(['MOVQ main.out+8(SB), CX']);
    // An address in a segment is not that of a symbol.
    expect(write('644c8b3425f8ffffff', goSyntax)).toEqual(['MOVQ FS:-0x8, R14']);
  });

  it('goes on behind what is no instruction, byte by byte', () => {
    const instructions = decodeX86(Uint8Array.from([0x06, 0x06, 0xc3, 0x48]), ADDRESS);
    expect(instructions.map((each) => [each.address - ADDRESS, goSyntax(each, nameless)])).toEqual([
      [0, '?'],
      [1, '?'],
      [2, 'RET'],
      [3, '?'],
    ]);
    for (let seed = 1; seed < 200; seed++) {
      const junk = Uint8Array.from({ length: 64 }, (_, i) => (Math.imul(seed * 2654435761, i + 7) >>> 13) & 0xff);
      const all = decodeX86(junk, ADDRESS);
      expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(64);
      for (const each of all) for (const write of [intelSyntax, gnuSyntax, goSyntax]) write(each, nameless);
    }
  });
});

function open(id: string): Session {
  const { exe, core } = openFixture(id);
  return openCore({ paths: [exe, core] }).session;
}

function run<T = DisassemblyResult>(session: Session, line: string): T {
  const command = parseCommandLine(line, operations);
  if (command === undefined) throw new Error(line);
  return session.within(command.scope, () => command.operation.run(session, command.parameters)) as T;
}

function failure(session: Session, line: string): string {
  try {
    run(session, line);
  } catch (error) {
    if (!isDebugError(error)) throw error;
    return error.detail.hint === undefined ? error.message : `${error.message} | ${error.detail.hint}`;
  }
  return 'no error';
}

describe('disassemble', () => {
  const session = open('truth/go1.27/default');

  it('marks the selected frame, wherever it is', () => {
    const { frames } = run<StackResult>(session, 'stack 20');
    for (const { index, pc } of frames.filter(({ stack }) => stack !== 'native')) {
      const { instructions } = run(session, `frame ${index} disassemble`);
      expect(instructions.filter(({ current }) => current).map((each) => each.pc)).toEqual([pc]);
    }
  });

  it('has file and line, bytes, targets and names', () => {
    const { instructions, ...rest } = run(session, 'disassemble -l main.use -flavour go');
    expect(rest).toMatchObject({ function: 'main.use', flavour: 'go', architecture: 'amd64', problem: undefined });
    expect(instructions.map(({ text, line, bytes }) => [text, line, bytes.slice(0, 6)])).toEqual([
      ['ADDQ AX, main.sink(SB)', 40, '480105'],
      ['RET', 40, 'c3'],
    ]);
    const call = run(session, 'disassemble main.main').instructions.find(({ text }) =>
      text.startsWith('call main.frame'),
    );
    expect(call).toMatchObject({ targetName: 'main.frame', target: expect.stringMatching(/^0x/) as string });
  });

  it('leaves out what lies between functions', () => {
    for (const name of ['main.main', 'main.use', 'runtime.memmove', 'runtime.abort'])
      expect(run(session, `disassemble ${name}`).instructions.at(-1)?.line).toBeGreaterThan(0);
  });

  it('takes ranges, counts and the habits of GDB', () => {
    const { instructions } = run(session, 'disassemble main.main');
    const [, second = { pc: '' }, third = { pc: '' }, fourth = { pc: '' }] = instructions;
    const pcs = (line: string): string[] => run(session, line).instructions.map(({ pc }) => pc);
    expect(pcs(`disassemble -a ${second.pc} ${fourth.pc}`)).toEqual([second.pc, third.pc]);
    expect(pcs(`disassemble ${second.pc},${fourth.pc}`)).toEqual([second.pc, third.pc]);
    expect(pcs(`disassemble ${second.pc},+1`)).toEqual([second.pc]);
    expect(pcs(`disassemble -count 2 *${second.pc}`)).toEqual([second.pc, third.pc]);
    expect(pcs(`x/2i ${second.pc}`)).toEqual([second.pc, third.pc]);
    expect(pcs('x/1i $pc')).toEqual([`0x${session.call().frame.pc.toString(16)}`]);
    expect(pcs('disassemble /s main.main')).toEqual(instructions.map(({ pc }) => pc));
    expect(pcs('disass -a main.use main.useStr').length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['disassemble -a 5 4', 'the range from 0x5 to 0x4 is empty | the end address must be greater than the start'],
    ['disassemble -a 5', '-a needs two addresses | disassemble -a START END'],
    ['disassemble -a 0x10 0x20', 'the code at 0x10 is not in the core, nor in a file at hand'],
    ['disassemble -a 0 0xfffffff', /^268435455 bytes are too many/],
    ['disassemble -flavour att', 'there is no flavour att | the flavours are intel, gnu, go'],
    ['disassemble -count 0', '-count must be greater than 0, not 0'],
    ['disassemble -a 1 -l main.main', '-a and -l exclude each other'],
    ['disassemble -l main.main main.use', 'one argument too many: main.use'],
    ['disassemble main.go:1', /^there is no code at .*main\.go:1 \| the nearest line with code is/],
    ['disassemble *0xc000000000', 'there is no code at 0xc000000000'],
  ])('%s fails', (line, expected) => {
    const text = failure(session, line);
    if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(text).toMatch(expected);
  });

  it('writes the same without DWARF, but for the names of variables', () => {
    const plain = (id: string): string[] =>
      run(open(id), 'disassemble main.main').instructions.map(({ text }) => text.replace(/\[.*\]/, '[]'));
    expect(plain('sum/go1.27/stripped').map((text) => text.replace(/0x[0-9a-f]+/, ''))).toEqual(
      plain('sum/go1.27/default').map((text) => text.replace(/0x[0-9a-f]+/, '')),
    );
  });

  it('disassembles C by its symbol, in libraries as well', () => {
    const cgo = open('sum/go1.27/cgo');
    expect(run(cgo, 'disassemble crosscall2').instructions.at(-1)?.text).toBe('ret');
  });

  it('decodes every function of a program, of every release', () => {
    for (const { id, program, flags } of listFixtures()) {
      if (program !== 'sum' || flags !== 'default') continue;
      const each = open(id);
      const { pclntab } = each.program.modules[0] ?? {};
      for (let i = 0; i < (pclntab?.count ?? 0); i += 7) {
        const func = pclntab?.at(i);
        if (func === undefined || func.end === func.entry || func.name.startsWith('go:')) continue;
        const { instructions } = run(each, `disassemble -a ${func.entry} ${func.end} -flavour go`);
        // Tables of constants between instructions are rare, and only in assembly.
        const strange = instructions.filter(({ text }) => text === '?');
        if (pclntab?.isAssembly(func) === false) expect([func.name, strange]).toEqual([func.name, []]);
      }
    }
  });
});
