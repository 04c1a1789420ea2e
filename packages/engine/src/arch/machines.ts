import { EM_AARCH64, EM_X86_64 } from '../elf/constants.ts';
import { amd64 } from './amd64.ts';
import type { Arch } from './arch.ts';
import { arm64 } from './arm64.ts';

/** The processor of an ELF machine number, or undefined when it is not supported. */
export function archOfMachine(machine: number): Arch | undefined {
  if (machine === EM_X86_64) return amd64;
  if (machine === EM_AARCH64) return arm64;
  return undefined;
}
