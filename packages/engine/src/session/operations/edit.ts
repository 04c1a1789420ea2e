import { DebugError } from '../../base/errors.ts';
import { findLocation } from '../locations.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { EditResult } from '../results.ts';
import { sourceAround } from '../source-lines.ts';
import { LOCATION_HELP } from './list.ts';

/** Finds the place to edit; the door of the session opens an editor there. */
export const editOperation: Operation<EditResult> = defineOperation({
  name: 'edit',
  aliases: ['ed'],
  group: 'look',
  summary: 'Open the source of the selected frame, or of a location, in an editor',
  details: `edit              where the selected frame is
edit main.go:42   at a line of a file
edit main.main    at a function
The editor is $INQUEST_EDITOR, $DELVE_EDITOR, $VISUAL or $EDITOR, whichever is set first.

${LOCATION_HELP}`,
  parameters: [
    {
      name: 'location',
      kind: 'location',
      positional: true,
      completes: 'location',
      summary: 'what to open: file:line, line, +n, -n, function, /regex/ or *expression',
    },
  ],
  run(session, parameters): EditResult {
    const { location } = parameters;
    const { file, line } =
      location === undefined || String(location).trim() === ''
        ? session.call()
        : findLocation(session, String(location));
    const { lines, problem } = sourceAround(session.sources, file, line, 0);
    const path = session.sources.locate?.(file);
    // A line beyond the end is of another version of the file; the user sees that best in the editor.
    if (path === undefined || (lines === undefined && line <= 0)) {
      throw new DebugError(problem ?? `the source is not on this machine: ${file}`, { code: 'not-found' });
    }
    return { file, line, path };
  },
});
