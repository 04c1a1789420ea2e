import {
  DebugError,
  operations as engineOperations,
  parseCommandLine,
  redactedOperation,
  splitWords,
  withAliases,
  type CommandLine,
  type EditResult,
  type Operation,
  type Session,
  type Settings,
  type SourceResult,
} from '@inquest/engine';
import type { LineAnswer } from '@inquest/servers';
import { Displays } from './displays.ts';
import { CONTROL, withDoorOperations } from './door-operations.ts';
import { EXIT } from './exit-codes.ts';
import { checkDepth, readCommandFile } from './input.ts';
import { Channel, expandHome } from './output/channel.ts';
import { runEditor } from './output/editor.ts';
import { formatEnvelope, formatErrorEnvelope, streamEnvelope, type CoreIdentity } from './output/envelope.ts';
import { complaintText, failureCode } from './output/failures.ts';
import type { LendTerminal } from './output/pager.ts';
import { sanitizeText } from './output/sanitize.ts';
import type { Style } from './output/style.ts';
import { checkFiles, checkReach, withinReach, type Reach } from './reach.ts';
import { renderResult, renderStream, streamText } from './render/index.ts';
import { repetition } from './repetition.ts';
import type { ScriptHost } from './script/api.ts';
import { isScript, runScript } from './script/run-script.ts';
import { sourceAfter } from './source-after.ts';

/** Commands that go to another place. */
const MOVES: ReadonlySet<string> = new Set(['frame', 'up', 'down', 'bottom', 'goroutine', 'thread']);

/** Commands that a terminal elsewhere carries out, on its own machine. */
const OF_THE_TERMINAL: ReadonlySet<string> = new Set([CONTROL.exit, CONTROL.source, 'transcript']);

export interface RunnerOptions {
  readonly session: Session;
  /** By default all of the engine's; those of the prompt are added. */
  readonly operations?: readonly Operation[];
  readonly core: CoreIdentity;
  readonly warnings: readonly string[];
  /** Called anew when settings have changed. `plain` asks for one without colour and width, for files. */
  readonly style: (settings: Settings, plain: boolean) => Style;
  readonly json: boolean;
  readonly pager: boolean;
  /** File for the answers, in place of standard output. */
  readonly output?: string;
  /** By default all that a user at a terminal may want. */
  readonly reach?: Reach;
  /** The contents of strings are hidden: scripts, which could show them, are refused. */
  readonly redact?: boolean;
}

/** What running a line came to. `code` is the exit code that it calls for. */
export interface Outcome {
  readonly code: number;
  /** True when the line was `exit`. */
  readonly leave: boolean;
}

/** Where a line is from: decides how its errors are told. */
export interface LineOrigin {
  /** A user waits: errors are short, and an empty line repeats. */
  readonly prompt?: boolean;
  /** `FILE:LINE`, for lines of files. */
  readonly place?: string;
  /** The answer is to be JSON, as all are where the session's option says so. */
  readonly json?: boolean;
}

const DONE: Outcome = { code: EXIT.ok, leave: false };

/** The commands and the style, by the settings of one moment. */
interface View {
  readonly operations: readonly Operation[];
  readonly style: Style;
}

/** Runs lines of commands against a session, and writes what they answer. */
export class Runner {
  readonly options: RunnerOptions;
  readonly channel: Channel;
  readonly displays: Displays = new Displays();
  /** Commands that scripts added. */
  private added: readonly Operation[] = [];
  private readonly table: readonly Operation[];
  private readonly reach: Reach;
  /** What `list` showed last, if that was the last command: an empty line goes on from there. */
  private listed: SourceResult | undefined;
  private last: string | undefined;
  private made: (View & { readonly settings: Settings; readonly added: readonly Operation[] }) | undefined;
  private depth = 0;
  /** How a pager gets the terminal; the prompt puts its own here. */
  lendTerminal: LendTerminal = (action) => action();

  constructor(options: RunnerOptions) {
    this.options = options;
    this.channel = new Channel(options.output);
    this.reach = options.reach ?? 'terminal';
    const inner = this.redacted(options.operations ?? engineOperations);
    const all = withDoorOperations(inner, this, () => this.view.operations);
    this.table = withinReach(this.redacted(all), this.reach);
  }

  /** The engine's operations without contents of strings, if that was asked for; those of the prompt go through them. */
  private redacted(table: readonly Operation[]): readonly Operation[] {
    if (this.options.redact !== true) return table;
    return table.map((each) =>
      engineOperations.some(({ name }) => name === each.name) ? redactedOperation(each) : each,
    );
  }

