import { bits, CONDITIONS, immediate, signedBits, sized, zeroRegister, type A64Draft, type A64Word } from './model.ts';

/** Jumps, exceptions and instructions of the system: op0 of the top level is 101x. */
export function decodeBranch({ word, address }: A64Word): A64Draft | undefined {
  const label = (offset: number): { kind: 'label'; address: number } => ({
    kind: 'label',
    address: address + offset * 4,
  });
  if (bits(word, 26, 5) === 0b00101) {
    const isCall = word >>> 31 === 1;
    return { name: isCall ? 'bl' : 'b', go: isCall ? 'CALL' : 'JMP', operands: [label(signedBits(word, 0, 26))] };
  }
  const wide = word >>> 31 === 1;
  if (bits(word, 25, 6) === 0b011010) {
    const name = bits(word, 24, 1) === 1 ? 'cbnz' : 'cbz';
    const register = zeroRegister(bits(word, 0, 5), wide);
    const operands = [register, label(signedBits(word, 5, 19))];
    return { name, go: sized(name.toUpperCase(), wide), operands, goOperands: operands };
  }
  if (bits(word, 25, 6) === 0b011011) {
    const name = bits(word, 24, 1) === 1 ? 'tbnz' : 'tbz';
    const bit = immediate(bits(word, 31, 1) * 32 + bits(word, 19, 5));
    const register = zeroRegister(bits(word, 0, 5), wide);
    const target = label(signedBits(word, 5, 14));
    return { name, go: name.toUpperCase(), operands: [register, bit, target], goOperands: [bit, register, target] };
  }
  if (word >>> 24 === 0x54 && bits(word, 4, 1) === 0) {
    const name = CONDITIONS[bits(word, 0, 4)] ?? 'al';
    return { name: `b.${name}`, go: `B${name.toUpperCase()}`, operands: [label(signedBits(word, 5, 19))] };
  }
  if (word >>> 24 === 0xd4) return exception(word);
  if (word >>> 25 === 0x6b) return toRegister(word);
  if (word >>> 22 === 0x354) return system(word);
  return undefined;
}

function exception(word: number): A64Draft | undefined {
  const names: Readonly<Record<number, string>> = { 0x01: 'svc', 0x02: 'hvc', 0x03: 'smc', 0x20: 'brk', 0x40: 'hlt' };
  const name = names[(bits(word, 21, 3) << 5) | bits(word, 0, 5)];
  return name === undefined
    ? undefined
    : { name, go: name.toUpperCase(), operands: [immediate(bits(word, 5, 16), 16)] };
}

function toRegister(word: number): A64Draft | undefined {
  if (bits(word, 10, 11) !== 0b11111000000 || bits(word, 0, 5) !== 0) return undefined;
  const register = zeroRegister(bits(word, 5, 5), true);
  const base = {
    kind: 'memory',
    base: register.kind === 'register' ? register.name : '',
    offset: 0n,
    mode: 'offset',
  } as const;
  switch (bits(word, 21, 4)) {
    case 0:
      return { name: 'br', go: 'JMP', operands: [register], goOperands: [base] };
    case 1:
      return { name: 'blr', go: 'CALL', operands: [register], goOperands: [base] };
    case 2:
      return { name: 'ret', go: 'RET', operands: bits(word, 5, 5) === 30 ? [] : [register] };
    default:
      return undefined;
  }
}

const HINTS: Readonly<Record<number, string>> = { 0: 'nop', 1: 'yield', 2: 'wfe', 3: 'wfi', 4: 'sev', 5: 'sevl' };
const BARRIERS: Readonly<Record<number, string>> = {
  1: 'oshld',
  2: 'oshst',
  3: 'osh',
  5: 'nshld',
  6: 'nshst',
  7: 'nsh',
  9: 'ishld',
  10: 'ishst',
  11: 'ish',
  13: 'ld',
  14: 'st',
  15: 'sy',
};

/** Names of the system registers that programs read, by op0 op1 CRn CRm op2. */
const SYSTEM_REGISTERS: Readonly<Record<string, string>> = {
  '3.0.0.0.0': 'midr_el1',
  '3.0.0.6.0': 'id_aa64isar0_el1',
  '3.0.0.4.0': 'id_aa64pfr0_el1',
  '3.3.0.0.1': 'ctr_el0',
  '3.3.0.0.7': 'dczid_el0',
  '3.3.4.2.0': 'nzcv',
  '3.3.4.2.5': 'dit',
  '3.3.4.4.0': 'fpcr',
  '3.3.4.4.1': 'fpsr',
  '3.3.13.0.2': 'tpidr_el0',
  '3.3.14.0.0': 'cntfrq_el0',
  '3.3.14.0.2': 'cntvct_el0',
};

function system(word: number): A64Draft | undefined {
  const isRead = bits(word, 21, 1) === 1;
  const fields = [bits(word, 19, 2), bits(word, 16, 3), bits(word, 12, 4), bits(word, 8, 4), bits(word, 5, 3)];
  const [op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0] = fields;
  const register = zeroRegister(bits(word, 0, 5), true);
  if (op0 >= 2) {
    const text = SYSTEM_REGISTERS[fields.join('.')] ?? `s${op0}_${op1}_c${crn}_c${crm}_${op2}`;
    const named = { kind: 'word', text } as const;
    return isRead
      ? { name: 'mrs', go: 'MRS', operands: [register, named] }
      : { name: 'msr', go: 'MSR', operands: [named, register] };
  }
  if (op0 === 0 && bits(word, 0, 5) !== 31) return undefined;
  if (isRead || op0 === 1) return cacheOperation(op0, op1, crn, crm, op2, register);
  if (crn === 2 && op1 === 3) {
    const name = HINTS[crm * 8 + op2];
    if (name === undefined) return { name: 'hint', go: 'HINT', operands: [immediate(crm * 8 + op2, 16)] };
    return { name, go: name === 'nop' ? 'NOOP' : name.toUpperCase(), operands: [] };
  }
  if (crn === 3 && op1 === 3) {
    const name = ({ 2: 'clrex', 4: 'dsb', 5: 'dmb', 6: 'isb' } as const)[op2 as 2 | 4 | 5 | 6];
    if (name === undefined) return undefined;
    const option = BARRIERS[crm];
    const isUsual = (name === 'isb' || name === 'clrex') && crm === 15;
    const shown =
      option === undefined || name === 'isb' ? immediate(crm, 16) : ({ kind: 'word', text: option } as const);
    return { name, go: name.toUpperCase(), operands: isUsual ? [] : [shown], goOperands: [immediate(crm)] };
  }
  if (crn === 4 && op1 === 3 && op2 === 2)
    return { name: 'msr', go: 'MSR', operands: [{ kind: 'word', text: 'dit' }, immediate(crm, 16)] };
  return undefined;
}

function cacheOperation(
  op0: number,
  op1: number,
  crn: number,
  crm: number,
  op2: number,
  register: A64Draft['operands'][number],
): A64Draft | undefined {
  if (op0 !== 1 || crn !== 7 || op1 !== 3 || op2 !== 1) return undefined;
  const text = ({ 4: 'zva', 10: 'cvac', 11: 'cvau', 14: 'civac' } as const)[crm as 4 | 10 | 11 | 14];
  const [name, what] = crm === 5 ? ['ic', 'ivau'] : ['dc', text];
  if (what === undefined) return undefined;
  const operands = [{ kind: 'word', text: what } as const, register];
  return { name: name ?? 'dc', go: (name ?? 'dc').toUpperCase(), operands, goOperands: operands };
}
