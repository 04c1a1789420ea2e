import type { Fields } from '../parameters.ts';
import type { Method, Methods } from './method.ts';

/** Gives up what the client asked before. */
export const CANCEL = 'Inquest.Cancel';

/** Runs a line as at our prompt: every command, as `inquest help` tells about them. */
const run: Method = ({ prompt }, parameters) => {
  const width = parameters.integer('Width');
  return prompt.runFor(parameters.text('Line'), {
    color: parameters.flag('Color'),
    width: width > 0 ? width : undefined,
    interactive: parameters.flag('Interactive'),
    place: parameters.text('Place') || undefined,
    json: parameters.flag('JSON'),
  });
};

/** What is ours, and not Delve's, by names without `Inquest.`. */
export const PROMPT_METHODS: Methods = {
  Cancel: () => ({}),
  Complete: ({ prompt }, parameters: Fields) => prompt.complete(parameters.text('Line')),
  Run: run,
};
