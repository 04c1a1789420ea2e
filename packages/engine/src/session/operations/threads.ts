import { notFound } from '../../base/errors.ts';
import { crashedThread } from '../../findings/cause.ts';
import { signalName } from '../../target/signals.ts';
import type { Thread } from '../../target/target.ts';
import { callLocation } from '../calls.ts';
import { parseExec, runExec } from '../exec.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { ThreadResult } from '../results.ts';
import type { Session } from '../session.ts';

function threadResult(session: Session, thread: Thread): ThreadResult {
  const { runtime } = session;
  const m = runtime.threadOf(thread.tid);
  const goroutine = m && m.curg !== 0 ? runtime.goroutineAt(m.curg) : undefined;
  const stack = session.stackOf({ goroutine: undefined, thread });
  const crashed = crashedThread(runtime)?.tid === thread.tid;
  const selected = session.selection.goroutine?.tid ?? session.selection.thread?.tid;
  return {
    id: thread.tid,
    selected: selected === thread.tid,
    crashed,
    // The kernel writes the fatal signal into every thread's status.
    signal: crashed && thread.signal !== 0 ? signalName(thread.signal) : undefined,
    goroutine: goroutine?.id,
    location: callLocation(stack.at(0)),
  };
}

function selectedThread(session: Session): Thread | undefined {
  const { goroutine, thread } = session.selection;
  const tid = goroutine === undefined ? thread?.tid : goroutine.tid;
  return session.program.target.threads.find((each) => each.tid === tid);
}

/** The list of threads; `table` is where the command of -exec is looked up. */
export function threadsOperationOver(table: () => readonly Operation[]): Operation<readonly ThreadResult[]> {
  return defineOperation<readonly ThreadResult[]>({
    name: 'threads',
    aliases: [],
    group: 'goroutines',
    summary: 'List the threads of the process',
    details: `In the order of their numbers, as in Delve; the one that crashed is marked, with its signal.
threads -exec bt 3       runs a command on the stack of each
thread apply all bt      the same, as GDB has it`,
    parameters: [{ name: 'exec', kind: 'rest', summary: 'run a command on each; takes the rest of the line' }],
    run(session, { exec }) {
      const command =
        typeof exec === 'string' ? parseExec(exec, table(), ['goroutines', 'threads', 'report']) : undefined;
      const threads = [...session.program.target.threads].sort((a, b) => a.tid - b.tid);
      return threads.map((thread) => {
        const result = threadResult(session, thread);
        if (command === undefined) return result;
        return { ...result, exec: runExec(session, { goroutine: undefined, thread }, command) };
      });
    },
  });
}

export const threadOperation: Operation<ThreadResult> = defineOperation({
  name: 'thread',
  aliases: ['tr'],
  group: 'goroutines',
  summary: 'Select a thread by its number, or show the selected one',
  details: `thread            the selected one
thread 4711       select thread 4711, with the goroutine that it ran
Behind it, bt shows the stack of the goroutine, and bt -mode simple that of the thread itself.`,
  parameters: [{ name: 'id', kind: 'number', positional: true, completes: 'thread', summary: 'Linux thread id' }],
  run(session, parameters) {
    const before = selectedThread(session);
    if (typeof parameters['id'] === 'number') session.selectThread(parameters['id']);
    const thread = selectedThread(session);
    if (thread === undefined) throw notFound('no thread is selected: the goroutine is on none');
    const result = threadResult(session, thread);
    const switched = typeof parameters['id'] === 'number' && before !== undefined && before.tid !== thread.tid;
    return switched ? { ...result, switchedFrom: before.tid } : result;
  },
});
