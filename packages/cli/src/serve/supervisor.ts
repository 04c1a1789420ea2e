import type { Supervision, Supervisor } from '@inquest/servers';
import { INTERRUPTED, runInterruptible } from '../prompt/interruptible.ts';

/**
 * Answers requests so that the thread that carries messages can stop them: it sends this process the signal of Ctrl-C. One that
 * a user sent is for `interrupt`.
 */
export function supervisorOver(supervision: Supervision, interrupt: () => void): Supervisor {
  process.on('SIGINT', interrupt);
  return {
    nextSequence: (connection) => supervision.nextSequence(connection),
    run<T>(request: Parameters<Supervisor['run']>[0], action: () => T) {
      const result = runInterruptible(() => {
        supervision.begin(request);
        try {
          return action();
        } finally {
          supervision.end();
        }
      });
      if (result !== INTERRUPTED) return { value: result };
      supervision.stopped();
      if (!supervision.wasGivenUp) interrupt();
      return undefined;
    },
  };
}
