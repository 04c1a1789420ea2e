import { hex } from '../../base/errors.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { findLocation } from '../locations.ts';
import type { ListResult } from '../results.ts';
import { sourceAround } from '../source-lines.ts';

/** Help on location specifiers, for every command that takes one. */
export const LOCATION_HELP = `A location is one of
  main.go:42        a line of a file; the path's end is enough
  42, +3, -3        a line of the selected frame's file
  main.f, T.M, M    a function: its package, receiver and type arguments may be left out
  main.f:3          three lines below the func line of a function
  C.f               a C function, by its symbol
  /regex/           a function by a regular expression
  *expr             an address: a number, a pointer, a function`;

export const listOperation: Operation<ListResult> = defineOperation({
  name: 'list',
  aliases: ['ls', 'l'],
  group: 'look',
  summary: 'Show source around the selected frame, a line or a function',
  details: `list              around the selected frame
frame 3 list      around another frame's line
list main.go:42   around a line of a file
list main.main    around the start of a function
At the prompt an empty line after list shows the lines that follow.

${LOCATION_HELP}`,
  parameters: [
    {
      name: 'location',
      kind: 'location',
      positional: true,
      completes: 'location',
      summary: 'what to show: file:line, line, +n, -n, function, /regex/ or *expression',
    },
  ],
  run(session, parameters): ListResult {
    const { location } = parameters;
    const context = session.settings.sourceListLineCount;
    if (location === undefined || String(location).trim() === '') {
      const call = session.call();
      const goroutine = session.selection.goroutine?.id;
      return {
        ...sourceAround(session.sources, call.file, call.line, context),
        pc: hex(call.frame.pc),
        function: call.name,
        goroutine,
        frame: call.index,
      };
    }
    const found = findLocation(session, String(location));
    const [address] = found.addresses;
    return {
      ...sourceAround(session.sources, found.file, found.line, context),
      pc: address === undefined ? undefined : hex(address),
      function: found.function,
      goroutine: undefined,
      frame: undefined,
    };
  },
});
