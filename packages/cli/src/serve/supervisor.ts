import type { Supervision, Supervisor } from '@inquest/servers';
import { INTERRUPTED, runInterruptible } from '../prompt/interruptible.ts';

/**
 * Answers requests so that the thread that carries messages can stop them: it sends this process the signal of Ctrl-C. One that
 * a user sent is for `interrupt`.
 */
export function supervisorOver(supervision: Supervision, interrupt: () => void): Supervisor {
  // One that comes too late, when the request has been answered, is dropped here.
  process.on('SIGINT', () => {
    if (!supervision.takeInterrupt()) interrupt();
  });
  return {
    nextSequence: (connection) => supervision.nextSequence(connection),
    run<T>(request: Parameters<Supervisor['run']>[0], action: () => T) {
      for (;;) {
        supervision.begin(request);
        const result = endingWith(() => runInterruptible(action), supervision);
        if (result !== INTERRUPTED) return { value: result };
        if (!supervision.takeInterrupt()) interrupt();
        else if (!supervision.isGivenUp(request)) continue;
        return undefined;
      }
    },
  };
}

function endingWith<T>(action: () => T, supervision: Supervision): T {
  try {
    return action();
  } finally {
    supervision.end();
  }
}
