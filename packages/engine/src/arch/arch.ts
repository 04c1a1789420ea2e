/** A register by its DWARF number. */
export interface RegisterName {
  readonly name: string;
  readonly dwarf: number;
  /** Byte offset in the kernel's user_regs_struct (pr_reg of NT_PRSTATUS), undefined if it is not there. */
  readonly prstatus?: number;
  readonly wide?: boolean;
}

/** What differs between processors. Numbers are DWARF register numbers. */
export interface Arch {
  readonly name: 'amd64' | 'arm64';
  readonly machine: number;
  readonly pcQuantum: number;
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  /** Link register; undefined where calls push the return address. */
  readonly lr: number | undefined;
  /** Where Go keeps g (register ABI). */
  readonly g: number;
  /** Where Go keeps the closure's context at entry. */
  readonly closureContext: number;
  /** Bytes that a call puts on the stack. */
  readonly returnAddressSize: number;
  /** Gap between the frame's CFA and the first stack argument. */
  readonly argumentOffset: number;
  readonly registers: readonly RegisterName[];
  /** Registers in the order that asyncPreempt saves them, from the frame's SP on (see runtime/preempt_*.s). */
  readonly asyncPreemptSave: readonly { readonly dwarf: number; readonly offset: number }[];
  /** Offset of the general registers in the kernel's ucontext, and the DWARF numbers in that order. */
  readonly ucontext: { readonly offset: number; readonly order: readonly number[] };
}
