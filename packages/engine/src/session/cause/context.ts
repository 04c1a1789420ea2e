import { attempt } from '../../base/errors.ts';
import type { Cause } from '../../findings/cause.ts';
import type { Call } from '../../unwind/call-stack.ts';
import { evaluateLive, type LiveValue } from '../live-value.ts';
import type { CauseFinding, PanicResult } from '../results.ts';
import type { Selection, Session } from '../session.ts';
import { callsOfFrame } from './nil-base.ts';
import { ValueNames } from './value-names.ts';

/** What the findings about a cause are made from. */
export interface CauseContext {
  readonly session: Session;
  readonly cause: Cause;
  /** Those that ended the program, the oldest first; none where something else did. */
  readonly panics: readonly PanicResult[];
  readonly selection: Selection;
  /** The stack of the crash, innermost first. */
  readonly calls: readonly Call[];
  /** Where the user's code failed. */
  readonly user: Call | undefined;
}

/** The source of a call's line without its comment; '' where it is not at hand. */
export function lineOf({ session }: CauseContext, call: Call): string {
  const { sources } = session;
  if (call.file === '') return '';
  return (sources.read(call.file)?.[call.line - 1] ?? '').replace(/\s*\/\/.*$/, '').trim();
}

/** How sure can be what a line of source says: proven only if it is the one that was compiled. */
export function sourceConfidence({ session }: CauseContext, call: Call): CauseFinding['confidence'] {
  return session.sources.isAsBuilt?.(call.file) === true ? 'proven' : 'likely';
}

/** Names for the values of a call's frame; undefined where the code is not understood. */
export function namesIn(context: CauseContext, call: Call): ValueNames | undefined {
  const values = context.session.variables.flowOf(call);
  return values && new ValueNames(context.session, callsOfFrame(context.calls, call), values, lineOf(context, call));
}

/** The value of an expression in a call's frame; undefined where it has none, or one that may be older. */
export function valueIn({ session, selection }: CauseContext, call: Call, expression: string): LiveValue | undefined {
  const value = attempt(() =>
    session.withSelection(selection, () => {
      session.selectFrame(call.index);
      return evaluateLive(session, expression);
    }),
  );
  return value?.stale === undefined ? value : undefined;
}

/** The call that a fault interrupted; undefined for signals that were sent. */
export function faultingCall({ cause: { signal }, calls }: Pick<CauseContext, 'cause' | 'calls'>): Call | undefined {
  if (signal === undefined || signal.code <= 0) return undefined;
  return calls.find(({ frame }) => frame.interrupted && frame.pc === signal.pc);
}

/** The call that raised the panic which the user's code got: behind the runtime.gopanic before the user's frame. */
export function raiserOf({ calls, user }: CauseContext): Call | undefined {
  const before = calls.filter(({ name, index }) => name === 'runtime.gopanic' && index < (user?.index ?? Infinity));
  const gopanic = before.at(-1);
  return gopanic === undefined ? undefined : calls[gopanic.index + 1];
}
