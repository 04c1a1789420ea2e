import { DebugError } from '../../base/errors.ts';
import type { Operation, Parameters } from '../operation.ts';
import type { Session } from '../session.ts';
import { Redactor } from './redact.ts';

/** Operations whose results hold contents only where a redactor finds them. */
const SAFE: ReadonlySet<string> = new Set(
  (
    'report stack goroutines goroutine frame up down args locals vars print threads thread list funcs types sources packages ' +
    'libraries disassemble edit waiting deadlocks why'
  ).split(' '),
);
/** Parameters that let contents out in another shape. */
const UNSAFE_PARAMETERS: Readonly<Record<string, string>> = { print: 'format', goroutines: 'exec', threads: 'exec' };

/** The operation with results from which the contents of strings are gone. One that shows raw memory refuses. */
export function redactedOperation<R>(operation: Operation<R>): Operation<R> {
  const { name } = operation;
  if (!SAFE.has(name))
    return {
      ...operation,
      run: () => refuse(`${name} may show the contents of strings, which are to be hidden`),
      stream: () => undefined,
    };
  return {
    ...operation,
    run(session: Session, parameters: Parameters): R {
      check(name, parameters);
      return new Redactor(session.sources).redact(operation.run(session, parameters));
    },
    stream(session: Session, parameters: Parameters) {
      check(name, parameters);
      const data = operation.stream?.(session, parameters);
      if (data === undefined) return undefined;
      const redactor = new Redactor(session.sources);
      return { ...data, items: redacted(data.items, redactor), rest: () => redactor.redact(data.rest()) };
    },
  };
}

function* redacted(items: Iterable<unknown>, redactor: Redactor): Generator<unknown, void, undefined> {
  for (const item of items) yield redactor.redact(item);
}

function check(name: string, parameters: Parameters): void {
  const unsafe = UNSAFE_PARAMETERS[name];
  if (unsafe !== undefined && parameters[unsafe] !== undefined)
    refuse(`${name} with a ${unsafe} may show the contents of strings, which are to be hidden`);
}

function refuse(message: string): never {
  throw new DebugError(message, { code: 'usage', hint: 'leave --redact out' });
}
