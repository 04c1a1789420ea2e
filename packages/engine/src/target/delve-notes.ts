import type { Arch } from '../arch/arch.ts';
import { RegisterSet } from '../arch/registers.ts';
import { readU16, readU32, readU64, readU64Big } from '../base/cursor.ts';
import { decodeLatin1 } from '../base/text.ts';
import type { Thread } from './target.ts';

/*
 * Notes of the cores that Delve's command `dump` writes (pkg/proc/dump.go). On linux/amd64 threads are in the kernel's own
 * notes, under an empty name; elsewhere each is in a note of Delve's.
 */

/** "Delve Header". */
export const DELVE_HEADER = 0x444c_5645;
/** "Delve Thread". */
export const DELVE_THREAD = 0x444c_5654;

/** Lengths before the list of registers: thread, pc, sp, bp, TLS, a byte that tells whether there is a g, g, count. */
const HAS_G = 40;
const G = 41;
const COUNT = 49;
const REGISTERS = 53;
/** DWARF number of fs_base, behind which Go keeps its g on amd64. */
const AMD64_FS_BASE = 58;

/** What the header says: lines of text. */
export function readDelveHeader(data: Uint8Array): {
  readonly pid: number | undefined;
  readonly entry: number | undefined;
} {
  const text = decodeLatin1(data.subarray(0, 4096));
  const pid = Number(/^Target Pid: (\d{1,10})$/m.exec(text)?.[1]);
  const entry = Number(/^Entry Point: (0x[0-9a-f]{1,13})$/m.exec(text)?.[1]);
  return { pid: Number.isSafeInteger(pid) ? pid : undefined, entry: entry > 0 ? entry : undefined };
}

/** A thread; undefined if the note is too short. What its registers are called differs in case only. */
export function readDelveThread(data: Uint8Array, arch: Arch): Thread | undefined {
  if (data.length < REGISTERS) return undefined;
  const registers = new RegisterSet();
  for (const [name, value] of registersOf(data)) {
    const known = arch.registers.find((register) => register.name === ALIASES[name] || register.name === name);
    if (known === undefined) continue;
    if (known.wide !== true && value.length === 8) registers.set(known.dwarf, readU64Big(value, 0));
    else if (known.wide === true && value.length >= 16) registers.setWide(known.dwarf, value.slice(0, 16));
  }
  registers.set(arch.pc, readU64Big(data, 8));
  registers.set(arch.sp, readU64Big(data, 16));
  registers.set(arch.fp, readU64Big(data, 24));
  if (arch.name === 'amd64') registers.set(AMD64_FS_BASE, readU64Big(data, 32));
  else if (data[HAS_G] === 1) registers.set(arch.g, readU64Big(data, G));
  return { tid: readU64(data, 0), signal: 0, registers };
}

const ALIASES: Readonly<Record<string, string>> = { x29: 'fp', x30: 'lr' };

/** Each has a name and bytes, with two bytes for the length of either. */
function* registersOf(data: Uint8Array): Generator<readonly [string, Uint8Array], void, undefined> {
  let at = REGISTERS;
  for (let left = readU32(data, COUNT); left > 0; left--) {
    if (at + 2 > data.length) return;
    const valueAt = at + 2 + readU16(data, at);
    if (valueAt + 2 > data.length) return;
    const end = valueAt + 2 + readU16(data, valueAt);
    if (end > data.length) return;
    yield [decodeLatin1(data.subarray(at + 2, valueAt)).toLowerCase(), data.subarray(valueAt + 2, end)];
    at = end;
  }
}
