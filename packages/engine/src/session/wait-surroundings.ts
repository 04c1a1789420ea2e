import { attempt } from '../base/errors.ts';
import type { NamedValue } from '../findings/blocked/names.ts';
import type { PendingDefer, Surroundings } from '../findings/blocked/surroundings.ts';
import type { Goroutine } from '../runtime/goroutine.ts';
import { packageOf } from '../pclntab/function-name.ts';
import type { Call, CallStack } from '../unwind/call-stack.ts';
import { addressOf } from '../values/place.ts';
import { dereference, fieldOf } from '../values/value.ts';
import { deferredCalls, type DeferredCall } from './deferred-calls.ts';
import { evaluateHere } from './evaluation.ts';
import { globalVariables } from './globals.ts';
import { listingOf } from './goroutine-listing.ts';
import type { Session } from './session.ts';
import { codeOf } from './source-code/function-source.ts';

/** DWARF number of the register with the first argument: RAX on amd64, X0 on arm64. */
const FIRST_ARGUMENT = 0;
/** Package variables that are looked at. */
const MOST_GLOBALS = 20_000;

/** What the search for waits asks a session. */
export function surroundingsOf(session: Session): Surroundings {
  const listing = listingOf(session);
  let globals: readonly NamedValue[] | undefined;
  return {
    runtime: session.runtime,
    context: session.types.context,
    isSystem: (goroutine) => listing.isSystem(goroutine),
    isCrashed: (goroutine) => listing.isCrashed(goroutine),
    functions: (goroutine) => listing.stackOf(goroutine).functions,
    stack: (goroutine) => stackOf(session, goroutine),
    variables: (call) => variablesOf(session, call),
    globals: () => (globals ??= userGlobals(session)),
    deferred: (goroutine, call) => pending(session, goroutine, call),
    lockAt: (goroutine, call, expression, type) => lockAt(session, goroutine, call, expression, type),
    functionSource(call) {
      const source = session.variables.sourceOf(call);
      return source && { start: source.start, end: source.end, code: (line) => codeOf(source.text(line)) };
    },
    sourceLine(file, line) {
      const { sources } = session;
      // A conclusion must not rest on a file that was changed since.
      if (sources.isAsBuilt?.(file) !== true) return undefined;
      return sources.read(file)?.[line - 1];
    },
  };
}

function lockAt(
  session: Session,
  { id: goroutine }: Goroutine,
  { index: frame }: Call,
  expression: string,
  type: 'mutex' | 'rwmutex',
): number | undefined {
  const { context } = session.types;
  const name = type === 'mutex' ? 'Mutex' : 'RWMutex';
  const { value } = session.within({ goroutine, frame }, () => evaluateHere(session, expression));
  const holder = value?.type.kind === 'pointer' ? dereference(context, value) : value;
  const lock = holder?.type.name === `sync.${name}` ? holder : holder && fieldOf(context, holder, name);
  return lock?.type.name === `sync.${name}` ? addressOf(lock.place) : undefined;
}

function stackOf(session: Session, goroutine: Goroutine): CallStack {
  return session.stackOf({ goroutine, thread: undefined });
}

function variablesOf(session: Session, call: Call): NamedValue[] {
  const found: NamedValue[] = [];
  const old: NamedValue[] = [];
  // What is in doubt comes last: where it leads is checked, so it can be used.
  for (const { name, value, stale, shadowed } of attempt(() => session.variables.of(call)) ?? [])
    if (value !== undefined && !shadowed) (stale === undefined ? found : old).push({ name, value });
  return [...found, ...old];
}

/** Those of the program itself first, the runtime's not at all. */
function userGlobals(session: Session): NamedValue[] {
  const own: NamedValue[] = [];
  const others: NamedValue[] = [];
  for (const { name, value } of globalVariables(session)) {
    const of = packageOf(name);
    if (value === undefined || of === 'runtime' || of.startsWith('internal/') || of.startsWith('runtime/')) continue;
    (of === 'main' || of.includes('.') ? own : others).push({ name, value });
    if (own.length + others.length >= MOST_GLOBALS) break;
  }
  return [...own, ...others];
}

function pending(session: Session, goroutine: Goroutine, call: Call): PendingDefer[] {
  const calls = attempt(() =>
    session.withSelection({ goroutine, thread: undefined }, () => deferredCalls(session, call)),
  );
  return (calls ?? []).map((deferred) => ({
    name: session.program.findFunc(deferred.entry)?.func.name ?? '',
    receivers: receiversOf(session, deferred),
    code: attempt(() => session.program.findFunc(session.program.memory.u64(deferred.closure))),
  }));
}

function receiversOf(session: Session, { firstArgument, registers, closure }: DeferredCall): number[] {
  const { memory } = session.program;
  if (firstArgument !== undefined) {
    const argument = attempt(() => memory.u64(firstArgument));
    return argument === undefined ? [] : [argument];
  }
  const value = registers.get(FIRST_ARGUMENT);
  if (value !== undefined) return [Number(value)];
  // Where the method was inlined into the wrapper, the receiver is what the wrapper captured.
  const captured = attempt(() => memory.u64(closure + 8));
  return captured === undefined ? [] : [captured];
}
