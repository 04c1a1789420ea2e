import { checkHealth, presentPercent } from '../../findings/health.ts';
import { defineOperation, type Operation } from '../operation.ts';
import type { HealthResult } from '../results-health.ts';
import type { Session } from '../session.ts';

/** What is at hand of the process. */
export function healthResult(session: Session): HealthResult {
  const { program, corePath } = session;
  const { target } = program;
  const { memory, executableProof, losses } = checkHealth(target);
  const whole = target.core.segments.reduce((most, { offset, filesz }) => Math.max(most, offset + filesz), 0);
  const { size } = target.core.source;
  return {
    core: { path: corePath, size, wholeSize: target.missingBytes > 0 ? whole : size },
    memory: { ...memory, presentPercent: presentPercent(memory) },
    executable: {
      path: program.executable?.path ?? target.executablePath,
      proof: target.proof,
      how: executableProof,
    },
    missing: losses,
    doubts: [...new Set(target.diagnostics)],
  };
}

export const healthOperation: Operation<HealthResult> = defineOperation({
  name: 'health',
  aliases: [],
  group: 'session',
  summary: 'Tell how much of the process is at hand, and which setting would have kept the rest',
  details: `health        memory in percent, what proves the executable, what is missing and why
Memory counts that the process could access: in the core, or in the executable and libraries that were found. For what
is missing, the command or setting is told that would have kept it (ulimit, coredump_filter, coredump.conf).`,
  parameters: [],
  run: healthResult,
});
