import type { REPLServer } from 'node:repl';
import { writeAll } from '../output/terminal.ts';
import type { Outcome, Runner } from '../runner.ts';
import { completeLine } from './complete.ts';
import { historyPath, prepareHistory } from './history.ts';
import { promptText } from './prompt-text.ts';
import { INTERRUPTED, runInterruptible } from './interruptible.ts';

/** What the line editor inside the REPL has and its types do not tell of. */
interface Editor {
  line: string;
  input: NodeJS.ReadStream;
  commands: unknown;
  clearLine(): void;
}

/** Reads commands from the terminal and runs them until `exit` or Ctrl-D. */
export async function runPrompt(runner: Runner): Promise<void> {
  const repl = process.getBuiltinModule('node:repl');
  writeAll(1, '\n');
  const server = repl.start({
    prompt: promptText(runner),
    terminal: true,
    useColors: false,
    useGlobal: true,
    ignoreUndefined: true,
    preview: false,
    completer: (line: string) => complete(runner, line),
    eval: (line, _context, _file, done) => {
      if (runLine(runner, line).leave) return server.close();
      server.setPrompt(promptText(runner));
      done(null, undefined);
    },
  });
  const editor = server as unknown as Editor;
  dropDotCommands(server, editor, runner);
  runner.lendTerminal = (action) => lend(editor.input, action);
  listenForInterrupt(server, editor);
  keepHistory(server);
  await new Promise<void>((resolve) => {
    server.once('exit', resolve);
  });
}

function runLine(runner: Runner, line: string): Outcome {
  const recover = runner.remember();
  const outcome = runInterruptible(() => runner.run(line, { prompt: true }));
  if (outcome !== INTERRUPTED) return outcome;
  recover();
  writeAll(1, 'cancelled\n');
  return { code: 1, leave: false };
}

function complete(runner: Runner, line: string): [string[], string] {
  try {
    return completeLine(line, runner.options.session, runner.view.operations);
  } catch {
    // Tab must not end a session; what is wrong shows when the command is run.
    return [[], line];
  }
}

/** A line that begins with a dot is a command of Node's own prompt (.load, .editor …). Ours are not told by a dot. */
function dropDotCommands(server: REPLServer, editor: Editor, runner: Runner): void {
  const action = (keyword: string) => (rest: string) => {
    runLine(runner, `.${keyword} ${rest}`);
    server.displayPrompt();
  };
  editor.commands = new Proxy({}, { get: (_target, keyword) => ({ help: '', action: action(String(keyword)) }) });
}

/** Lends the terminal, in the state in which we found it, to another program. */
function lend<T>(input: NodeJS.ReadStream, action: () => T): T {
  input.setRawMode(false);
  try {
    return action();
  } finally {
    input.setRawMode(true);
    makeInterruptible();
  }
}

/**
 * Lets Ctrl-C be a signal although the terminal is in raw mode: a byte would be read by nobody while the engine works.
 * Without stty a long command cannot be cancelled, and that is all.
 */
function makeInterruptible(): void {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync('stty', ['isig', 'susp', 'undef', 'quit', 'undef'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** Ctrl-C gives up the line being typed. */
function listenForInterrupt(server: REPLServer, editor: Editor): void {
  makeInterruptible();
  const cancel = (): void => {
    const empty = editor.line === '';
    writeAll(1, '^C');
    editor.clearLine();
    if (empty) writeAll(1, '(Ctrl-D or exit leaves)\n');
    server.displayPrompt();
  };
  server.removeAllListeners('SIGINT');
  server.on('SIGINT', cancel);
  process.on('SIGINT', cancel);
  // The editor goes to raw mode again when the process is continued.
  process.on('SIGCONT', () => setImmediate(makeInterruptible));
}

function keepHistory(server: REPLServer): void {
  const path = prepareHistory(historyPath(process.env));
  if (path !== undefined) server.setupHistory(path, () => {});
}
