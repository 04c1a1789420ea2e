import type { REPLServer } from 'node:repl';
import { load } from '../load.ts';
import { writeAll } from '../output/terminal.ts';
import type { Outcome, Runner } from '../runner.ts';
import { completeLine } from './complete.ts';
import { historyPath, prepareHistory } from './history.ts';
import { INTERRUPTED, runInterruptible } from './interruptible.ts';

const PROMPT = '(inquest) ';

/** The line editor inside the REPL that its types do not tell of. */
interface Editor {
  clearLine(): void;
}

/** Reads commands from the terminal and runs them until `exit` or Ctrl-D. */
export async function runPrompt(runner: Runner): Promise<void> {
  const repl = load('node:repl') as typeof import('node:repl');
  writeAll(1, '\n');
  const server = repl.start({
    prompt: PROMPT,
    terminal: true,
    useColors: false,
    useGlobal: true,
    ignoreUndefined: true,
    preview: false,
    completer: (line: string) => complete(runner, line),
    eval: (line, _context, _file, done) => {
      const outcome = runLine(runner, server, line);
      if (outcome.leave) server.close();
      else done(null, undefined);
    },
  });
  // The commands of Node's own prompt (.load, .editor …) are not ours.
  for (const name of Object.keys(server.commands)) delete (server.commands as Record<string, unknown>)[name];
  cancelLineOnInterrupt(server);
  keepHistory(server);
  await new Promise<void>((resolve) => {
    server.once('exit', resolve);
  });
}

function runLine(runner: Runner, server: REPLServer, line: string): Outcome {
  const { session } = runner.options;
  const before = { ...session.selection, frame: session.selectedFrame };
  // In raw mode Ctrl-C would only be a byte that nobody reads while the engine works; a pager needs the terminal, too.
  setRaw(server, false);
  try {
    const outcome = runInterruptible(() => runner.run(line, true));
    if (outcome !== INTERRUPTED) return outcome;
    if (before.goroutine !== undefined) session.selectGoroutine(before.goroutine.id);
    else if (before.thread !== undefined) session.selectThread(before.thread.tid);
    session.selectFrame(before.frame);
    writeAll(1, 'cancelled\n');
    return { code: 1, leave: false };
  } finally {
    setRaw(server, true);
  }
}

function setRaw(server: REPLServer, raw: boolean): void {
  const input = (server as unknown as { input: NodeJS.ReadStream }).input;
  if (input.isTTY) input.setRawMode(raw);
}

function complete(runner: Runner, line: string): [string[], string] {
  const { session, operations } = runner.options;
  try {
    return completeLine(line, session, operations);
  } catch {
    // Tab must not end a session; what is wrong shows when the command is run.
    return [[], line];
  }
}

/** Ctrl-C gives up the line being typed. */
function cancelLineOnInterrupt(server: REPLServer): void {
  server.removeAllListeners('SIGINT');
  server.on('SIGINT', () => {
    const empty = (server as unknown as { line: string }).line === '';
    writeAll(1, '^C');
    (server as unknown as Editor).clearLine();
    if (empty) writeAll(1, '(Ctrl-D or exit leaves)\n');
    server.displayPrompt();
  });
}

function keepHistory(server: REPLServer): void {
  const path = prepareHistory(historyPath(process.env));
  if (path !== undefined) server.setupHistory(path, () => {});
}
