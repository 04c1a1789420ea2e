import { encodeBase64 } from '../../base/base64.ts';
import { DebugError } from '../../base/errors.ts';
import { encodeUtf8 } from '../../base/text.ts';
import { TRACEBACK_LEVELS, type TracebackLevel } from '../../traceback/levels.ts';
import { formatTraceback } from '../../traceback/traceback.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { TracebackResult } from '../results-traceback.ts';

/** The level that a text names; throws `usage` for what is none. */
export function parseTracebackLevel(text: string): TracebackLevel {
  const level = TRACEBACK_LEVELS.find((each) => each === text);
  if (level !== undefined) return level;
  throw new DebugError(`${text} is no level of GOTRACEBACK`, {
    code: 'usage',
    hint: `the levels are ${TRACEBACK_LEVELS.join(', ')}`,
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export const tracebackOperation: Operation<TracebackResult> = defineOperation({
  name: 'traceback',
  aliases: [],
  group: 'look',
  summary: 'Print what the Go runtime would have printed when the program died',
  details: `The text of that release of Go, from the core alone: panics, fatal errors and signals, the goroutines and their frames.
traceback                  as with GOTRACEBACK=all: every goroutine of the user's
traceback -level single    only the goroutine that failed
traceback -level system    goroutines and frames of the runtime as well, with fp=, sp= and pc=
traceback -level crash     after a fatal signal also the other threads and all registers
traceback -level none      the message alone
inquest traceback CORE prints the same for tools that read such texts.`,
  parameters: [
    {
      name: 'level',
      kind: 'string',
      summary: 'none, single, all (the default), system or crash, as GOTRACEBACK has it',
    },
  ],
  run(session, parameters) {
    if (session.program.modules.length === 0)
      throw new DebugError('without the executable it is not known what the runtime printed', {
        code: 'not-found',
        hint: 'report and goroutines show what the core alone tells',
      });
    const level = parseTracebackLevel(typeof parameters['level'] === 'string' ? parameters['level'] : 'all');
    const { bytes, text, unknown } = formatTraceback(session.runtime, level);
    const base64 = isSame(encodeUtf8(text), bytes) ? undefined : encodeBase64(bytes);
    return { level, goVersion: session.program.goVersion?.text, text, base64, unknown };
  },
});
