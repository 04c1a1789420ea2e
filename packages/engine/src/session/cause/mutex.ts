import { RAX } from '../../arch/amd64/instruction.ts';
import { hex, attempt } from '../../base/errors.ts';
import type { ValueNumber } from '../../unwind/flow/value-number.ts';
import { slotLocation } from '../../unwind/flow/flow-state.ts';
import type { CauseFinding } from '../results.ts';
import { lineOf, namesIn, sourceConfidence, type CauseContext } from './context.ts';
import { callerOf, REGISTER_ABI } from './operands.ts';
import { callsOfFrame } from './nil-base.ts';
import { behind, type ValueNames } from './value-names.ts';

const UNLOCK = /^(?:sync|internal\/sync)\.\(\*(?:RW)?Mutex\)\.(?:unlockSlow|Unlock|rUnlockSlow|RUnlock)$/;

/** Which mutex was unlocked: from the outermost function of package sync, whose caller is the user's. */
export function mutexFindings(context: CauseContext): CauseFinding[] {
  const { calls, session } = context;
  const inner = calls.filter(({ name }) => UNLOCK.test(name));
  const physical = inner.filter(({ inlined }) => !inlined).at(-1);
  const outside = physical && callerOf(context, physical);
  if (physical === undefined || outside === undefined) return [];
  // Unlock itself is inlined: what the mutex is called there, where it is m, tells nothing.
  const caller = callsOfFrame(context.calls, outside).find(({ name }) => !UNLOCK.test(name)) ?? outside;
  const names = namesIn(context, caller);
  const location = session.program.minor >= REGISTER_ABI ? RAX : slotLocation(names?.values.state.sp ?? 0);
  const value = names?.values.state.get(location)?.value;
  const evidence = `what ${caller.name} passed to ${physical.name}`;
  const text = value === undefined || names === undefined ? undefined : addressName(names, value);
  if (text !== undefined) return [{ text: `the mutex is ${text}`, confidence: 'proven', evidence }];
  const inSource = mutexInSource(context);
  if (inSource.length > 0) return inSource;
  const address = value === undefined ? undefined : attempt(() => names?.values.evaluate(value, 8))?.bits;
  return address === undefined
    ? []
    : [{ text: `the mutex is at ${hex(Number(address))}`, confidence: 'proven', evidence }];
}

/** By the only call of Unlock that the user's line has. */
function mutexInSource(context: CauseContext): CauseFinding[] {
  const { user } = context;
  const line = user === undefined ? '' : lineOf(context, user);
  const [only, another] = [...line.matchAll(/([a-zA-Z_][\w.]*(?:\[[\w."]*\])?)\.R?Unlock\(\)/g)];
  const text = only?.[1];
  if (user === undefined || text === undefined || another !== undefined) return [];
  const evidence = 'the only call of Unlock on the line';
  return [{ text: `the mutex is ${text}`, confidence: sourceConfidence(context, user), evidence }];
}

/** What lies at an address that code computed: `s.mu` for the field of what s points to, `mu` for a variable. */
export function addressName(names: ValueNames, value: ValueNumber): string | undefined {
  const { what } = value;
  if (what.kind === 'constant') return names.global(Number(what.value))?.text;
  const [direct] = names.namesOf(value).filter(({ part, type }) => part === 0 && type.kind === 'pointer');
  if (direct !== undefined) return direct.text.startsWith('&') ? direct.text.slice(1) : `*${direct.text}`;
  if (what.kind === 'frame') return names.variableAt(what.offset)?.text;
  if (what.kind !== 'operation' || what.name !== 'add') return undefined;
  const [base, offset] = what.of;
  if (base === undefined || offset?.what.kind !== 'constant') return undefined;
  const [name] = names.namesOf(base);
  return name && behind(name, Number(offset.what.value))?.text;
}
