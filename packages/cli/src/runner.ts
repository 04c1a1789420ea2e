import {
  parseCommandLine,
  withAliases,
  type CommandLine,
  type EditResult,
  type Operation,
  type Session,
  type Settings,
  type SourceResult,
} from '@inquest/engine';
import { EXIT_OPERATION } from './door-operations.ts';
import { EXIT } from './exit-codes.ts';
import { writePieces } from './output/chunks.ts';
import { formatEnvelope, formatErrorEnvelope, streamEnvelope, type CoreIdentity } from './output/envelope.ts';
import { describeFailure, describeInPrompt, failureCode } from './output/failures.ts';
import { runEditor } from './output/editor.ts';
import { show, type LendTerminal } from './output/pager.ts';
import type { Style } from './output/style.ts';
import { writeAll } from './output/terminal.ts';
import { renderResult, renderStream, streamText } from './render/index.ts';

/** Commands after which the source around the place is shown as well, as Delve does. */
const SHOWS_SOURCE: ReadonlySet<string> = new Set(['frame', 'up', 'down']);

export interface RunnerOptions {
  readonly session: Session;
  readonly operations: readonly Operation[];
  readonly core: CoreIdentity;
  readonly warnings: readonly string[];
  /** Called anew when settings have changed. */
  readonly style: (settings: Settings) => Style;
  readonly json: boolean;
  readonly pager: boolean;
}

/** What running a line came to. `code` is the exit code that it calls for. */
export interface Outcome {
  readonly code: number;
  /** True when the line was `exit`. */
  readonly leave: boolean;
}

const DONE: Outcome = { code: EXIT.ok, leave: false };

/** Runs lines of commands against a session, and writes what they answer. */
export class Runner {
  readonly options: RunnerOptions;
  /** What `list` showed last, if that was the last command: an empty line goes on from there. */
  private listed: SourceResult | undefined;
  private last: string | undefined;
  private made:
    { readonly settings: Settings; readonly operations: readonly Operation[]; readonly style: Style } | undefined;
  /** How a pager gets the terminal; the prompt puts its own here. */
  lendTerminal: LendTerminal = (action) => action();

  constructor(options: RunnerOptions) {
    this.options = options;
  }

  /** The commands with the user's aliases, and the style, by the settings of now. */
  get view(): { readonly operations: readonly Operation[]; readonly style: Style } {
    const { settings } = this.options.session;
    if (this.made?.settings !== settings) {
      const operations = withAliases(this.options.operations, settings.aliases);
      this.made = { settings, operations, style: this.options.style(settings) };
    }
    return this.made;
  }

  /** Runs one line. `prompt` is true when a user waits: errors are short then, and an empty line repeats. */
  run(line: string, prompt = false): Outcome {
    const { json, core } = this.options;
    const text = prompt && line.trim() === '' ? (this.repetition() ?? '') : line;
    let command: CommandLine | undefined;
    try {
      command = parseCommandLine(text, this.view.operations);
      if (command === undefined) return DONE;
      if (prompt) this.last = text;
      return this.execute(command);
    } catch (error) {
      this.listed = undefined;
      if (json) writeAll(1, `${formatErrorEnvelope(core, text.trim(), error)}\n`);
      else this.complain(error, command, prompt);
      return { code: failureCode(error), leave: false };
    }
  }

  private execute(command: CommandLine): Outcome {
    const { session, core, warnings, json, pager } = this.options;
    const { operation, text } = command;
    if (operation.name === EXIT_OPERATION) return { code: EXIT.ok, leave: true };
    const parameters = json ? command.parameters : forReader(session, command);
    if (this.stream({ ...command, parameters })) return DONE;
    const result = runScoped(session, command, () => operation.run(session, parameters));
    if (json) {
      writeAll(1, `${formatEnvelope(core, { text, operation: operation.name }, result, warnings)}\n`);
      return DONE;
    }
    if (operation.name === 'edit') {
      const { path, line } = result as EditResult;
      this.listed = undefined;
      this.lendTerminal(() => runEditor(path, line));
      return DONE;
    }
    // After the command has run: it may have been config.
    const { style } = this.view;
    const lines = renderResult(operation.name, result, style, parameters);
    if (SHOWS_SOURCE.has(operation.name)) lines.push(...this.sourceOf(result as { readonly index: number }, command));
    this.listed = operation.name === 'list' ? (result as SourceResult) : undefined;
    if (lines.length > 0) show(`${lines.join('\n')}\n`, pager ? this.lendTerminal : undefined);
    return DONE;
  }

  /** Passes a long result on as it is found; false if it is not one. */
  private stream(command: CommandLine): boolean {
    const { session, core, warnings, json, pager } = this.options;
    const { operation, parameters, text } = command;
    const { style } = this.view;
    const render = renderStream(operation.name);
    if (operation.stream === undefined || render === undefined) return false;
    return runScoped(session, command, () => {
      const data = operation.stream?.(session, parameters);
      if (data === undefined) return false;
      this.listed = undefined;
      if (json) {
        writePieces(streamEnvelope(core, { text, operation: operation.name }, data, warnings), undefined);
        writeAll(1, '\n');
      } else {
        writePieces(streamText(render, data, style, parameters), pager ? this.lendTerminal : undefined);
      }
      return true;
    });
  }

  /** The source around the frame that `frame`, `up` or `down` answered with. */
  private sourceOf(frame: { readonly index: number }, { scope }: CommandLine): string[] {
    const { session, operations } = this.options;
    const { style } = this.view;
    const list = operations.find(({ name }) => name === 'list');
    if (list === undefined) return [];
    const source = runScoped(session, { scope: { ...scope, frame: frame.index } }, () =>
      list.run(session, {}),
    ) as SourceResult;
    return renderResult('list', source, style, {}).slice(1);
  }

  private complain(error: unknown, command: CommandLine | undefined, prompt: boolean): void {
    const expression = command?.parameters['expression'] ?? command?.parameters['expr'];
    const shown = typeof expression === 'string' ? expression : undefined;
    if (prompt) {
      writeAll(1, `${describeInPrompt(error, shown).join('\n')}\n`);
      return;
    }
    const [first = '', ...more] = describeFailure(error, shown);
    writeAll(2, `${[`inquest: ${first}`, ...more].join('\n')}\n`);
  }

  /** What an empty line stands for: the last command, or the lines that follow those that `list` showed. */
  private repetition(): string | undefined {
    const lines = this.listed?.lines;
    const lastShown = lines?.at(-1)?.number;
    if (this.listed === undefined || lines === undefined || lastShown === undefined) return this.last;
    const context = this.options.session.settings.sourceListLineCount;
    return `list "${this.listed.file}:${lastShown + 1 + context}"`;
  }
}

function forReader(session: Session, command: CommandLine): CommandLine['parameters'] {
  const { operation, parameters } = command;
  if (operation.forReader === undefined) return parameters;
  return runScoped(session, command, () => operation.forReader?.(session, parameters) ?? parameters);
}

function runScoped<T>(session: Session, { scope }: Pick<CommandLine, 'scope'>, action: () => T): T {
  return scope.goroutine === undefined && scope.frame === undefined ? action() : session.within(scope, action);
}
