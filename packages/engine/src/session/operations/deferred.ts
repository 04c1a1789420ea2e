import { deferredStack } from '../deferred-calls.ts';
import { parseExec, runAt } from '../exec.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { ExecResult } from '../results.ts';

/** `deferred N COMMAND`; `table` is where the command is looked up. */
export function deferredOperationOver(table: () => readonly Operation[]): Operation<ExecResult> {
  return defineOperation<ExecResult>({
    name: 'deferred',
    aliases: [],
    group: 'look',
    summary: 'Run a command in a call that the selected frame deferred',
    details: `deferred 1 args          the arguments that the deferred call will get
deferred 1 locals        what its closure captured
deferred 2 print x       an expression there
bt -defer numbers the deferred calls of each frame, the next to run first.`,
    parameters: [
      { name: 'number', kind: 'number', positional: true, required: true, summary: 'number of the call, from 1 on' },
      { name: 'command', kind: 'rest', positional: true, required: true, completes: 'command', summary: 'a command' },
    ],
    run(session, { number, command }) {
      const parsed = parseExec(String(command), table(), ['goroutines', 'threads', 'report', 'deferred', 'traceback']);
      const { goroutine, thread } = session.selection;
      const stack = deferredStack(session, Number(number));
      const result = runAt(session, { goroutine, thread, stack }, parsed);
      const { operation, parameters } = parsed;
      return { operation: operation.name, parameters, result, error: undefined };
    },
  });
}
