import { DebugError, hex } from '../base/errors.ts';
import { evaluate } from '../expr/evaluator.ts';
import { bytesOf, wordOf, type Value } from '../values/handle.ts';
import { integerOf, isInteger } from '../values/scalars.ts';
import type { ValueContext } from '../values/context.ts';
import { isScratch } from '../values/scratch.ts';
import { sessionEnvironment } from './environment.ts';
import type { Session } from './session.ts';

/** Addresses stay below the end of user space; more is no address, and would lose digits. */
const HIGHEST = 2 ** 47;

/**
 * The address that a user wrote: a number, an expression that is an integer or a pointer, with registers as GDB writes
 * them (`$rsp`, `$pc`). Throws what evaluation throws, and `type` for values that are no address.
 */
export function evaluateAddress(session: Session, text: string): number {
  const environment = sessionEnvironment(session);
  const value = evaluate(replaceRegisters(session, text), environment);
  const address = addressIn(environment.context, value);
  if (address === undefined) {
    throw new DebugError(`a ${value.type.name} is no address`, {
      code: 'type',
      hint: `write &x for the address of a variable x, or &x[0] for its first element`,
    });
  }
  if (address < 0 || address >= HIGHEST)
    throw new DebugError(`${hex(address)} is no address of a process`, { code: 'type' });
  return Number(address);
}

function addressIn(context: ValueContext, value: Value): bigint | undefined {
  const { kind } = value.type;
  if (isInteger(kind)) return integerOf(kind, bytesOf(context, value));
  const isPointer = ['pointer', 'unsafe.Pointer', 'func', 'map', 'chan'].includes(kind);
  if (!isPointer) return undefined;
  const word = wordOf(context, value);
  // A function by its name has no object in the process: its code is meant.
  return BigInt(kind === 'func' && isScratch(word) ? context.memory.u64(word) : word);
}

/** `$rsp` and `$pc` become the numbers that they hold in the selected frame. */
export function replaceRegisters(session: Session, text: string): string {
  return text.replace(/\$([A-Za-z]\w*)/g, (_all, name: string) => hex(registerNamed(session, name.toLowerCase())));
}

function registerNamed(session: Session, name: string): bigint {
  const { arch } = session.program.target;
  const roles: Readonly<Record<string, number | undefined>> = { pc: arch.pc, sp: arch.sp, fp: arch.fp, lr: arch.lr };
  const number = arch.registers.find((register) => register.name === name)?.dwarf ?? roles[name];
  if (number === undefined) throw new DebugError(`there is no register ${name}`, { code: 'not-found' });
  const value = session.call().frame.registers.get(number);
  if (value === undefined) {
    throw new DebugError(`the register ${name} is not known in frame ${session.selectedFrame}`, {
      code: 'not-found',
      hint: 'frame 0 knows all registers of a running thread',
    });
  }
  return value;
}
