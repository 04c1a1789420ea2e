import { DebugError, operations, type TracebackResult } from '@inquest/engine';
import type { OpenedCore } from '@inquest/node';
import type { TracebackRequest } from './arguments.ts';
import { crashTextAmong, inputsOf, runCrashText } from './crash-text-command.ts';
import { refuse } from './core-command.ts';
import { identify } from './identify.ts';
import { EXIT } from './exit-codes.ts';
import { configurationOf, openRequest, readyFiles } from './opening.ts';
import { Channel } from './output/channel.ts';
import { formatEnvelope, formatErrorEnvelope } from './output/envelope.ts';
import { describeFailure, failureCode } from './output/failures.ts';
import { sanitize } from './output/sanitize.ts';
import { isTerminal, writeAll } from './output/terminal.ts';
import { renderTraceback } from './render/traceback.ts';

/** `inquest traceback`: prints what the runtime would have printed. Returns the exit code. */
export async function runTraceback(request: TracebackRequest): Promise<number> {
  const { json, quiet } = request;
  let opened: OpenedCore;
  try {
    const configuration = configurationOf(request);
    const ready = await readyFiles({ ...request, files: inputsOf(request) });
    const text = crashTextAmong(ready.files);
    if (text !== undefined) {
      const notes = [...configuration.problems, ...(text.problem === undefined ? [] : [text.problem])];
      if (!quiet) for (const note of notes) writeAll(2, `inquest: ${sanitize(note)}\n`);
      return runCrashText(text, request, configuration.configuration);
    }
    refuseForms(request);
    opened = openRequest(request, ready, configuration);
  } catch (error) {
    return refuse(error, json);
  }
  try {
    const result = trace(opened, request);
    const notes = [...opened.notes, ...opened.session.program.target.diagnostics, ...result.unknown];
    if (json) {
      const command = { text: `traceback -level ${request.level}`, operation: 'traceback' };
      new Channel(request.output).answer(`${formatEnvelope(identify(opened), command, result, notes)}\n`);
      return EXIT.ok;
    }
    if (!quiet) for (const note of notes) writeAll(2, `inquest: ${sanitize(note)}\n`);
    if (request.output === undefined) writeTraceback(result);
    else new Channel(request.output).answer(result.text);
    return EXIT.ok;
  } catch (error) {
    if (json) writeAll(1, `${formatErrorEnvelope(identify(opened), 'traceback', error)}\n`);
    else writeAll(2, `inquest: ${describeFailure(error).join('\n')}\n`);
    return failureCode(error);
  }
}

/** Throws `usage` where a form of the report is asked for about a core, of which this command tells no report. */
function refuseForms({ form, redact, crash }: TracebackRequest): void {
  if (crash !== undefined) throw new DebugError('--crash is for texts, and a core has one crash', { code: 'usage' });
  if (form === undefined && !redact) return;
  throw new DebugError(`--${form ?? 'redact'} is for reports, and the traceback of a core is none`, {
    code: 'usage',
    hint: `use inquest CORE --${form ?? 'redact'}`,
  });
}

function trace({ session }: OpenedCore, { level }: TracebackRequest): TracebackResult {
  const operation = operations.find(({ name }) => name === 'traceback');
  return operation?.run(session, { level }) as TracebackResult;
}

/** To a pipe or file the runtime's own bytes; to a terminal nothing that controls it. */
export function writeTraceback(result: TracebackResult): void {
  if (isTerminal(1)) writeAll(1, `${renderTraceback(result).join('\n')}\n`);
  else writeAll(1, result.base64 === undefined ? result.text : Buffer.from(result.base64, 'base64'));
}
