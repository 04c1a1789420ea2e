/** Names and numbers of the ELF specification (gABI) and Linux's additions, spelled as there. */
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;

export const EM_386 = 3;
export const EM_ARM = 40;
export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;

/** e_machine -> the name a user knows. */
export const MACHINE_NAMES: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  43: 'sparc64',
  50: 'ia64',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const PT_TLS = 7;
export const PF_X = 1;
export const PF_W = 2;
/** e_phnum when the true count is in sh_info of section 0. */
export const PN_XNUM = 0xffff;

export const SHT_SYMTAB = 2;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
export const SHF_COMPRESSED = 0x800;
export const ELFCOMPRESS_ZLIB = 1;
export const ELFCOMPRESS_ZSTD = 2;

/** Note types under the name "CORE" (linux/elfcore.h, elf.h) and "LINUX". */
export const NT_PRSTATUS = 1;
export const NT_FPREGSET = 2;
export const NT_PRPSINFO = 3;
export const NT_AUXV = 6;
export const NT_SIGINFO = 0x53494749;
export const NT_FILE = 0x46494c45;
export const NT_X86_XSTATE = 0x202;
export const NT_ARM_TLS = 0x401;
export const NT_GNU_BUILD_ID = 3;
/** Type of the note "Go" in .note.go.buildid. */
export const NT_GO_BUILD_ID = 4;

export const AT_PHDR = 3;
export const AT_PHNUM = 5;
export const AT_ENTRY = 9;
export const AT_SYSINFO_EHDR = 33;
export const AT_EXECFN = 31;
