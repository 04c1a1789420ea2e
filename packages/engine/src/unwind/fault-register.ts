import { decodeInstruction } from '../arch/amd64/decoder.ts';
import { DWARF_OF_REGISTER } from '../arch/amd64/instruction.ts';
import { attempt } from '../base/errors.ts';
import type { Program } from '../program/program.ts';

/** A fault of a goroutine, as its g records it (g.sigpc, g.sigcode0, g.sigcode1). */
export interface RecordedFault {
  readonly pc: number;
  /** si_code. */
  readonly code: number;
  readonly address: number;
}

/** si_code of faults of which the address is known: the page is not there, or may not be used so. */
const WITH_ADDRESS: ReadonlySet<number> = new Set([1, 2]);
/** What lies below is used through nil pointers alone. */
const NEAR_NIL = 4096;
const LONGEST_INSTRUCTION = 15;

/**
 * The register that an instruction used as a pointer when it faulted, which is known by the address of the fault: its DWARF number
 * and what it held. Only for nil pointers: the g may have recorded a later fault of the same instruction, and then as well it was nil.
 * Undefined for other faults, and on other processors than amd64.
 */
export function registerAtFault(
  program: Program,
  pc: number,
  fault: RecordedFault | undefined,
): readonly [register: number, value: bigint] | undefined {
  if (fault === undefined || fault.pc !== pc || !WITH_ADDRESS.has(fault.code) || fault.address >= NEAR_NIL)
    return undefined;
  if (program.target.arch.name !== 'amd64') return undefined;
  const memory = attempt(() => decodeInstruction(program.memory.readSome(pc, LONGEST_INSTRUCTION), 0))?.memory;
  if (memory === undefined || memory.unknown || memory.ripRelative || memory.base < 0 || memory.index >= 0)
    return undefined;
  const value = fault.address - memory.displacement;
  const register = DWARF_OF_REGISTER[memory.base];
  return register === undefined || value !== 0 ? undefined : [register, BigInt(value)];
}
