import type { Arch } from '../arch/arch.ts';
import type { RegisterSet } from '../arch/registers.ts';
import type { Memory } from '../bytes/memory.ts';

/** One operating-system thread. */
export interface Thread {
  /** Linux thread id. */
  readonly tid: number;
  readonly registers: RegisterSet;
  /** Signal that the thread was taking when the core was written (pr_cursig), 0 for none. */
  readonly signal: number;
}

/** The signal that ended the process, from NT_SIGINFO. */
export interface SignalInfo {
  readonly signo: number;
  readonly code: number;
  /** si_addr of a fault, in bytes. */
  readonly address: number | undefined;
  /** Process that sent it, for kill and tgkill. */
  readonly senderPid: number | undefined;
  /** Of a SIGSYS: the number of the system call that was not allowed. */
  readonly systemCall: number | undefined;
}

/** A file mapped into memory. Addresses are half-open, `fileOffset` in bytes. */
export interface MappedFile {
  readonly start: number;
  readonly end: number;
  readonly fileOffset: number;
  readonly path: string;
}

/** A process, dead or alive: memory, threads, mappings and the signal that stopped it. */
export interface Target {
  readonly arch: Arch;
  readonly memory: Memory;
  /** In the order of the core: the first is the one that the kernel dumped for. */
  readonly threads: readonly Thread[];
  readonly signal: SignalInfo | undefined;
  readonly mappedFiles: readonly MappedFile[];
  readonly pid: number | undefined;
  /** Command name (15 bytes at most) and arguments (80 at most), as the kernel kept them. */
  readonly command: string | undefined;
  readonly argumentsText: string | undefined;
  /** Auxiliary vector: AT_* number to value. */
  readonly auxv: ReadonlyMap<number, number>;
  /** What is damaged or missing, a sentence each. */
  readonly diagnostics: readonly string[];
}
