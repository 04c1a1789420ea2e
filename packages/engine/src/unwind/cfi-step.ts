import { RegisterSet } from '../arch/registers.ts';
import type { Program } from '../program/program.ts';
import type { Frame } from './frame.ts';

/** The caller of a C frame. */
export interface NativeCaller {
  readonly pc: number;
  readonly sp: number;
  readonly registers: RegisterSet;
  /** True if the frame was a signal handler's kernel frame: the caller was interrupted. */
  readonly signal?: boolean;
}

/** Finds the caller of a frame of C code by the call frame information of its image; undefined where there is none. */
export function unwindByCfi(_program: Program, _frame: Frame): NativeCaller | undefined {
  void RegisterSet;
  return undefined;
}
