import { attempt } from '../../base/errors.ts';
import type { Goroutine } from '../../runtime/goroutine.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { isPlumbing } from '../calls.ts';
import { wordOf } from '../../values/value.ts';
import type { CauseFinding } from '../results.ts';
import type { Session } from '../session.ts';
import type { CauseContext } from './context.ts';
import { argumentNames, callerOf } from './operands.ts';

/** Goroutines and frames that are searched for the map, and holders that are named. */
const MOST_GOROUTINES = 500;
const MOST_FRAMES = 12;
const MOST_NAMED = 4;

const MAP_CALL = /^(?:runtime\.map|internal\/runtime\/maps\.|runtime\.mapiter)/;

/** The map that was used by several goroutines at once, and who else has it in its frames. */
export function mapFindings(context: CauseContext): CauseFinding[] {
  const { session, cause, calls, user } = context;
  const callee = calls.filter(({ name, index }) => MAP_CALL.test(name) && index < (user?.index ?? 0)).at(-1);
  const caller = callee === undefined ? user : callerOf(context, callee);
  if (caller === undefined) return [];
  const names = callee === undefined ? [] : argumentNames(context, callee, 1);
  const passed = names.find(({ type, part }) => type.kind === 'map' && part === 0);
  const own = mapsOf(session, caller);
  const [first, another] = own;
  const name = passed?.text ?? (another === undefined ? first?.name : undefined);
  const map = own.find((each) => each.name === name);
  const findings: CauseFinding[] = [];
  if (name !== undefined)
    findings.push({
      text: `the map is ${name}`,
      confidence: passed === undefined ? 'likely' : 'proven',
      evidence:
        passed === undefined
          ? 'the only map among the variables there'
          : `what ${caller.name} passed to ${callee?.name ?? ''}`,
    });
  if (map !== undefined) findings.push(...holders(session, cause.goroutine, map.address));
  return findings;
}

interface MapVariable {
  readonly name: string;
  readonly address: number;
}

function mapsOf(session: Session, call: Call): MapVariable[] {
  return (attempt(() => session.variables.of(call)) ?? []).flatMap(({ name, type, value }) => {
    const address =
      type.kind !== 'map' || value === undefined ? 0 : (attempt(() => wordOf(session.types.context, value)) ?? 0);
    return address === 0 ? [] : [{ name, address }];
  });
}

function holders(session: Session, crashed: Goroutine | undefined, address: number): CauseFinding[] {
  const found: string[] = [];
  let searched = 0;
  for (const goroutine of session.runtime.iterGoroutines()) {
    if (goroutine.address === crashed?.address || session.runtime.isSystem(goroutine)) continue;
    if (searched++ >= MOST_GOROUTINES) break;
    const place = attempt(() => holderIn(session, goroutine, address));
    if (place !== undefined) found.push(place);
  }
  if (found.length === 0) return [];
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  return [
    {
      text: `it is also held by ${found.slice(0, MOST_NAMED).join(', ')}${more}`,
      confidence: 'proven',
      evidence: 'the same address in variables of their frames; which of them wrote is not recorded',
    },
  ];
}

function holderIn(session: Session, goroutine: Goroutine, address: number): string | undefined {
  for (const call of session.stackOf({ goroutine, thread: undefined }).first(MOST_FRAMES)) {
    if (isPlumbing(call)) continue;
    const held = mapsOf(session, call).find((each) => each.address === address);
    if (held !== undefined) return `goroutine ${goroutine.id} (${held.name} in ${call.name}, line ${call.line})`;
  }
  return undefined;
}
