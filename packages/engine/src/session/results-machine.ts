/** How `examinemem` shows memory. */
export type MemoryFormat =
  'bin' | 'oct' | 'dec' | 'hex' | 'raw' | 'int' | 'uint' | 'float' | 'char' | 'addr' | 'string';

/** One line of a memory dump. */
export interface MemoryRow {
  /** Hex with 0x, not padded. */
  readonly address: string;
  readonly values: readonly string[];
  /** What is to be said about the row's values: the function that an address is in, or why a string ends. */
  readonly note: string | undefined;
}

export interface MemoryResult {
  readonly address: string;
  /** The address behind the last byte asked for; for strings, behind the last one shown. */
  readonly end: string;
  readonly format: MemoryFormat;
  /** Bytes of one value. */
  readonly size: number;
  readonly rows: readonly MemoryRow[];
  /** The bytes in hex digits, in the order of memory; only for `raw`. */
  readonly bytes: string | undefined;
  /** Where readable memory ends, if before `end`, and why. */
  readonly problem: string | undefined;
}

/** A register of a frame, as far as it is known there. */
export interface RegisterResult {
  /** As Delve spells it: `Rip`, `R8`, `XMM0`, `ST(0)`. */
  readonly name: string;
  /** Hex digits with 0x, most significant first. */
  readonly value: string;
  /** Flag names, lanes of a vector, the number in a floating-point register. */
  readonly meaning: readonly string[];
  /** `main.main+0x65` where the value points into code. */
  readonly note: string | undefined;
}

export interface RegistersResult {
  /** Number of the frame that the values belong to. */
  readonly frame: number;
  readonly registers: readonly RegisterResult[];
  /** Registers of this processor whose value in that frame is not known. */
  readonly unknown: readonly string[];
  /** Why they are not, in plain words. */
  readonly reason: string | undefined;
}

/** A process under examination. */
export interface TargetProcess {
  readonly pid: number | undefined;
  readonly selected: boolean;
  /** Command and arguments, as the kernel kept them: 80 bytes at most. */
  readonly commandLine: string | undefined;
  /** Path as the core names it. */
  readonly executable: string | undefined;
  readonly core: string;
  readonly threads: number;
}

export interface TargetsResult {
  readonly processes: readonly TargetProcess[];
}