  /** The commands with the user's aliases, and the style, by the settings of now. */
  get view(): View {
    const { settings } = this.options.session;
    if (this.made?.settings !== settings || this.made.added !== this.added) {
      const operations = withAliases([...this.table, ...this.added], settings.aliases);
      this.made = { settings, added: this.added, operations, style: this.options.style(settings, false) };
    }
    return this.made;
  }

  /** Adds a command, or replaces one that was added under that name. */
  addOperation(operation: Operation): void {
    const taken = [operation.name, ...operation.aliases].find((name) => this.isBuiltIn(name));
    if (taken !== undefined) throw new DebugError(`${taken} is a command already`, { code: 'usage' });
    this.added = [...this.added.filter(({ name }) => name !== operation.name), operation];
  }

  /** True if the command came with the product: those cannot be replaced. */
  private isBuiltIn(name: string): boolean {
    return this.table.some((operation) => operation.name === name || operation.aliases.includes(name));
  }

  /** Runs one line. */
  run(line: string, origin: LineOrigin = {}): Outcome {
    const { core } = this.options;
    const repeats = origin.prompt === true && origin.place === undefined && line.trim() === '';
    const context = this.options.session.settings.sourceListLineCount;
    const text = repeats ? (repetition(this.last, this.listed, context) ?? '') : line;
    let command: CommandLine | undefined;
    try {
      command = parseCommandLine(text, this.view.operations);
      if (command === undefined) return DONE;
      if (origin.prompt === true) this.last = text;
      this.channel.echo(command.text);
      return this.execute(command, origin);
    } catch (error) {
      this.listed = undefined;
      if (this.isJson(origin)) this.channel.answer(`${formatErrorEnvelope(core, text.trim(), error)}\n`);
      else this.complain(error, command, origin);
      return { code: failureCode(error), leave: false };
    }
  }

  private isJson({ json }: LineOrigin): boolean {
    return this.options.json || json === true;
  }

  /** Runs all lines; those that fail do not keep the others from being run. `name` is that of their file. */
  runLines(lines: readonly string[], name: string, origin: LineOrigin = {}): Outcome {
    let code: number = EXIT.ok;
    for (const [i, line] of lines.entries()) {
      const outcome = this.run(line, {
        ...(origin.prompt === true ? { prompt: true } : {}),
        place: `${name}:${i + 1}`,
      });
      code = Math.max(code, outcome.code);
      if (outcome.leave) return { code, leave: true };
    }
    return { code, leave: false };
  }

  /** Runs a file of commands, or a script by its name's ending. Throws `io` and what the script throws. */
  runFile(path: string, args: readonly string[] = [], origin: LineOrigin = {}): Outcome {
    if (isScript(path)) {
      if (this.options.redact === true)
        throw new DebugError('a script may show the contents of strings, which are to be hidden', {
          code: 'usage',
          hint: 'leave --redact out',
        });
      runScript(path, args, this.scriptHost());
      return DONE;
    }
    if (args.length > 0) throw new DebugError(`${path} is no script: it takes no arguments`, { code: 'usage' });
    const lines = readCommandFile(path);
    checkDepth(path, this.depth);
    this.depth++;
    try {
      return this.runLines(lines, path, origin);
    } finally {
      this.depth--;
    }
  }

  /** Remembers how things are; the result puts right what an interrupted command may have left half done. */
  remember(): () => void {
    const back = this.options.session.bookmark();
    return () => {
      this.depth = 0;
      this.channel.reset();
      this.options.session.forgetStacks();
      back();
    };
  }

  /** Runs a line, and returns what it would have written. Throws what fails. */
  ask(line: string): string {
    return this.answer(line).text;
  }

  /** The same, and whether the line was `exit`. */
  answer(line: string): { readonly text: string; readonly leave: boolean } {
    const command = parseCommandLine(line, this.view.operations);
    let leave = false;
    const text = this.channel.capture(() => {
      if (command !== undefined) ({ leave } = this.execute(command, {}));
    });
    return { text, leave };
  }

  /** Runs a line for a terminal elsewhere, which carries out itself what is of its own machine. */
  serve(line: string, origin: LineOrigin): Omit<LineAnswer, 'prompt'> {
    let code: number = EXIT.ok;
    const served = this.channel.serve(() => {
      ({ code } = this.run(line, origin));
    });
    return { ...served, code };
  }

  /** Asks for the style anew: the terminal is another one. */
  restyle(): void {
    this.made = undefined;
  }

  private scriptHost(): ScriptHost {
    const { view, channel } = this;
    return {
      session: this.options.session,
      operations: view.operations,
      print: (text) => channel.answer(sanitizeText(text)),
      command: (line) => this.run(line).code === EXIT.ok,
      text: (line) => this.ask(line),
      addCommand: (operation) => this.addOperation(operation),
    };
  }

