import type { ElfFile } from '../elf/elf-file.ts';

/** An ELF file that was mapped in the process, and where: runtime address = link-time address + bias. */
export interface LoadedFile {
  readonly path: string;
  readonly elf: ElfFile;
  readonly bias: number;
}
