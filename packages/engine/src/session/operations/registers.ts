import { hex, notFound } from '../../base/errors.ts';
import type { Arch } from '../../arch/arch.ts';
import type { RegisterSet } from '../../arch/registers.ts';
import type { Program } from '../../program/program.ts';
import { formatShortFloat } from '../../values/scalars.ts';
import { defineOperation, type Operation, type Parameters } from '../operation.ts';
import { extendedFloat, flagNames, vectorLanes } from '../register-meaning.ts';
import { shownRegisters, type ShownRegister } from '../register-names.ts';
import type { RegisterResult, RegistersResult } from '../results-machine.ts';

/** Nothing above it is user space, so nothing there is code. */
const HIGHEST = 1n << 47n;

function codeNote(program: Program, value: bigint): string | undefined {
  const found = value < HIGHEST ? program.findFunc(Number(value)) : undefined;
  return found && `${found.func.name}+${hex(Number(value) - found.func.entry)}`;
}

function meaningOf(register: ShownRegister, value: bigint): string[] {
  const { kind } = register;
  return kind === 'flags' || kind === 'mxcsr' ? [flagNames(kind, value)] : [];
}

function describeRegister(program: Program, register: ShownRegister, set: RegisterSet): RegisterResult | undefined {
  const { name, dwarf, kind, digits } = register;
  if (kind === 'vector' || kind === 'float') {
    const bytes = set.getWide(dwarf);
    if (bytes === undefined) return undefined;
    const value = `0x${[...bytes]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')}`;
    const meaning = kind === 'vector' ? vectorLanes(bytes) : [formatShortFloat(extendedFloat(bytes), 8)];
    return { name, value, meaning, note: undefined };
  }
  const value = set.get(dwarf);
  if (value === undefined) return undefined;
  const note = kind === 'word' ? codeNote(program, value) : undefined;
  return { name, value: `0x${value.toString(16).padStart(digits, '0')}`, meaning: meaningOf(register, value), note };
}

/** The registers that were named, or all; `pc` and `sp` are those of any processor. */
function wantedRegisters(arch: Arch, { a, names }: Parameters): readonly ShownRegister[] {
  const all = shownRegisters(arch);
  if (typeof names !== 'string') return all.filter(({ extra }) => !extra || a === true);
  const roles: Readonly<Record<string, number>> = { pc: arch.pc, sp: arch.sp, fp: arch.fp };
  return names.split(/[\s,]+/).map((text) => {
    const name = text.replace(/^\$/, '').toLowerCase();
    const found = all.find((register) => register.name.toLowerCase() === name || register.dwarf === roles[name]);
    if (found === undefined) throw notFound(`there is no register ${text}`);
    return found;
  });
}

export const regsOperation: Operation<RegistersResult> = defineOperation({
  name: 'regs',
  aliases: [],
  group: 'data',
  summary: 'Print the registers of the selected frame, as far as they are known there',
  details: `regs              the general registers
regs -a           with floating-point and vector registers
regs rip xmm0     single ones
frame 3 regs      of a caller: those that were saved on the way
Where a frame was interrupted by a signal or preempted, all general registers are known.`,
  parameters: [
    { name: 'a', kind: 'flag', summary: 'with floating-point and vector registers' },
    { name: 'names', kind: 'rest', positional: true, summary: 'only those registers' },
  ],
  run(session, parameters) {
    const { program } = session;
    const { frame, index } = session.call();
    const wanted = wantedRegisters(program.target.arch, parameters);
    const registers: RegisterResult[] = [];
    const unknown: string[] = [];
    for (const register of wanted) {
      const result = describeRegister(program, register, frame.registers);
      if (result !== undefined) registers.push(result);
      // Upper halves that were not in use are zero; that is no loss.
      else if (!register.name.startsWith('YMM')) unknown.push(register.name);
    }
    return { frame: index, registers, unknown, reason: unknown.length === 0 ? undefined : reasonFor(frame, index) };
  },
});

function reasonFor({ interrupted }: { readonly interrupted: boolean }, index: number): string {
  if (interrupted) return 'the context that was saved for it does not hold them';
  return index === 0 ? 'a goroutine that waits keeps only these' : 'calls do not save them';
}