  private execute(command: CommandLine, origin: LineOrigin): Outcome {
    const { session, core, warnings } = this.options;
    const { operation, text } = command;
    const json = this.isJson(origin);
    if (
      OF_THE_TERMINAL.has(operation.name) &&
      this.channel.handOver({ name: operation.name, parameters: command.parameters })
    )
      return DONE;
    if (command.output !== undefined && !this.channel.isElsewhere) checkFiles(this.reach);
    if (operation.name === CONTROL.exit) return { code: EXIT.ok, leave: true };
    if (operation.name === CONTROL.source) {
      checkReach(operation.name, command.parameters, this.reach);
      // An empty line must not source the file's last command.
      const words = splitWords(
        typeof command.parameters['arguments'] === 'string' ? command.parameters['arguments'] : '',
      );
      const args = words.map((word) => word.text);
      const outcome = this.runFile(expand(command.parameters['file']), args, origin);
      this.last = origin.prompt === true ? text : this.last;
      return outcome;
    }
    const parameters = json ? command.parameters : forReader(session, command);
    if (operation.wantsVariables?.(parameters) === true) session.program.main?.variablesAhead();
    if (this.stream({ ...command, parameters }, json)) return DONE;
    const result = runScoped(session, command, () => operation.run(session, parameters));
    this.listed = operation.name === 'list' ? (result as SourceResult) : undefined;
    if (json) {
      this.deliver(`${formatEnvelope(core, { text, operation: operation.name }, result, warnings)}\n`, command);
    } else if (operation.name === 'edit') {
      const { path, line } = result as EditResult;
      this.lendTerminal(() => runEditor(path, line));
    } else {
      const lines = this.render({ ...command, parameters }, result);
      if (lines.length > 0) this.deliver(`${lines.join('\n')}\n`, command);
    }
    return DONE;
  }

  /** Passes a long result on as it is found; false if it is not one. */
  private stream(command: CommandLine, json: boolean): boolean {
    const { session, core, warnings } = this.options;
    const { operation, parameters, text, output } = command;
    const render = renderStream(operation.name);
    if (operation.stream === undefined || render === undefined) return false;
    const style = output === undefined ? this.view.style : this.options.style(session.settings, true);
    return runScoped(session, command, () => {
      const data = operation.stream?.(session, parameters);
      if (data === undefined) return false;
      this.listed = undefined;
      const pieces = json
        ? withLineEnd(streamEnvelope(core, { text, operation: operation.name }, data, warnings))
        : streamText(render, data, style, parameters);
      if (output !== undefined) this.channel.redirect([...pieces].join(''), output, this.lendTerminal);
      else this.channel.answerInPieces(pieces, this.pagerOf());
      return true;
    });
  }

  private render(command: CommandLine, result: unknown): string[] {
    const { session } = this.options;
    const { operation, parameters, output } = command;
    // After the command has run: it may have been config.
    const { operations } = this.view;
    const style = output === undefined ? this.view.style : this.options.style(session.settings, true);
    const lines = renderResult(operation.name, result, style, parameters);
    if (!MOVES.has(operation.name)) return lines;
    return runScoped(session, command, () => {
      lines.push(...sourceAfter(operation.name, result, { session, operations, style }));
      const print = operations.find(({ name }) => name === 'print');
      if (print !== undefined && this.displays.count > 0)
        lines.push(...renderResult('display', this.displays.evaluate(session, print), style, {}));
      return lines;
    });
  }

  private deliver(text: string, { output }: CommandLine): void {
    if (output !== undefined) this.channel.redirect(text, output, this.lendTerminal);
    else this.channel.answer(text, this.pagerOf());
  }

  private pagerOf(): LendTerminal | undefined {
    return this.options.pager && !this.options.json ? this.lendTerminal : undefined;
  }

  private complain(error: unknown, command: CommandLine | undefined, origin: LineOrigin): void {
    const expression = command?.parameters['expression'] ?? command?.parameters['expr'];
    const shown = typeof expression === 'string' ? expression : undefined;
    this.channel.complain(complaintText(error, origin, shown), origin.prompt === true ? 1 : 2);
  }
}

function* withLineEnd(pieces: Iterable<string>): Generator<string, void, undefined> {
  yield* pieces;
  yield '\n';
}

/** The parameters as someone who reads the answer wants them. */
function forReader(session: Session, command: CommandLine): CommandLine['parameters'] {
  const { operation, parameters } = command;
  if (operation.forReader === undefined) return parameters;
  return runScoped(session, command, () => operation.forReader?.(session, parameters) ?? parameters);
}

function runScoped<T>(session: Session, { scope }: Pick<CommandLine, 'scope'>, action: () => T): T {
  return scope.goroutine === undefined && scope.frame === undefined ? action() : session.within(scope, action);
}

function expand(file: unknown): string {
  return expandHome(typeof file === 'string' ? file : '');
}
