import { DebugError } from '../base/errors.ts';
import type { Call } from '../unwind/call-stack.ts';
import type { Session } from './session.ts';

/** The processor's own names of registers that Go and Delve call otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = { pc: 'rip', sp: 'rsp', fp: 'rbp', eflags: 'rflags' };

/**
 * The bytes of a register of a call by its name in capitals (`RAX`), or in any case behind an underscore (`_rax`). Undefined for
 * other names. Throws `not-found` where the register's value in that frame is not known.
 */
export function registerBytes(session: Session, call: Call | undefined, name: string): Uint8Array | undefined {
  if (!/^(_[A-Za-z][A-Za-z0-9_]*|[A-Z][A-Z0-9_]*)$/.test(name)) return undefined;
  const wanted = name.replace(/^_/, '').toLowerCase();
  const { arch } = session.program.target;
  const find = (text: string | undefined): (typeof arch.registers)[number] | undefined =>
    arch.registers.find((register) => register.name === text);
  const register = find(wanted) ?? find(OTHER_NAMES[wanted]);
  if (register === undefined) return undefined;
  const registers = call?.frame.registers;
  if (register.wide === true) {
    const bytes = registers?.getWide(register.dwarf);
    if (bytes !== undefined) return bytes;
  } else {
    const value =
      register.dwarf === arch.pc && call !== undefined ? BigInt(call.frame.pc) : registers?.get(register.dwarf);
    if (value !== undefined) return wordBytes(value);
  }
  throw new DebugError(
    `${name} is not known in frame ${call?.index ?? 0}: the functions that it called may have changed it`,
    {
      code: 'not-found',
      hint: 'regs shows what is known; frame 0 has all',
    },
  );
}

function wordBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
