import type { REPLServer } from 'node:repl';
import { clearStatus, writeAll } from '../output/terminal.ts';
import type { LendTerminal } from '../output/pager.ts';
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

/** What the lines of a prompt are for. */
export interface LineHost {
  /** The prompt for the next line. */
  text(): string;
  run(line: string): Outcome | Promise<Outcome>;
  /** What Tab offers: whole words, and the part of the line that they stand for. */
  complete(line: string): Completion | Promise<Completion>;
  /** Gives up the line that is being run; false if none is. */
  cancel(): boolean;
  /** Takes how another program is lent the terminal. */
  takeTerminal(lend: LendTerminal): void;
  /** Ends when there is nothing left to run lines on. */
  readonly over: Promise<void>;
}

export type Completion = readonly [names: string[], tail: string];

/** Reads commands from the terminal and runs them until `exit` or Ctrl-D. */
export async function runPrompt(host: LineHost): Promise<void> {
  const repl = process.getBuiltinModule('node:repl');
  writeAll(1, '\n');
  const server = repl.start({
    prompt: host.text(),
    terminal: true,
    useColors: false,
    useGlobal: true,
    ignoreUndefined: true,
    preview: false,
    completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
      whenDone(host.complete(line), ([names, tail]) => done(null, [names, tail]));
    },
    eval: (line, _context, _file, done) => {
      whenDone(host.run(line), ({ leave }) => {
        if (leave) return server.close();
        server.setPrompt(host.text());
        done(null, undefined);
      });
    },
  });
  const editor = server as unknown as Editor;
  dropDotCommands(server, editor, host);
  host.takeTerminal((action) => lend(editor.input, action));
  listenForInterrupt(server, editor, host);
  keepHistory(server);
  void host.over.then(() => server.close());
  await new Promise<void>((resolve) => {
    server.once('exit', resolve);
  });
}

/** Passes on what is there at once, or later. */
function whenDone<T>(value: T | Promise<T>, then: (value: T) => void): void {
  if (value instanceof Promise) void value.then(then);
  else then(value);
}

/** The prompt of a core that is open here. */
export function promptOfRunner(runner: Runner): LineHost {
  return {
    text: () => promptText(runner),
    run: (line) => runLine(runner, line),
    complete: (line) => complete(runner, line),
    // Ctrl-C reaches what runs by itself.
    cancel: () => false,
    takeTerminal(lendTerminal) {
      runner.lendTerminal = lendTerminal;
    },
    over: new Promise(() => undefined),
  };
}

function runLine(runner: Runner, line: string): Outcome {
  return runCancellable(runner, () => runner.run(line, { prompt: true }));
}

/** Runs something that Ctrl-C ends, and not the process. */
export function runCancellable(runner: Runner, action: () => Outcome): Outcome {
  const recover = runner.remember();
  const outcome = runInterruptible(action);
  clearStatus();
  if (outcome !== INTERRUPTED) return outcome;
  recover();
  writeAll(1, 'cancelled\n');
  return { code: 1, leave: false };
}

function complete(runner: Runner, line: string): Completion {
  try {
    return completeLine(line, runner.options.session, runner.view.operations);
  } catch {
    // Tab must not end a session; what is wrong shows when the command is run.
    return [[], line];
  }
}

/** A line that begins with a dot is a command of Node's own prompt (.load, .editor …). Ours are not told by a dot. */
function dropDotCommands(server: REPLServer, editor: Editor, host: LineHost): void {
  const action = (keyword: string) => (rest: string) => {
    whenDone(host.run(`.${keyword} ${rest}`), () => server.displayPrompt());
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
function listenForInterrupt(server: REPLServer, editor: Editor, host: LineHost): void {
  makeInterruptible();
  const cancel = (): void => {
    if (host.cancel()) return;
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
