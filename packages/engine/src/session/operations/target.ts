import { DebugError, notFound } from '../../base/errors.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { TargetProcess, TargetsResult } from '../results-machine.ts';
import type { Session } from '../session.ts';

function describeProcess(session: Session): TargetProcess {
  const { target, main } = session.program;
  return {
    pid: target.pid,
    selected: true,
    commandLine: target.argumentsText ?? target.command,
    executable: target.executablePath ?? main?.path,
    core: session.corePath,
    threads: target.threads.length,
  };
}

/** A core holds one process, so there is little to do; scripts written for Delve go on working. */
export const targetOperation: Operation<TargetsResult> = defineOperation({
  name: 'target',
  aliases: [],
  group: 'session',
  summary: 'Show the process that the core is of',
  details: `target list          the process: a core holds one
target switch PID    accepted for that process`,
  parameters: [
    { name: 'command', kind: 'string', positional: true, summary: 'list (if not given) or switch' },
    { name: 'pid', kind: 'number', positional: true, summary: 'process to switch to' },
  ],
  run(session, { command = 'list', pid }) {
    const own = describeProcess(session);
    if (command === 'follow-exec')
      throw new DebugError('target follow-exec needs a live process; this is a core dump', { code: 'unsupported' });
    if (command !== 'list' && command !== 'switch')
      throw new DebugError(`target has no command ${String(command)}`, {
        code: 'usage',
        hint: 'target list, target switch PID',
      });
    if (command === 'switch' && pid === undefined)
      throw new DebugError('target switch needs a process number', { code: 'usage', hint: 'target list shows it' });
    if (pid !== undefined && pid !== own.pid)
      throw notFound(`there is no process ${String(pid)}: the core holds only ${own.pid ?? 'one without a number'}`);
    return { processes: [own] };
  },
});
