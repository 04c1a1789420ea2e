import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError } from '@inquest/engine';
import type { CoreView } from './core-view.ts';

/** Goroutines of which it takes long to tell who waits for whom: an editor does not wait for that. */
const MANY = 10_000;
const BRIEF = 'Who waits for whom among so many goroutines is not told here: waiting does, in the debug console.';

/** Answers `exceptionInfo`: why the program died, with the whole report. */
export function exceptionInfo(view: CoreView, threadId: number): DebugProtocol.ExceptionInfoResponse['body'] {
  const { result: cause } = view.death;
  if (threadId !== view.threads.threadOf(view.focus)) {
    throw new DebugError(`thread ${threadId} is not the one that the program died in`, { code: 'not-found' });
  }
  const { headline, findings, death, kind } = cause;
  const isLarge = view.session.runtime.hasMoreGoroutines(MANY);
  const report = view.core.prompt.run(isLarge ? 'report -brief' : 'report').text.trimEnd();
  return {
    exceptionId: kind,
    description: [headline, ...findings.map(({ text }) => text)].join('\n'),
    breakMode: 'unhandled',
    details: { message: headline, typeName: death, stackTrace: isLarge ? `${report}\n\n${BRIEF}` : report },
  };
}

/** Where a client is to look first, and why. */
export function stoppedEvent(view: CoreView): DebugProtocol.StoppedEvent['body'] {
  const { result: cause } = view.death;
  const died = cause.kind !== 'none';
  return {
    reason: died ? 'exception' : 'pause',
    description: died ? 'The program died' : 'The core of a program that ran',
    threadId: view.threads.threadOf(view.focus),
    allThreadsStopped: true,
    text: cause.headline,
  };
}
