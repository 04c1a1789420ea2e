import { DebugError, operations, type TracebackResult } from '@inquest/engine';
import { openCore, readyInputs, type OpenedCore } from '@inquest/node';
import type { TracebackRequest } from './arguments.ts';
import { crashTextAmong, inputsOf, runCrashText } from './crash-text-command.ts';
import { identify, refuse } from './core-command.ts';
import { EXIT } from './exit-codes.ts';
import { Channel } from './output/channel.ts';
import { formatEnvelope, formatErrorEnvelope } from './output/envelope.ts';
import { describeFailure, failureCode } from './output/failures.ts';
import { terminalProgress } from './output/progress.ts';
import { sanitize } from './output/sanitize.ts';
import { isTerminal, writeAll } from './output/terminal.ts';
import { renderTraceback } from './render/traceback.ts';

/** `inquest traceback`: prints what the runtime would have printed. Returns the exit code. */
export async function runTraceback(request: TracebackRequest): Promise<number> {
  const { json, quiet, force } = request;
  let opened: OpenedCore;
  try {
    const ready = await readyInputs(inputsOf(request), { force, progress: terminalProgress(quiet) });
    const text = crashTextAmong(ready);
    if (text !== undefined) {
      if (text.problem !== undefined && !quiet) writeAll(2, `inquest: ${sanitize(text.problem)}\n`);
      return runCrashText(text, request);
    }
    refuseForms(request);
    opened = openCore({ ...ready, force });
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
function refuseForms({ form, redact }: TracebackRequest): void {
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
