import { DebugError, findLiveCommand, isDebugError, parseCommandLine } from '@inquest/engine';
import type { Prompt, Terminal } from '@inquest/servers';
import { completeLine } from '../prompt/complete.ts';
import { promptText } from '../prompt/prompt-text.ts';
import type { Runner } from '../runner.ts';

/** The prompt for clients that are elsewhere: lines in, text out. `restyle` makes answers look as a terminal wants. */
export function promptOver(runner: Runner, restyle: (terminal: Terminal) => void): Prompt {
  const { session } = runner.options;
  return {
    knows(line) {
      try {
        return parseCommandLine(line, runner.view.operations) !== undefined;
      } catch (error) {
        if (!isDebugError(error)) throw error;
        // A command that is used wrongly, or that needs a process, is one all the same.
        return error.detail.code !== 'not-found' || findLiveCommand(line.trim().split(/\s/, 1)[0] ?? '') !== undefined;
      }
    },
    run: (line) => runner.answer(line),
    runFor(line, terminal) {
      const { interactive, place, json } = terminal;
      restyle(terminal);
      const answer = runner.serve(line, { prompt: interactive, json, ...(place === undefined ? {} : { place }) });
      return { ...answer, prompt: promptText(runner) };
    },
    complete(line) {
      try {
        const [names, tail] = completeLine(line, session, runner.view.operations);
        return { names, tail };
      } catch (error) {
        // What is wrong shows when the line is run.
        if (error instanceof DebugError) return { names: [], tail: '' };
        throw error;
      }
    },
  };
}
