import { XMM0 } from '../arch/amd64.ts';
import type { RegisterSet } from '../arch/registers.ts';
import { readU64Big } from '../base/cursor.ts';
import type { Program } from '../program/program.ts';

/** Vector registers behind the general ones in asyncPreempt's frame, 16 bytes each (runtime/preempt_amd64.s up to Go 1.25). */
const VECTORS_IN_FRAME = 112;
const VECTORS = 16;

/**
 * Gives an asynchronously preempted function its registers back: asyncPreempt saved the general ones in its frame, which begins at
 * `sp`, and the vector ones behind them. From Go 1.26 on those are in the goroutine's xRegState, at `vectors`, 64 bytes apart.
 */
export function restorePreempted(program: Program, registers: RegisterSet, sp: number, vectors: number): void {
  const { memory, target, minor } = program;
  for (const { dwarf, offset } of target.arch.asyncPreemptSave) {
    const bytes = memory.readSome(sp + offset, 8);
    if (bytes.length === 8) registers.set(dwarf, readU64Big(bytes, 0));
  }
  const isInFrame = minor < 26;
  if (target.arch.name !== 'amd64' || (!isInFrame && vectors === 0)) return;
  for (let number = 0; number < VECTORS; number++) {
    const at = isInFrame ? sp + VECTORS_IN_FRAME + number * 16 : vectors + number * 64;
    const bytes = memory.readSome(at, 16);
    if (bytes.length < 16) continue;
    registers.setWide(XMM0 + number, bytes);
    registers.set(XMM0 + number, readU64Big(bytes, 0));
  }
}
