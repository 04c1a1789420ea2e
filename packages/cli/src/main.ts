import { isDebugError, operations } from '@inquest/engine';
import { parseArguments, type Request } from './arguments.ts';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';
import { makeStyle, runCore } from './core-command.ts';
import { versionText, withDoorOperations } from './door-operations.ts';
import { describeTable, unknownTopic } from './help.ts';
import { EXIT } from './exit-codes.ts';
import { describeFailure } from './output/failures.ts';
import { isTerminal, writeAll } from './output/terminal.ts';
import { renderHelp } from './render/help.ts';
import { runTraceback } from './traceback-command.ts';

/** The whole command. Returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await answer(
      parseArguments(argv.length === 0 ? ['--help'] : argv, {
        out: (text) => writeAll(1, text),
        err: (text) => writeAll(2, text),
      }),
    );
  } catch (error) {
    writeAll(2, `inquest: ${describeFailure(error).join('\n')}\n`);
    if (!isDebugError(error)) return EXIT.internal;
    return error.detail.code === 'io' ? EXIT.failed : EXIT.usage;
  }
}

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case 'core':
      return runCore(request);
    case 'traceback':
      return runTraceback(request);
    // Loaded when asked for: opening a core is to start fast.
    case 'doctor':
      return (await import('./doctor/doctor-command.ts')).runDoctor(request);
    case 'run':
      return (await import('./run/run-command.ts')).runProgram(request);
    case 'cache':
      return (await import('./cache/cache-command.ts')).runCache(request);
    case 'dap':
      return (await import('./serve/dap-command.ts')).runDap(request);
    case 'connect':
      return (await import('./connect/connect-command.ts')).runConnect(request);
    case 'version':
      writeAll(1, `${versionText()}\n`);
      return EXIT.ok;
    case 'completion':
      writeAll(1, COMPLETION_SCRIPTS[request.shell]);
      return EXIT.ok;
    case 'help':
      return help(request.topic, request.color);
    case 'done':
      return request.usageError ? EXIT.usage : EXIT.ok;
  }
}

function help(topic: string | undefined, color: 'auto' | 'always' | 'never'): number {
  const table = withDoorOperations(operations);
  const style = makeStyle(color, isTerminal(1));
  try {
    const lines = renderHelp(describeTable(table, topic), style);
    const intro =
      topic === undefined
        ? ['Commands of the prompt, of -e and of --init (inquest --help tells about arguments):', '']
        : [];
    writeAll(1, `${[...intro, ...lines].join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    if (topic !== undefined && isDebugError(error) && error.detail.code !== 'not-found') throw unknownTopic(topic);
    throw error;
  }
}
