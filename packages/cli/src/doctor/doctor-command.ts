import { DebugError, isDebugError } from '@inquest/engine';
import { diskReader, readHostFacts, type HostReader } from '@inquest/node';
import type { DoctorRequest } from '../tool-arguments.ts';
import { makeStyle, refuse } from '../core-command.ts';
import { formatEnvelope } from '../output/envelope.ts';
import { isTerminal, writeAll } from '../output/terminal.ts';
import { examine, type DoctorResult } from './examine.ts';
import { renderDoctor } from './render.ts';

/** Exit codes by answer; bad usage is 2 as well, and says so on standard error. */
const CODES = { kept: 0, lost: 1, unknown: 2 } as const;

/** `inquest doctor`: tells whether a crash here leaves a core. Returns the exit code. */
export function runDoctor(request: DoctorRequest): number {
  let result: DoctorResult;
  try {
    result = diagnose(diskReader(request.root), request.pid);
  } catch (error) {
    const code = refuse(error, request.json);
    return isDebugError(error) && error.detail.code === 'unsupported' ? CODES.unknown : code;
  }
  if (request.json) {
    const text = request.pid === undefined ? 'doctor' : `doctor --pid ${request.pid}`;
    writeAll(1, `${formatEnvelope(undefined, { text, operation: 'doctor' }, result, [])}\n`);
  } else writeAll(1, `${renderDoctor(result, makeStyle(request.color, isTerminal(1))).join('\n')}\n`);
  return CODES[result.verdict];
}

function diagnose(reader: HostReader, pid: number | undefined): DoctorResult {
  const question = { env: process.env, cwd: process.cwd(), ...(pid === undefined ? {} : { pid }) };
  const facts = readHostFacts(reader, question);
  if (facts !== undefined) return examine(facts, reader);
  if (pid !== undefined && reader.stat('/proc/self') !== undefined)
    throw new DebugError(`there is no process ${pid}`, { code: 'not-found', hint: 'ps -e lists them' });
  throw new DebugError('this machine has no /proc as Linux has it: what happens to a core cannot be told', {
    code: 'unsupported',
    hint: 'elsewhere: ulimit -c unlimited and GOTRACEBACK=crash; macOS writes /cores/core.PID if that folder is writable',
  });
}
